import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from '../../src/rules/index.ts';

const text = readFileSync(new URL('../../docs/best-practices.md', import.meta.url), 'utf8');
const named = [...text.matchAll(/`([a-z-]+\/[a-z0-9-]+)`/g)].map(([, id]) => id as string);
const ids = new Set(RULES.map(({ id }) => id));

test('docs/best-practices.md names no rule that is not there', () => {
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});

test('docs/best-practices.md names every rule of the families that are about practice', () => {
  const families = /^(?:base|config|layer|leftover|stage|user|privilege|package-manager)\//;
  const missing = [...ids].filter((id) => families.test(id) && !named.includes(id));
  expect(missing).toEqual([]);
});
