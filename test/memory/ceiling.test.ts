import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeImage } from '../../bench/make-image.ts';

const root = new URL('../../', import.meta.url).pathname;
const MAX_MEGABYTES = 400;

interface Measured {
  readonly peakMegabytes: number;
  readonly entries: number;
}

/** Audits an image in a process of its own and tells the most memory that it had. */
function auditMeasured(layout: string, folder: string): Measured {
  const report = join(folder, 'report.json');
  const memory = join(folder, 'memory');
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      join(root, 'bench/memory.ts'),
      join(root, 'bin/dev.js'),
      'image',
      `oci:${layout}`,
      '--format',
      'json',
      '-o',
      report,
    ],
    { encoding: 'utf8', env: { ...process.env, BENCH_MEMORY: memory } },
  );
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  const { coverage } = JSON.parse(readFileSync(report, 'utf8')) as { coverage: { entries: number } };
  return { peakMegabytes: Number(readFileSync(memory, 'utf8')) / 1024, entries: coverage.entries };
}

describe('memory', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layer-audit-memory-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('stays below 400 MB for 500 MB of files', { timeout: 120_000 }, async () => {
    const layout = join(folder, 'large');
    await makeImage({ folder: layout, megabytes: 500, files: 5_000, level: 1 });
    expect(auditMeasured(layout, folder).peakMegabytes).toBeLessThan(MAX_MEGABYTES);
  });

  test('stays below 400 MB for 200,000 files', { timeout: 120_000 }, async () => {
    const layout = join(folder, 'many');
    await makeImage({ folder: layout, megabytes: 100, files: 200_000, level: 1 });
    const { peakMegabytes, entries } = auditMeasured(layout, folder);
    expect(entries).toBeGreaterThanOrEqual(200_000);
    expect(peakMegabytes).toBeLessThan(MAX_MEGABYTES);
  });
});
