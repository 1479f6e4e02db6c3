/** Compressed streams cut at every byte. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../support/image-builder.ts';
import { unpackAll } from '../../unit/bytes/unpack-all.ts';

const TEXT = Buffer.from(Array.from({ length: 400 }, (_, i) => `line ${i * 7919}\n`).join(''));

describe.each([
  ['gzip', (bytes: Buffer) => gzipSync(bytes)],
  ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
] as const)('%s', (compression, compress) => {
  const stored = compress(TEXT);

  test('cut at every byte is told as truncated, with what came in front', () => {
    for (let length = 6; length < stored.byteLength; length += 1) {
      const cut = stored.subarray(0, length);
      const { output, facts } = unpackAll(cut, { chunkBytes: length % 2 === 0 ? 50 : 1 << 16 });
      expect(facts).toMatchObject({ compression, failure: { reason: 'blob-truncated' }, digest: sha256(cut) });
      expect(facts.uncompressedBytes).toBe(output.byteLength);
      expect(output.equals(TEXT.subarray(0, output.byteLength))).toBe(true);
    }
  });

  test('two streams cut at every byte of the second', () => {
    const both = Buffer.concat([stored, compress(Buffer.from('second'))]);
    for (let length = stored.byteLength; length < both.byteLength; length += 1) {
      const { output, facts } = unpackAll(both.subarray(0, length), { chunkBytes: 1000 });
      expect(output.subarray(0, TEXT.byteLength).equals(TEXT)).toBe(true);
      const more = length - stored.byteLength;
      // A few bytes may be anything; a whole magic is another stream.
      const begun = more >= (compression === 'gzip' ? 3 : 4);
      expect([more, facts.failure?.reason ?? null]).toEqual([more, begun ? 'blob-truncated' : null]);
      // libzstd takes up to three bytes of a magic for itself, and does not tell.
      if (compression === 'gzip') expect(facts.trailingBytes).toBe(begun ? 0 : more);
    }
  });

  test('with any one byte wrong, it is read or refused, never thrown', () => {
    for (let at = 0; at < stored.byteLength; at += 1) {
      const wrong = Buffer.from(stored);
      wrong[at] = (wrong[at] as number) ^ 0x41;
      const { facts } = unpackAll(wrong, { checksum: true });
      expect(facts.digest).toBe(sha256(wrong));
      const reasons = ['blob-truncated', 'decompression-failed'];
      if (facts.failure !== null) expect(reasons).toContain(facts.failure.reason);
    }
  });
});
