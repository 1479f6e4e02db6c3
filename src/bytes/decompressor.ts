import { Bzip2Decompressor } from './bzip2.ts';
import type { Compression } from './compression.ts';
import { GzipDecompressor } from './gzip.ts';
import { XzDecompressor } from './xz.ts';
import { ZstdDecompressor } from './zstd.ts';

/** Takes one piece of uncompressed bytes. Its memory is used again when the call returns: copy what you keep. */
export type Emit = (piece: Uint8Array) => void;

/**
 * Decompresses in the calling thread, one input at a time. Synchronous on purpose: the thread that
 * inflates does little else, and a hop through a thread pool for every chunk costs a tenth of the whole
 * audit (docs/adr/0005).
 */
export interface Decompressor {
  /**
   * Decompresses one chunk, handing every piece to `emit` before it returns. Where the stream is broken, the last of
   * what the chunk held in front of the damage may be lost as well.
   * @throws DecompressionError where the compressed stream is broken
   */
  push(input: Uint8Array, emit: Emit): void;
  /**
   * Says that the input is over.
   * @throws DecompressionError where the compressed stream is not complete
   */
  end(emit: Emit): void;
  /** Gives memory back; nothing may be pushed any more. */
  close(): void;
  /**
   * Whether input waits to be decompressed, because little of it stands for much: push again, with nothing, before
   * more is pushed. Who does not is given more at once.
   */
  readonly isBehind: boolean;
  /** Bytes found behind the end of the compressed stream. */
  readonly trailingBytes: number;
  /** Stored bytes taken whose content has been handed out: behind damage, where it begins. */
  readonly takenBytes: number;
}

/** What makes a decompressor; see {@link createDecompressor}. */
export interface DecompressorOptions {
  /** Check the format's own checksum. Not needed where a SHA-256 of the result is known. */
  readonly checksum: boolean;
  /** Takes the bytes behind the end of the compressed stream. */
  readonly onTrailing?: Emit;
}

/** A compression that this program recognises and cannot read. */
export class UnsupportedCompressionError extends Error {
  readonly compression: Compression;

  constructor(compression: Compression) {
    super(`${compression} compression is not supported`);
    this.compression = compression;
  }
}

/**
 * Makes the decompressor for a compression.
 * @throws UnsupportedCompressionError
 */
export function createDecompressor(compression: Compression, options: DecompressorOptions): Decompressor {
  switch (compression) {
    case 'none':
      return new Passthrough();
    case 'gzip':
      return new GzipDecompressor(options);
    case 'zstd':
      return new ZstdDecompressor(options);
    case 'xz':
      return new XzDecompressor(options);
    case 'bzip2':
      return new Bzip2Decompressor(options);
    default:
      throw new UnsupportedCompressionError(compression);
  }
}

class Passthrough implements Decompressor {
  readonly isBehind = false;
  readonly trailingBytes = 0;
  takenBytes = 0;

  push(input: Uint8Array, emit: Emit): void {
    this.takenBytes += input.byteLength;
    emit(input);
  }

  end(): void {
    // Plain bytes have no end of their own.
  }

  close(): void {
    // Nor any memory.
  }
}
