import { InflateRaw, type ZlibOptions, ZstdDecompress } from 'minizlib';
import { DecompressionError } from './decompression-error.ts';

/** Uncompressed bytes made at a time. minizlib copies the first of them in each call; larger ones leave the cache. */
const CHUNK_BYTES = 64 * 1024;

type Emit = (piece: Uint8Array) => void;

/**
 * node:zlib's streams driven synchronously, through minizlib (npm's own tar does the same).
 * What node:zlib does not tell and we need: how much of the input the stream took, because that is where
 * a gzip member or the stream ends.
 */
export class SyncStream {
  readonly #stream: InflateRaw | ZstdDecompress;
  #emit: Emit = () => {};
  #error: Error | undefined;

  constructor(kind: 'deflate' | 'zstd') {
    // minizlib hands its options on to node:zlib; its types leave chunkSize out.
    const options = { chunkSize: CHUNK_BYTES } as ZlibOptions;
    this.#stream = kind === 'deflate' ? new InflateRaw(options) : new ZstdDecompress(options);
    this.#stream.on('data', (piece: Uint8Array) => this.#emit(piece));
    this.#stream.on('error', (error: unknown) => {
      this.#error ??= error as Error;
    });
  }

  /**
   * Decompresses one input and returns how many of its bytes were taken; fewer than all mean that the
   * compressed data ended there.
   */
  push(input: Uint8Array, emit: Emit): number {
    if (input.byteLength === 0) return 0;
    this.#emit = emit;
    this.#stream.write(Buffer.from(input.buffer, input.byteOffset, input.byteLength));
    this.#throwIfBroken();
    return (this.#stream.handle as unknown as { bytesWritten: number }).bytesWritten;
  }

  /** Says that the input is over; throws where compressed data was still expected. */
  finish(emit: Emit): void {
    this.#emit = emit;
    this.#stream.end();
    this.#throwIfBroken();
  }

  /** Starts over with the next compressed stream, keeping the allocated state. */
  reset(): void {
    this.#stream.reset();
  }

  /** Gives the library's memory back: with zstd, up to 128 MiB. */
  close(): void {
    this.#stream.close();
  }

  #throwIfBroken(): void {
    if (this.#error === undefined) return;
    const code = 'code' in this.#error ? this.#error.code : undefined;
    const truncated = code === 'Z_BUF_ERROR';
    throw new DecompressionError(
      truncated ? 'the compressed data ends too early' : this.#error.message.replace(/^zlib: /, ''),
      { truncated, cause: this.#error },
    );
  }
}
