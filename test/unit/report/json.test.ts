import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { acmeApi } from '../../../fixtures/recipes/acme-api.ts';
import { layoutOf } from '../../../fixtures/rules/fixture.ts';
import { RULE_FIXTURES } from '../../../fixtures/rules/index.ts';
import { type Report, renderJson, renderRule, renderRuleList } from '../../../src/report/index.ts';
import { RULES } from '../../../src/rules/index.ts';
import { generateSchema } from '../../generate/schema.ts';
import { auditFiles, auditRecipe } from '../../support/audit-recipe.ts';
import { file } from '../../support/tar-writer.ts';
import { document, finding, place } from './documents.ts';

const SCHEMA = readFileSync(new URL('../../../schema/report-1.json', import.meta.url), 'utf8');
const ajv = new Ajv({ strict: false, allErrors: true });
const validate = ajv.compile(JSON.parse(SCHEMA) as object);

function errors(report: unknown): string[] {
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the JSON report', () => {
  test('is the document', async () => {
    const report = await auditRecipe(acmeApi);
    expect(JSON.parse(renderJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  test.each([
    '\u001b[31m',
    '\u009b',
    '\u202e',
    '\u2028',
    '\u200b',
    '\ufeff',
    '\u007f',
    '\u{e0041}',
    'a\udcff',
    '\u0000',
    '"\\\n',
  ])('writes %j as an escape, and means the same', (text) => {
    const report = document([finding({ evidence: [place({ path: text })] })]);
    const json = renderJson(report);
    expect(json).toMatch(/^[\n\x20-\x7e]*$/);
    expect((JSON.parse(json) as Report).findings[0]?.evidence[0]?.path).toBe(text);
  });

  test('leaves other letters as they are', () => {
    expect(renderJson(document([finding({ message: 'äöü 漢字 🙂 é' })]))).toContain('äöü 漢字 🙂 é');
  });
});

describe('schema/report-1.json', () => {
  test('accepts the report of every fixture', async () => {
    const cases = RULE_FIXTURES.flatMap(({ ng, ok }) => [...ng.slice(0, 2), ...ok.slice(0, 1)]);
    for (const one of cases) {
      const report = await auditFiles(layoutOf(one));
      expect({ name: one.name, errors: errors(JSON.parse(renderJson(report))) }).toEqual({
        name: one.name,
        errors: [],
      });
    }
  });

  test('accepts reports with secrets in full, without times, of several platforms, and with odd names', async () => {
    const odd = {
      ...acmeApi,
      steps: [{ createdBy: '', members: [file(Buffer.from([0x61, 0xff]), 'x', { mtime: -1 })] }],
    };
    const report = await auditRecipe([acmeApi, { ...odd, platform: 'linux/arm64' }], {
      reveal: true,
      reproducible: true,
    });
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(errors(JSON.parse(renderJson(report)))).toEqual([]);
  });

  test.each([
    ['a member that is not in it', (report: Report) => ({ ...report, more: 1 })],
    ['another version', (report: Report) => ({ ...report, schemaVersion: '2.0' })],
    ['no verdict', ({ verdict: _, ...rest }: Report) => rest],
    ['another severity', (report: Report) => ({ ...report, findings: [{ ...finding(), severity: 'bad' }] })],
  ])('refuses %s', (_, change) => {
    expect(errors(document())).toEqual([]);
    expect(errors(change(document()))).not.toEqual([]);
  });

  test('is what the types say', () => {
    expect(SCHEMA).toBe(generateSchema());
  });
});

describe('rules as texts', () => {
  test('a list is aligned', () => {
    const [first, ...rest] = renderRuleList(RULES).trimEnd().split('\n');
    const at = (first as string).search(/\b(?:critical|high|medium|low|info)\b/);
    for (const line of rest) expect(line.slice(at)).toMatch(/^(?:critical|high|medium|low|info) /);
  });

  test.each([20, 40, 72, 1000])('a rule fits into %i columns, of which it takes 40 to 100', (width) => {
    for (const rule of RULES) {
      const paragraphs = renderRule(rule, width).split('\nReferences:')[0]?.split('\n').slice(3) ?? [];
      const most = Math.min(Math.max(width, 40), 100);
      // A word that is longer than a line cannot be broken.
      const tooLong = paragraphs.filter((line) => line.length > most && line.includes(' '));
      expect(tooLong).toEqual([]);
    }
  });
});
