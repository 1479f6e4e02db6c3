import { createHash } from 'node:crypto';
import { DETECTORS } from './secrets/index.ts';

/** Raise it whenever examining the same bytes gives another record than before. */
const EXAMINER_VERSION = 1;

/**
 * Names what a record depends on besides the bytes: the detectors and the version of the examiners. Two
 * records may be compared, or one taken for the other, only where this is the same.
 */
export function rulesetId(): string {
  const described = JSON.stringify({ examiner: EXAMINER_VERSION, detectors: DETECTORS }, (_key, value: unknown) =>
    value instanceof RegExp ? value.source : typeof value === 'function' ? value.toString() : value,
  );
  return `sha256:${createHash('sha256').update(described).digest('hex')}`;
}
