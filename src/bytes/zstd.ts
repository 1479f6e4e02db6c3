import { plainBytes } from '../core/index.ts';
import { sniffCompression } from './compression.ts';
import { DecompressionError } from './decompression-error.ts';
import type { Decompressor, DecompressorOptions, Emit } from './decompressor.ts';
import { SyncStream } from './sync-stream.ts';

const MAGIC_BYTES = 4;

/**
 * Reads Zstandard (RFC 8878): any number of frames, skippable ones among them, as zstd:chunked layers
 * have. Windows over 128 MiB are refused by the library's default, which bounds the memory an attacker
 * can ask for.
 */
export class ZstdDecompressor implements Decompressor {
  trailingBytes = 0;
  readonly #options: DecompressorOptions;
  readonly #stream = new SyncStream('zstd');
  #trailing = false;
  /** One to three bytes behind a frame that could begin the next one's magic. */
  #pending: Uint8Array = new Uint8Array(0);

  constructor(options: DecompressorOptions) {
    this.#options = options;
  }

  push(input: Uint8Array, emit: Emit): void {
    let rest = plainBytes(this.#pending.byteLength === 0 ? input : Buffer.concat([this.#pending, input]));
    this.#pending = new Uint8Array(0);
    while (rest.byteLength > 0) {
      if (this.#trailing) {
        this.#trail(rest);
        return;
      }
      const taken = this.#stream.push(rest, emit);
      if (taken === rest.byteLength) return;
      rest = rest.subarray(taken);
      if (rest.byteLength < MAGIC_BYTES) {
        this.#pending = rest.slice();
        return;
      }
      this.#trailing = sniffCompression(rest) !== 'zstd';
    }
  }

  end(emit: Emit): void {
    if (this.#pending.byteLength > 0) this.#trail(this.#pending);
    if (this.#trailing) return;
    try {
      this.#stream.finish(emit);
    } catch (error) {
      throw new DecompressionError('the zstd stream ends too early', { truncated: true, cause: error });
    }
  }

  #trail(bytes: Uint8Array): void {
    this.#trailing = true;
    this.trailingBytes += bytes.byteLength;
    this.#options.onTrailing?.(bytes);
  }
}
