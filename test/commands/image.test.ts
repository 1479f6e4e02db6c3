import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acmeApi } from '../../fixtures/recipes/acme-api.ts';
import type { Report } from '../../src/report/index.ts';
import { writeHeader } from '../support/tar-writer.ts';
import { ACME, type CliResult, runCli, STACK_TRACE } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'layer-audit-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Secrets of the image, out of its recipe. */
const SECRETS = [
  ...new Set(JSON.stringify(acmeApi).match(/gh[p]_\w{36}|np[m]_\w{36}|(?<=postgres:\/\/api:)[^@]+(?=@)/g) ?? []),
];

const reportFile = join(folder, 'report.json');
const revealedFile = join(folder, 'revealed.json');
let table: CliResult;
let json: CliResult;
let coloured: CliResult;
let revealed: CliResult;

beforeAll(async () => {
  [table, json, coloured] = await Promise.all([
    runCli(['image', ACME]),
    runCli(['image', ACME, '--format', 'json', '--fail-on', 'none', '--reproducible', '-o', reportFile]),
    runCli(['image', ACME, '--fail-on=none'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } }),
  ]);
  revealed = await runCli([
    'image',
    ACME,
    '--reveal',
    '--format=json',
    '--platform=linux/amd64',
    `--output=${revealedFile}`,
  ]);
});

const read = (path: string): Report => JSON.parse(readFileSync(path, 'utf8')) as Report;

describe('audit image', () => {
  test('writes a table that begins with the image and ends with the verdict, and exits with 1', () => {
    expect(table.status).toBe(1);
    expect(table.stderr).toBe('');
    const lines = table.stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(ACME);
    expect(lines.at(-1)).toMatch(/^FAILED 3 findings at or above high/);
    expect(table.stdout).toContain('/app/.env:2  layer 2 · deleted in layer 4 (whiteout)');
  });

  test('writes the report to a file, nothing to standard output, and exits with 0 where there is no threshold', () => {
    expect(json).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const report = read(reportFile);
    expect(report).toMatchObject({ schemaVersion: '1.0', subject: { reference: ACME, source: 'docker-archive' } });
    expect(report.verdict).toMatchObject({ failOn: 'none', failed: false, complete: true, exitStatus: 0 });
    expect(report).not.toHaveProperty('startedAt');
  });

  test('finds in both what the image was made to have', () => {
    const rules = new Set(read(reportFile).findings.map(({ rule }) => rule));
    for (const rule of [
      'secrets/github-token',
      'secrets/npm-token',
      'secrets/database-connection-string',
      'user/no-user',
    ]) {
      expect(rules).toContain(rule);
      expect(table.stdout).toContain(rule);
    }
  });

  test('colours on demand only, and says the same', () => {
    expect(table.stdout).not.toContain('\u001b');
    expect(coloured.stdout).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what this removes
    const bare = coloured.stdout.replace(/\u001b\[[\d;]*m/g, '');
    expect(bare.split('\n').slice(0, 20)).toEqual(table.stdout.split('\n').slice(0, 20));
  });

  test('shows no secret anywhere', () => {
    expect(SECRETS).toHaveLength(3);
    const outputs = [table.stdout, table.stderr, json.stderr, coloured.stdout, readFileSync(reportFile, 'utf8')];
    for (const secret of SECRETS) for (const output of outputs) expect(output).not.toContain(secret);
  });

  test('shows secrets in the report with --reveal, which only its owner can read', () => {
    expect(revealed).toMatchObject({ status: 1, stdout: '', stderr: '' });
    const report = read(revealedFile);
    expect(report.revealed).toBe(true);
    const values = report.findings.flatMap(({ evidence }) => evidence.map(({ secret }) => secret?.value));
    for (const secret of SECRETS) expect(values).toContain(secret);
    expect(statSync(revealedFile).mode & 0o077).toBe(0);
  });
});

describe('the threshold', () => {
  test.each([
    ['critical', 1],
    ['info', 1],
  ])('--fail-on %s exits with %i', async (level, status) => {
    const result = await runCli(['image', ACME, '--fail-on', level, '--format', 'json']);
    expect(result.status).toBe(status);
    expect((JSON.parse(result.stdout) as Report).verdict).toMatchObject({ failOn: level, exitStatus: status });
  });
});

describe('a reader that goes away', () => {
  test('is no failure', async () => {
    const result = await runCli(['image', ACME, '--fail-on', 'none'], {
      onStart: (child) => child.stdout?.destroy(),
    });
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
  });
});

describe('an interrupt', () => {
  // More than a pipe holds: once it is taken, the program is reading. Then nothing more comes.
  const beginning = Buffer.concat([writeHeader({ name: 'blobs/sha256/x' }, 50_000_000), Buffer.alloc(1_000_000, 'x')]);

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while standard input is silent ends it with an error',
    async (signal) => {
      const result = await runCli(['image', '-', '--no-progress'], {
        stdin: 'open',
        onStart: (child) => child.stdin?.write(beginning, () => child.kill(signal)),
      });
      expect(result.stderr).toContain('[INTERRUPTED]');
      expect(result.stderr).not.toMatch(STACK_TRACE);
      expect(result).toMatchObject({ status: 2, signal: null, stdout: '' });
    },
  );
});

describe('an archive on standard input', () => {
  test('gives the findings of the same archive as a file', async () => {
    const result = await runCli(['image', '-', '--format=json', '--reproducible', '--fail-on=none'], {
      stdin: readFileSync(ACME),
    });
    const fingerprints = (report: Report): string[] => report.findings.map(({ fingerprint }) => fingerprint);
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(fingerprints(JSON.parse(result.stdout) as Report)).toEqual(fingerprints(read(reportFile)));
  });

  test('that breaks off is never taken for a whole one, and ends with an error of ours never', async () => {
    const result = await runCli(['image', '-', '--fail-on=none'], { stdin: readFileSync(ACME).subarray(0, 6000) });
    expect(result.stderr).toMatch(/\[(?:IMAGE_NOT_FOUND|ARCHIVE_DAMAGED)\]\n {2}\S/);
    expect(result).toMatchObject({ status: 2, stdout: '' });
  });
});
