import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCustomRules } from '../../../src/audit/index.ts';
import { AuditError } from '../../../src/core/index.ts';
import type { CustomPattern } from '../../../src/examine/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function load(text: string): Promise<NonNullable<Awaited<ReturnType<typeof loadCustomRules>>>> {
  const loaded = await loadCustomRules({ secretRules: write('rules.toml', text) });
  if (loaded === null) throw new Error('there are no rules');
  return loaded;
}

async function errorOf(work: Promise<unknown>): Promise<AuditError> {
  const error: unknown = await work.catch((caught: unknown) => caught);
  if (error instanceof AuditError) return error;
  throw new Error('it was no error');
}

const RULE = "[[rules]]\nid = 'a'\nregex = 'a{5}'\nkeywords = ['aaaaa']\n";

describe('a file of rules', () => {
  test('gives all that it says', async () => {
    const { rules, notes } = await load(`
title = "ours"
[[rules]]
id = "Acme Token"
description = "An Acme token."
regex = '''acme_(x)([a-z]+)'''
secretGroup = 2
entropy = 3.5
path = '''\\.env$'''
keywords = ["acme_"]
tags = ["vendor", "critical"]
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['''test''']
paths = ['''_test''']
stopwords = ["EXAMPLE"]
`);
    expect(rules.patterns).toEqual([
      {
        id: 'acme-token',
        title: 'An Acme token',
        severity: 'critical',
        regex: 'acme_(x)([a-z]+)',
        path: '\\.env$',
        secretGroup: 2,
        entropy: 3.5,
        keywords: ['acme_'],
        allowlists: [
          { all: true, paths: ['_test'], target: 'line', regexes: ['test'], stopwords: ['example'], commits: false },
        ],
      },
    ]);
    expect(notes).toEqual([]);
  });

  test.each([
    ['medium, where nothing is said', '', 'medium'],
    ['as it says', "severity = 'low'", 'low'],
    ['as a tag says', "tags = ['x', 'severity:high']", 'high'],
  ])('has severity %s', async (_, line, severity) => {
    const { rules } = await load(`${RULE}${line}\n`);
    expect(rules.patterns[0]?.severity).toBe(severity);
  });

  test('may have the allowlists of older files, and such for some rules', async () => {
    const { rules } = await load(`
[[rules]]
id = "a"
regex = "aaaaa"
[rules.allowlist]
stopwords = ["one"]
[[rules]]
id = "b"
regex = "bbbbb"
[[allowlists]]
targetRules = ["b"]
stopwords = ["two"]
[[allowlists]]
stopwords = ["three"]
`);
    const words = (rule: CustomPattern | undefined): unknown => rule?.allowlists.map(({ stopwords }) => stopwords);
    expect(rules.patterns.map(words)).toEqual([[['one']], [['two']]]);
    expect(rules.allowlists.map(({ stopwords }) => stopwords)).toEqual([['three']]);
  });

  test('says which rules all text is searched for, and that commits mean nothing', async () => {
    const { notes } = await load("[[rules]]\nid = 'slow'\nregex = 'x{9}'\n[allowlist]\ncommits = ['abc']\n");
    expect(notes).toEqual([
      expect.stringContaining('allowlists name commits'),
      expect.stringMatching(/^slow: without keywords/),
    ]);
  });

  test('has another digest as soon as anything in it is another', async () => {
    const texts = [RULE, RULE.replace('{5}', '{6}'), `${RULE}entropy = 3\n`, `${RULE}[allowlist]\nstopwords = ['x']\n`];
    const digests = await Promise.all(texts.map(async (text) => (await load(text)).rules.digest));
    expect(new Set(digests).size).toBe(texts.length);
    expect((await load(`# a comment\n${RULE}`)).rules.digest).toBe(digests[0]);
  });
});

describe('a mistake is told with its line', () => {
  test.each([
    ['no TOML', '\n[[rules]\n', 2, 'no TOML'],
    ['a member that is not known', `${RULE}\nkeyword = ['x']\n`, 6, '"keyword" is not known'],
    ['one of an allowlist', `${RULE}[[rules.allowlists]]\nstopwords = ['x']\nregex = 'x'\n`, 7, '"regex" is not known'],
    ['one at the top', `colour = 1\n${RULE}`, 1, '"colour" is not known'],
    [
      'one behind an expression of several lines',
      `[[rules]]\nid = 'a'\nregex = '''\nfoo = 1\n'''\nfoo = 1\n`,
      6,
      '"foo"',
    ],
    [
      'an expression that is none',
      "[[rules]]\nid = 'bad'\nregex = '('\n",
      3,
      'rule bad: regex is no regular expression',
    ],
    ['lookaround', "[[rules]]\nid = 'bad'\nregex = 'a(?=b)'\n", 3, 'rule bad'],
    ['an expression of a path', "[[rules]]\nid = 'bad'\npath = '['\n", 3, 'rule bad: path'],
    ['an expression of an allowlist', `${RULE}[[rules.allowlists]]\nregexes = ['(']\n`, 6, 'an allowlist of rule a'],
    ['a second rule', `${RULE}${RULE}secretGroup = 'x'\n`, 9, 'secretGroup is not a number'],
    ['a group that is not there', `${RULE}secretGroup = 1\n`, 5, 'its regex has 0'],
    ['a rule without an id', "[[rules]]\nregex = 'x'\n", 1, 'a rule has no id'],
    ['a rule with nothing to look for', "[[rules]]\nid = 'x'\n", 1, 'neither a regex nor a path'],
    ['an empty allowlist', `${RULE}[[rules.allowlists]]\n`, 5, 'has none of paths'],
    [
      'both forms of allowlists',
      `[allowlist]\npaths = ['x']\n[[allowlists]]\npaths = ['x']\n`,
      1,
      'exclude each other',
    ],
    ['a condition', `${RULE}[rules.allowlist]\ncondition = 'XOR'\npaths = ['x']\n`, 6, 'condition'],
    ['a target of an expression', `${RULE}[rules.allowlist]\nregexTarget = 'x'\nregexes = ['x']\n`, 6, 'regexTarget'],
    ['a rule that an allowlist is for', `${RULE}[[allowlists]]\ntargetRules = ['b']\npaths = ['x']\n`, 6, 'no rule b'],
    ['a severity', `${RULE}severity = 'loud'\n`, 5, 'severity'],
    ['rules that need other rules', `${RULE}[[rules.required]]\nid = 'b'\n`, 1, 'need other rules'],
    ['rules from elsewhere', `[extend]\nurl = 'https://example.com'\n`, 2, 'not fetched'],
    ['nothing to disable', `[extend]\ndisabledRules = ['x']\n`, 2, 'nothing to disable'],
    ['a rule of ours to disable', "[extend]\nuseDefault = true\ndisabledRules = ['private-key']\n", 3, 'stays'],
  ])('%s', async (_, text, line, message) => {
    const error = await errorOf(load(text));
    expect(error.code).toBe('RULES_INVALID');
    expect(error.message).toContain(`rules.toml:${line}: `);
    expect(error.message).toContain(message);
  });

  test('a file that is not there', async () => {
    const error = await errorOf(loadCustomRules({ secretRules: join(folder, 'none.toml') }));
    expect([error.code, error.message]).toEqual(['RULES_INVALID', expect.stringContaining('ENOENT')]);
  });

  test('more keywords than the prefilter takes', async () => {
    const keywords = Array.from({ length: 3000 }, (_, i) => `'word${i}'`).join(',');
    expect((await errorOf(load(`[[rules]]\nid = 'a'\nregex = 'x'\nkeywords = [${keywords}]\n`))).code).toBe(
      'RULES_INVALID',
    );
  });
});

describe('[extend]', () => {
  const BASE = `
[[rules]]
id = "a"
description = "base"
regex = "a{5}"
entropy = 2
keywords = ["one"]
[[rules]]
id = "b"
regex = "b{5}"
[allowlist]
stopwords = ["base"]
`;

  test('takes the rules of another file, changes some and leaves some out', async () => {
    write('base.toml', BASE);
    const { rules } = await load(`
[extend]
path = "base.toml"
disabledRules = ["b"]
[[rules]]
id = "a"
description = "changed"
keywords = ["two"]
[[rules]]
id = "c"
regex = "c{5}"
`);
    expect(rules.patterns.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(rules.patterns[0]).toMatchObject({ title: 'changed', regex: 'a{5}', entropy: 2, keywords: ['one', 'two'] });
    expect(rules.allowlists).toHaveLength(1);
  });

  test('knows a rule to leave out that is not there', async () => {
    write('base.toml', BASE);
    const error = await errorOf(load('[extend]\npath = "base.toml"\ndisabledRules = ["z"]\n'));
    expect(error.message).toContain('rules.toml:3: disabledRules names z');
  });

  test('ends where files extend each other', async () => {
    const error = await errorOf(load('[extend]\npath = "rules.toml"\n'));
    expect(error.message).toContain('extend each other');
  });

  test('with useDefault says that gitleaks’ own rules are not there, nor what changes them', async () => {
    const { rules, notes } = await load(`
[extend]
useDefault = true
disabledRules = ["generic-api-key"]
[[rules]]
id = "aws-access-token"
[[rules.allowlists]]
paths = ["x"]
${RULE}`);
    expect(rules.patterns.map(({ id }) => id)).toEqual(['a']);
    expect(notes).toEqual([expect.stringMatching(/useDefault.*aws-access-token/)]);
  });
});
