/** Bytes that are no tar at all, and tars of which pieces went missing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeHeader } from '../../support/tar-writer.ts';
import { collect } from '../../unit/tar/collect.ts';
import { EVERY_KIND } from '../../unit/tar/kinds.ts';

test('any bytes are told as what nobody could read, to the last one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 3000, size: 'max' }),
      fc.integer({ min: 1, max: 3000 }),
      async (bytes, chunkBytes) => {
        // Zeros in front would be an end marker.
        bytes[0] = (bytes[0] as number) | 1;
        const told = await collect(bytes, { chunkBytes });
        expect(told.entries).toEqual([]);
        expect(told.facts.failure).not.toBeNull();
        expect(told.hidden.map(({ text }) => text).join('')).toBe(Buffer.from(bytes).toString('latin1'));
      },
    ),
    { numRuns: 150, seed: 37 },
  );
});

test('headers with any bytes under a good checksum are read or refused, never thrown', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 512, maxLength: 512 }),
      fc.constantFrom(...'0123457LKxgSZ\0'),
      fc.boolean(),
      async (bytes, type, keepSize) => {
        const patch = (header: Buffer): void => {
          const size = Buffer.from(header.subarray(124, 136));
          header.set(bytes);
          if (keepSize) header.set(size, 124);
          header.write(type, 156, 'latin1');
        };
        const header = writeHeader({ name: '', patch }, 600);
        const told = await collect(Buffer.concat([header, Buffer.alloc(1024, 0x61), Buffer.alloc(1024)]));
        expect(told.entries.length).toBeLessThanOrEqual(1);
        if (told.entries.length === 0) expect(told.hidden.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300, seed: 41 },
  );
});

test('a tar with a piece cut out of it is read up to there, and the rest is told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: EVERY_KIND.byteLength - 600 }),
      fc.integer({ min: 1, max: 511 }),
      async (at, length) => {
        const told = await collect(Buffer.concat([EVERY_KIND.subarray(0, at), EVERY_KIND.subarray(at + length)]));
        const hidden = told.hidden.map(({ text }) => text).join('');
        // Nothing at its end is lost, whether it is taken for damage, for the end or for content.
        const content = told.entries.map((entry) => entry.content).join('');
        expect((hidden + content).includes('behind the end')).toBe(true);
      },
    ),
    { numRuns: 150, seed: 43 },
  );
});
