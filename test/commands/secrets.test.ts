import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACME, runCli } from './run-cli.ts';

const TOKEN = `ghp_${'k3Vq9Zx7Lm2Wd8Rt5Yb1Nc6Hf4Jg0Ps3Qa7T'}`;
const RULES = `
[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''acme_[a-z0-9]{8}'''
keywords = ["acme_"]
severity = "critical"
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('audit secrets', () => {
  test('says where a secret is in a folder, and ends with 1', async () => {
    write('app.env', `one\nTOKEN=${TOKEN}\n`);
    const { status, stdout } = await runCli(['secrets', folder]);
    expect(status).toBe(1);
    expect(stdout).toContain('app.env:2');
    expect(stdout).toContain('secrets/github-token');
    expect(stdout).not.toContain(TOKEN);
  });

  test('reads standard input, and ends with 0 where nothing is in it', async () => {
    const found = await runCli(['secrets', '-', '--format', 'json'], { stdin: Buffer.from(`x=${TOKEN}`) });
    expect([found.status, JSON.parse(found.stdout).subject.source]).toEqual([1, 'stream']);
    expect((await runCli(['secrets', '-'], { stdin: Buffer.from('x=1') })).status).toBe(0);
  });

  test('shows secrets on demand only, into a file for its owner, and says so', async () => {
    write('app.env', TOKEN);
    const output = join(folder, 'report.json');
    const { status } = await runCli(['secrets', join(folder, 'app.env'), '--reveal', '--format', 'json', '-o', output]);
    const report = JSON.parse(readFileSync(output, 'utf8'));
    expect([status, report.revealed]).toEqual([1, true]);
    expect(report.findings[0].evidence[0].secret.value).toBe(TOKEN);
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  test('recognises a secret elsewhere by a common key', async () => {
    write('app.env', TOKEN);
    const run = async (key: string): Promise<string> => {
      const args = ['secrets', join(folder, 'app.env'), '--format', 'json', '--fingerprint-key', write('key', key)];
      return JSON.parse((await runCli(args)).stdout).findings[0].evidence[0].secret.fingerprint;
    };
    const fingerprint = await run('a key for all machines\n');
    expect(await run('a key for all machines')).toBe(fingerprint);
    expect(await run('another key for machines')).not.toBe(fingerprint);
  });

  test('looks for what the user’s rules say', async () => {
    const rules = write('rules.toml', RULES);
    write('a.txt', 'acme_a1b2c3d4');
    const { status, stdout } = await runCli(['secrets', folder, '--secret-rules', rules]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/CRITICAL {2}Acme token {2}secrets\/acme-token/);
  });

  test('refuses rules with a mistake, by file and line', async () => {
    const rules = write('rules.toml', RULES.replace('keywords', 'keyword'));
    const { status, stderr } = await runCli(['secrets', folder, '--secret-rules', rules]);
    expect(status).toBe(2);
    expect(stderr).toContain('rules.toml:6: "keyword" is not known here [RULES_INVALID]');
  });

  test('has no folder: status 2', async () => {
    const { status, stderr } = await runCli(['secrets', join(folder, 'none')]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('[SOURCE_NOT_FOUND]')]);
  });
});

describe('audit image', () => {
  test('asks the user’s rules in layers and metadata, and names them in the ruleset', async () => {
    const rules = write('rules.toml', "[[rules]]\nid = 'any-path'\nregex = '/usr/[a-z]+'\nkeywords = ['/usr/']\n");
    const args = ['image', ACME, '--format', 'json', '--fail-on', 'none'];
    const [without, with_] = await Promise.all([runCli(args), runCli([...args, '--secret-rules', rules])]);
    const [before, after] = [JSON.parse(without.stdout), JSON.parse(with_.stdout)];
    expect(after.tool.ruleset).not.toBe(before.tool.ruleset);
    expect(after.customRules).toEqual({ patterns: 1, secretlint: [], notes: [] });
    const own = after.findings.filter(({ rule }: { rule: string }) => rule === 'secrets/any-path');
    expect(own.length).toBeGreaterThan(0);
    expect(own[0]).toMatchObject({ severity: 'medium', title: 'any-path' });
    const others = (report: typeof after): string[] =>
      report.findings.map(({ rule }: { rule: string }) => rule).filter((rule: string) => rule !== 'secrets/any-path');
    expect(others(after)).toEqual(others(before));
  });
});
