import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Unpacker } from '../../../src/bytes/index.ts';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { SAMPLE_BZIP2, SAMPLE_TEXT, ZEROS_BZIP2, ZEROS_BZIP2_BYTES } from '../../support/compressed-samples.ts';
import { sha256 } from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { unpackAll } from './unpack-all.ts';

const MIB = 1024 * 1024;
const CHUNKS = [1, 7, 100, 65_536];
/** `bzip2 -c < /dev/null`. */
const EMPTY_BZIP2 = Buffer.from('QlpoORdyRThQkAAAAAA=', 'base64');

describe('bzip2 is unpacked', () => {
  test.each([
    ['as bzip2 made it', SAMPLE_BZIP2, SAMPLE_TEXT],
    ['of several streams', Buffer.concat([SAMPLE_BZIP2, SAMPLE_BZIP2, SAMPLE_BZIP2]), SAMPLE_TEXT.repeat(3)],
    ['that holds nothing', EMPTY_BZIP2, ''],
    [
      'with an empty stream in between',
      Buffer.concat([SAMPLE_BZIP2, EMPTY_BZIP2, SAMPLE_BZIP2]),
      SAMPLE_TEXT.repeat(2),
    ],
  ])('%s', (_, stored, text) => {
    for (const chunkBytes of CHUNKS) {
      const { output, facts } = unpackAll(stored, { chunkBytes });
      expect(output.toString()).toBe(text);
      expect(facts).toMatchObject({ compression: 'bzip2', failure: null, trailingBytes: 0, digest: sha256(stored) });
    }
  });

  const noise = Buffer.concat(
    Array.from({ length: 40_000 }, (_, i) => createHash('sha256').update(String(i)).digest()),
  );
  const runs = Buffer.concat(
    Array.from({ length: 3000 }, (_, i) =>
      Buffer.alloc([1, 3, 4, 5, 254, 255, 256, 259, 260, 1000][i % 10] as number, i),
    ),
  );
  test.skipIf(!isInstalled('bzip2')).each([
    ['noise, in several blocks', noise, '-9'],
    ['noise, in small blocks', noise, '-1'],
    ['text', Buffer.from(SAMPLE_TEXT.repeat(40_000)), '-9'],
    ['runs of all lengths', runs, '-2'],
    ['one byte', Buffer.from('x'), '-9'],
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, i) => i)), '-9'],
  ])('as bzip2 makes it of %s', (_, content, level) => {
    const stored = spawnSync('bzip2', ['-c', level], { input: content, maxBuffer: 1 << 26 }).stdout;
    for (const chunkBytes of [977, 1 << 20]) {
      const { output, facts } = unpackAll(stored, { chunkBytes });
      expect(facts).toMatchObject({ failure: null, trailingBytes: 0 });
      expect(output.equals(content)).toBe(true);
    }
  });
});

test('what expands a million times is given in parts', () => {
  const unpacker = new Unpacker({ limits: DEFAULT_LIMITS });
  let most = 0;
  let total = 0;
  let part = 0;
  const emit = (piece: Uint8Array): void => {
    part += piece.byteLength;
  };
  const count = (): void => {
    most = Math.max(most, part);
    total += part;
    part = 0;
  };
  unpacker.push(Buffer.concat([ZEROS_BZIP2, ZEROS_BZIP2]), emit);
  // A slice is waited for: only the end says that there is no more of it.
  const facts = unpacker.end((piece) => {
    emit(piece);
    count();
  });
  expect(most).toBeLessThanOrEqual(4 * MIB);
  expect([total, facts.uncompressedBytes]).toEqual([2 * ZEROS_BZIP2_BYTES, 2 * ZEROS_BZIP2_BYTES]);

  const many = new Unpacker({ limits: DEFAULT_LIMITS });
  let steps = 0;
  most = 0;
  many.push(Buffer.concat(Array.from({ length: 400 }, () => ZEROS_BZIP2)), emit);
  for (count(); many.isBehind && steps < 50; steps += 1) {
    many.resume(emit);
    count();
  }
  expect(steps).toBe(50);
  expect(most).toBeLessThan(5 * MIB);
});

test('what stands behind the last stream is told', () => {
  for (const behind of ['a', 'BZh', 'something else']) {
    for (const chunkBytes of CHUNKS) {
      const trailing: Buffer[] = [];
      const { output, facts } = unpackAll(Buffer.concat([SAMPLE_BZIP2, Buffer.from(behind)]), {
        chunkBytes,
        onTrailing: (bytes) => trailing.push(Buffer.from(bytes)),
      });
      expect(output.toString()).toBe(SAMPLE_TEXT);
      expect(facts).toMatchObject({ failure: null, trailingBytes: behind.length });
      expect(Buffer.concat(trailing).toString()).toBe(behind);
    }
  }
});

describe('bzip2 that is not whole', () => {
  test('is told where it ends', () => {
    const { facts } = unpackAll(SAMPLE_BZIP2.subarray(0, 60));
    expect(facts.failure).toMatchObject({ reason: 'blob-truncated' });
  });

  test('is told where its checksum is of something else', () => {
    const changed = Buffer.from(SAMPLE_BZIP2);
    changed[10] = (changed[10] as number) ^ 1;
    expect(unpackAll(changed).facts.failure?.message).toContain('the bzip2 checksum does not match');
  });

  test('is read on behind the damage, where another stream begins', () => {
    const broken = Buffer.from(SAMPLE_BZIP2).fill(0, 30, 40);
    const { output, facts } = unpackAll(Buffer.concat([broken, SAMPLE_BZIP2]), { onHole: () => undefined });
    expect(output.toString()).toBe(SAMPLE_TEXT);
    expect(facts.holes).toHaveLength(1);
  });
});

test('a run that is longer than any block is damage', () => {
  // Forty times the symbol that doubles a run: a counter of 32 bits would overflow.
  const bits = new BitWriter();
  bits.write(0x425a6839, 32).write(0x314159, 24).write(0x265359, 24).write(0, 32).write(0, 1).write(0, 24);
  // Only the byte 0 occurs; two tables, one selector: the first.
  bits.write(0x8000, 16).write(0x8000, 16).write(2, 3).write(1, 15).write(0, 1);
  // Both tables: three symbols, the first with a code of one bit, the others with two.
  for (let i = 0; i < 2; i += 1) bits.write(1, 5).write(0, 1).write(2, 2).write(0, 1).write(0, 1);
  for (let i = 0; i < 40; i += 1) bits.write(0, 1);
  const { facts } = unpackAll(Buffer.concat([bits.bytes(), Buffer.alloc(64)]));
  expect(facts.failure).toMatchObject({ reason: 'decompression-failed' });
  expect(facts.uncompressedBytes).toBe(0);
});

class BitWriter {
  #bits = '';

  write(value: number, bits: number): this {
    this.#bits += (value >>> 0).toString(2).padStart(bits, '0');
    return this;
  }

  bytes(): Buffer {
    const padded = this.#bits.padEnd(Math.ceil(this.#bits.length / 8) * 8, '0');
    return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }
}
