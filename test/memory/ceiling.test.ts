import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeImage } from '../../bench/make-image.ts';
import type { Report } from '../../src/report/index.ts';
import { berkeleyDb, ndb, rpmHeader } from '../support/rpm-database.ts';
import { file, writeTar } from '../support/tar-writer.ts';
import { sqliteDatabase } from '../unit/examine/packages/rpm-sqlite.ts';

const root = new URL('../../', import.meta.url).pathname;
const MAX_MEGABYTES = 420;
/** A database is read as a whole, and what it says of files is kept. */
const MAX_DATABASE_MEGABYTES = 600;

interface Measured {
  readonly peakMegabytes: number;
  readonly entries: number;
  /** Packages of rpm. */
  readonly rpm: number;
}

/** Audits an image or a filesystem in a process of its own and tells the most memory that it had. */
function auditMeasured(reference: string, folder: string): Measured {
  const report = join(folder, 'report.json');
  const memory = join(folder, 'memory');
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      join(root, 'bench/memory.ts'),
      join(root, 'bin/dev.js'),
      'image',
      reference,
      '--format',
      'json',
      '-o',
      report,
    ],
    { encoding: 'utf8', env: { ...process.env, BENCH_MEMORY: memory } },
  );
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  const { coverage, images } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return {
    peakMegabytes: Number(readFileSync(memory, 'utf8')) / 1024,
    entries: coverage.entries,
    rpm: images[0]?.packages['rpm'] ?? 0,
  };
}

describe('memory', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layer-audit-memory-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('stays below 420 MB for 500 MB of files', { timeout: 120_000 }, async () => {
    const layout = join(folder, 'large');
    await makeImage({ folder: layout, megabytes: 500, files: 5_000, level: 1 });
    expect(auditMeasured(`oci:${layout}`, folder).peakMegabytes).toBeLessThan(MAX_MEGABYTES);
  });

  test('stays below 420 MB for 200,000 files', { timeout: 120_000 }, async () => {
    const layout = join(folder, 'many');
    await makeImage({ folder: layout, megabytes: 100, files: 200_000, level: 1 });
    const { peakMegabytes, entries } = auditMeasured(`oci:${layout}`, folder);
    expect(entries).toBeGreaterThanOrEqual(200_000);
    expect(peakMegabytes).toBeLessThan(MAX_MEGABYTES);
  });

  /** Headers with half a million files, and of what is not read so much that they have a hundred megabytes together. */
  const headers = (count: number): Buffer[] =>
    Array.from({ length: count }, (_, i) =>
      rpmHeader({
        name: `package-${i}`,
        license: 'x'.repeat(Math.round(70_000_000 / count)),
        files: Array.from(
          { length: Math.round(500_000 / count) },
          (__, n) => `/usr/share/package-${i}/${'part'.repeat(14)}-${n}`,
        ),
      }),
    );

  test.each<[string, string, () => Buffer, number]>([
    ['Berkeley DB', 'Packages', () => berkeleyDb(headers(300), { pageBytes: 65_536 }), 300],
    ['NDB', 'Packages.db', () => ndb(headers(250)), 250],
    ['SQLite', 'rpmdb.sqlite', () => sqliteDatabase(headers(2000)), 2000],
  ])('stays below 600 MB for a database of rpm of 100 MB in %s', { timeout: 120_000 }, (_, name, make, count) => {
    const database = make();
    expect(database.byteLength).toBeGreaterThan(100e6);
    const path = join(folder, `${name}.tar`);
    writeFileSync(path, writeTar([file(`var/lib/rpm/${name}`, database)]));
    const { peakMegabytes, rpm } = auditMeasured(`rootfs:${path}`, folder);
    expect(rpm).toBe(count);
    expect(peakMegabytes).toBeLessThan(MAX_DATABASE_MEGABYTES);
  });
});
