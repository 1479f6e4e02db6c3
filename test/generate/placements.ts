/**
 * Works out where the prefilter looks for the literals of all detectors, and writes it down: it takes half a minute.
 * What is best for speed is measured on what is installed here; what is found does not depend on it.
 */
import { closeSync, globSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { type PlacementModel, placeLiterals } from '../../src/examine/prefilter/placement.ts';
import {
  BINARY_LITERALS,
  type LiteralSet,
  literalsDigest,
  TEXT_LITERALS,
} from '../../src/examine/secrets/literal-sets.ts';
import { sampledModel } from './sampled-model.ts';

const ROUNDS = 3;
/** Bytes of the sample out of one file, and out of the program. */
const TEXT_BYTES = 4096;
const PROGRAM_BYTES = 2 * 1024 * 1024;
const TEXT_FILES = 700;
const target = new URL('../../src/examine/secrets/placements.ts', import.meta.url);

/** The text of placements.ts for the detectors as they are now. */
function generatePlacements(): string {
  const texts = sampleTexts();
  return [
    '// Made by `npm run generate`; test/unit/examine/placements.test.ts holds it against the detectors.',
    '',
    '/** Of each literal of a set the bucket and the offset of the bytes looked at, as digits to the base of 36. */',
    'export const PLACEMENTS = {',
    ...describe('text', TEXT_LITERALS, sampledModel(texts)),
    ...describe(
      'binary',
      BINARY_LITERALS,
      sampledModel(Buffer.concat([sampleProgram(), texts.subarray(0, PROGRAM_BYTES / 2)])),
    ),
    '};',
    '',
  ].join('\n');
}

/** Beginnings of files of all kinds of text, from all over the installed packages. */
function sampleTexts(): Buffer {
  const root = new URL('../../node_modules/', import.meta.url).pathname;
  const parts: Buffer[] = [];
  for (const pattern of ['**/*.js', '**/*.md', '**/*.d.ts', '**/*.json', '**/{LICENSE,*.{yml,py,c,h,sh,css,html}}']) {
    const files = globSync(pattern, { cwd: root }).filter((name) => statSync(root + name).isFile());
    const step = Math.max(1, Math.floor(files.length / (TEXT_FILES / 5)));
    for (const name of files.toSorted().filter((_, i) => i % step === 0)) {
      parts.push(readFileSync(root + name).subarray(0, TEXT_BYTES));
    }
  }
  return Buffer.concat(parts);
}

/** A part of the middle of a large program. */
function sampleProgram(): Buffer {
  const sample = Buffer.alloc(PROGRAM_BYTES);
  const program = openSync(process.execPath, 'r');
  readSync(program, sample, 0, PROGRAM_BYTES, Math.floor(statSync(process.execPath).size / 3));
  closeSync(program);
  return sample;
}

function describe(name: string, { literals }: LiteralSet, model: PlacementModel): string[] {
  const placements = placeLiterals(literals, ROUNDS, model);
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
