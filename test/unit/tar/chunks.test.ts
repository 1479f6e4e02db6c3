import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TarReader } from '../../../src/tar/index.ts';
import { type Collected, collect } from './collect.ts';
import { BORDERS, EVERY_KIND } from './kinds.ts';

describe('the same bytes tell the same, however they come', () => {
  const whole = collect(EVERY_KIND, { chunkBytes: EVERY_KIND.byteLength });

  test('a tar with every kind of member is read to its end', async () => {
    const told = await whole;
    expect(told.facts).toMatchObject({ entries: BORDERS.length - 1, failure: null });
    expect(told.entries.every(({ complete }) => complete)).toBe(true);
    expect(new Set(told.anomalies.map(({ kind }) => kind))).toEqual(
      new Set([
        'contiguous-file',
        'data-after-end',
        'data-in-padding',
        'old-gnu-sparse',
        'pax-invalid',
        'size-on-header-only',
        'type-unknown',
      ]),
    );
  });

  test.each([1, 7, 64, 511, 512, 513, 1024, 4095, 65_536])('in chunks of %i bytes', async (chunkBytes) => {
    expect(await collect(EVERY_KIND, { chunkBytes })).toEqual(await whole);
  });

  test('in chunks of any sizes', async () => {
    const expected = await whole;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), async (sizes) => {
        expect(await collectInChunks(sizes)).toEqual(expected.facts);
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});

/** Reads the tar in chunks of these sizes, again and again; tells the facts. */
async function collectInChunks(sizes: readonly number[]): Promise<Collected['facts']> {
  let finished = 0;
  const reader = new TarReader({
    entry: () => undefined,
    content: () => undefined,
    hole: () => undefined,
    finish: (_, complete) => {
      if (complete) finished += 1;
    },
    anomaly: () => undefined,
    hidden: () => undefined,
  });
  for (let at = 0, i = 0; at < EVERY_KIND.byteLength; i += 1) {
    const size = sizes[i % sizes.length] as number;
    await reader.push(Uint8Array.from(EVERY_KIND.subarray(at, at + size)));
    at += size;
  }
  const facts = await reader.end();
  expect(finished).toBe(facts.entries);
  return facts;
}
