import { createHash } from 'node:crypto';
import { type CustomRules, DETECTORS } from './secrets/index.ts';

/** Raise it whenever examining the same bytes gives another record than before. */
const EXAMINER_VERSION = 4;

/** Version of secretlint's rules, pinned in package.json. */
export const SECRETLINT_VERSION = '13.0.7';

let known: string | undefined;

/**
 * Names what a record depends on besides the bytes: the detectors, secretlint's rules, the version of the examiners and
 * the rules that the user brings. Two records may be compared, or one taken for the other, only where this is the same.
 */
export function rulesetId(custom?: Pick<CustomRules, 'digest'>): string {
  if (known === undefined) {
    const detectors = DETECTORS.map(({ id, messages, literals, before, after, context, secret, pattern }) => ({
      id,
      messages,
      literals,
      before,
      after,
      context,
      secret: secret?.source,
      pattern: pattern?.source,
    }));
    const described = JSON.stringify({ examiner: EXAMINER_VERSION, secretlint: SECRETLINT_VERSION, detectors });
    known = `sha256:${createHash('sha256').update(described).digest('hex')}`;
  }
  if (custom === undefined) return known;
  return `sha256:${createHash('sha256').update(`${known} ${custom.digest}`).digest('hex')}`;
}
