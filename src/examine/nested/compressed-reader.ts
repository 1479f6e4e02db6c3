import { createDecompressor, type Decompressor } from '../../bytes/index.ts';
import type { ByteSink } from './byte-sink.ts';

/** Compressed bytes inflated at a time: what one call makes exists at once, and deflate expands 1032 times. */
const SLICE_BYTES = 16 * 1024;
const NOTHING = new Uint8Array(0);

/** Compressions that files in layers are read in. */
export type NestedCompression = 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** Decompresses a file, and hands on what comes out as its only member. */
export class CompressedReader implements ByteSink {
  readonly #decompressor: Decompressor;
  readonly #content: ByteSink;
  /** Whether bytes that came may not have been decompressed before the end: these two compress block for block. */
  readonly #inBlocks: boolean;

  constructor(compression: NestedCompression, content: ByteSink) {
    this.#inBlocks = compression === 'xz' || compression === 'bzip2';
    this.#decompressor = createDecompressor(compression, { checksum: false });
    this.#content = content;
  }

  push(bytes: Uint8Array): void {
    const emit = (piece: Uint8Array): void => this.#content.push(piece);
    for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
      this.#decompressor.push(bytes.subarray(at, at + SLICE_BYTES), emit);
      while (this.#decompressor.isBehind) this.#decompressor.push(NOTHING, emit);
    }
  }

  end(): void {
    try {
      // Where the others are cut, all that is there has been given.
      if (this.#inBlocks) this.#decompressor.end((piece) => this.#content.push(piece));
    } finally {
      this.#decompressor.close();
      this.#content.end();
    }
  }
}
