import type { AuditError, Digest, DigestAlgorithm, GapReason, Limits } from '../core/index.ts';
import { type Compression, SNIFF_BYTES, sniffCompression } from './compression.ts';
import { ContentDigest } from './content-digest.ts';
import { DecompressionError } from './decompression-error.ts';
import { createDecompressor, type Decompressor, type Emit, UnsupportedCompressionError } from './decompressor.ts';
import { type BlobHole, Salvage } from './salvage.ts';
import { SliceCutter } from './slices.ts';

const NOTHING = new Uint8Array(0);

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
  /** The first failure; where the budget ended the unpacking, that. */
  readonly failure: UnpackFailure | null;
  /** Stored bytes that damage kept from being unpacked, in order. */
  readonly holes: readonly BlobHole[];
}

/** What an {@link Unpacker} is told. */
export interface UnpackOptions {
  readonly limits: Pick<Limits, 'maxLayerBytes' | 'ratioGraceBytes' | 'maxExpansionRatio'>;
  readonly algorithm?: DigestAlgorithm;
  /** Check the compression's own checksum: for bytes whose diffID nobody knows. */
  readonly checksum?: boolean;
  /** Takes the bytes behind the end of the compressed stream, from the first on that is not zero. */
  readonly onTrailing?: Emit;
  /**
   * Told that bytes are missing in front of what is emitted next: the stream is broken there, and goes on with a
   * later member or frame. Who gives none gets nothing behind damage.
   */
  readonly onHole?: () => void;
}

/**
 * Takes a blob's stored bytes chunk by chunk, digests them, and gives out what they hold uncompressed.
 * Damage never ends the digesting: the blob is always read to its end. What is given out depends on the bytes only,
 * not on how they were cut into chunks, also where they are damaged.
 */
export class Unpacker {
  readonly #options: UnpackOptions;
  readonly #digest: ContentDigest;
  readonly #cutter = new SliceCutter();
  readonly #salvage: Salvage;
  #head: Uint8Array = new Uint8Array(0);
  /** What was pushed and waits until the decompressor has given what it took. */
  #left: Uint8Array = NOTHING;
  #compression: Compression | undefined;
  #decompressor: Decompressor | undefined;
  /** Offset in the stored bytes where the current decompressor began. */
  #streamOffset = 0;
  /** Stored bytes handed to decompressors: where the current slice ends. */
  #slicedBytes = 0;
  #failure: UnpackFailure | null = null;
  /** Whether nothing more is given out. */
  #stopped = false;
  #uncompressedBytes = 0;
  #trailingBytes = 0;
  /** What stands behind a compressed stream that was found behind damage. */
  #behind: Uint8Array | undefined;

  constructor(options: UnpackOptions) {
    this.#options = options;
    this.#digest = new ContentDigest(options.algorithm);
    this.#salvage = new Salvage(options.onHole !== undefined);
  }

  /** Takes the next stored bytes; hands what they uncompress to to `emit` before it returns. */
  push(chunk: Uint8Array, emit: Emit): void {
    this.#digest.update(chunk);
    this.#catchUp(emit);
    if (this.#stopped) return;
    if (this.#compression !== undefined) {
      this.#take(chunk, emit);
      return;
    }
    this.#head = this.#head.byteLength === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    if (this.#head.byteLength >= SNIFF_BYTES) this.#start(emit);
  }

  /** Whether bytes that were pushed stand for more than was handed out so far: {@link resume} gives it in parts. */
  get isBehind(): boolean {
    return !this.#stopped && (this.#isInflating || this.#left.byteLength > 0);
  }

  /** Hands out the next part of what was pushed. */
  resume(emit: Emit): void {
    if (this.#stopped) return;
    if (this.#isInflating) {
      this.#unpack(NOTHING, emit);
    } else {
      const left = this.#left;
      this.#left = NOTHING;
      this.#take(left, emit);
    }
  }

  /**
   * Says that the blob is over, and tells what it was.
   * @param readError why the bytes stopped coming, if they did: what came is examined all the same
   */
  end(emit: Emit, readError?: AuditError): BlobFacts {
    if (this.#compression === undefined && (readError === undefined || this.#head.byteLength > 0)) this.#start(emit);
    this.#catchUp(emit);
    const rest = this.#cutter.rest();
    if (rest.byteLength > 0) this.#slice(rest, emit);
    this.#catchUp(emit);
    if (readError !== undefined) this.#failure ??= toFailure(readError);
    else if (!this.#stopped && !this.#salvage.isSearching) this.#endStream(emit);
    this.#decompressor?.close();
    return {
      digest: this.#digest.finish(),
      sizeBytes: this.#digest.sizeBytes,
      compression: this.#compression ?? 'none',
      uncompressedBytes: this.#uncompressedBytes,
      trailingBytes: this.#trailingBytes,
      failure: this.#failure,
      holes: this.#salvage.finish(this.#digest.sizeBytes),
    };
  }

  #start(emit: Emit): void {
    const head = this.#head;
    this.#head = new Uint8Array(0);
    this.#compression = sniffCompression(head);
    try {
      this.#decompressor = this.#createDecompressor(this.#compression);
    } catch (error) {
      if (!(error instanceof UnsupportedCompressionError)) throw error;
      this.#failure = { reason: 'compression-unsupported', message: error.message };
      this.#stopped = true;
      return;
    }
    this.#take(head, emit);
  }

  #createDecompressor(compression: Compression): Decompressor {
    return createDecompressor(compression, {
      checksum: this.#options.checksum ?? false,
      onTrailing: (bytes) => this.#trail(bytes),
    });
  }

  #take(chunk: Uint8Array, emit: Emit): void {
    if (this.#compression === 'none') {
      this.#pass(chunk, emit);
      return;
    }
    const expansion = (): number => this.#uncompressedBytes / Math.max(1, this.#slicedBytes);
    // The first slice may have begun in a chunk before.
    let taken = -this.#cutter.rest().byteLength;
    for (const slice of this.#cutter.cut(chunk, expansion)) {
      if (this.#stopped) return;
      this.#slice(slice, emit);
      taken += slice.byteLength;
      if (this.#isInflating) {
        this.#left = new Uint8Array(chunk.subarray(taken));
        return;
      }
    }
  }

  /** Whether the decompressor has more to give of what it took. */
  get #isInflating(): boolean {
    return !this.#salvage.isSearching && this.#decompressor?.isBehind === true;
  }

  #catchUp(emit: Emit): void {
    while (this.isBehind) this.resume(emit);
  }

  /** Hands on bytes that are not compressed. */
  #pass(chunk: Uint8Array, emit: Emit): void {
    const { maxLayerBytes } = this.#options.limits;
    const room = maxLayerBytes - this.#uncompressedBytes;
    const piece = chunk.subarray(0, room);
    this.#slicedBytes += chunk.byteLength;
    this.#uncompressedBytes += piece.byteLength;
    if (piece.byteLength > 0) emit(piece);
    if (chunk.byteLength > room) this.#exceed(maxLayerBytes);
  }

  /** Decompresses a slice of stored bytes, and where that fails, looks in it for the next stream. */
  #slice(slice: Uint8Array, emit: Emit): void {
    this.#slicedBytes += slice.byteLength;
    this.#unpack(slice, emit);
  }

  #unpack(bytes: Uint8Array, emit: Emit): void {
    let rest: Uint8Array | undefined = bytes;
    while (rest !== undefined && !this.#stopped) {
      rest = this.#salvage.isSearching ? this.#findStream(rest) : this.#inflate(rest, emit);
    }
  }

  /** Gives back the bytes that are to be searched for the next stream, where this one is broken. */
  #inflate(bytes: Uint8Array, emit: Emit): Uint8Array | undefined {
    const decompressor = this.#decompressor as Decompressor;
    try {
      decompressor.push(bytes, this.#counting(emit));
    } catch (error) {
      if (!(error instanceof DecompressionError)) throw error;
      return this.#damaged(error, bytes);
    }
    this.#checkBudget();
    return this.#takeBehind();
  }

  /** What stands behind a stream that was found behind damage: zeros, or bytes to look for the next one in. */
  #takeBehind(): Uint8Array | undefined {
    const behind = this.#behind;
    if (behind === undefined || this.#stopped) return undefined;
    this.#behind = undefined;
    const first = behind.findIndex((byte) => byte !== 0);
    if (first < 0) return undefined;
    const offset = this.#slicedBytes - behind.byteLength + first;
    this.#stopped = !this.#salvage.search(offset, 'no compressed stream begins there');
    return this.#stopped ? undefined : behind.subarray(first);
  }

  /** Notes damage; gives back the bytes in which the next stream may begin, if one is to be looked for. */
  #damaged(error: DecompressionError, bytes: Uint8Array): Uint8Array | undefined {
    const offset = this.#streamOffset + (this.#decompressor as Decompressor).takenBytes;
    const reason = error.truncated ? 'blob-truncated' : 'decompression-failed';
    const message = `${error.message}, after ${this.#uncompressedBytes} uncompressed bytes`;
    this.#failure ??= { reason, message };
    this.#stopped = !this.#salvage.search(offset, message);
    if (this.#stopped) return undefined;
    const start = this.#slicedBytes - bytes.byteLength;
    return bytes.subarray(Math.max(0, offset - start) + 1);
  }

  /** Begins with the next stream in some bytes, if one begins there: gives back its bytes. */
  #findStream(bytes: Uint8Array): Uint8Array | undefined {
    const compression = this.#compression as Compression;
    const found = this.#salvage.find(compression, bytes, this.#slicedBytes);
    if (found === undefined) return undefined;
    this.#streamOffset = this.#slicedBytes - found.byteLength;
    this.#decompressor?.close();
    this.#decompressor = this.#createDecompressor(compression);
    this.#options.onHole?.();
    return found;
  }

  #endStream(emit: Emit): void {
    try {
      this.#decompressor?.end(this.#counting(emit));
    } catch (error) {
      if (!(error instanceof DecompressionError)) throw error;
      const message = `${error.message}, after ${this.#uncompressedBytes} uncompressed bytes`;
      const reason = error.truncated ? 'blob-truncated' : 'decompression-failed';
      this.#failure ??= { reason, message };
    }
    this.#takeBehind();
  }

  #trail(bytes: Uint8Array): void {
    if (this.#salvage.hasSearched) {
      this.#behind = bytes;
      return;
    }
    const first = this.#trailingBytes > 0 ? 0 : bytes.findIndex((byte) => byte !== 0);
    if (first < 0) return;
    this.#trailingBytes += bytes.byteLength - first;
    // A copy: the memory of a slice is used again.
    this.#options.onTrailing?.(Uint8Array.from(bytes.subarray(first)));
  }

  #counting(emit: Emit): Emit {
    return (piece) => {
      this.#uncompressedBytes += piece.byteLength;
      if (!this.#stopped) emit(piece);
    };
  }

  /** The attack: a few kilobytes that expand without end and fill memory, disk or the night. */
  #checkBudget(): void {
    const { maxLayerBytes, ratioGraceBytes, maxExpansionRatio } = this.#options.limits;
    const bytes = this.#uncompressedBytes;
    if (bytes > maxLayerBytes) {
      this.#exceed(bytes);
    } else if (bytes > ratioGraceBytes && bytes > this.#slicedBytes * maxExpansionRatio) {
      const ratio = Math.floor(bytes / this.#slicedBytes);
      this.#stop(`stopped after ${bytes} uncompressed bytes: it expands ${ratio} times, which is a decompression bomb`);
    }
  }

  #exceed(bytes: number): void {
    this.#stop(`stopped after ${bytes} uncompressed bytes, the limit for one layer`);
  }

  #stop(message: string): void {
    this.#stopped = true;
    this.#failure = { reason: 'budget-exceeded', message };
  }
}

/** A blob that could not be read is a failure of that blob, not of the run. */
function toFailure(error: AuditError): UnpackFailure {
  const absent = error.code === 'BLOB_ABSENT' || error.code === 'REGISTRY_NOT_FOUND';
  const reason = absent ? 'blob-absent' : error.code === 'BLOB_TRUNCATED' ? 'blob-truncated' : 'blob-unreadable';
  return { reason, message: error.message };
}
