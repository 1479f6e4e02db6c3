import type { Literal } from '../prefilter/index.ts';
import type { CustomKind } from './custom/custom-rules.ts';
import type { Doubt } from './doubts.ts';

/** Which secretlint messages a detector stands for: `rule/MESSAGE_ID` of the recommended preset. */
export type SecretlintMessage = `${string}/${string}`;

/**
 * Under which file name a window is shown to secretlint. A few of its rules look only into files of certain
 * names; we decide by content, so the window is shown under the name that its content asks for.
 */
export type WindowContext = 'plain' | 'npmrc' | 'package-json' | 'json';

/** One kind of secret: what to look for, how much around it to read, what in it is the secret. */
export interface Detector {
  /** Names the rule: `secrets/<id>`. Several detectors may find one kind. */
  readonly id: string;
  /** Empty for detectors that judge by a pattern of their own. */
  readonly messages: readonly SecretlintMessage[];
  /** Every secret of this kind contains one of these. */
  readonly literals: readonly Literal[];
  /** Bytes before a literal that a match can begin at, and after it that a match can reach to. */
  readonly before: number;
  readonly after: number;
  readonly context?: WindowContext;
  /** Finds the secret itself, as its first group, from the place on that secretlint reports. */
  readonly secret?: RegExp;
  /**
   * Judges a window without secretlint: every match is a secret, or its first group where it has one. Has the flag
   * `g`, and quantifiers with an upper limit: windows are attacker-made, and so is the time they take.
   */
  readonly pattern?: RegExp;
  /** Refuses what the pattern lets through: a checksum that does not hold, a structure that does not parse. */
  readonly accepts?: (secret: string, match: RegExpExecArray) => boolean;
  /** Why a secret may be none, told from what secretlint reports, or from the secret where `secret` or `pattern` is set. */
  readonly doubt?: (text: string, match?: RegExpExecArray) => Doubt;
  /** What of the reported text may be shown. The default shows the literal and two characters more. */
  readonly redact?: (text: string) => string;
  /** What findings say of themselves, of a rule that the user brought. */
  readonly custom?: CustomKind;
}
