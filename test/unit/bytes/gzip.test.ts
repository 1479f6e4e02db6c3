import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../support/image-builder.ts';
import { unpackAll } from './unpack-all.ts';

const TEXT = Buffer.from('the quick brown fox '.repeat(500));
const CHUNKS = [1, 2, 3, 7, 9, 10, 11, 64, 1000, 1 << 20];

/** A gzip member with optional header fields (RFC 1952 section 2.3). */
function member(
  content: Uint8Array,
  fields: { extra?: Buffer; name?: string; comment?: string; check?: boolean } = {},
): Buffer {
  const { extra, name, comment, check } = fields;
  const flags =
    (check === true ? 2 : 0) |
    (extra === undefined ? 0 : 4) |
    (name === undefined ? 0 : 8) |
    (comment === undefined ? 0 : 16);
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255])];
  if (extra !== undefined) parts.push(Buffer.from([extra.byteLength & 0xff, extra.byteLength >> 8]), extra);
  if (name !== undefined) parts.push(Buffer.from(`${name}\0`));
  if (comment !== undefined) parts.push(Buffer.from(`${comment}\0`));
  if (check === true) {
    const sum = crc32(Buffer.concat(parts)) & 0xffff;
    parts.push(Buffer.from([sum & 0xff, sum >> 8]));
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.byteLength, 4);
  return Buffer.concat([...parts, deflateRawSync(content), trailer]);
}

describe('gzip', () => {
  test.each(CHUNKS)('comes out whole, in chunks of %i bytes', (chunkBytes) => {
    const stored = gzipSync(TEXT);
    const { output, facts } = unpackAll(stored, { chunkBytes, checksum: true });
    expect(output.equals(TEXT)).toBe(true);
    expect(facts).toEqual({
      digest: sha256(stored),
      sizeBytes: stored.byteLength,
      compression: 'gzip',
      uncompressedBytes: TEXT.byteLength,
      trailingBytes: 0,
      failure: null,
      holes: [],
    });
  });

  test.each([
    ['an extra field', { extra: Buffer.from('SG\x04\0abcd') }],
    ['an empty extra field', { extra: Buffer.alloc(0) }],
    ['a name', { name: 'layer.tar' }],
    ['an empty name', { name: '' }],
    ['a comment', { comment: 'made by hand' }],
    ['a header checksum', { check: true }],
    ['all of them', { extra: Buffer.alloc(300, 1), name: 'n', comment: 'c', check: true }],
  ])('with %s in the header, in chunks of any size', (_, fields) => {
    const stored = member(TEXT, fields);
    for (const chunkBytes of CHUNKS) {
      const { output, facts } = unpackAll(stored, { chunkBytes, checksum: true });
      expect(facts.failure).toBeNull();
      expect(output.equals(TEXT)).toBe(true);
    }
  });

  test.each(CHUNKS)('of many members, in chunks of %i bytes', (chunkBytes) => {
    const parts = ['first ', '', 'second ', 'x'.repeat(300), 'last'].map((text) => Buffer.from(text));
    const stored = Buffer.concat(parts.map((part, i) => (i % 2 === 0 ? gzipSync(part) : member(part, { name: 'n' }))));
    const { output, facts } = unpackAll(stored, { chunkBytes, checksum: true });
    expect(facts).toMatchObject({ failure: null, trailingBytes: 0 });
    expect(output.toString()).toBe(Buffer.concat(parts).toString());
  });

  test('of nothing is nothing', () => {
    expect(unpackAll(gzipSync(Buffer.alloc(0)), { checksum: true })).toMatchObject({
      output: Buffer.alloc(0),
      facts: { failure: null, uncompressedBytes: 0 },
    });
  });
});

describe('bytes behind the end of gzip are counted and no failure', () => {
  test.each([
    ['text', Buffer.from('hidden behind the end')],
    ['one byte', Buffer.from('x')],
    ['the first byte of the magic', Buffer.from([0x1f])],
    ['two bytes of the magic', Buffer.from([0x1f, 0x8b])],
    ['what only begins like a member', Buffer.from([0x1f, 0x8b, 7, 0, 0])],
  ])('%s', (_, trailing) => {
    const stored = Buffer.concat([gzipSync(TEXT), trailing]);
    for (const chunkBytes of CHUNKS) {
      const { output, facts } = unpackAll(stored, { chunkBytes, checksum: true });
      expect(output.equals(TEXT)).toBe(true);
      expect(facts).toMatchObject({ failure: null, trailingBytes: trailing.byteLength, digest: sha256(stored) });
    }
  });

  test.each([
    ['alone', ''],
    ['and then others', 'hidden behind zeros'],
  ])('zeros, as tapes and some builders add, are padding: %s', (_, behind) => {
    const stored = Buffer.concat([gzipSync(TEXT), Buffer.alloc(1000), Buffer.from(behind)]);
    for (const chunkBytes of CHUNKS) {
      const trailing: Uint8Array[] = [];
      const { facts } = unpackAll(stored, { chunkBytes, onTrailing: (bytes) => trailing.push(Uint8Array.from(bytes)) });
      expect(facts).toMatchObject({ failure: null, trailingBytes: behind.length, digest: sha256(stored) });
      expect(Buffer.concat(trailing).toString()).toBe(behind);
    }
  });
});

describe('gzip that is broken', () => {
  const good = gzipSync(TEXT);

  function damaged(at: number): Buffer {
    const stored = Buffer.from(good);
    const place = at < 0 ? stored.byteLength + at : at;
    stored[place] = (stored[place] as number) ^ 0xff;
    return stored;
  }

  test.each([
    ['another checksum, where it is checked', damaged(-8), true, 'the gzip checksum does not match'],
    ['another length', damaged(-4), false, 'the gzip trailer states another length'],
    ['another method', damaged(2), false, 'the gzip header is broken'],
    ['reserved flags', damaged(3), false, 'the gzip header has reserved flags set'],
    ['a deflate block of no kind', damaged(10), false, ''],
  ])('%s', (_, stored, checksum, message) => {
    const told = CHUNKS.map((chunkBytes) => unpackAll(stored, { chunkBytes, checksum }).facts);
    for (const facts of told) {
      expect(facts.failure?.reason).toBe('decompression-failed');
      expect(facts.failure?.message).toContain(message);
      // It is still read to its end.
      expect(facts.digest).toBe(sha256(stored));
    }
  });

  test('another checksum is not looked at where a diffID is known', () => {
    expect(unpackAll(damaged(-8)).facts.failure).toBeNull();
  });

  test('a second member that is broken', () => {
    const stored = Buffer.concat([gzipSync('first'), damaged(3)]);
    const { output, facts } = unpackAll(stored);
    expect(output.toString()).toBe('first');
    expect(facts.failure?.reason).toBe('decompression-failed');
  });

  test('a header without an end is not read without an end, however it comes', () => {
    const stored = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0]), Buffer.alloc(200_000, 0x61)]);
    const ended = Buffer.concat([stored, member(TEXT).subarray(9)]);
    ended[stored.byteLength] = 0;
    for (const bytes of [stored, ended]) {
      for (const chunkBytes of [1000, 64 * 1024, 1 << 20]) {
        const { facts } = unpackAll(bytes, { chunkBytes });
        expect(facts.failure?.message).toContain('the gzip header is longer than any honest one');
        expect(facts.digest).toBe(sha256(bytes));
      }
    }
  });
});
