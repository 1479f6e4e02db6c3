import { crc32 } from 'node:zlib';
import { plainBytes } from '../core/index.ts';
import { DecompressionError } from './decompression-error.ts';
import type { Decompressor, DecompressorOptions, Emit } from './decompressor.ts';
import { SyncStream } from './sync-stream.ts';

/** Longest gzip header read. RFC 1952 sets no limit to names and comments; an attacker would use that. */
const MAX_HEADER_BYTES = 128 * 1024;
const TRAILER_BYTES = 8;
const MAGIC_BYTES = 3;

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;

type State = 'header' | 'body' | 'trailer' | 'trailing';

/**
 * Reads gzip (RFC 1952) with all its members: pigz, eStargz and rsyncable gzip write many.
 *
 * The framing is ours and the inflating node:zlib's, for three reasons: node:zlib does not say where the
 * stream ended, so data hidden behind it would go unseen; it fails on garbage there, where runtimes that
 * unpack with pigz do not; and its CRC-32 costs a sixth of the inflating, for bytes that a SHA-256
 * already covers.
 */
export class GzipDecompressor implements Decompressor {
  readonly isBehind = false;
  trailingBytes = 0;
  takenBytes = 0;
  readonly #options: DecompressorOptions;
  readonly #inflate = new SyncStream('deflate');
  #state: State = 'header';
  #members = 0;
  /** The header or trailer read so far, across chunks. */
  #pending: Uint8Array = new Uint8Array(0);
  #crc = 0;
  #memberBytes = 0;

  constructor(options: DecompressorOptions) {
    this.#options = options;
  }

  push(input: Uint8Array, emit: Emit): void {
    let rest = plainBytes(input);
    while (rest.byteLength > 0) {
      switch (this.#state) {
        case 'header':
          rest = this.#readHeader(rest);
          break;
        case 'body':
          rest = this.#readBody(rest, emit);
          break;
        case 'trailer':
          rest = this.#readTrailer(rest);
          break;
        case 'trailing':
          this.#trail(rest);
          return;
      }
    }
  }

  end(): void {
    if (this.#state === 'trailing') return;
    if (this.#state === 'header' && this.#members > 0 && this.#pending.byteLength < MAGIC_BYTES) {
      // One or two bytes behind the last member that could have begun another one.
      this.#trail(this.#pending);
      return;
    }
    throw new DecompressionError('the gzip stream ends too early', { truncated: true });
  }

  close(): void {
    this.#inflate.close();
  }

  #trail(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.trailingBytes += bytes.byteLength;
    this.#options.onTrailing?.(bytes);
  }

  #readHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.byteLength === 0 ? input : concat(this.#pending, input);
    if (this.#members > 0 && !couldBeMagic(bytes)) {
      this.#state = 'trailing';
      this.#pending = new Uint8Array(0);
      return bytes;
    }
    const length = headerLength(bytes);
    if ((length ?? bytes.byteLength) > MAX_HEADER_BYTES) {
      throw new DecompressionError('the gzip header is longer than any honest one', { truncated: false });
    }
    if (length === undefined) {
      this.#pending = bytes.slice();
      return new Uint8Array(0);
    }
    this.#pending = new Uint8Array(0);
    this.takenBytes += length;
    if (this.#members > 0) this.#inflate.reset();
    this.#crc = 0;
    this.#memberBytes = 0;
    this.#state = 'body';
    return bytes.subarray(length);
  }

  #readBody(input: Uint8Array, emit: Emit): Uint8Array {
    const taken = this.#inflate.push(input, (piece) => {
      this.#memberBytes += piece.byteLength;
      if (this.#options.checksum) this.#crc = crc32(piece, this.#crc);
      emit(piece);
    });
    this.takenBytes += taken;
    if (taken < input.byteLength) this.#state = 'trailer';
    return input.subarray(taken);
  }

  #readTrailer(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.byteLength === 0 ? input : concat(this.#pending, input);
    if (bytes.byteLength < TRAILER_BYTES) {
      this.#pending = bytes.slice();
      return new Uint8Array(0);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, TRAILER_BYTES);
    if (view.getUint32(4, true) !== this.#memberBytes % 2 ** 32) {
      throw new DecompressionError('the gzip trailer states another length', { truncated: false });
    }
    if (this.#options.checksum && view.getUint32(0, true) !== this.#crc) {
      throw new DecompressionError('the gzip checksum does not match', { truncated: false });
    }
    this.#members += 1;
    this.takenBytes += TRAILER_BYTES;
    this.#pending = new Uint8Array(0);
    this.#state = 'header';
    return bytes.subarray(TRAILER_BYTES);
  }
}

function couldBeMagic(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x1f) return false;
  if (bytes.byteLength > 1 && bytes[1] !== 0x8b) return false;
  return bytes.byteLength < 3 || bytes[2] === 8;
}

/** Length of the member header at the start of `bytes`; undefined while it is not all there. */
function headerLength(bytes: Uint8Array): number | undefined {
  if (bytes.byteLength < 10) {
    return undefined;
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) {
    throw new DecompressionError('the gzip header is broken', { truncated: false });
  }
  const flags = bytes[3] as number;
  if ((flags & RESERVED) !== 0) {
    throw new DecompressionError('the gzip header has reserved flags set', { truncated: false });
  }
  let at = 10;
  if ((flags & FEXTRA) !== 0) {
    if (bytes.byteLength < at + 2) return undefined;
    at += 2 + ((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return undefined;
    at = zero + 1;
  }
  if ((flags & FHCRC) !== 0) at += 2;
  return at > bytes.byteLength ? undefined : at;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.byteLength + b.byteLength);
  whole.set(a);
  whole.set(b, a.byteLength);
  return whole;
}
