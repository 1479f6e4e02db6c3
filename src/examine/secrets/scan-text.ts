import { DEFAULT_LIMITS } from '../../core/index.ts';
import type { CustomGap, CustomRules } from './custom/index.ts';
import { distinctMatches } from './distinct-matches.ts';
import type { SecretMatch, SecretValues } from './match.ts';
import { SecretScanner } from './scanner.ts';

/** What {@link TextScanner.scan} found in a text. */
export interface ScannedText {
  readonly matches: readonly SecretMatch[];
  /** The text with every secret in it replaced by its redacted form. */
  readonly redacted: string;
}

/** Searches short texts for secrets: environment variables, labels, history. */
export class TextScanner {
  readonly values: SecretValues = new Map();
  /** What rules of the user's did not see. */
  readonly gaps: CustomGap[] = [];
  readonly #fingerprintKey: Uint8Array;
  readonly #customRules: CustomRules | undefined;

  constructor(fingerprintKey: Uint8Array, customRules?: CustomRules) {
    this.#fingerprintKey = fingerprintKey;
    this.#customRules = customRules;
  }

  /** Searches several texts, each on its own. */
  async scan(texts: readonly string[]): Promise<ScannedText[]> {
    const results: ScannedText[] = [];
    const scanner = new SecretScanner({
      fingerprintKey: this.#fingerprintKey,
      limits: DEFAULT_LIMITS,
      customRules: this.#customRules,
    });
    for (const text of texts) {
      const bytes = Buffer.from(text, 'utf8');
      scanner.begin({ kind: 'text' });
      scanner.push(bytes, true);
      await scanner.judge();
      const matches = distinctMatches(scanner.matches.splice(0));
      results.push({ matches, redacted: matches.length === 0 ? text : redactBytes(bytes, matches) });
    }
    this.gaps.push(...scanner.customGaps());
    for (const [fingerprint, value] of scanner.values) this.values.set(fingerprint, value);
    return results;
  }
}

/** A text with the places of matches replaced by their redacted forms. */
export function redactBytes(bytes: Uint8Array, matches: readonly SecretMatch[]): string {
  let text = '';
  let at = 0;
  for (const match of [...matches].sort((a, b) => a.byteRange[0] - b.byteRange[0])) {
    const [from, to] = match.byteRange;
    if (from < at) {
      // Rules of the user's overlap with ours: nothing of either may stay.
      at = Math.max(at, to);
      continue;
    }
    // A connection string is reported by its password; what is shown of it goes where the password was.
    const shown = match.redacted.includes('://') ? '****' : match.redacted;
    text += Buffer.from(bytes.subarray(at, from)).toString('utf8') + shown;
    at = to;
  }
  return text + Buffer.from(bytes.subarray(at)).toString('utf8');
}
