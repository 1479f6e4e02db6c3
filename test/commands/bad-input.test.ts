import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { layoutOf } from '../../fixtures/rules/fixture.ts';
import { integrityFixtures } from '../../fixtures/rules/integrity.ts';
import type { Report } from '../../src/report/index.ts';
import { archive, buildImage, ociLayout, writeFolder } from '../support/image-builder.ts';
import { file } from '../support/tar-writer.ts';
import { ACME, type CliResult, runCli, STACK_TRACE } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'layer-audit-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function makeFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

const image = buildImage({
  steps: [
    { createdBy: 'COPY a /', members: [file('a', 'a')] },
    { createdBy: 'COPY b /', members: [file('b', 'b')] },
  ],
  config: { User: '10001' },
});

/** The layout without one blob. */
function without(digest: string): string {
  const files = ociLayout([image]);
  files.delete(`blobs/${digest.replace(':', '/')}`);
  const path = makeFolder(`without-${digest.slice(7, 13)}`);
  writeFolder(files, path);
  return path;
}

/** A coded error with what to do next, on standard error only, and nothing that only we understand. */
function expectError(result: CliResult, code: string): void {
  expect(result.stderr).toMatch(/^audit: \S.*\[[A-Z_]+\]\n {2}\S/);
  expect(result.stderr).toContain(`[${code}]\n`);
  expect(result.stderr).not.toMatch(STACK_TRACE);
  expect(result).toMatchObject({ status: 2, stdout: '' });
}

describe('what is no image ends with status 2 and says so', () => {
  // The other kinds are in test/unit/audit/no-image.test.ts, which needs no process for each.
  test.each([
    [
      'an archive cut before its manifest',
      () => [put('cut.tar', readFileSync(ACME).subarray(0, 1000))],
      'ARCHIVE_DAMAGED',
    ],
    ['a path that does not exist', () => [join(folder, 'none.tar')], 'SOURCE_NOT_FOUND'],
    ['garbage on standard input', () => ['-'], 'SOURCE_UNRECOGNISED'],
  ])('%s', async (_, make, code) => {
    expectError(await runCli(['image', ...make()], { stdin: Buffer.from('no archive at all '.repeat(1000)) }), code);
  });
});

describe('what cannot be examined to its end', () => {
  const damaged = integrityFixtures.find(({ rule }) => rule === 'integrity/damaged-layer')?.ng[2];

  test('is never status 0: a layer that is not there', async () => {
    const path = without(image.layers[1]?.digest ?? '');
    const [strict, allowed] = await Promise.all([
      runCli(['image', path, '--format=json']),
      runCli(['image', path, '--allow-incomplete']),
    ]);
    const report = JSON.parse(strict.stdout) as Report;
    expect(strict.status).toBe(3);
    expect(report.verdict).toMatchObject({ complete: false, failed: false, exitStatus: 3 });
    expect(report.gaps).toMatchObject([{ reason: 'blob-absent', incomplete: true }]);
    expect(report.images[0]?.layers.map(({ complete }) => complete)).toEqual([true, false]);
    expect(allowed.status).toBe(0);
    expect(allowed.stdout).toContain('NOT EXAMINED');
    expect(allowed.stdout).toContain('INCOMPLETE');
  });

  test('is a finding where a layer is damaged, which comes before incompleteness', async () => {
    if (damaged === undefined) throw new Error('the fixture is gone');
    const path = put('damaged.tar', archive(layoutOf(damaged)));
    const [high, critical] = await Promise.all([
      runCli(['image', path]),
      runCli(['image', path, '--fail-on=critical']),
    ]);
    expect(high.status).toBe(1);
    expect(high.stdout).toContain('and the audit is incomplete');
    expect(critical.status).toBe(3);
  });
});

describe('a wrong call ends with status 2 and says what is right', () => {
  test.each([
    ['no image', ['image'], /Missing 1 required arg/],
    [
      'a flag that is not there',
      ['image', ACME, '--nope'],
      /Nonexistent flag: --nope \[USAGE_INVALID\]\n {2}See: audit image --help\n/,
    ],
    [
      'a command that is not there',
      ['bogus'],
      /there is no command "bogus" \[USAGE_INVALID\]\n {2}The commands are: .*image/,
    ],
    ['a severity that is not there', ['image', ACME, '--fail-on=worst'], /critical, high, medium, low, info, none/],
    ['a platform that the image has not', ['image', ACME, '--platform=linux/s390x'], /It has: linux\/amd64/],
    ['a file that cannot be written', ['image', ACME, '-o', '/no/such/folder/report'], /\[OUTPUT_UNWRITABLE\]/],
    [
      'a rule that is not there',
      ['explain', 'secrets/gitub-token'],
      /\[RULE_UNKNOWN\]\n {2}Perhaps.*secrets\/github-token/,
    ],
  ])('%s', async (_, args, message) => {
    const result = await runCli(args);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(STACK_TRACE);
    expect(result).toMatchObject({ status: 2, stdout: '' });
  });
});
