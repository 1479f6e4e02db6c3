import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildFixtures } from '../../fixtures/build.ts';
import { generateSchema } from '../generate/schema.ts';

const root = new URL('../../', import.meta.url);

describe('files that npm run generate makes', () => {
  test('schema/report-1.json describes the types of the report', () => {
    expect(readFileSync(new URL('schema/report-1.json', root), 'utf8')).toBe(generateSchema());
  });

  test.each([...buildFixtures()])('fixtures/images/%s is what its recipe says', (name, bytes) => {
    expect(readFileSync(new URL(`fixtures/images/${name}`, root)).equals(bytes)).toBe(true);
  });
});
