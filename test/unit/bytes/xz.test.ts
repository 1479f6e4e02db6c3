import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  SAMPLE_BLOCKS_TEXT,
  SAMPLE_TEXT,
  SAMPLE_XZ,
  SAMPLE_XZ_BLOCKS,
  SAMPLE_XZ_CRC32,
  SAMPLE_XZ_SHA256,
  SAMPLE_XZ_X86,
  ZEROS_XZ,
  ZEROS_XZ_BYTES,
} from '../../support/compressed-samples.ts';
import { sha256 } from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { xzStored } from '../../support/xz-writer.ts';
import { unpackAll } from './unpack-all.ts';

const CHUNKS = [1, 7, 100, 65_536];
const unchecked = { checksum: false };
const checked = { checksum: true };

/** Text with words that come again at all distances, and noise. */
function mixedBytes(length: number): Buffer {
  const words = Array.from({ length: 400 }, (_, i) =>
    createHash('md5')
      .update(String(i))
      .digest('hex')
      .slice(0, 3 + (i % 20)),
  );
  const parts: Buffer[] = [];
  for (let i = 0, bytes = 0; bytes < length; i += 1) {
    const digest = createHash('sha256').update(`part ${i}`).digest();
    const part = i % 50 === 0 ? digest : Buffer.from(`${words[(digest.readUInt16LE(0) * i) % words.length]} `);
    parts.push(part);
    bytes += part.byteLength;
  }
  return Buffer.concat(parts).subarray(0, length);
}

describe('xz is unpacked', () => {
  test.each([
    ['with CRC-64', SAMPLE_XZ, SAMPLE_TEXT],
    ['with CRC-32, and other properties', SAMPLE_XZ_CRC32, SAMPLE_TEXT],
    ['with SHA-256', SAMPLE_XZ_SHA256, SAMPLE_TEXT],
    ['of several blocks', SAMPLE_XZ_BLOCKS, SAMPLE_BLOCKS_TEXT],
    ['of several streams', Buffer.concat([SAMPLE_XZ, SAMPLE_XZ_SHA256]), SAMPLE_TEXT.repeat(2)],
    [
      'of several streams with zeros between',
      Buffer.concat([SAMPLE_XZ, Buffer.alloc(8), SAMPLE_XZ]),
      SAMPLE_TEXT.repeat(2),
    ],
    ['that was not compressed', xzStored(Buffer.from(SAMPLE_TEXT), { blockBytes: 9 }), SAMPLE_TEXT],
    ['that holds nothing', xzStored(Buffer.alloc(0)), ''],
  ])('%s', (_, stored, text) => {
    for (const chunkBytes of CHUNKS) {
      for (const options of [checked, unchecked]) {
        const { output, facts } = unpackAll(stored, { chunkBytes, ...options });
        expect(output.toString()).toBe(text);
        expect(facts).toMatchObject({ compression: 'xz', failure: null, trailingBytes: 0, digest: sha256(stored) });
      }
    }
  });

  test('where little stands for much', () => {
    const { output, facts } = unpackAll(Buffer.concat([ZEROS_XZ, ZEROS_XZ]), checked);
    expect(facts).toMatchObject({ failure: null, uncompressedBytes: 2 * ZEROS_XZ_BYTES });
    expect(output.every((byte) => byte === 0)).toBe(true);
  });

  test
    .skipIf(!isInstalled('xz'))
    .each([
      ['-0'],
      ['-6'],
      ['--lzma2=preset=9e,dict=4KiB'],
      ['--lzma2=lc=4,lp=0,pb=0'],
      ['--lzma2=lc=1,lp=3,pb=4'],
      ['--block-size=100000'],
    ])('as xz %s makes it', (option) => {
    const content = mixedBytes(1_500_000);
    const stored = spawnSync('xz', ['-c', '-T1', option], { input: content, maxBuffer: 1 << 26 }).stdout;
    const { output, facts } = unpackAll(stored, { chunkBytes: 10_000, ...checked });
    expect(facts).toMatchObject({ failure: null, trailingBytes: 0 });
    expect(output.equals(content)).toBe(true);
  });
});

describe('what stands behind the last stream is told', () => {
  test.each([
    ['three bytes', 'abc'],
    ['more', 'something else'],
    [
      'the beginning of what is no stream',
      Buffer.concat([SAMPLE_XZ.subarray(0, 8), Buffer.alloc(8, 1)]).toString('latin1'),
    ],
  ])('%s', (_, behind) => {
    const stored = Buffer.concat([SAMPLE_XZ, Buffer.from(behind, 'latin1')]);
    for (const chunkBytes of CHUNKS) {
      const trailing: Buffer[] = [];
      const { output, facts } = unpackAll(stored, {
        chunkBytes,
        onTrailing: (bytes) => trailing.push(Buffer.from(bytes)),
      });
      expect(output.toString()).toBe(SAMPLE_TEXT);
      expect(facts).toMatchObject({ failure: null, trailingBytes: behind.length });
      expect(Buffer.concat(trailing).toString('latin1')).toBe(behind);
    }
  });
});

describe('xz that is not whole', () => {
  test('is told where it ends, and what is there is given', () => {
    const stored = SAMPLE_XZ_BLOCKS.subarray(0, 300);
    const { output, facts } = unpackAll(stored);
    expect(facts.failure).toEqual({
      reason: 'blob-truncated',
      message: 'the xz stream ends too early, after 120000 uncompressed bytes',
    });
    expect(SAMPLE_BLOCKS_TEXT.startsWith(output.toString())).toBe(true);
  });

  test('is told where its checksum is of something else', () => {
    for (const check of ['crc32', 'sha256'] as const) {
      const stored = xzStored(Buffer.from(SAMPLE_TEXT), { check });
      stored[stored.indexOf('hello')] = 0x4a;
      expect(unpackAll(stored, checked).facts.failure?.message).toContain('the xz checksum does not match');
      expect(unpackAll(stored, unchecked).facts.failure).toBeNull();
    }
    const changed = Buffer.from(SAMPLE_XZ);
    const crc64 = changed.byteLength - 12 - 8 - 8;
    changed[crc64] = (changed[crc64] as number) ^ 1;
    expect(unpackAll(changed, checked).facts.failure?.message).toContain('the xz checksum does not match');
  });

  test('is read on behind the damage, where another stream begins', () => {
    const broken = Buffer.from(SAMPLE_XZ).fill(0xff, 40, 50);
    const holes: number[] = [];
    const { output, facts } = unpackAll(Buffer.concat([broken, SAMPLE_XZ]), { onHole: () => holes.push(1) });
    expect(output.toString().endsWith(SAMPLE_TEXT)).toBe(true);
    expect(facts.holes).toHaveLength(1);
    expect(facts.failure?.reason).toBe('decompression-failed');
    expect(holes).toEqual([1]);
  });
});

describe('xz that is not read is told', () => {
  test.each([
    ['with a filter for code', SAMPLE_XZ_X86, 'filters that are not read'],
    ['with an unknown filter', xzStored(Buffer.from('x'), { filter: 0x40 }), 'filters that are not read'],
    // 4 GiB: the attack is to take the word of a header for how much memory to use.
    ['with a window of gigabytes', xzStored(Buffer.from('x'), { windowBits: 40 }), 'more than the limit'],
  ])('%s', (_, stored, message) => {
    const { facts } = unpackAll(stored);
    expect(facts.failure?.reason).toBe('decompression-failed');
    expect(facts.failure?.message).toContain(message);
  });

  test('a window that is stated and not used takes no memory', () => {
    const before = process.memoryUsage().arrayBuffers;
    const { output } = unpackAll(xzStored(Buffer.from('x'), { windowBits: 30 }));
    expect(output.toString()).toBe('x');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });
});
