/** Character classes that a gate can ask for; one bit each in the kernel's table. */
export const CHARACTER_CLASSES = {
  word: /[\w]/,
  alphanumeric: /[A-Za-z0-9]/,
  upperAlphanumeric: /[A-Z0-9]/,
  letter: /[A-Za-z]/,
  hex: /[A-Fa-f0-9]/,
  base64: /[A-Za-z0-9+/=]/,
  wordDash: /[\w-]/,
  wordDashDot: /[\w.-]/,
  digit: /[0-9]/,
} as const;

/** Name of a class of characters. */
export type CharacterClass = keyof typeof CHARACTER_CLASSES;

/**
 * What must follow a literal for it to be reported: a run of characters, or a URL's `user:password@`.
 * A gate must never refuse what the rule behind it would accept.
 */
export type Gate =
  | { readonly follows: 'run'; readonly of: CharacterClass; readonly atLeast: number }
  | { readonly follows: 'userinfo' };

/** A text that every match of some rule contains. */
export interface Literal {
  /** ASCII, 3 to 44 characters; lower-case where `ignoreCase` is set. */
  readonly text: string;
  readonly ignoreCase?: boolean;
  readonly gate?: Gate;
}
