/** Layers that ask for all the time or memory there is, through everything that examining does with them. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/core/index.ts';
import { examineLayer, type LayerRecord } from '../../../src/examine/index.ts';
import { foldLayers } from '../../../src/filesystem/index.ts';
import { auditImages } from '../../support/audit-recipe.ts';
import { buildImage } from '../../support/image-builder.ts';
import { dir, file, symlink, writeHeader, writeMember, writePax, writeTar } from '../../support/tar-writer.ts';

const MIB = 1024 * 1024;
/** `LAYER_AUDIT_SWEEP=full` makes them as large as the worst that is promised. */
const SCALE = process.env['LAYER_AUDIT_SWEEP'] === 'full' ? 20 : 1;
const TIMEOUT_MS = 60_000 * SCALE;

async function examine(chunks: Iterable<Uint8Array>, limits: Partial<Limits> = {}): Promise<LayerRecord> {
  const job = {
    location: 'stream',
    expectedDigest: null,
    expectedDiffId: null,
    limits: { ...DEFAULT_LIMITS, ...limits },
    fingerprintKey: Buffer.from('key'),
  } as const;
  return (await examineLayer(job, chunks)).record;
}

function* repeat(bytes: Buffer, times: number): Generator<Uint8Array> {
  for (let i = 0; i < times; i += 1) yield Uint8Array.from(bytes);
}

describe('a layer', () => {
  test(
    'of empty files without number is a table of columns, and is folded',
    async () => {
      const { columns, gaps } = await examine(
        (function* () {
          for (let i = 0; i < 50 * SCALE; i += 1) {
            const members = Array.from({ length: 1000 }, (_, j) => writeMember(file(`d${i}/f${j}`, '')));
            yield Uint8Array.from(Buffer.concat(members));
          }
        })(),
      );
      expect([columns.length, gaps]).toEqual([50_000 * SCALE, []]);
      const bytes = Object.values(columns).reduce(
        (sum, column) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0),
        0,
      );
      expect(bytes / columns.length).toBeLessThan(150);
      expect([...foldLayers([columns]).filesystem.live()].length).toBe(columns.length);
    },
    TIMEOUT_MS,
  );

  test(
    'with a PAX header of gigabytes keeps nothing of it',
    async () => {
      const megabytes = 100 * SCALE + 48;
      const { columns, anomalyCounts } = await examine(
        (function* () {
          yield Uint8Array.from(writeHeader({ name: 'x', type: 'x' }, megabytes * MIB));
          yield* repeat(Buffer.alloc(MIB, 0x61), megabytes);
          yield Uint8Array.from(writeTar([file('f', 'x')]));
        })(),
      );
      expect([columns.length, anomalyCounts]).toEqual([1, { 'extended-header-too-large': 1 }]);
    },
    TIMEOUT_MS,
  );

  test(
    'of PAX headers and no entry is an empty layer',
    async () => {
      const many = Buffer.concat(Array.from({ length: 500 }, (_, i) => writePax('x', { path: `p${i}` })));
      const { columns, gaps } = await examine(repeat(many, 100 * SCALE));
      expect([columns.length, gaps]).toEqual([0, []]);
    },
    TIMEOUT_MS,
  );

  test(
    'of a gzip with empty members without number is an empty layer',
    async () => {
      const one = gzipSync('');
      const { columns, blob } = await examine(
        repeat(Buffer.concat(Array.from({ length: 1000 }, () => one)), 50 * SCALE),
      );
      expect([columns.length, blob.failure, blob.sizeBytes]).toEqual([0, null, one.byteLength * 50_000 * SCALE]);
    },
    TIMEOUT_MS,
  );

  test('of damage in every second block tells a limited number of gaps', async () => {
    const damaged = writeMember(dir('lost'));
    damaged[1] = 0x20;
    const pair = Buffer.concat([damaged, writeMember(dir('d'))]);
    const { columns, gaps } = await examine(repeat(pair, 5000));
    expect(columns.length).toBe(5000);
    expect(gaps.length).toBe(101);
    expect(gaps.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)).toBe(5000 * 512);
  });

  test('with a path of a hundred thousand folders lists it, and puts it nowhere', async () => {
    const { columns, anomalyCounts } = await examine([
      Uint8Array.from(writeTar([{ name: 'x', pax: { path: `${'d/'.repeat(100_000)}f` } }, file('ok', '')])),
    ]);
    expect(anomalyCounts).toMatchObject({ 'path-too-long': 1 });
    const { filesystem } = foldLayers([columns]);
    expect([...filesystem.live()].map(({ path }) => path)).toEqual(['ok']);
  });

  test('of gzip in gzip is damaged: the inner one is no tar, and no runtime unpacks it', async () => {
    const record = await examine([gzipSync(gzipSync(writeTar([file('f', randomBytes(3000))])))]);
    expect(record.columns.length).toBe(0);
    expect(record.gaps).toMatchObject([{ reason: 'tar-damaged' }]);
  });
});

describe('an image', () => {
  test('with a layer that is a decompression bomb says so, and is not complete', async () => {
    const bomb = buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('zeros', Buffer.alloc(32 * MIB))] }] });
    const limits = { ...DEFAULT_LIMITS, ratioGraceBytes: 4 * MIB };
    const { findings, gaps, verdict } = await auditImages([bomb], { limits });
    expect(verdict).toMatchObject({ complete: false, exitStatus: 1 });
    expect(gaps).toMatchObject([{ reason: 'budget-exceeded' }]);
    expect(findings.find(({ rule }) => rule === 'integrity/damaged-layer')?.title).toBe(
      'A layer is a decompression bomb',
    );
  });

  test('with links in circles and names that lead out of it is audited to its end', async () => {
    const members = [
      symlink('a', 'b'),
      symlink('b', 'a'),
      file('a/inside', 'x'),
      symlink('self', 'self'),
      symlink('etc', '/proc/self/root/etc'),
      file('/absolute', 'x'),
      file('../../../outside', 'x'),
    ];
    const report = await auditImages([buildImage({ steps: [{ createdBy: 'COPY . /', members }] })]);
    expect(report.verdict.complete).toBe(true);
    const keys = report.findings.filter(({ rule }) => rule === 'integrity/tar-anomaly').map(({ title }) => title);
    expect(keys.sort()).toEqual(['Tar anomaly: absolute-path', 'Tar anomaly: escaping-path', 'Tar anomaly: link-loop']);
  });

  test('shows no part of a token in a name that is told of, wherever the name is cut', async () => {
    const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
    for (const before of [150, 165, 180, 190, 199, 210]) {
      const name = `/${'n'.repeat(before)}/${token}/f`;
      const report = await auditImages([
        buildImage({ steps: [{ createdBy: 'COPY . /', members: [{ name: 'x', pax: { path: name } }] }] }),
      ]);
      expect(report.findings.some(({ rule }) => rule === 'integrity/tar-anomaly')).toBe(true);
      expect(JSON.stringify(report)).not.toContain(token.slice(4, 12));
    }
  });
});
