import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildFixtures } from '../../fixtures/build.ts';
import { RULES } from '../../src/rules/index.ts';
import { generateRuleDocs } from '../generate/rule-docs.ts';
import { generateSchema } from '../generate/schema.ts';

const root = new URL('../../', import.meta.url);

describe('files that npm run generate makes', () => {
  test('schema/report-1.json describes the types of the report', () => {
    expect(readFileSync(new URL('schema/report-1.json', root), 'utf8')).toBe(generateSchema());
  });

  test('schema/packages-1.json describes the types of the list of packages', () => {
    expect(readFileSync(new URL('schema/packages-1.json', root), 'utf8')).toBe(generateSchema('packages'));
  });

  test('schema/sbom-1.json describes the types of the comparison of SBOMs', () => {
    expect(readFileSync(new URL('schema/sbom-1.json', root), 'utf8')).toBe(generateSchema('sbom'));
  });

  test('docs/rules says what the rules say', () => {
    const pages = generateRuleDocs();
    expect(readdirSync(new URL('docs/rules', root)).sort()).toEqual([...pages.keys()].sort());
    for (const [name, text] of pages) {
      expect(readFileSync(new URL(`docs/rules/${name}`, root), 'utf8'), name).toBe(text);
    }
  });

  test.each([...buildFixtures()])('fixtures/images/%s is what its recipe says', (name, bytes) => {
    expect(readFileSync(new URL(`fixtures/images/${name}`, root)).equals(bytes)).toBe(true);
  });
});

test('docs/best-practices.md names rules that there are', () => {
  const text = readFileSync(new URL('docs/best-practices.md', root), 'utf8');
  const named = [...text.matchAll(/`([a-z-]+\/[a-z-]+)`/g)].map(([, id]) => id as string);
  expect(named.length).toBeGreaterThan(40);
  const ids = new Set(RULES.map(({ id }) => id));
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});
