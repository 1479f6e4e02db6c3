import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentDigest, digestOf, Unpacker } from '../../../src/bytes/index.ts';
import { AuditError, DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { sha256 } from '../../support/image-builder.ts';
import { unpackAll } from './unpack-all.ts';

describe('unpacking', () => {
  test('gives back whatever was compressed, in chunks of any size', () => {
    const compress = fc.constantFrom(gzipSync, zstdCompressSync, (bytes: Uint8Array) => Buffer.from(bytes));
    fc.assert(
      fc.property(
        // What is not compressed must not look as if it were.
        fc.uint8Array({ maxLength: 5000, size: 'max' }).map((bytes) => Buffer.concat([Buffer.from('plain '), bytes])),
        compress,
        fc.integer({ min: 1, max: 6000 }),
        (bytes, pack, chunkBytes) => {
          const stored = pack(bytes);
          const { output, facts } = unpackAll(stored, { chunkBytes, checksum: true });
          expect(output.equals(bytes)).toBe(true);
          expect(facts).toMatchObject({ failure: null, trailingBytes: 0, digest: sha256(stored) });
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  test('never throws, whatever the bytes are', () => {
    const magic = fc.constantFrom([0x1f, 0x8b, 8], [0x28, 0xb5, 0x2f, 0xfd], [0x50, 0x2a, 0x4d, 0x18], []);
    fc.assert(
      fc.property(
        magic,
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 300 }),
        (head, rest, chunkBytes) => {
          const stored = Buffer.concat([Buffer.from(head), rest]);
          const { output, facts } = unpackAll(stored, { chunkBytes });
          expect(facts.digest).toBe(sha256(stored));
          expect(output.byteLength).toBe(facts.uncompressedBytes);
        },
      ),
      { numRuns: 500, seed: 5 },
    );
  });

  test.each([
    ['BLOB_ABSENT', 'blob-absent'],
    ['REGISTRY_NOT_FOUND', 'blob-absent'],
    ['BLOB_TRUNCATED', 'blob-truncated'],
    ['BLOB_UNREADABLE', 'blob-unreadable'],
    ['REGISTRY_TIMEOUT', 'blob-unreadable'],
  ] as const)('bytes that stop coming with %s are a %s', (code, reason) => {
    const stored = gzipSync('hello');
    const unpacker = new Unpacker({ limits: DEFAULT_LIMITS });
    unpacker.push(stored.subarray(0, 12), () => undefined);
    const facts = unpacker.end(() => undefined, new AuditError(code, 'it stopped'));
    expect(facts.failure).toEqual({ reason, message: 'it stopped' });
    expect(facts.sizeBytes).toBe(12);
  });
});

describe('digests', () => {
  test.each(['sha256', 'sha512'] as const)('%s of bytes in pieces is that of all of them', (algorithm) => {
    const bytes = Buffer.from('some bytes, in pieces');
    const digest = new ContentDigest(algorithm);
    for (const byte of bytes) digest.update(Uint8Array.of(byte));
    expect(digest.sizeBytes).toBe(bytes.byteLength);
    const expected = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
    expect(digest.finish()).toBe(expected);
    expect(digestOf(bytes, algorithm)).toBe(expected);
  });

  test('of nothing', () => {
    expect(digestOf(new Uint8Array(0))).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test('a blob is digested with the algorithm that was asked for', () => {
    expect(unpackAll(Buffer.from('x'), { algorithm: 'sha512' }).facts.digest).toBe(
      digestOf(Buffer.from('x'), 'sha512'),
    );
  });
});
