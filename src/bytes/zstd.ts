import { plainBytes } from '../core/index.ts';
import { sniffCompression } from './compression.ts';
import { DecompressionError } from './decompression-error.ts';
import type { Decompressor, DecompressorOptions, Emit } from './decompressor.ts';
import { SyncStream } from './sync-stream.ts';

const MAGIC_BYTES = 4;
const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** Frames told apart in one input. The attack: a skippable frame full of magics, and a call for each of them. */
const MAX_PARTS = 32;

/**
 * Reads Zstandard (RFC 8878): any number of frames, skippable ones among them, as zstd:chunked layers
 * have. Windows over 128 MiB are refused by the library's default, which bounds the memory an attacker
 * can ask for.
 */
export class ZstdDecompressor implements Decompressor {
  readonly isBehind = false;
  trailingBytes = 0;
  takenBytes = 0;
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
    for (let parts = 1; rest.byteLength > 0; parts += 1) {
      if (this.#trailing) {
        this.#trail(rest);
        return;
      }
      // The library would go on into the next frame, and where that is damaged lose what this one ends with.
      const part = parts < MAX_PARTS ? rest.subarray(0, nextFrame(rest)) : rest;
      const taken = this.#stream.push(part, emit);
      this.takenBytes += taken;
      rest = rest.subarray(taken);
      if (taken === part.byteLength) continue;
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

  close(): void {
    this.#stream.close();
  }

  #trail(bytes: Uint8Array): void {
    this.#trailing = true;
    this.trailingBytes += bytes.byteLength;
    this.#options.onTrailing?.(bytes);
  }
}

/** Where behind their first byte another frame may begin in some bytes; their end if nowhere. */
function nextFrame(bytes: Uint8Array): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(MAGIC, 1);
  return at < 0 ? bytes.byteLength : at;
}
