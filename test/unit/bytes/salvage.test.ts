/** Compressed blobs that are damaged: what comes out all the same, and what is told of the rest. */
import { createHash } from 'node:crypto';
import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type BlobFacts, Unpacker } from '../../../src/bytes/index.ts';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { sha256 } from '../../support/image-builder.ts';

const CHUNKS = [1, 3, 10, 1000, 16 * 1024, 65_537, 1 << 20];

/** Bytes that hardly shrink, so that stored and uncompressed offsets are close: `seed` makes them differ. */
function noise(length: number, seed: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, i) =>
    createHash('sha512').update(`${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

interface Salvaged {
  /** What came out, cut where bytes are missing. */
  readonly parts: readonly Buffer[];
  readonly facts: BlobFacts;
}

function unpackInChunks(stored: Uint8Array, chunkBytes: number, wanted: boolean): Salvaged {
  const parts: Buffer[][] = [[]];
  const onHole = (): void => void parts.push([]);
  const unpacker = new Unpacker({ limits: DEFAULT_LIMITS, ...(wanted ? { onHole } : {}) });
  const emit = (piece: Uint8Array): void => void parts.at(-1)?.push(Buffer.from(piece));
  for (let at = 0; at < stored.byteLength; at += chunkBytes) {
    unpacker.push(Uint8Array.from(stored.subarray(at, at + chunkBytes)), emit);
  }
  const facts = unpacker.end(emit);
  return { parts: parts.map((part) => Buffer.concat(part)), facts };
}

/** Unpacks in chunks of all sizes, which must all give the same. */
function salvage(stored: Uint8Array, wanted = true): Salvaged {
  const first = unpackInChunks(stored, 4096, wanted);
  for (const chunkBytes of CHUNKS) {
    if (stored.byteLength / chunkBytes > 200_000) continue;
    const again = unpackInChunks(stored, chunkBytes, wanted);
    expect(again.facts).toEqual(first.facts);
    expect(again.parts.map(sha256)).toEqual(first.parts.map(sha256));
  }
  expect(first.facts.digest).toBe(sha256(stored));
  return first;
}

const BLOCK_BYTES = 20_000;

/** A gzip member of stored blocks, which can be damaged without a doubt: by lengths that are no longer each other's. */
function storedMember(content: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])];
  for (let at = 0; at < content.byteLength; at += BLOCK_BYTES) {
    const block = content.subarray(at, at + BLOCK_BYTES);
    const head = Buffer.from([at + BLOCK_BYTES >= content.byteLength ? 1 : 0, 0, 0, 0, 0]);
    head.writeUInt16LE(block.byteLength, 1);
    head.writeUInt16LE(block.byteLength ^ 0xffff, 3);
    parts.push(head, block);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.byteLength, 4);
  return Buffer.concat([...parts, trailer]);
}

/** Where in such a member the lengths of a block stand. */
function lengthsOfBlock(index: number): number {
  return 10 + index * (BLOCK_BYTES + 5) + 1;
}

/** The member with the first block's lengths broken: nothing of it can be inflated. */
function broken(member: Buffer): Buffer {
  const copy = Buffer.from(member);
  copy[11] = (copy[11] as number) ^ 0xff;
  return copy;
}

describe('a gzip member that is damaged', () => {
  const [one, two, three] = ['one', 'two', 'three'].map((seed) => noise(40_000, seed)) as [Buffer, Buffer, Buffer];

  test('is left out, and the next one is read', () => {
    const members = [storedMember(one), broken(storedMember(two)), storedMember(three)];
    const [a, b] = members as [Buffer, Buffer, Buffer];
    const { parts, facts } = salvage(Buffer.concat(members));
    expect(parts.map(sha256)).toEqual([one, three].map(sha256));
    expect(facts).toMatchObject({
      uncompressedBytes: 80_000,
      trailingBytes: 0,
      failure: { reason: 'decompression-failed' },
      holes: [{ offset: a.byteLength + 10, bytes: b.byteLength - 10 }],
    });
    expect(facts.holes[0]?.message).toContain('after 40000 uncompressed bytes');
  });

  test('in its middle, what its beginning holds comes out to within a slice', () => {
    const members = [gzipSync(one), storedMember(noise(200_000, 'large')), gzipSync(three)];
    const stored = Buffer.concat(members);
    const start = (members[0] as Buffer).byteLength;
    const at = start + lengthsOfBlock(6);
    stored[at] = (stored[at] as number) ^ 0xff;
    const { parts, facts } = salvage(stored);
    const [first, last] = parts as [Buffer, Buffer];
    expect(parts.length).toBe(2);
    expect(first.subarray(0, 40_000).equals(one)).toBe(true);
    expect(noise(200_000, 'large').indexOf(first.subarray(40_000))).toBe(0);
    expect(first.byteLength).toBeGreaterThan(40_000 + 6 * BLOCK_BYTES - 17_000);
    expect(last.equals(three)).toBe(true);
    const hole = facts.holes[0] as { offset: number; bytes: number };
    expect(facts.holes.length).toBe(1);
    expect(hole.offset).toBeLessThanOrEqual(at);
    expect(hole.offset).toBeGreaterThan(at - 16 * 1024);
    expect(hole.offset).toBeGreaterThan(start);
    expect(hole.offset + hole.bytes).toBe(stored.byteLength - (members[2] as Buffer).byteLength);
  });

  test('of a single one ends the unpacking, and says how much was not unpacked', () => {
    const stored = storedMember(noise(100_000, 'single'));
    const at = lengthsOfBlock(3);
    stored[at] = (stored[at] as number) ^ 0xff;
    const { parts, facts } = salvage(stored);
    expect(parts.length).toBe(1);
    expect(noise(100_000, 'single').indexOf(parts[0] as Buffer)).toBe(0);
    const [hole] = facts.holes;
    expect(facts.holes.length).toBe(1);
    expect((hole?.offset ?? 0) + (hole?.bytes ?? 0)).toBe(stored.byteLength);
  });

  test.each([
    ['its length', (member: Buffer) => member.fill(0x7f, member.byteLength - 4)],
    ['its reserved flags', (member: Buffer) => member.fill(0xff, 3, 4)],
  ])('in %s, the next one is read', (_, damage) => {
    const { parts, facts } = salvage(
      Buffer.concat([gzipSync(one), damage(gzipSync('damaged')) as Buffer, gzipSync(three)]),
    );
    expect(parts.at(-1)?.equals(three)).toBe(true);
    expect(facts.failure?.reason).toBe('decompression-failed');
    expect(facts.holes.length).toBe(1);
  });

  test('several damaged ones are each told', () => {
    const bad = broken(storedMember(two));
    const { parts, facts } = salvage(Buffer.concat([bad, gzipSync(one), bad, bad, gzipSync(three), bad]));
    expect(parts.filter((part) => part.byteLength > 0).map(sha256)).toEqual([one, three].map(sha256));
    expect(facts.holes.length).toBe(3);
  });

  test('behind a member found again, zeros are padding, and other bytes are told as not unpacked', () => {
    const head = [broken(storedMember(one)), gzipSync(two), Buffer.alloc(600)];
    expect(salvage(Buffer.concat(head)).facts).toMatchObject({ trailingBytes: 0, holes: [{ offset: 10 }] });
    const stored = Buffer.concat([...head, Buffer.from('what is this')]);
    const { facts } = salvage(stored);
    expect(facts.holes.at(-1)).toMatchObject({ offset: stored.byteLength - 12, bytes: 12 });
    expect(facts.trailingBytes).toBe(0);
  });

  test('that is cut behind a hole is told by the hole', () => {
    const { parts, facts } = salvage(Buffer.concat([broken(storedMember(one)), gzipSync(two).subarray(0, 20_000)]));
    expect(two.indexOf(parts.at(-1) as Buffer)).toBe(0);
    expect(facts.failure?.reason).toBe('decompression-failed');
  });

  test('without salvage ends the unpacking', () => {
    const stored = Buffer.concat([storedMember(one), broken(storedMember(two)), storedMember(three)]);
    const { parts, facts } = salvage(stored, false);
    expect(parts.map(sha256)).toEqual([sha256(one)]);
    const [hole] = facts.holes;
    expect((hole?.offset ?? 0) + (hole?.bytes ?? 0)).toBe(stored.byteLength);
  });

  test('beginnings of members without end are tried a limited number of times', () => {
    const beginning = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), Buffer.alloc(6, 0xff)]);
    const stored = Buffer.concat(Array.from({ length: 20_000 }, () => beginning));
    const { facts } = unpackInChunks(stored, 65_536, true);
    expect(facts.uncompressedBytes).toBe(0);
    expect(facts.holes).toMatchObject([{ offset: 10, bytes: stored.byteLength - 10 }]);
  });

  test('deflate’s own blocks are no place to go on: what stands behind damage refers back to it', () => {
    const stored = gzipSync(Buffer.from('the same words over and over '.repeat(20_000)));
    const cut = Buffer.concat([stored.subarray(0, 300), deflateRawSync('x'), stored.subarray(700)]);
    const { facts } = salvage(cut);
    expect(facts.failure).not.toBeNull();
  });
});

describe('a zstd frame that is damaged', () => {
  const checked = (content: Buffer): Buffer =>
    zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const [one, two, three] = ['4', '5', '6'].map((seed) => noise(30_000, seed)) as [Buffer, Buffer, Buffer];

  test('is left out, and the next one is read', () => {
    const bad = checked(two);
    bad.fill(0xff, 6, 12);
    const { parts, facts } = salvage(Buffer.concat([checked(one), bad, checked(three)]));
    expect(parts.map(sha256)).toEqual([one, three].map(sha256));
    expect(facts.holes).toMatchObject([{ offset: checked(one).byteLength, bytes: bad.byteLength }]);
    expect(facts.failure?.reason).toBe('decompression-failed');
  });

  test('by its checksum only: its content may come out, and the next one is read', () => {
    const bad = checked(two);
    bad[bad.byteLength - 1] = (bad.at(-1) as number) ^ 1;
    const { parts, facts } = salvage(Buffer.concat([checked(one), bad, checked(three)]));
    expect(parts.at(-1)?.equals(three)).toBe(true);
    expect(facts.holes.length).toBe(1);
  });

  test('of a single one ends the unpacking, and says how much was not unpacked', () => {
    const stored = checked(noise(300_000, 'single'));
    stored.fill(0xff, 131_072 + 14, 131_072 + 40);
    const { parts, facts } = salvage(stored);
    expect(noise(300_000, 'single').indexOf(parts[0] as Buffer)).toBe(0);
    const [hole] = facts.holes;
    expect((hole?.offset ?? 0) + (hole?.bytes ?? 0)).toBe(stored.byteLength);
  });
});

test('a limit that is reached is reached at the same byte, however the bytes come', () => {
  for (const stored of [gzipSync(noise(90_000, 'b')), zstdCompressSync(noise(90_000, 'b')), noise(90_000, 'b')]) {
    const told = [1000, 7777, 65_536].map((chunkBytes) => {
      const unpacker = new Unpacker({ limits: { ...DEFAULT_LIMITS, maxLayerBytes: 50_000 } });
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < stored.byteLength; at += chunkBytes) {
        unpacker.push(stored.subarray(at, at + chunkBytes), (piece) => pieces.push(Uint8Array.from(piece)));
      }
      return { facts: unpacker.end(() => undefined), output: sha256(Buffer.concat(pieces)) };
    });
    expect(told[0]?.facts.failure?.reason).toBe('budget-exceeded');
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  }
});
