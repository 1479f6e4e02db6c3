import { createDecompressor, type Decompressor, SyncStream } from '../../bytes/index.ts';
import type { ByteSink } from './byte-sink.ts';

/** Compressed bytes inflated at a time: what one call makes exists at once, and deflate expands 1032 times. */
const SLICE_BYTES = 16 * 1024;

/** Decompresses a file, and hands on what comes out as its only member. */
export class CompressedReader implements ByteSink {
  readonly #decompressor: Decompressor;
  readonly #content: ByteSink;

  constructor(compression: 'gzip' | 'zstd', content: ByteSink) {
    this.#decompressor = createDecompressor(compression, { checksum: false });
    this.#content = content;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
      this.#decompressor.push(bytes.subarray(at, at + SLICE_BYTES), (piece) => this.#content.push(piece));
    }
  }

  end(): void {
    this.#content.end();
  }
}

const ZLIB_HEADER_BYTES = 2;

/** Inflates a zlib stream (RFC 1950): git keeps its objects so. */
export class ZlibReader implements ByteSink {
  readonly #inflate = new SyncStream('deflate');
  readonly #content: ByteSink;
  #header = ZLIB_HEADER_BYTES;
  #over = false;

  constructor(content: ByteSink) {
    this.#content = content;
  }

  push(bytes: Uint8Array): void {
    const skipped = Math.min(this.#header, bytes.byteLength);
    this.#header -= skipped;
    for (let at = skipped; at < bytes.byteLength && !this.#over; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      this.#over = this.#inflate.push(slice, (piece) => this.#content.push(piece)) < slice.byteLength;
    }
  }

  end(): void {
    this.#content.end();
  }
}
