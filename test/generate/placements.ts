/**
 * Works out where the prefilter looks for the literals of all detectors, and writes it down: it takes too long to be
 * done at every start.
 */
import { writeFileSync } from 'node:fs';
import { placeLiterals } from '../../src/examine/prefilter/index.ts';
import {
  BINARY_LITERALS,
  type LiteralSet,
  literalsDigest,
  TEXT_LITERALS,
} from '../../src/examine/secrets/literal-sets.ts';

const ROUNDS = 4;
const target = new URL('../../src/examine/secrets/placements.ts', import.meta.url);

/** The text of placements.ts for the detectors as they are now. */
export function generatePlacements(): string {
  return [
    '// Made by `npm run generate`; test/unit/examine/placements.test.ts holds it against the detectors.',
    '',
    '/** Of each literal of a set the bucket and the offset of the bytes looked at, as digits to the base of 36. */',
    'export const PLACEMENTS = {',
    ...describe('text', TEXT_LITERALS),
    ...describe('binary', BINARY_LITERALS),
    '};',
    '',
  ].join('\n');
}

function describe(name: string, { literals }: LiteralSet): string[] {
  const placements = placeLiterals(literals, ROUNDS);
  return [
    `  ${name}: {`,
    `    digest: '${literalsDigest(literals)}',`,
    `    buckets:\n${digits(placements.map(({ bucket }) => bucket))},`,
    `    windows:\n${digits(placements.map(({ window }) => window))},`,
    '  },',
  ];
}

function digits(numbers: readonly number[]): string {
  const parts =
    numbers
      .map((number) => number.toString(36))
      .join('')
      .match(/.{1,100}/g) ?? [];
  return parts.map((part) => `      '${part}'`).join(' +\n');
}

if (import.meta.main) writeFileSync(target, generatePlacements());
