import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { type ExaminedLayer, ExaminerPool, examineLayer, type LayerJob } from '../../../src/examine/index.ts';
import { file, writeTar } from '../../support/tar-writer.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const JOB: LayerJob = {
  location: 'stream',
  expectedDigest: null,
  expectedDiffId: null,
  limits: DEFAULT_LIMITS,
  fingerprintKey: Buffer.from('key'),
};
const TAR = writeTar([file('app/index.js', 'ok\n'.repeat(1000))]);
/** More than one piece of what threads hand to each other, with the secret at its end. */
const HIDDEN = Buffer.concat([Buffer.alloc(1_500_000, 'hidden text\n'), Buffer.from(`token=${TOKEN}\n`)]);

function* chunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

describe.each([
  ['gzip', gzipSync(TAR)],
  ['zstd', zstdCompressSync(TAR)],
] as const)('bytes behind the end of %s', (_, compressed) => {
  const stored = Buffer.concat([compressed, Buffer.alloc(100), HIDDEN]);

  const check = ({ record }: ExaminedLayer): void => {
    expect(record.gaps).toEqual([]);
    expect(record.columns.length).toBe(1);
    expect(record.blob.trailingBytes).toBe(HIDDEN.byteLength);
    const at = HIDDEN.indexOf(TOKEN);
    expect(record.secrets).toMatchObject([
      {
        detector: 'github-token',
        carrier: { kind: 'hidden', region: 'behind-compression' },
        byteRange: [at, at + TOKEN.length],
      },
    ]);
  };

  test('are searched in this thread', async () => {
    check(await examineLayer(JOB, chunks(stored, 100_000)));
  });

  test('are searched in worker threads, and the next layer is read as a tar again', async () => {
    await using pool = new ExaminerPool({ lanes: 1 });
    check(await pool.examine(JOB, chunks(stored, 100_000)));
    const { record } = await pool.examine(JOB, chunks(compressed, 100_000));
    expect([record.columns.length, record.blob.trailingBytes, record.gaps]).toEqual([1, 0, []]);
  });
});
