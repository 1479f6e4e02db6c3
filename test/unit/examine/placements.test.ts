import { expect, test } from 'vitest';
import { BINARY_LITERALS, TEXT_LITERALS } from '../../../src/examine/secrets/literal-sets.ts';

// Without them the literals are placed anew at every start, which takes a second, and the prefilter is slower.
test('placements.ts is made for the detectors as they are: `npm run generate` makes it anew', () => {
  expect(TEXT_LITERALS.placements).toHaveLength(TEXT_LITERALS.literals.length);
  expect(BINARY_LITERALS.placements).toHaveLength(BINARY_LITERALS.literals.length);
});
