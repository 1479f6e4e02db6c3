/** Layers cut and damaged at every place: read to a record that is the same however the bytes come. */
import { isDeepStrictEqual } from 'node:util';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { AuditError, DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { examineLayer, type LayerJob, type LayerRecord } from '../../../src/examine/index.ts';
import { sha256 } from '../../support/image-builder.ts';
import { EVERY_KIND } from '../../unit/tar/kinds.ts';
import { bytesInUse, cuts, type Damaged, flips, gaps, NOT_FOR_PEOPLE, SWEEP_TIMEOUT_MS } from './cases.ts';

const JOB: LayerJob = {
  location: 'stream',
  expectedDigest: null,
  expectedDiffId: `sha256:${'0'.repeat(64)}` as LayerJob['expectedDiffId'],
  limits: DEFAULT_LIMITS,
  fingerprintKey: Buffer.from('key'),
};

const MIB = 1024 * 1024;
let ran = 0;
afterAll(() => console.log(`sweep of layers: ${ran} cases`));

async function examine(bytes: Buffer, chunkBytes: number): Promise<LayerRecord> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) {
    chunks.push(Uint8Array.from(bytes.subarray(at, at + chunkBytes)));
  }
  return (await examineLayer(JOB, chunks)).record;
}

/** Reads bytes in one chunk and in several, and checks what must be true of any bytes. */
async function check({ how, bytes }: Damaged): Promise<LayerRecord> {
  ran += 1;
  if (ran % 50 === 0) await new Promise(setImmediate);
  const record = await examine(bytes, 65_536);
  const again = await examine(bytes, 700 + (ran % 613));
  if (!isDeepStrictEqual(again, record)) expect({ how, record: again }).toEqual({ how, record });
  if (record.blob.digest !== sha256(bytes)) expect.fail(`${how}: the digest is not that of the bytes`);
  const { holes, failure, uncompressedBytes } = record.blob;
  for (const { message, bytes: lost } of record.gaps) {
    if (NOT_FOR_PEOPLE.test(message)) expect.fail(`${how}: ${message}`);
    if (lost !== null && !(lost >= 0)) expect.fail(`${how}: ${lost} bytes were lost`);
  }
  for (const { offset, bytes: lost } of holes) {
    if (offset < 0 || lost < 0 || offset + lost > bytes.byteLength) expect.fail(`${how}: a hole at ${offset}, ${lost}`);
  }
  if (failure !== null && record.gaps.length === 0) expect.fail(`${how}: ${failure.message} is no gap`);
  for (const offset of record.columns.headerOffset) {
    if (offset >= uncompressedBytes) expect.fail(`${how}: an entry at ${offset}`);
  }
  return record;
}

const third = Math.floor(EVERY_KIND.byteLength / 3 / 512) * 512;
const PARTS = [EVERY_KIND.subarray(0, third), EVERY_KIND.subarray(third, 2 * third), EVERY_KIND.subarray(2 * third)];
const checked = (bytes: Buffer): Buffer => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

describe.each([
  ['a tar', EVERY_KIND],
  ['gzip', gzipSync(EVERY_KIND)],
  ['gzip that is not compressed', gzipSync(EVERY_KIND, { level: 0 })],
  ['gzip of many members', Buffer.concat(PARTS.map((part) => gzipSync(part)))],
  ['zstd', checked(EVERY_KIND)],
  ['zstd of many frames', Buffer.concat(PARTS.map(checked))],
] as const)('%s', (_, bytes) => {
  test(
    'cut off at any place',
    async () => {
      const before = await bytesInUse();
      for (const cut of cuts(bytes, 120)) await check(cut);
      expect((await bytesInUse()) - before).toBeLessThan(64 * MIB);
    },
    SWEEP_TIMEOUT_MS,
  );

  test(
    'with any byte changed',
    async () => {
      const before = await bytesInUse();
      for (const flip of flips(bytes, 150)) await check(flip);
      expect((await bytesInUse()) - before).toBeLessThan(64 * MIB);
    },
    SWEEP_TIMEOUT_MS,
  );

  test(
    'with a run of bytes overwritten or left out',
    async () => {
      for (const lengthBytes of [3, 512, 700]) {
        if (lengthBytes > bytes.byteLength / 2) continue;
        for (const gap of gaps(bytes, 15, lengthBytes)) await check(gap);
      }
    },
    SWEEP_TIMEOUT_MS,
  );
});

test('a read error at any place keeps what came before it', async () => {
  const stored = gzipSync(EVERY_KIND);
  const whole = await examine(stored, 65_536);
  for (const { bytes } of cuts(stored, 100)) {
    ran += 1;
    const chunks = (function* () {
      if (bytes.byteLength > 0) yield Uint8Array.from(bytes);
      throw new AuditError('BLOB_TRUNCATED', 'the connection was cut');
    })();
    const { record } = await examineLayer(JOB, chunks);
    expect(record.columns.length).toBeLessThanOrEqual(whole.columns.length);
    expect(record.gaps).toMatchObject([{ reason: 'blob-truncated', message: 'the connection was cut' }]);
  }
});
