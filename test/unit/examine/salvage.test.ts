/** Layers that are damaged in the middle, from their stored bytes to the record and the filesystem. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { EntryTable, ExaminerPool, examineLayer, type LayerJob, type LayerRecord } from '../../../src/examine/index.ts';
import { foldLayers, measure } from '../../../src/filesystem/index.ts';
import { dir, file, opaque, type TarMemberSpec, whiteout, writeMember } from '../../support/tar-writer.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const JOB: LayerJob = {
  location: 'stream',
  expectedDigest: null,
  expectedDiffId: null,
  limits: DEFAULT_LIMITS,
  fingerprintKey: Buffer.from('key'),
};
const END = Buffer.alloc(1024);

function* chunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

/** Examines in this thread and in worker threads, in chunks of several sizes, which must all tell the same. */
async function examine(stored: Uint8Array): Promise<LayerRecord> {
  await using pool = new ExaminerPool({ lanes: 1 });
  const first = await examineLayer(JOB, chunks(stored, 100_000));
  const others = [
    await examineLayer(JOB, chunks(stored, 1000)),
    await pool.examine(JOB, chunks(stored, 100_000)),
    await pool.examine(JOB, chunks(stored, 1777)),
  ];
  for (const other of others) expect(other).toEqual(first);
  return first.record;
}

function paths({ columns }: LayerRecord): string[] {
  const table = new EntryTable(columns);
  return Array.from({ length: table.length }, (_, row) => table.path(row));
}

/** A member whose name was changed, without its checksum knowing. */
function damaged(spec: TarMemberSpec): Buffer {
  const member = writeMember(spec);
  member[1] = (member[1] as number) ^ 0x20;
  return member;
}

const BEFORE = [dir('app'), file('app/a', 'in front')];
const AFTER = [
  file('app/a', 'another one'),
  file('app/.env', `TOKEN=${TOKEN}\n`),
  file('etc/passwd', 'root:x:0:0::/root:/bin/sh\n'),
  whiteout('base'),
  opaque('opt'),
];
const TAR = Buffer.concat([
  ...BEFORE.map(writeMember),
  damaged(file('lost', `${'x'.repeat(3000)}`)),
  ...AFTER.map(writeMember),
  END,
]);

describe('a layer with a header that is damaged', () => {
  test.each([
    ['plain', TAR],
    ['in gzip', gzipSync(TAR)],
    ['in zstd', zstdCompressSync(TAR)],
  ] as const)('has the entries behind it, and one gap: %s', async (_, stored) => {
    const record = await examine(stored);
    expect(paths(record)).toEqual(['app', 'app/a', 'app/a', 'app/.env', 'etc/passwd', '.wh.base', 'opt/.wh..wh..opq']);
    expect(record.columns.salvagedFrom).toBe(2);
    expect(record.contentBytes).toBe('in front'.length);
    expect(record.gaps).toMatchObject([{ reason: 'tar-damaged', bytes: 512 + 3072 }]);
    expect(record.secrets).toMatchObject([{ detector: 'github-token', carrier: { kind: 'content', row: 3 } }]);
  });

  test('makes the filesystem of what stands in front of it', async () => {
    const base = Buffer.concat([...[file('base', 'b'), file('opt/o', 'o')].map(writeMember), END]);
    const { filesystem, anomalyCounts } = foldLayers([(await examine(base)).columns, (await examine(TAR)).columns]);
    expect([...filesystem.live()].map(({ path }) => path).sort()).toEqual(['app', 'app/a', 'base', 'opt/o']);
    expect(filesystem.entry(1, 1).state).toBe('live');
    for (let row = 2; row < 7; row += 1) {
      expect(filesystem.entry(1, row)).toMatchObject({ state: 'never-effective', hiddenBy: null });
    }
    expect(filesystem.entry(1, 3).path).toBe('app/.env');
    expect(anomalyCounts).toEqual({});
    expect(measure(filesystem)).toMatchObject({ files: 3, reclaimableBytes: 0 });
  });
});

describe('a layer of many compressed parts, one of which is damaged', () => {
  const groups = [
    BEFORE,
    [file('app/large', Buffer.alloc(50_000, 'some text of a file\n')), file('app/lost', 'x')],
    [...AFTER, file('app/last', 'z')],
  ].map((members) => Buffer.concat(members.map(writeMember)));

  test.each([
    ['gzip members', (bytes: Buffer) => gzipSync(bytes)],
    ['zstd frames', (bytes: Buffer) => zstdCompressSync(bytes)],
  ] as const)('is read on with the next: %s', async (_, compress) => {
    const parts = groups.map(compress);
    const middle = parts[1] as Buffer;
    middle.fill(0xff, 14, middle.byteLength - 8);
    const stored = Buffer.concat([...parts, compress(END)]);
    const record = await examine(stored);
    expect(paths(record)).toEqual([
      'app',
      'app/a',
      'app/a',
      'app/.env',
      'etc/passwd',
      '.wh.base',
      'opt/.wh..wh..opq',
      'app/last',
    ]);
    expect(record.columns.salvagedFrom).toBe(2);
    expect(record.gaps).toMatchObject([{ reason: 'decompression-failed' }]);
    const [gap] = record.gaps;
    expect(gap?.bytes).toBeGreaterThan(0);
    expect(gap?.bytes).toBeLessThanOrEqual(middle.byteLength);
    expect(gap?.message).toMatch(/after \d+ uncompressed bytes; \d+ stored bytes from byte \d+ on were not unpacked$/);
    expect(record.secrets.length).toBe(1);
    expect(record.blob.trailingBytes).toBe(0);
  });

  test('the next layer of the same threads is a layer again', async () => {
    const parts = groups.map((group) => gzipSync(group));
    (parts[1] as Buffer).fill(0xff, 14, 40);
    await using pool = new ExaminerPool({ lanes: 1 });
    await pool.examine(JOB, [Buffer.concat(parts).subarray(0, -20)]);
    const { record } = await pool.examine(JOB, [gzipSync(Buffer.concat([groups[0] as Buffer, END]))]);
    expect([record.columns.length, record.columns.salvagedFrom, record.gaps]).toEqual([2, undefined, []]);
  });
});

test('a single stream that is damaged says how many stored bytes were not unpacked', async () => {
  const text = Array.from({ length: 60_000 }, (_, i) => `${(i * 7919) % 10_007} `).join('');
  const stored = gzipSync(Buffer.concat([writeMember(file('f', text)), END]));
  const at = 60_000;
  stored.fill(0xff, at, at + 20);
  const record = await examine(stored);
  const { gaps, blob } = record;
  expect(paths(record)).toEqual(['f']);
  expect(gaps).toMatchObject([{ reason: 'decompression-failed' }]);
  const [hole] = blob.holes;
  // Deflate notices damage when it meets a code that cannot be, and reads other text until then.
  expect(hole?.offset).toBeGreaterThan(at - 16 * 1024);
  expect((hole?.offset ?? 0) + (hole?.bytes ?? 0)).toBe(stored.byteLength);
  expect(gaps[0]?.bytes).toBe(hole?.bytes);
});
