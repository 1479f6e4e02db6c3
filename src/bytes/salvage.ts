import type { Compression } from './compression.ts';
import { findStream, streamHeadBytes } from './next-stream.ts';

/** Stored bytes that could not be unpacked because the compressed stream is damaged there. */
export interface BlobHole {
  /** Where they begin in the blob. */
  readonly offset: number;
  readonly bytes: number;
  /** What is wrong, and how much was unpacked before. */
  readonly message: string;
}

/**
 * Streams begun behind damage in one blob. The attack: a blob of nothing but beginnings of streams, each of which
 * costs the set-up of a decompressor.
 */
const MAX_ATTEMPTS = 1000;

/** Looks behind damage for the next compressed stream, and keeps account of what lies between. */
export class Salvage {
  /** Whether the next stream is being looked for. */
  isSearching = false;
  /** Whether that has ever been the case: what is being read then stands behind damage. */
  hasSearched = false;
  readonly #wanted: boolean;
  readonly #holes: BlobHole[] = [];
  #attempts = 0;
  /** The hole that has no end yet. */
  #open: { readonly offset: number; readonly message: string } | undefined;
  /** Last bytes searched, in which a beginning may have begun. */
  #carry: Uint8Array = new Uint8Array(0);

  constructor(wanted: boolean) {
    this.#wanted = wanted;
  }

  /**
   * Says that from a place in the blob on nothing can be unpacked. Tells whether the next stream is to be looked for.
   */
  search(offset: number, message: string): boolean {
    this.#open = { offset, message };
    this.hasSearched = true;
    this.isSearching = this.#wanted && this.#attempts < MAX_ATTEMPTS;
    return this.isSearching;
  }

  /**
   * Looks for the next stream in the next stored bytes, of which the last is in front of `end`. Gives back what it
   * begins with; undefined where nothing in them begins one.
   */
  find(compression: Compression, bytes: Uint8Array, end: number): Uint8Array | undefined {
    const window = this.#carry.byteLength === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
    const start = end - window.byteLength;
    const at = findStream(compression, window, 0);
    if (at < 0) {
      const kept = Math.min(window.byteLength, streamHeadBytes(compression) - 1);
      this.#carry = window.slice(window.byteLength - kept);
      return undefined;
    }
    this.#carry = new Uint8Array(0);
    this.#attempts += 1;
    this.isSearching = false;
    this.#close(start + at);
    return window.subarray(at);
  }

  /** Says that the blob is over; tells all holes. */
  finish(sizeBytes: number): BlobHole[] {
    this.#close(sizeBytes);
    return this.#holes;
  }

  #close(end: number): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const last = this.#holes.at(-1);
    if (last !== undefined && last.offset + last.bytes >= open.offset - streamHeadBytes('gzip')) {
      // What was taken for the beginning of a stream was none.
      this.#holes[this.#holes.length - 1] = { ...last, bytes: end - last.offset };
    } else {
      this.#holes.push({ offset: open.offset, bytes: end - open.offset, message: open.message });
    }
  }
}
