import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DiffReport, LayersReport, StagesReport, WhyReport } from '../../src/report/index.ts';
import { ACME, type CliResult, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'layer-audit-sizes-'));
const dockerfile = join(folder, 'Dockerfile');
writeFileSync(dockerfile, 'FROM scratch\nRUN something else\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ONE = ['--platform', 'linux/amd64', '--format', 'json'];
const runs = {
  layers: ['layers', ACME, ...ONE, '--tree', '--top', '3'],
  table: ['layers', ACME],
  csv: ['layers', ACME, '--format', 'csv'],
  svg: ['layers', ACME, '--format', 'svg'],
  budget: ['layers', ACME, '--max-layer-size', '1B'],
  badBudget: ['layers', ACME, '--max-size', 'much'],
  same: ['diff', ACME, ACME, ...ONE],
  cut: ['diff', ACME, '--platform', 'linux/amd64', '--from-layer', '0', '--only', 'new'],
  twoStdin: ['diff', '-', 'docker-archive:-'],
  why: ['why', ACME, '/app/.env', ...ONE],
  whyNot: ['why', ACME, '/no/such/path'],
  stages: ['stages', ACME, ...ONE, '--dockerfile', dockerfile],
  noDockerfile: ['stages', ACME, '--dockerfile', join(folder, 'absent')],
  badKey: ['stages', ACME, '--key', join(folder, 'absent.pub')],
  badStage: ['stages', ACME, '--stage', 'builder'],
} as const;
let results: Record<keyof typeof runs, CliResult>;

beforeAll(async () => {
  const done: [string, CliResult][] = [];
  for (const [name, args] of Object.entries(runs)) done.push([name, await runCli(args)]);
  results = Object.fromEntries(done) as typeof results;
}, 120_000);

const json = <T>({ stdout }: CliResult): T => JSON.parse(stdout) as T;

describe('audit layers', () => {
  test('gives sums that add up, the tree and the largest', () => {
    const [image] = json<LayersReport>(results.layers).images;
    const { contentBytes, liveBytes, reclaimableBytes } = image?.totals ?? {
      contentBytes: 0,
      liveBytes: 0,
      reclaimableBytes: 0,
    };
    expect(contentBytes).toBeGreaterThan(0);
    expect(liveBytes + reclaimableBytes).toBe(contentBytes);
    expect(image?.largest.length).toBe(3);
    expect(image?.tree?.bytes).toBe(liveBytes);
  });

  test('writes a table and CSV with a line for each layer', () => {
    expect(results.table).toMatchObject({ status: 0, stderr: '' });
    expect(results.table.stdout).toMatch(
      /^layer +stored +unpacked +share +files +hidden later +origin +created +instruction$/m,
    );
    const [image] = json<LayersReport>(results.layers).images;
    const lines = results.csv.stdout.split('\r\n').filter((line) => line.startsWith('linux/amd64,'));
    expect(lines.length).toBe(image?.layers.length);
  });

  test('draws a picture that stands alone', () => {
    expect(results.svg).toMatchObject({ status: 0, stderr: '' });
    expect(results.svg.stdout).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg [^>]*>\n<title>Layers of /);
    expect(results.svg.stdout).toMatch(/<\/svg>\n$/);
    expect(results.svg.stdout).toContain('>linux/amd64</text>');
  });

  test('ends with 1 over a budget, and with 2 for what is none', () => {
    expect(results.budget.status).toBe(1);
    expect(results.budget.stdout).toContain('EXCEEDED');
    expect(results.badBudget).toMatchObject({ status: 2, stdout: '' });
    expect(results.badBudget.stderr).toContain('--max-size is no size: much [USAGE_INVALID]');
  });
});

describe('audit diff', () => {
  test('finds nothing between an image and itself', () => {
    const report = json<DiffReport>(results.same);
    expect(results.same.status).toBe(0);
    expect(report.pairs[0]?.files).toMatchObject({ added: [], removed: [], changed: [] });
    expect(report.findings).toMatchObject({ new: [], fixed: [] });
  });

  test('tells what layers brought, and fails on findings that came with them', () => {
    expect(results.cut.stdout).toContain('up to layer 0');
    expect(results.cut.stdout).toContain('New findings');
    expect(results.cut.stdout).not.toContain('Removed files');
    expect(results.cut.status).toBe(1);
  });

  test('refuses to read two images from one standard input', () => {
    expect(results.twoStdin).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('audit why', () => {
  test('tells where a deleted file was', () => {
    const [image] = json<WhyReport>(results.why).images;
    expect(image?.versions).toMatchObject([
      { layer: { index: 2 }, state: 'deleted', hiddenBy: { layer: { index: 4 } } },
    ]);
  });

  test('ends with 2 for a path that no layer has', () => {
    expect(results.whyNot).toMatchObject({ status: 2, stdout: '' });
    expect(results.whyNot.stderr).toContain('[PATH_ABSENT]');
  });
});

describe('audit stages', () => {
  test('names its basis, and uses no Dockerfile of another image', () => {
    const [image] = json<StagesReport>(results.stages).images;
    expect(image?.basis).not.toBe('dockerfile');
    expect(image?.reasons[0]).toContain('was not used');
  });

  test('ends with 2 for a key that is not there: what was to be verified is not told unverified', () => {
    expect(results.badKey).toMatchObject({ status: 2, stdout: '' });
    expect(results.badKey.stderr).toContain('[KEY_INVALID]');
  });

  test('ends with 2 for a Dockerfile that is not there, and for a stage without an image', () => {
    expect(results.noDockerfile.stderr).toContain('[DOCKERFILE_INVALID]');
    expect(results.badStage.stderr).toContain('[USAGE_INVALID]');
    expect([results.noDockerfile.status, results.badStage.status]).toEqual([2, 2]);
  });
});
