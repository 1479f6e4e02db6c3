import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateKernel } from '../../generate/kernel.ts';

test('kernel-wasm.ts is what kernel.as.ts compiles to', async () => {
  const committed = readFileSync(new URL('../../../src/examine/prefilter/kernel-wasm.ts', import.meta.url), 'utf8');
  expect(committed).toBe(await generateKernel());
});
