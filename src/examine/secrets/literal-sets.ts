import { createHash } from 'node:crypto';
import type { Literal, Placement } from '../prefilter/index.ts';
import { BASE64 } from './base64.ts';
import type { Detector } from './detector.ts';
import { DETECTORS } from './detectors.ts';
import { PLACEMENTS } from './placements.ts';

/** Literals to look for in one kind of content, each once. */
export interface LiteralSet {
  readonly literals: readonly Literal[];
  /** For each literal the detectors that look for it: several may look for the same. */
  readonly detectors: readonly (readonly Detector[])[];
  /** Where the prefilter looks for each; undefined where that was worked out for other literals. */
  readonly placements: readonly Placement[] | undefined;
}

const groups = [
  ...Map.groupBy(
    [...DETECTORS, BASE64].flatMap((detector) => detector.literals.map((literal) => ({ literal, detector }))),
    ({ literal }) => JSON.stringify([literal.text, literal.ignoreCase ?? false, literal.gate ?? null]),
  ).values(),
].map((group) => ({
  literal: (group[0] as (typeof group)[number]).literal,
  detectors: [...new Set(group.map(({ detector }) => detector))],
}));

/** Whether all that is looked for is a value assigned to a name: programs hold names and values, not assignments. */
function isForTextOnly({ literal, detectors }: (typeof groups)[number]): boolean {
  return literal.ignoreCase === true && detectors.every(({ messages }) => messages.length === 0);
}

function toSet(name: keyof typeof PLACEMENTS, members: typeof groups): LiteralSet {
  const literals = members.map(({ literal }) => literal);
  const { digest, buckets, windows } = PLACEMENTS[name];
  const placements = literals.map((_, i) => ({
    bucket: Number.parseInt(buckets.charAt(i), 36),
    window: Number.parseInt(windows.charAt(i), 36),
  }));
  return {
    literals,
    detectors: members.map(({ detectors }) => detectors),
    placements: digest === literalsDigest(literals) ? placements : undefined,
  };
}

/** Names literals: places worked out for others are of no use. */
export function literalsDigest(literals: readonly Literal[]): string {
  return createHash('sha256').update(JSON.stringify(literals)).digest('hex');
}

/** What is looked for in texts: everything. */
export const TEXT_LITERALS = toSet('text', groups);

/**
 * What is looked for in programs and other binary content: all tokens, and the names that secretlint's preset knows,
 * but not those of our own patterns. They are most of the literals, and would take as long as all others together.
 */
export const BINARY_LITERALS = toSet(
  'binary',
  groups.filter((group) => !isForTextOnly(group)),
);
