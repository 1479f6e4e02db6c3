/** A few kilobytes that expand without end. */
import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Unpacker } from '../../../src/bytes/index.ts';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { ZEROS_XZ, ZEROS_XZ_BYTES } from '../../support/compressed-samples.ts';
import { sha256 } from '../../support/image-builder.ts';
import { unpackAll } from '../../unit/bytes/unpack-all.ts';

const MIB = 1024 * 1024;
const ZEROS = Buffer.alloc(64 * MIB);

describe.each([
  ['gzip', gzipSync(ZEROS)],
  ['zstd', zstdCompressSync(ZEROS)],
  ['xz', Buffer.concat(Array.from({ length: ZEROS.byteLength / ZEROS_XZ_BYTES }, () => ZEROS_XZ))],
] as const)('%s', (_, bomb) => {
  test.each([1, 1000, 1 << 20])('stops at the limit of a layer, in chunks of %i bytes', (chunkBytes) => {
    const limits = { ...DEFAULT_LIMITS, maxLayerBytes: 8 * MIB };
    const { output, facts } = unpackAll(bomb, { limits, chunkBytes });
    expect(facts.failure?.reason).toBe('budget-exceeded');
    expect(facts.failure?.message).toContain('the limit for one layer');
    expect(facts.uncompressedBytes).toBeGreaterThan(8 * MIB);
    expect(output.byteLength).toBeLessThanOrEqual(facts.uncompressedBytes);
    // It is digested to its end, or nobody could say which blob this was.
    expect(facts).toMatchObject({ digest: sha256(bomb), sizeBytes: bomb.byteLength });
  });

  test('stops where it expands more than anything honest', () => {
    const limits = { ...DEFAULT_LIMITS, ratioGraceBytes: 4 * MIB, maxExpansionRatio: 200 };
    const { facts } = unpackAll(bomb, { limits, chunkBytes: 1024 });
    expect(facts.failure?.reason).toBe('budget-exceeded');
    expect(facts.failure?.message).toContain('a decompression bomb');
  });

  test('small things may expand as they like', () => {
    const { facts } = unpackAll(bomb, { limits: { ...DEFAULT_LIMITS, ratioGraceBytes: 65 * MIB } });
    expect(facts).toMatchObject({ failure: null, uncompressedBytes: ZEROS.byteLength });
  });
});

describe('limits', () => {
  const limits = { ...DEFAULT_LIMITS, maxLayerBytes: 1000, ratioGraceBytes: 1, maxExpansionRatio: 1 };

  test('of expansion do not apply to plain bytes', () => {
    const { facts } = unpackAll(Buffer.alloc(900), { limits });
    expect(facts).toMatchObject({ failure: null, uncompressedBytes: 900 });
  });

  test('of size do: a registry may send plain bytes without end', () => {
    expect(unpackAll(Buffer.alloc(5000), { limits, chunkBytes: 100 }).facts.failure?.reason).toBe('budget-exceeded');
  });

  test('many small members together reach the limit', () => {
    const stored = Buffer.concat(Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(100, 0x61))));
    const { facts } = unpackAll(stored, { limits: { ...limits, maxExpansionRatio: 1000 }, chunkBytes: 10 });
    expect(facts.failure?.reason).toBe('budget-exceeded');
  });

  test('nothing comes out once the limit is reached', () => {
    const unpacker = new Unpacker({ limits: { ...limits, maxExpansionRatio: 2000 } });
    // Larger than what is inflated at a time, so that the limit is reached before the rest comes.
    unpacker.push(gzipSync(randomBytes(40_000)), () => undefined);
    let later = 0;
    unpacker.push(gzipSync(Buffer.from('more')), () => {
      later += 1;
    });
    const facts = unpacker.end(() => {
      later += 1;
    });
    expect(later).toBe(0);
    expect(facts.failure?.reason).toBe('budget-exceeded');
  });
});
