import type { CharacterClass, Literal } from '../../prefilter/index.ts';

/** Literals behind each of which so many characters of a class have to follow. */
export function followed(texts: readonly string[], of: CharacterClass, atLeast: number): Literal[] {
  return texts.map((text) => ({ text, gate: { follows: 'run', of, atLeast } }));
}
