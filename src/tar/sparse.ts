import { BLOCK, parseNumeric } from './header.ts';

/** The parts of a sparse file that are stored, in order; everything between them is zeros. */
export interface SparseMap {
  readonly segments: readonly SparseSegment[];
  readonly sizeBytes: number;
}

/** One stored part of a sparse file. */
export interface SparseSegment {
  readonly offset: number;
  readonly length: number;
}

/** Largest map read, as in Go: an attacker could otherwise fill memory with segments. */
export const MAX_SPARSE_MAP_BYTES = 1024 * 1024;

const ENTRY_BYTES = 24;

/** The segments stated in an old GNU sparse header (4 at offset 386) or extension block (21 at offset 0). */
export function readGnuSegments(
  block: Uint8Array,
  at: number,
  where: 'header' | 'extension',
): SparseSegment[] | undefined {
  const first = at + (where === 'header' ? 386 : 0);
  const count = where === 'header' ? 4 : 21;
  const segments: SparseSegment[] = [];
  for (let i = 0; i < count; i += 1) {
    const field = first + i * ENTRY_BYTES;
    if (block[field] === 0) break;
    const offset = parseNumeric(block, field, 12);
    const length = parseNumeric(block, field + 12, 12);
    if (offset === undefined || length === undefined) return undefined;
    segments.push({ offset, length });
  }
  return segments;
}

/** Whether another extension block follows. */
export function isExtended(block: Uint8Array, at: number, where: 'header' | 'extension'): boolean {
  return block[at + (where === 'header' ? 482 : 504)] !== 0;
}

/** The full size of a file stated in an old GNU sparse header. */
export function readGnuRealSize(block: Uint8Array, at: number): number | undefined {
  return parseNumeric(block, at + 483, 12);
}

/** Reads the map of PAX sparse format 0.1 (and 0.0, turned into 0.1): `offset,length,…`. */
export function parseSparseRecord(map: string, blocks: string | undefined, sizeBytes: number): SparseMap | undefined {
  const numbers = map === '' ? [] : map.split(',');
  if (blocks !== undefined && Number(blocks) * 2 !== numbers.length) return undefined;
  return toMap(numbers, sizeBytes);
}

/** What {@link parseSparseContent} found. */
export interface SparseContent {
  readonly map: SparseMap;
  /** Bytes that the text of the map takes. */
  readonly textBytes: number;
  /** Bytes of the content that the map takes: whole blocks. */
  readonly mapBytes: number;
}

/**
 * Reads the map at the beginning of a file in PAX sparse format 1.0: decimal numbers, a line each, padded
 * to a whole block. `incomplete` asks for more bytes, undefined means that it is no map.
 */
export function parseSparseContent(bytes: Uint8Array, sizeBytes: number): SparseContent | 'incomplete' | undefined {
  const numbers: string[] = [];
  let wanted = 1;
  let at = 0;
  while (numbers.length < wanted) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return bytes.byteLength > MAX_SPARSE_MAP_BYTES ? undefined : 'incomplete';
    if (end - at > 20) return undefined;
    const text = Buffer.from(bytes.subarray(at, end)).toString('latin1');
    if (!/^\d+$/.test(text)) return undefined;
    numbers.push(text);
    at = end + 1;
    if (numbers.length === 1) wanted = 1 + 2 * Number(text);
    if (wanted > MAX_SPARSE_MAP_BYTES) return undefined;
  }
  const mapBytes = Math.ceil(at / BLOCK) * BLOCK;
  if (bytes.byteLength < mapBytes) return 'incomplete';
  const map = toMap(numbers.slice(1), sizeBytes);
  return map === undefined ? undefined : { map, textBytes: at, mapBytes };
}

function toMap(numbers: readonly string[], sizeBytes: number): SparseMap | undefined {
  if (numbers.length % 2 !== 0 || numbers.some((text) => !/^\d{1,19}$/.test(text))) return undefined;
  const segments: SparseSegment[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    segments.push({ offset: Number(numbers[i]), length: Number(numbers[i + 1]) });
  }
  return validSparseMap({ segments, sizeBytes });
}

/** The map itself if its segments are in order, apart from each other and within the file; else undefined. */
export function validSparseMap(map: SparseMap): SparseMap | undefined {
  let end = 0;
  for (const { offset, length } of map.segments) {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < end || length < 0) return undefined;
    end = offset + length;
  }
  return end <= map.sizeBytes && Number.isSafeInteger(map.sizeBytes) && map.sizeBytes >= 0 ? map : undefined;
}

/** Takes stored bytes of a sparse file and gives them out with the offset each has in the whole file. */
export class SparseExpander {
  readonly #segments: readonly SparseSegment[];
  readonly #sizeBytes: number;
  #index = 0;
  #within = 0;
  #position = 0;

  constructor(map: SparseMap) {
    this.#segments = map.segments;
    this.#sizeBytes = map.sizeBytes;
  }

  /** Takes the next stored bytes, and gives back those that the map has no place for. */
  push(
    bytes: Uint8Array,
    data: (bytes: Uint8Array, offset: number) => void,
    hole: (length: number) => void,
  ): Uint8Array {
    let rest = bytes;
    while (rest.byteLength > 0) {
      const segment = this.#segments[this.#index];
      if (segment === undefined) return rest;
      if (this.#within === segment.length) {
        this.#index += 1;
        this.#within = 0;
        continue;
      }
      const start = segment.offset + this.#within;
      if (start > this.#position) {
        hole(start - this.#position);
        this.#position = start;
      }
      const piece = rest.subarray(0, segment.length - this.#within);
      data(piece, start);
      this.#within += piece.byteLength;
      this.#position += piece.byteLength;
      rest = rest.subarray(piece.byteLength);
    }
    return rest;
  }

  /** The hole behind the last segment. Tells how many bytes of the map were never stored. */
  end(hole: (length: number) => void): number {
    if (this.#position < this.#sizeBytes) hole(this.#sizeBytes - this.#position);
    const due = this.#segments.slice(this.#index).reduce((sum, { length }) => sum + length, 0);
    return due - this.#within;
  }
}
