import { describe, expect, test } from 'vitest';
import { TarReader } from '../../../src/tar/index.ts';
import { file, writeTar } from '../../support/tar-writer.ts';

/** Reads a tar in chunks whose memory is taken away as soon as the reader says that it is done with them. */
async function readDetaching(tar: Uint8Array, chunkBytes: number): Promise<{ contents: string[]; failure: unknown }> {
  const contents: string[] = [];
  const reader = new TarReader({
    entry: () => contents.push(''),
    content: (_entry, bytes) => {
      contents[contents.length - 1] += Buffer.from(bytes).toString('latin1');
    },
    hole: () => undefined,
    finish: () => undefined,
    anomaly: () => undefined,
    hidden: () => undefined,
  });
  for (let at = 0; at < tar.byteLength; at += chunkBytes) {
    const chunk = Uint8Array.from(tar.subarray(at, at + chunkBytes));
    await reader.push(chunk);
    structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
  }
  const { failure } = await reader.end();
  return { contents, failure };
}

describe('push resolves when the bytes are read', () => {
  // Threads hand the memory on: a byte that is read later would be one of the next piece, or none.
  test.each([1_000, 4_096, 16_384, 65_536, 300_000])('in chunks of %i bytes', async (chunkBytes) => {
    const sizes = [0, 1, 100, 511, 512, 513, 5_000, 16_383, 16_384, 16_385, 70_000, 3, 0, 40];
    const texts = Array.from({ length: 200 }, (_, i) =>
      String.fromCharCode(97 + (i % 26)).repeat(sizes[i % sizes.length] as number),
    );
    const tar = writeTar(texts.map((text, i) => file(`file-${i}`, text)));
    const { contents, failure } = await readDetaching(tar, chunkBytes);
    expect(failure).toBeNull();
    expect(contents).toEqual(texts);
  });
});
