import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sniffCompression } from '../../../src/bytes/index.ts';
import { sha256 } from '../../support/image-builder.ts';
import { file, writeTar } from '../../support/tar-writer.ts';
import { unpackAll } from './unpack-all.ts';

const TAR = writeTar([file('f', 'x')]);
const SKIPPABLE = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

describe('compression is told by the first bytes', () => {
  test.each([
    ['gzip', gzipSync(TAR), 'gzip'],
    ['zstd', zstdCompressSync(TAR), 'zstd'],
    ['zstd behind a skippable frame', SKIPPABLE, 'zstd'],
    ['the first skippable magic', Buffer.from([0x50, 0x2a, 0x4d, 0x18]), 'zstd'],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), 'xz'],
    ['bzip2', Buffer.from('BZh91AY'), 'bzip2'],
    ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60]), 'lz4'],
    ['a tar', TAR, 'none'],
    ['nothing', Buffer.alloc(0), 'none'],
    ['a tar whose first file is called BZh', writeTar([file('BZh', 'x')]), 'none'],
    ['half of the magic of gzip', Buffer.from([0x1f]), 'none'],
    ['half of the magic of zstd', Buffer.from([0x28, 0xb5, 0x2f]), 'none'],
    ['almost a skippable frame', Buffer.from([0x60, 0x2a, 0x4d, 0x18]), 'none'],
    ['almost xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 1]), 'none'],
  ] as const)('%s', (_, head, compression) => {
    expect(sniffCompression(head)).toBe(compression);
  });
});

describe('what cannot be unpacked is digested all the same', () => {
  test.each([['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73])]])('%s', (compression, stored) => {
    for (const chunkBytes of [1, 4, 100]) {
      const { output, facts } = unpackAll(stored, { chunkBytes });
      expect(output.byteLength).toBe(0);
      expect(facts).toEqual({
        digest: sha256(stored),
        sizeBytes: stored.byteLength,
        compression,
        uncompressedBytes: 0,
        trailingBytes: 0,
        failure: { reason: 'compression-unsupported', message: `${compression} compression is not supported` },
        holes: [],
      });
    }
  });
});

describe('bytes that are not compressed', () => {
  test.each([1, 5, 6, 7, 1000])('pass as they are, in chunks of %i bytes', (chunkBytes) => {
    const { output, facts } = unpackAll(TAR, { chunkBytes });
    expect(output.equals(TAR)).toBe(true);
    expect(facts).toMatchObject({ compression: 'none', uncompressedBytes: TAR.byteLength, failure: null });
    expect(facts.digest).toBe(sha256(TAR));
  });

  test.each([0, 1, 5])('pass also where there are only %i of them', (length) => {
    const stored = Buffer.alloc(length, 0x61);
    const { output, facts } = unpackAll(stored);
    expect(output.equals(stored)).toBe(true);
    expect(facts).toMatchObject({ sizeBytes: length, uncompressedBytes: length, failure: null });
  });
});
