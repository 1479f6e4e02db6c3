import { beforeAll, describe, expect, test } from 'vitest';
import { RULES, type RuleDescription } from '../../src/rules/index.ts';
import { type CliResult, runCli } from './run-cli.ts';

const runs = {
  rules: ['rules'],
  rulesJson: ['rules', '--format', 'json'],
  explain: ['explain', 'user/root'],
  help: ['image', '--help'],
  version: ['--version'],
} as const;
let results: Record<keyof typeof runs, CliResult>;

beforeAll(async () => {
  const entries = Object.entries(runs).map(async ([name, args]) => [name, await runCli(args)] as const);
  results = Object.fromEntries(await Promise.all(entries)) as typeof results;
});

test('all of them end with 0 and leave standard error alone', () => {
  for (const { status, stderr } of Object.values(results))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe('audit rules', () => {
  test('lists every rule with its severity and title, one a line', () => {
    const lines = results.rules.stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/\s{2,}/))).toEqual(
      RULES.map(({ id, severity, title }) => [id, severity, title]),
    );
  });

  test('lists the same as JSON, with why and fix', () => {
    const rules = JSON.parse(results.rulesJson.stdout) as RuleDescription[];
    expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    for (const { why, fix, references } of rules) expect([why, fix, ...references]).not.toContain('');
  });
});

describe('audit explain', () => {
  test('says why a rule matters, what to do, and where to read on', () => {
    const rule = RULES.find(({ id }) => id === 'user/root');
    const text = results.explain.stdout.replace(/\s+/g, ' ');
    for (const part of [rule?.id, rule?.title, rule?.why, rule?.fix, ...(rule?.references ?? [])])
      expect(text).toContain(part);
  });

  test('keeps to the width of a page', () => {
    expect(Math.max(...results.explain.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('audit image --help', () => {
  test('tells what the argument may be, the flags, and every exit status', () => {
    const { stdout } = results.help;
    for (const flag of ['--fail-on', '--allow-incomplete', '--platform', '--reveal', '--output', '--format'])
      expect(stdout).toContain(flag);
    expect(stdout).toContain('docker save');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/Exit status: 0 .* 1 .* 2 .* 3 .* 70 /);
  });
});

test('audit --version names the program and its version', () => {
  expect(results.version.stdout).toMatch(/^layer-audit\/\d+\.\d+\.\d+ /);
});

test('help whose reader goes away ends, and is no failure', async () => {
  const { status, stderr } = await runCli(['image', '--help'], { onStart: ({ stdout }) => stdout?.destroy() });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
