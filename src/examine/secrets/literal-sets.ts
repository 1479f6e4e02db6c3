import { createHash } from 'node:crypto';
import { type Literal, MAX_LITERALS, type Placement, placeBeside } from '../prefilter/index.ts';
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

/** A literal, and the detectors that look for it. */
interface LiteralGroup {
  readonly literal: Literal;
  readonly detectors: readonly Detector[];
}

function groupLiterals(all: readonly Detector[]): LiteralGroup[] {
  const pairs = all.flatMap((detector) => detector.literals.map((literal) => ({ literal, detector })));
  const grouped = Map.groupBy(pairs, ({ literal }) =>
    JSON.stringify([literal.text, literal.ignoreCase ?? false, literal.gate ?? null]),
  );
  return [...grouped.values()].map((group) => ({
    literal: (group[0] as (typeof group)[number]).literal,
    detectors: [...new Set(group.map(({ detector }) => detector))],
  }));
}

const groups = groupLiterals([...DETECTORS, BASE64]);

/** Whether all that is looked for is a value assigned to a name: programs hold names and values, not assignments. */
function isForTextOnly({ literal, detectors }: LiteralGroup): boolean {
  return literal.ignoreCase === true && detectors.every(({ messages }) => messages.length === 0);
}

function toSet(name: keyof typeof PLACEMENTS, members: readonly LiteralGroup[]): LiteralSet {
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

/** Our literals and those of more detectors, which are looked for in texts and in programs. */
export function literalSetsWith(detectors: readonly Detector[]): { text: LiteralSet; binary: LiteralSet } {
  const more = groupLiterals(detectors);
  const literals = more.map(({ literal }) => literal);
  const extend = (set: LiteralSet): LiteralSet => ({
    literals: [...set.literals, ...literals],
    detectors: [...set.detectors, ...more.map((group) => group.detectors)],
    // Ours keep their places: working them all out takes too long for every start.
    placements: set.placements && [...set.placements, ...placeBeside(set.literals, set.placements, literals)],
  });
  return { text: extend(TEXT_LITERALS), binary: extend(BINARY_LITERALS) };
}

/** How many literals there may be besides ours. */
export const SPARE_LITERALS = MAX_LITERALS - TEXT_LITERALS.literals.length;
