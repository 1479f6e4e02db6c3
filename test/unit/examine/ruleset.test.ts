import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rulesetId, SECRETLINT_VERSION } from '../../../src/examine/ruleset.ts';

test('the ruleset names the version of secretlint that package.json pins', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(dependencies['@secretlint/core']).toBe(SECRETLINT_VERSION);
  expect(dependencies['@secretlint/secretlint-rule-preset-recommend']).toBe(SECRETLINT_VERSION);
});

test('the ruleset is the same every time', () => {
  expect(rulesetId()).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(rulesetId()).toBe(rulesetId());
});
