import { DecompressionError } from './decompression-error.ts';
import type { Emit } from './decompressor.ts';

/** Uncompressed bytes given at a time. */
const PIECE_BYTES = 64 * 1024;
/** So many equal bytes in a row are followed by how many more there are of them. */
const RUN_BYTES = 4;

/**
 * Memory of blocks that are done. The attack: an archive of a million tiny files, each of which would otherwise have
 * its own four megabytes cleared.
 */
const spares: Uint32Array<ArrayBuffer>[] = [];
const MAX_SPARES = 4;
const LARGEST_BLOCK = 900_000;

let crcTable: Int32Array | undefined;

/** A block of bzip2 whose symbols are decoded: undoes Burrows' and Wheeler's transform, and the runs in front of it. */
export class BlockOutput {
  /** In the lowest eight bits the bytes as they came; later above them where the next one stands. */
  #links = spares.pop() ?? new Uint32Array(LARGEST_BLOCK);
  readonly #maxBytes: number;
  readonly #counts = new Int32Array(256);
  #count = 0;
  #left = 0;
  #link = 0;
  #run = 0;
  #last = -1;
  /** How often the last byte is still to be given. */
  #repeats = 0;
  #crc = -1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The checksum of what was given. */
  get crc(): number {
    return ~this.#crc >>> 0;
  }

  add(byte: number): void {
    if (this.#count >= this.#maxBytes) broken();
    this.#links[this.#count] = byte;
    this.#counts[byte] = (this.#counts[byte] as number) + 1;
    this.#count += 1;
  }

  addRun(byte: number, length: number): void {
    if (length > this.#maxBytes - this.#count) broken();
    this.#links.fill(byte, this.#count, this.#count + length);
    this.#counts[byte] = (this.#counts[byte] as number) + length;
    this.#count += length;
  }

  /** Says that the block is complete. */
  finish(origin: number): void {
    const links = this.#links;
    const count = this.#count;
    if (origin >= count) broken();
    let sum = 0;
    const places = this.#counts.map((bytes) => {
      sum += bytes;
      return sum - bytes;
    });
    for (let i = 0; i < count; i += 1) {
      const byte = (links[i] as number) & 0xff;
      const place = places[byte] as number;
      places[byte] = place + 1;
      links[place] = (links[place] as number) | (i << 8);
    }
    this.#link = (links[origin] as number) >>> 8;
    this.#left = count;
  }

  /** Gives the next bytes, about as many as there is room for; tells whether those were the last. */
  give(emit: Emit, room: number): boolean {
    crcTable ??= makeCrcTable();
    const piece = new Uint8Array(PIECE_BYTES);
    for (let given = 0; given < room; ) {
      const filled = this.#fill(piece, crcTable);
      if (filled === 0) return true;
      emit(piece.subarray(0, filled));
      given += filled;
    }
    return this.#left === 0 && this.#repeats === 0;
  }

  /** Lets go of the memory. */
  close(): void {
    if (this.#links.byteLength > 0 && spares.length < MAX_SPARES) spares.push(this.#links);
    this.#links = new Uint32Array(0);
    this.#left = 0;
    this.#repeats = 0;
  }

  #fill(piece: Uint8Array, table: Int32Array): number {
    const links = this.#links;
    let { link, left, run, last, repeats, crc } = this.#registers();
    let filled = 0;
    while (filled < PIECE_BYTES) {
      if (repeats > 0) {
        const end = Math.min(PIECE_BYTES, filled + repeats);
        repeats -= end - filled;
        for (; filled < end; filled += 1) {
          piece[filled] = last;
          crc = (crc << 8) ^ (table[(crc >>> 24) ^ last] as number);
        }
        continue;
      }
      if (left === 0) break;
      const entry = links[link] as number;
      const byte = entry & 0xff;
      link = entry >>> 8;
      left -= 1;
      if (run === RUN_BYTES) {
        repeats = byte;
        run = 0;
        continue;
      }
      run = byte === last ? run + 1 : 1;
      last = byte;
      piece[filled] = byte;
      filled += 1;
      crc = (crc << 8) ^ (table[(crc >>> 24) ^ byte] as number);
    }
    this.#link = link;
    this.#left = left;
    this.#run = run;
    this.#last = last;
    this.#repeats = repeats;
    this.#crc = crc;
    return filled;
  }

  #registers(): { link: number; left: number; run: number; last: number; repeats: number; crc: number } {
    return {
      link: this.#link,
      left: this.#left,
      run: this.#run,
      last: this.#last,
      repeats: this.#repeats,
      crc: this.#crc,
    };
  }
}

function broken(): never {
  throw new DecompressionError('the bzip2 data is broken', { truncated: false });
}

/** CRC-32 from its highest bit down. */
function makeCrcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
    return crc;
  });
}
