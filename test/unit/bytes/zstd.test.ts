import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unpackAll } from './unpack-all.ts';

const TEXT = Buffer.from(Array.from({ length: 2000 }, (_, i) => `${i * 7919} `).join(''));
const CHUNKS = [1, 2, 3, 4, 5, 11, 64, 1000, 1 << 20];

function skippable(nibble: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + nibble, 0);
  head.writeUInt32LE(content.byteLength, 4);
  return Buffer.concat([head, content]);
}

const checked = (content: Buffer): Buffer =>
  zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

describe('zstd', () => {
  test.each([
    ['one frame', [TEXT], zstdCompressSync(TEXT)],
    ['a frame with a checksum', [TEXT], checked(TEXT)],
    ['nothing', [], zstdCompressSync(Buffer.alloc(0))],
    ['many frames', [TEXT, TEXT], Buffer.concat([zstdCompressSync(TEXT), checked(TEXT)])],
    [
      'frames between skippable ones, as in zstd:chunked',
      [TEXT, TEXT],
      Buffer.concat([
        skippable(0, Buffer.from('first')),
        zstdCompressSync(TEXT),
        skippable(15, Buffer.alloc(3000, 1)),
        zstdCompressSync(TEXT),
        skippable(1, Buffer.alloc(0)),
        skippable(14, Buffer.from('manifest')),
      ]),
    ],
    ['nothing but a skippable frame', [], skippable(3, Buffer.from('nothing'))],
  ] as [string, Buffer[], Buffer][])('%s, in chunks of any size', (_, contents, stored) => {
    for (const chunkBytes of CHUNKS) {
      const { output, facts } = unpackAll(stored, { chunkBytes });
      expect([chunkBytes, facts.failure, facts.trailingBytes]).toEqual([chunkBytes, null, 0]);
      expect(output.equals(Buffer.concat(contents))).toBe(true);
      expect(facts.compression).toBe('zstd');
    }
  });

  test.each([
    ['text', Buffer.from('hidden behind the end')],
    ['one byte', Buffer.from('x')],
    ['three bytes', Buffer.from('xyz')],
  ])('bytes behind the end are counted and no failure: %s', (_, trailing) => {
    const stored = Buffer.concat([zstdCompressSync(TEXT), trailing]);
    for (const chunkBytes of [...CHUNKS, stored.byteLength - trailing.byteLength]) {
      const { output, facts } = unpackAll(stored, { chunkBytes });
      expect(output.equals(TEXT)).toBe(true);
      expect([chunkBytes, facts.failure, facts.trailingBytes]).toEqual([chunkBytes, null, trailing.byteLength]);
    }
  });

  test('a wrong checksum is a failure', () => {
    const stored = checked(TEXT);
    stored[stored.byteLength - 1] = (stored.at(-1) as number) ^ 1;
    for (const chunkBytes of CHUNKS) {
      expect(unpackAll(stored, { chunkBytes }).facts.failure?.reason).toBe('decompression-failed');
    }
  });

  test('a skippable frame that is cut is truncated', () => {
    const stored = Buffer.concat([zstdCompressSync(TEXT), skippable(0, Buffer.alloc(100))]);
    const { output, facts } = unpackAll(stored.subarray(0, -1));
    expect(output.equals(TEXT)).toBe(true);
    expect(facts.failure?.reason).toBe('blob-truncated');
  });

  test('a window of gigabytes is refused before memory is taken for it', () => {
    // RFC 8878 section 3.1.1.1.2: exponent 31 - 10 = 21, mantissa 0.
    const stored = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0]);
    expect(unpackAll(stored).facts.failure?.reason).toBe('decompression-failed');
  });
});
