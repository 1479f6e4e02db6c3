import type { AuditError, Digest, DigestAlgorithm, GapReason, Limits } from '../core/index.ts';
import { type Compression, SNIFF_BYTES, sniffCompression } from './compression.ts';
import { ContentDigest } from './content-digest.ts';
import { DecompressionError } from './decompression-error.ts';
import { createDecompressor, type Decompressor, type Emit, UnsupportedCompressionError } from './decompressor.ts';

/** Compressed bytes inflated at a time: one slice's output exists at once, and deflate expands 1032-fold. */
const SLICE_BYTES = 256 * 1024;
const CAUTIOUS_SLICE_BYTES = 8 * 1024;
/** Expansion from which slices become small. */
const CAUTIOUS_RATIO = 30;

/** Why a blob could not be unpacked to its end. */
export interface UnpackFailure {
  readonly reason: Extract<
    GapReason,
    | 'blob-absent'
    | 'blob-truncated'
    | 'blob-unreadable'
    | 'budget-exceeded'
    | 'compression-unsupported'
    | 'decompression-failed'
  >;
  readonly message: string;
}

/** What unpacking a blob told about it. */
export interface BlobFacts {
  /** Digest of the bytes as stored, all of them, also where unpacking failed. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly compression: Compression;
  readonly uncompressedBytes: number;
  /** Bytes behind the end of the compressed stream, from the first on that is not zero: zeros are padding. */
  readonly trailingBytes: number;
  readonly failure: UnpackFailure | null;
}

/** What an {@link Unpacker} is told. */
export interface UnpackOptions {
  readonly limits: Pick<Limits, 'maxLayerBytes' | 'ratioGraceBytes' | 'maxExpansionRatio'>;
  readonly algorithm?: DigestAlgorithm;
  /** Check the compression's own checksum: for bytes whose diffID nobody knows. */
  readonly checksum?: boolean;
  /** Takes the bytes behind the end of the compressed stream, from the first on that is not zero. */
  readonly onTrailing?: Emit;
}

/**
 * Takes a blob's stored bytes chunk by chunk, digests them, and gives out what they hold uncompressed.
 * A broken stream ends the unpacking, never the digesting: the blob is always read to its end.
 */
export class Unpacker {
  readonly #options: UnpackOptions;
  readonly #digest: ContentDigest;
  #head: Uint8Array = new Uint8Array(0);
  #compression: Compression = 'none';
  #decompressor: Decompressor | undefined;
  #failure: UnpackFailure | null = null;
  #uncompressedBytes = 0;
  #trailingBytes = 0;

  constructor(options: UnpackOptions) {
    this.#options = options;
    this.#digest = new ContentDigest(options.algorithm);
  }

  /** Takes the next stored bytes; hands what they uncompress to to `emit` before it returns. */
  push(chunk: Uint8Array, emit: Emit): void {
    this.#digest.update(chunk);
    if (this.#failure !== null) return;
    if (this.#decompressor !== undefined) {
      this.#inflate(chunk, emit);
      return;
    }
    this.#head = this.#head.byteLength === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    if (this.#head.byteLength >= SNIFF_BYTES) this.#start(emit);
  }

  /**
   * Says that the blob is over, and tells what it was.
   * @param readError why the bytes stopped coming, if they did: what came is examined all the same
   */
  end(emit: Emit, readError?: AuditError): BlobFacts {
    if (readError !== undefined) this.#failure ??= toFailure(readError);
    if (this.#decompressor === undefined && this.#failure === null) this.#start(emit);
    this.#guard(() => this.#decompressor?.end(this.#counting(emit)));
    return {
      digest: this.#digest.finish(),
      sizeBytes: this.#digest.sizeBytes,
      compression: this.#compression,
      uncompressedBytes: this.#uncompressedBytes,
      trailingBytes: this.#trailingBytes,
      failure: this.#failure,
    };
  }

  #start(emit: Emit): void {
    this.#compression = sniffCompression(this.#head);
    this.#guard(() => {
      this.#decompressor = createDecompressor(this.#compression, {
        checksum: this.#options.checksum ?? false,
        onTrailing: (bytes) => this.#trail(bytes),
      });
    });
    const head = this.#head;
    this.#head = new Uint8Array(0);
    this.#inflate(head, emit);
  }

  #inflate(chunk: Uint8Array, emit: Emit): void {
    const counting = this.#counting(emit);
    for (let at = 0; at < chunk.byteLength && this.#failure === null; ) {
      const ratio = this.#uncompressedBytes / Math.max(1, this.#digest.sizeBytes);
      const slice = chunk.subarray(at, at + (ratio > CAUTIOUS_RATIO ? CAUTIOUS_SLICE_BYTES : SLICE_BYTES));
      at += slice.byteLength;
      this.#guard(() => this.#decompressor?.push(slice, counting));
      this.#checkBudget();
    }
  }

  #trail(bytes: Uint8Array): void {
    const first = this.#trailingBytes > 0 ? 0 : bytes.findIndex((byte) => byte !== 0);
    if (first < 0) return;
    this.#trailingBytes += bytes.byteLength - first;
    this.#options.onTrailing?.(bytes.subarray(first));
  }

  #counting(emit: Emit): Emit {
    return (piece) => {
      this.#uncompressedBytes += piece.byteLength;
      if (this.#failure === null) emit(piece);
    };
  }

  /** The attack: a few kilobytes that expand without end and fill memory, disk or the night. */
  #checkBudget(): void {
    if (this.#failure !== null) return;
    const { maxLayerBytes, ratioGraceBytes, maxExpansionRatio } = this.#options.limits;
    const bytes = this.#uncompressedBytes;
    if (bytes > maxLayerBytes) {
      this.#failure = {
        reason: 'budget-exceeded',
        message: `stopped after ${bytes} uncompressed bytes, the limit for one layer`,
      };
    } else if (bytes > ratioGraceBytes && bytes > this.#digest.sizeBytes * maxExpansionRatio) {
      const ratio = Math.floor(bytes / this.#digest.sizeBytes);
      this.#failure = {
        reason: 'budget-exceeded',
        message: `stopped after ${bytes} uncompressed bytes: it expands ${ratio} times, which is a decompression bomb`,
      };
    }
  }

  /** Runs work that content may break. */
  #guard(work: () => void): void {
    if (this.#failure !== null) return;
    try {
      work();
    } catch (error) {
      if (error instanceof UnsupportedCompressionError) {
        this.#failure = { reason: 'compression-unsupported', message: error.message };
      } else if (error instanceof DecompressionError) {
        const at = `after ${this.#uncompressedBytes} uncompressed bytes`;
        this.#failure = error.truncated
          ? { reason: 'blob-truncated', message: `${error.message}, ${at}` }
          : { reason: 'decompression-failed', message: `${error.message}, ${at}` };
      } else {
        throw error;
      }
    }
  }
}

/** A blob that could not be read is a failure of that blob, not of the run. */
function toFailure(error: AuditError): UnpackFailure {
  const absent = error.code === 'BLOB_ABSENT' || error.code === 'REGISTRY_NOT_FOUND';
  const reason = absent ? 'blob-absent' : error.code === 'BLOB_TRUNCATED' ? 'blob-truncated' : 'blob-unreadable';
  return { reason, message: error.message };
}
