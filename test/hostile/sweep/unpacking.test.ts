/** Compressed bytes and headers cut and damaged at every place, without the rest of the examination: cheap, so many. */
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type BlobFacts, Unpacker } from '../../../src/bytes/index.ts';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { TarReader, type TarVisitor } from '../../../src/tar/index.ts';
import { SAMPLE_BZIP2, SAMPLE_XZ, SAMPLE_XZ_BLOCKS, SAMPLE_XZ_SHA256 } from '../../support/compressed-samples.ts';
import { sha256 } from '../../support/image-builder.ts';
import { xzStored } from '../../support/xz-writer.ts';
import { EVERY_KIND } from '../../unit/tar/kinds.ts';
import { bytesInUse, cuts, type Damaged, flips, gaps, NOT_FOR_PEOPLE, SWEEP_TIMEOUT_MS } from './cases.ts';

const MIB = 1024 * 1024;
let ran = 0;
afterAll(() => console.log(`sweep of unpacking and of tars: ${ran} cases`));

function unpack(stored: Buffer, chunkBytes: number): { output: Buffer; facts: BlobFacts } {
  const pieces: Uint8Array[] = [];
  const unpacker = new Unpacker({ limits: DEFAULT_LIMITS, onHole: () => pieces.push(Buffer.from('|hole|')) });
  const emit = (piece: Uint8Array): void => void pieces.push(piece.slice());
  for (let at = 0; at < stored.byteLength; at += chunkBytes) unpacker.push(stored.subarray(at, at + chunkBytes), emit);
  const facts = unpacker.end(emit);
  return { output: Buffer.concat(pieces), facts };
}

function checkUnpacked({ how, bytes }: Damaged): BlobFacts {
  ran += 1;
  const { output, facts } = unpack(bytes, 65_536);
  const again = unpack(bytes, 100 + (ran % 997));
  if (!again.output.equals(output)) expect.fail(`${how}: other bytes come out of other chunks`);
  if (JSON.stringify(again.facts) !== JSON.stringify(facts)) expect(again.facts, how).toEqual(facts);
  if (facts.digest !== sha256(bytes)) expect.fail(`${how}: the digest is not that of the bytes`);
  if (facts.failure !== null && NOT_FOR_PEOPLE.test(facts.failure.message)) expect.fail(facts.failure.message);
  const lost = facts.holes.reduce((sum, hole) => sum + hole.bytes, 0);
  if (lost > bytes.byteLength) expect.fail(`${how}: more is lost than there was`);
  return facts;
}

const parts = [0, 1, 2].map((i) => EVERY_KIND.subarray(i * 5120, i === 2 ? undefined : (i + 1) * 5120));
const checked = (bytes: Buffer): Buffer => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

describe.each([
  ['gzip', gzipSync(EVERY_KIND), false],
  ['gzip that is not compressed', gzipSync(EVERY_KIND, { level: 0 }), false],
  ['gzip of many members', Buffer.concat(parts.map((part) => gzipSync(part))), true],
  ['zstd', checked(EVERY_KIND), false],
  ['zstd of many frames', Buffer.concat(parts.map(checked)), true],
  ['xz', SAMPLE_XZ_BLOCKS, false],
  ['xz that is not compressed', xzStored(EVERY_KIND, { blockBytes: 3000 }), false],
  ['xz of many streams', Buffer.concat([SAMPLE_XZ, xzStored(EVERY_KIND), SAMPLE_XZ_SHA256]), true],
  ['bzip2', SAMPLE_BZIP2, false],
  ['bzip2 of many streams', Buffer.concat(Array.from({ length: 9 }, () => SAMPLE_BZIP2)), true],
] as const)('%s', (_, bytes, many) => {
  test.each([
    ['cut off at any place', () => cuts(bytes, 1500)],
    ['with any byte changed', () => flips(bytes, 1500)],
    ['with bytes overwritten or left out', () => gaps(bytes, 300, 40)],
  ] as const)(
    '%s',
    async (__, cases) => {
      const before = await bytesInUse();
      let i = 0;
      for (const one of cases()) {
        const facts = checkUnpacked(one);
        // One stream that is cut is no stream; of many, what is left may be whole, and only the digest tells.
        if (!many && one.how.startsWith('cut') && one.at > 6)
          expect(facts.failure?.reason, one.how).toBe('blob-truncated');
        i += 1;
        if (i % 100 === 0) await new Promise(setImmediate);
      }
      expect((await bytesInUse()) - before).toBeLessThan(64 * MIB);
    },
    SWEEP_TIMEOUT_MS,
  );
});

/** All that is told, as a text that does not depend on how the bytes came. */
async function tell(tar: Buffer, chunkBytes: number): Promise<string> {
  const lines: string[] = [];
  const anomalies: string[] = [];
  /** How far each entry's content came. */
  const ends = new Map<number, number>();
  const visitor: TarVisitor = {
    entry: (entry) => {
      lines.push(`${entry.sequence} ${entry.headerOffset} ${entry.kind} ${entry.salvaged}`);
    },
    content: (entry, bytes, offset) => void ends.set(entry.sequence, offset + bytes.byteLength),
    hole: () => undefined,
    finish: (entry, complete) => void lines.push(`${entry.sequence} ${complete}`),
    anomaly: ({ kind, offset, detail }) => {
      if (NOT_FOR_PEOPLE.test(detail)) expect.fail(detail);
      anomalies.push(`${kind} ${offset}`);
    },
    hidden: () => undefined,
  };
  const reader = new TarReader(visitor, { salvage: true });
  for (let at = 0; at < tar.byteLength; at += chunkBytes) {
    await reader.push(Uint8Array.from(tar.subarray(at, at + chunkBytes)));
  }
  const { failure, damages, entries } = await reader.end();
  return JSON.stringify({ ends: [...ends], lines, anomalies: anomalies.sort(), failure, damages, entries });
}

test.each([
  ['cut off at any place', () => cuts(EVERY_KIND, 1500)],
  ['with any byte changed', () => flips(EVERY_KIND, 2500)],
  ['with blocks overwritten or left out', () => gaps(EVERY_KIND, 100, 512)],
  ['with bytes overwritten or left out', () => gaps(EVERY_KIND, 300, 100)],
] as const)(
  'a tar %s tells the same in chunks of any size',
  async (_, cases) => {
    const before = await bytesInUse();
    for (const { how, bytes } of cases()) {
      ran += 1;
      const told = await tell(bytes, 65_536);
      const again = await tell(bytes, 100 + (ran % 997));
      if (again !== told) expect(again, how).toBe(told);
      if (ran % 100 === 0) await new Promise(setImmediate);
    }
    expect((await bytesInUse()) - before).toBeLessThan(64 * MIB);
  },
  SWEEP_TIMEOUT_MS,
);
