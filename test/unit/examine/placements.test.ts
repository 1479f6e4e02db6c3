import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatePlacements } from '../../generate/placements.ts';

test('placements.ts fits the detectors', () => {
  const committed = readFileSync(new URL('../../../src/examine/secrets/placements.ts', import.meta.url), 'utf8');
  expect(committed).toBe(generatePlacements());
});
