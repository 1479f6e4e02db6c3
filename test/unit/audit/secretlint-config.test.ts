import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditSecrets, loadCustomRules } from '../../../src/audit/index.ts';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { TextScanner } from '../../../src/examine/index.ts';
import type { Report } from '../../../src/report/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secretlint-'));
  mkdirSync(join(folder, 'src'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A rule as its authors write it: a pattern out of its options, a message with the secret in it. */
function ruleSource(id: string, pattern: string): string {
  return `
const messages = { FOUND: { en: (props) => 'found ' + props.ID } };
const rule = {
  messages,
  meta: { id: '${id}', recommended: true, type: 'scanner', supportedContentTypes: ['text'] },
  create(context, options) {
    const t = context.createTranslator(messages);
    return {
      file(source) {
        if (source.content.includes('BREAK ${id}')) throw new Error('it broke');
        if (options.onlyIn !== undefined && !source.filePath.endsWith(options.onlyIn)) return;
        for (const match of source.content.matchAll(new RegExp(options.pattern ?? '${pattern}', 'g'))) {
          context.report({ message: t('FOUND', { ID: match[0] }), range: [match.index, match.index + match[0].length] });
        }
      },
    };
  },
};
`;
}

/** A plugin in node_modules beside the configuration. */
function install(name: string, source: string, manifest: object): void {
  const own = { name, version: '1.2.3', ...manifest };
  write(`node_modules/${name}/package.json`, JSON.stringify(own));
  write(`node_modules/${name}/index.js`, source);
}

function installRule(name: string, pattern: string): void {
  const exports = { '.': { import: './index.js' } };
  install(name, `${ruleSource(name, pattern)} export const creator = rule;`, { type: 'module', exports });
}

function installPreset(name: string, inner: string, pattern: string): void {
  const creator = `{ meta: { id: '${name}', recommended: true, type: 'preset' }, create(context) { context.registerRule(rule); } }`;
  install(name, `${ruleSource(inner, pattern)} exports.creator = ${creator};`, { main: 'index.js' });
}

async function audit(config: object, limits = DEFAULT_LIMITS): Promise<Report> {
  const customRules = await loadCustomRules({ secretlintrc: write('.secretlintrc.json', JSON.stringify(config)) });
  return auditSecrets({
    target: join(folder, 'src'),
    fingerprintKey: Buffer.from('key'),
    customRules,
    limits,
    version: '0',
    reveal: true,
  });
}

/** Rule, severity, path, line and secret of every finding. */
function told(report: Report): unknown[] {
  return report.findings.flatMap(({ rule, severity, evidence }) =>
    evidence.map(({ path, line, secret }) => [rule, severity, path, line, secret?.value]),
  );
}

describe('rules of secretlint that the user brings', () => {
  test('are found beside the configuration by their short names, and run with their options', async () => {
    installRule('secretlint-rule-acme', 'never');
    write('src/a.txt', 'one\ntwö acme-123456\n');
    const rules = [{ id: 'acme', severity: 'warning', options: { pattern: 'acme-\\d{6}' } }];
    expect(told(await audit({ rules }))).toEqual([['secrets/secretlint-acme', 'medium', 'a.txt', 2, 'acme-123456']]);
  });

  test('may come in presets, of a scope, for require alone', async () => {
    installPreset('@corp/secretlint-rule-preset-all', '@corp/secretlint-rule-token', 'corp!\\\\w+');
    write('src/a.txt', 'corp!abcdef');
    const report = await audit({ rules: [{ id: '@corp/preset-all' }] });
    expect(told(report)).toEqual([['secrets/secretlint-corp-token', 'high', 'a.txt', 1, 'corp!abcdef']]);
    expect(report.customRules).toEqual({ patterns: 0, secretlint: ['@corp/preset-all'], notes: [] });
  });

  test('may be a file', async () => {
    write('rules/own.mjs', `${ruleSource('own', 'own-\\\\d+')} export const creator = rule;`);
    write('src/a.txt', 'own-1');
    expect(told(await audit({ rules: [{ id: './rules/own.mjs' }] }))).toEqual([
      ['secrets/secretlint-own', 'high', 'a.txt', 1, 'own-1'],
    ]);
  });

  test('see a file under its name, and whole', async () => {
    installRule('secretlint-rule-acme', '^first[^]*last$');
    write('src/x/acme.rc', `first\n${'line\n'.repeat(50_000)}last`);
    write('src/x/other.rc', `first\n${'line\n'.repeat(50_000)}last`);
    const report = await audit({ rules: [{ id: 'acme', options: { onlyIn: '/x/acme.rc' } }] });
    expect(report.findings.flatMap(({ evidence }) => evidence.map(({ path }) => path))).toEqual(['x/acme.rc']);
  });

  test('say nothing of what is found without them', async () => {
    write('src/a.txt', `token = ghp_${'k3Vq9Zx7Lm2Wd8Rt5Yb1Nc6Hf4Jg0Ps3Qa7T'}`);
    const report = await audit({ rules: [{ id: '@secretlint/preset-recommend' }] });
    expect(report.findings.map(({ rule }) => rule)).toEqual(['secrets/github-token']);
  });

  test('are not switched off by comments in a file', async () => {
    installRule('secretlint-rule-acme', 'acme-\\\\d{6}');
    write('src/a.js', '// secretlint-disable\nacme-123456\n');
    const rules = [{ id: '@secretlint/secretlint-rule-preset-recommend' }, { id: 'acme' }];
    expect(told(await audit({ rules }))).toHaveLength(1);
  });

  test('that break on a file are told, and silence no other', async () => {
    installRule('secretlint-rule-acme', 'acme-\\\\d{6}');
    installRule('secretlint-rule-other', 'other-\\\\d{6}');
    write('src/a.txt', 'BREAK secretlint-rule-acme other-123456');
    write('src/b.txt', 'acme-123456');
    const report = await audit({ rules: [{ id: 'acme' }, { id: 'other' }] });
    expect(report.findings.map(({ rule }) => rule)).toEqual(['secrets/secretlint-acme', 'secrets/secretlint-other']);
    expect(report.gaps).toMatchObject([
      { reason: 'examiner-failed', incomplete: true, message: expect.stringMatching(/acme.*broke on 1 .*it broke/) },
    ]);
  });

  test('do not see texts that are too large: that is told', async () => {
    installRule('secretlint-rule-acme', 'acme-\\\\d{6}');
    write('src/a.txt', `acme-123456 ${'x'.repeat(5000)}`);
    write('src/b.txt', 'acme-654321');
    const report = await audit({ rules: [{ id: 'acme' }] }, { ...DEFAULT_LIMITS, maxCustomLintBytes: 4096 });
    expect(told(report)).toEqual([['secrets/secretlint-acme', 'high', 'b.txt', 1, 'acme-654321']]);
    expect(report.gaps).toMatchObject([
      { reason: 'budget-exceeded', bytes: 5012, incomplete: true, message: expect.stringContaining('a.txt') },
    ]);
    expect(report.verdict.complete).toBe(false);
  });
});

describe('texts that are in no file', () => {
  test('are shown to the rules, and what breaks on them is told', async () => {
    installRule('secretlint-rule-acme', 'acme-\\\\d{6}');
    const loaded = await loadCustomRules({ secretlintrc: write('.secretlintrc.json', '{"rules":[{"id":"acme"}]}') });
    const scanner = new TextScanner(Buffer.from('key'), loaded?.rules);
    const [found, broken] = await scanner.scan(['TOKEN=acme-123456', 'BREAK secretlint-rule-acme']);
    expect(found?.redacted).toBe('TOKEN=****');
    expect(broken?.matches).toEqual([]);
    expect(scanner.gaps).toMatchObject([{ reason: 'examiner-failed', message: expect.stringContaining('it broke') }]);
  });
});

describe('a configuration that cannot be used', () => {
  test.each([
    ['is no JSON', 'rules:\n  - id: x\n', 'it is no JSON'],
    ['has no rules', '{}', 'no list of rules'],
    ['has something else', '{ "rules": [],\n"rule": 1 }', ':2: "rule" is not known'],
    ['has something else in a rule', '{ "rules": [{\n"id": "x",\n"option": {} }] }', ':3: rule x: "option"'],
    ['names a rule that is not installed', '{ "rules": [\n{ "id": "nowhere" }] }', ':2: rule nowhere is not installed'],
    ['names a module that is no rule', '{ "rules": [{ "id": "./no-rule.mjs" }] }', 'exports no `creator`'],
    ['names a module that breaks', '{ "rules": [{ "id": "./broken.mjs" }] }', 'cannot be loaded: no luck'],
  ])('where it %s', async (_, text, message) => {
    write('no-rule.mjs', 'export const x = 1;');
    write('broken.mjs', "throw new Error('no luck');");
    await expect(loadCustomRules({ secretlintrc: write('.secretlintrc.json', text) })).rejects.toMatchObject({
      code: 'RULES_INVALID',
      message: expect.stringContaining(message),
    });
  });

  test('is another one as soon as a plugin is', async () => {
    const config = write('.secretlintrc.json', '{ "rules": [{ "id": "acme" }] }');
    installRule('secretlint-rule-acme', 'one');
    const before = await loadCustomRules({ secretlintrc: config });
    installRule('secretlint-rule-acme', 'two');
    expect((await loadCustomRules({ secretlintrc: config }))?.rules.digest).not.toBe(before?.rules.digest);
  });
});
