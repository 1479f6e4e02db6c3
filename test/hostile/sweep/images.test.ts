/**
 * Images in every packaging, cut and damaged at every place, taken through the whole audit: it ends in a coded error or
 * a report, and never in one that calls an image complete and sound of which a layer is not what it was.
 */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import { AuditError } from '../../../src/core/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import {
  archive,
  buildImage,
  dockerSaveHybrid,
  dockerSaveLegacy,
  type ImageRecipe,
  ociLayout,
} from '../../support/image-builder.ts';
import { dir, file, symlink, whiteout } from '../../support/tar-writer.ts';
import { asFile } from '../../unit/source/open.ts';
import { bytesInUse, cuts, type Damaged, FULL_SWEEP, flips, NOT_FOR_PEOPLE, SWEEP_TIMEOUT_MS } from './cases.ts';

const MIB = 1024 * 1024;
/** Longest that one audit of a few kilobytes may take before it is called off, which fails the test. */
const CASE_TIMEOUT_MS = 30_000;

let ran = 0;
const outcomes = new Map<string, number>();
afterAll(() => console.log(`sweep of images: ${ran} cases`, Object.fromEntries(outcomes)));

const RECIPE: ImageRecipe = {
  steps: [
    {
      createdBy: 'ADD base /',
      members: [dir('etc'), file('etc/passwd', 'root:x:0:0::/root:/bin/sh\n'), file('gone', 'x'.repeat(300))],
    },
    { createdBy: 'ENV A=b' },
    {
      createdBy: 'COPY . /app',
      members: [
        file('app/a', 'hello\n'.repeat(40), { pax: { comment: 'c' } }),
        symlink('s', 'app/a'),
        whiteout('gone'),
      ],
    },
  ],
  config: { User: 'app', Cmd: ['/app/a'] },
};

const plain = buildImage(RECIPE, 'none');
const mixed = buildImage(RECIPE, ['gzip', 'zstd']);

/** Reports whose trouble is told: by a gap, or by a finding about integrity. */
function isTold({ verdict, findings }: Report): boolean {
  return !verdict.complete || findings.some(({ rule }) => rule.startsWith('integrity/'));
}

async function audit({ how, bytes }: Damaged, by: 'file' | 'stream'): Promise<Report | null> {
  ran += 1;
  if (ran % 20 === 0) await new Promise(setImmediate);
  const signal = AbortSignal.timeout(CASE_TIMEOUT_MS);
  const input =
    by === 'file'
      ? { reference: asFile(bytes) }
      : {
          reference: '-',
          stdin: (async function* () {
            yield await Promise.resolve(Uint8Array.from(bytes));
          })(),
        };
  try {
    const report = await auditImage({ fingerprintKey: TEST_KEY, version: '0', reproducible: true, signal, ...input });
    count(report.verdict.complete ? 'complete' : 'incomplete');
    const text = JSON.stringify(report);
    if (NOT_FOR_PEOPLE.test(text)) expect.fail(`${how}: ${NOT_FOR_PEOPLE.exec(text)?.[0]} in ${text}`);
    return report;
  } catch (error) {
    if (!(error instanceof AuditError)) throw new Error(`${how}, by ${by}`, { cause: error });
    if (error.code === 'INTERRUPTED') expect.fail(`${how}, by ${by}: it hangs`);
    if (NOT_FOR_PEOPLE.test(`${error.message} ${error.hint}`)) {
      expect.fail(`${how}: ${error.message} ${error.hint}`);
    }
    count(error.code);
    return null;
  }
}

function count(outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

/** Takes a case as a file; as a stream, for which threads are started each time, only one in many. */
async function outcomesOf(damaged: Damaged): Promise<Report[]> {
  const ways = FULL_SWEEP || ran % 150 === 0 ? (['file', 'stream'] as const) : (['file'] as const);
  const reports: Report[] = [];
  for (const way of ways) {
    const report = await audit(damaged, way);
    if (report !== null) reports.push(report);
  }
  return reports;
}

const ARCHIVES = [
  ['an OCI archive', archive(ociLayout([mixed], 'latest')), mixed.layers.map(({ bytes }) => bytes)],
  ['docker save from before Docker 25', archive(dockerSaveLegacy(plain, ['x:1'])), plain.tars],
  ['docker save since Docker 25', archive(dockerSaveHybrid([mixed], 'x:1')), mixed.layers.map(({ bytes }) => bytes)],
] as const;

describe.each(ARCHIVES)('%s', (_, bytes, layers) => {
  test('as it was is complete and sound', async () => {
    for (const way of ['file', 'stream'] as const) {
      const report = await audit({ how: 'whole', bytes, at: bytes.byteLength }, way);
      expect(report?.verdict.complete).toBe(true);
      expect(report?.findings.filter(({ rule }) => rule.startsWith('integrity/'))).toEqual([]);
    }
  });

  test(
    'with any byte of a layer changed is never called sound',
    async () => {
      for (const layer of layers) {
        const from = bytes.indexOf(layer);
        expect(from).toBeGreaterThan(0);
        for (const flip of flips(bytes, 120, from, from + layer.byteLength)) {
          for (const report of await outcomesOf(flip)) if (!isTold(report)) expect.fail(`${flip.how} is not told`);
        }
      }
    },
    SWEEP_TIMEOUT_MS,
  );

  test(
    'with any byte of the rest changed ends in a report or a coded error',
    async () => {
      const before = await bytesInUse();
      for (const flip of flips(bytes, 300)) await outcomesOf(flip);
      expect((await bytesInUse()) - before).toBeLessThan(64 * MIB);
    },
    SWEEP_TIMEOUT_MS,
  );

  test(
    'cut off in any layer is never called complete',
    async () => {
      const last = Math.max(...layers.map((layer) => bytes.indexOf(layer) + layer.byteLength));
      for (const cut of cuts(bytes, 150)) {
        const reports = await outcomesOf(cut);
        if (cut.at >= last) continue;
        for (const report of reports) if (report.verdict.complete) expect.fail(`${cut.how} is called complete`);
      }
    },
    SWEEP_TIMEOUT_MS,
  );
});

test(
  'a compressed archive with any byte changed, or cut off, ends in a report or a coded error',
  async () => {
    const packed = gzipSync(archive(ociLayout([mixed], 'latest')));
    for (const flip of flips(packed, 12)) await audit(flip, 'stream');
    for (const cut of cuts(packed, 12)) {
      const report = await audit(cut, 'stream');
      if (report?.verdict.complete === true) expect.fail(`${cut.how} is called complete`);
    }
  },
  SWEEP_TIMEOUT_MS,
);
