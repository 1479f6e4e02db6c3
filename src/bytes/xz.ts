import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64 } from './crc64.ts';
import { DecompressionError } from './decompression-error.ts';
import type { Decompressor, DecompressorOptions, Emit } from './decompressor.ts';
import { LzmaDecoder, LzmaWindow, RANGE_HEAD_BYTES } from './lzma.ts';

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);
const FOOTER_MAGIC = 'YZ';
const STREAM_HEADER_BYTES = 12;
const PADDING_BYTES = 4;
const LZMA2_FILTER = 0x21;
/** Largest window that is read, as with zstd: xz itself writes 64 MiB at most unless it is told otherwise. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;
/** Uncompressed bytes given by one push: the rest is given by the next ones. */
const OUTPUT_BYTES = 4 * 1024 * 1024;
/** Length of the checksum by its number (xz file format section 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;
const NOTHING = new Uint8Array(0);

function broken(message: string): never {
  throw new DecompressionError(message, { truncated: false });
}

/** What stands next in the stream. */
type State =
  | 'stream-header'
  | 'block-size'
  | 'block-header'
  | 'control'
  | 'chunk-header'
  | 'chunk'
  | 'block-padding'
  | 'check'
  | 'index'
  | 'index-end'
  | 'footer'
  | 'padding'
  | 'trailing';

/**
 * Reads xz (https://tukaani.org/xz/xz-file-format.txt), any number of streams with any number of blocks. Its content
 * comes in chunks of at most 64 KiB stored and 2 MiB uncompressed, each of which is decoded as soon as it is there.
 */
export class XzDecompressor implements Decompressor {
  trailingBytes = 0;
  takenBytes = 0;
  isBehind = false;
  readonly #options: DecompressorOptions;
  #state: State = 'stream-header';
  /** Bytes that the next step needs. */
  #needed = STREAM_HEADER_BYTES;
  #pending: Uint8Array = NOTHING;
  #streams = 0;
  #checkKind = 0;
  #check: BlockCheck | undefined;
  /** Length of the block so far, without padding and checksum; of the index, with all. */
  #partBytes = 0;
  #window = new LzmaWindow(0);
  #lzma = new LzmaDecoder(this.#window);
  /** Whether the chunks of this block have told properties, and reset the window, as the first one has to. */
  #hasProperties = false;
  #hasWindow = false;
  #control = 0;
  #chunkBytes = 0;
  #indexNumbers = 0;
  #indexShift = 0;
  #indexNumber = 0;
  #indexCrc = 0;
  #outputBytes = 0;

  constructor(options: DecompressorOptions) {
    this.#options = options;
  }

  push(input: Uint8Array, emit: Emit): void {
    let rest: Uint8Array = this.#pending.byteLength === 0 ? input : Buffer.concat([this.#pending, input]);
    this.#pending = NOTHING;
    this.#outputBytes = 0;
    while (rest.byteLength >= this.#needed && this.#outputBytes < OUTPUT_BYTES) {
      if (this.#state === 'trailing') {
        this.isBehind = false;
        this.#trail(rest);
        return;
      }
      const needed = this.#needed;
      if (this.#step(rest.subarray(0, needed), emit)) {
        rest = rest.subarray(needed);
        this.takenBytes += needed;
      }
    }
    this.isBehind = rest.byteLength >= this.#needed;
    this.#pending = new Uint8Array(rest);
  }

  end(emit: Emit): void {
    while (this.isBehind) this.push(NOTHING, emit);
    if (this.#state === 'padding') this.#trail(this.#pending);
    else if (this.#state !== 'trailing') {
      throw new DecompressionError('the xz stream ends too early', { truncated: true });
    }
  }

  close(): void {
    this.#window = new LzmaWindow(0);
    this.#lzma = new LzmaDecoder(this.#window);
  }

  #trail(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.trailingBytes += bytes.byteLength;
    this.#options.onTrailing?.(bytes);
  }

  #next(state: State, needed: number): void {
    this.#state = state;
    this.#needed = needed;
  }

  /** Takes the next part; tells whether it was what it seemed, and is done with. */
  #step(bytes: Uint8Array, emit: Emit): boolean {
    switch (this.#state) {
      case 'stream-header':
        return this.#readStreamHeader(bytes);
      case 'block-size':
        return this.#startBlock(bytes[0] as number);
      case 'block-header':
        this.#readBlockHeader(bytes);
        return true;
      case 'control':
        this.#readControl(bytes[0] as number);
        return true;
      case 'chunk-header':
        this.#readChunkHeader(bytes);
        return true;
      case 'chunk':
        this.#readChunk(bytes, emit);
        return true;
      case 'block-padding':
        this.#next('check', CHECK_BYTES[this.#checkKind] as number);
        if (this.#needed === 0) this.#next('block-size', 1);
        return true;
      case 'check':
        if (this.#check?.matches(bytes) === false) broken('the xz checksum does not match');
        this.#next('block-size', 1);
        return true;
      case 'index':
        this.#readIndex(bytes[0] as number);
        return true;
      case 'index-end':
        if (readUint32(bytes, bytes.byteLength - 4) !== crc32(bytes.subarray(0, -4), this.#indexCrc)) {
          broken('the xz index is broken');
        }
        this.#next('footer', STREAM_HEADER_BYTES);
        return true;
      case 'footer':
        if (Buffer.from(bytes.subarray(10)).toString('latin1') !== FOOTER_MAGIC) broken('the xz footer is broken');
        this.#streams += 1;
        this.#next('padding', PADDING_BYTES);
        return true;
      case 'padding':
        return this.#readPadding(bytes);
      case 'trailing':
        return false;
    }
  }

  #readStreamHeader(bytes: Uint8Array): boolean {
    const flags = bytes.subarray(6, 8);
    if (!MAGIC.equals(bytes.subarray(0, 6)) || readUint32(bytes, 8) !== crc32(flags)) {
      if (this.#streams === 0) broken('the xz header is broken');
      this.#next('trailing', 0);
      return false;
    }
    if (flags[0] !== 0 || (flags[1] as number) > 15) broken('the xz header has flags that are not known');
    this.#checkKind = flags[1] as number;
    this.#next('block-size', 1);
    return true;
  }

  /** A block, whose header begins with its size, or the index, which begins with a zero. */
  #startBlock(size: number): boolean {
    if (size !== 0) {
      this.#next('block-header', (size + 1) * 4);
      return false;
    }
    this.#partBytes = 1;
    this.#indexCrc = crc32(Uint8Array.of(0));
    this.#indexNumbers = -1;
    this.#indexShift = 0;
    this.#indexNumber = 0;
    this.#next('index', 1);
    return true;
  }

  #readBlockHeader(bytes: Uint8Array): void {
    if (readUint32(bytes, bytes.byteLength - 4) !== crc32(bytes.subarray(0, -4))) broken('a block of the xz is broken');
    const flags = bytes[1] as number;
    let at = 2;
    // Sizes are told for readers that want to skip blocks.
    if ((flags & 0x40) !== 0) at = endOfNumber(bytes, at);
    if ((flags & 0x80) !== 0) at = endOfNumber(bytes, at);
    if ((flags & 3) !== 0 || bytes[at] !== LZMA2_FILTER) broken('the xz uses filters that are not read');
    const windowBytes = windowSize(bytes[at + 2] as number);
    if (windowBytes > MAX_WINDOW_BYTES) broken(`the xz wants a window of ${windowBytes} bytes, more than the limit`);
    this.#window = new LzmaWindow(windowBytes);
    this.#lzma = new LzmaDecoder(this.#window);
    this.#hasProperties = false;
    this.#hasWindow = false;
    this.#partBytes = bytes.byteLength;
    this.#check = this.#options.checksum ? blockCheck(this.#checkKind) : undefined;
    this.#next('control', 1);
  }

  /** The first byte of a chunk of LZMA2; what the bits mean is best said in Linux's lib/xz/xz_dec_lzma2.c. */
  #readControl(control: number): void {
    this.#partBytes += 1;
    this.#control = control;
    if (control === 0) {
      this.#next('block-padding', (4 - (this.#partBytes % 4)) % 4);
      return;
    }
    const resetsWindow = control >= 0xe0 || control === 1;
    if (!resetsWindow && !this.#hasWindow) broken('the LZMA2 data is broken');
    if (resetsWindow) {
      this.#hasWindow = true;
      this.#window.reset();
      this.#lzma.resetPosition();
    }
    if (control < 0x80) {
      if (control > 2) broken('the LZMA2 data is broken');
      this.#next('chunk-header', 2);
      return;
    }
    if (control >= 0xc0) this.#hasProperties = true;
    if (!this.#hasProperties) broken('the LZMA2 data is broken');
    this.#next('chunk-header', control >= 0xc0 ? 5 : 4);
  }

  #readChunkHeader(bytes: Uint8Array): void {
    const control = this.#control;
    const first = (((bytes[0] as number) << 8) | (bytes[1] as number)) + 1;
    if (control < 0x80) {
      this.#chunkBytes = first;
      this.#next('chunk', first);
    } else {
      this.#chunkBytes = ((control & 0x1f) << 16) + first;
      const storedBytes = (((bytes[2] as number) << 8) | (bytes[3] as number)) + 1;
      if (storedBytes < RANGE_HEAD_BYTES) broken('the LZMA2 data is broken');
      if (control >= 0xc0) this.#lzma.setProperties(bytes[4] as number);
      else if (control >= 0xa0) this.#lzma.resetState();
      this.#next('chunk', storedBytes);
    }
    this.#partBytes += bytes.byteLength + this.#needed;
  }

  #readChunk(bytes: Uint8Array, emit: Emit): void {
    const window = this.#window;
    window.reserve(this.#chunkBytes);
    const start = window.at;
    try {
      if (this.#control < 0x80) {
        window.bytes.set(bytes, start);
        window.at += bytes.byteLength;
        this.#lzma.skip(bytes.byteLength);
      } else {
        this.#lzma.decode(bytes, this.#chunkBytes);
      }
    } finally {
      // Also what stands in front of damage.
      const piece = window.bytes.subarray(start, window.at);
      this.#outputBytes += piece.byteLength;
      this.#check?.update(piece);
      if (piece.byteLength > 0) emit(piece);
    }
    this.#next('control', 1);
  }

  /** The index repeats what blocks have told: it is read for its end. */
  #readIndex(byte: number): void {
    this.#partBytes += 1;
    this.#indexCrc = crc32(Uint8Array.of(byte), this.#indexCrc);
    this.#indexNumber += (byte & 0x7f) * 2 ** this.#indexShift;
    this.#indexShift += 7;
    if (this.#indexShift > 63) broken('the xz index is broken');
    if ((byte & 0x80) !== 0) return;
    // Two numbers for each record.
    this.#indexNumbers = this.#indexNumbers < 0 ? this.#indexNumber * 2 : this.#indexNumbers - 1;
    this.#indexNumber = 0;
    this.#indexShift = 0;
    if (this.#indexNumbers === 0) this.#next('index-end', ((4 - (this.#partBytes % 4)) % 4) + 4);
  }

  /** Zeros in fours, another stream, or something else. */
  #readPadding(bytes: Uint8Array): boolean {
    if (readUint32(bytes, 0) === 0) return true;
    if (MAGIC.subarray(0, PADDING_BYTES).equals(bytes)) this.#next('stream-header', STREAM_HEADER_BYTES);
    else this.#next('trailing', 0);
    return false;
  }
}

/** Compares the bytes of a block with its checksum. */
interface BlockCheck {
  update(bytes: Uint8Array): void;
  matches(stored: Uint8Array): boolean;
}

/** Those that xz writes; others are not checked. */
function blockCheck(kind: number): BlockCheck | undefined {
  if (kind === 1) return new Crc32Check();
  if (kind === 4) return new Crc64();
  return kind === 10 ? new Sha256Check() : undefined;
}

class Crc32Check implements BlockCheck {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  matches(stored: Uint8Array): boolean {
    return readUint32(stored, 0) === this.#crc;
  }
}

class Sha256Check implements BlockCheck {
  readonly #hash: Hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  matches(stored: Uint8Array): boolean {
    return this.#hash.digest().equals(stored);
  }
}

/** The size that a byte of the filter's properties stands for (xz file format section 5.3.1). */
function windowSize(bits: number): number {
  if (bits > 40) broken('the xz wants a window of no size');
  return bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

function endOfNumber(bytes: Uint8Array, at: number): number {
  let end = at;
  while (((bytes[end] ?? 0) & 0x80) !== 0) end += 1;
  return end + 1;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
