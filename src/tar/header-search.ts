import { BLOCK, isCredibleHeader } from './header.ts';

/** Where in a ustar or GNU header its magic stands. */
const MAGIC_OFFSET = 257;
const MAGIC = Buffer.from('ustar');

/** Bytes looked through, and what of the header found stands in them. */
export interface SearchedBytes {
  /** Bytes that belong to no header, and the offset of the first of them. */
  readonly passed: Uint8Array;
  readonly offset: number;
  /** First bytes of the header that was found; undefined where none was. Its rest is in the bytes still to come. */
  readonly head: Uint8Array | undefined;
  /** How many of the bytes given were taken. */
  readonly takenBytes: number;
}

/**
 * Looks behind damage for the next header. Where bytes are known to be missing it may stand anywhere, and is found by
 * its magic only; else it begins a whole number of blocks behind the damage.
 */
export class HeaderSearch {
  readonly #anywhere: boolean;
  /** Last bytes looked at: a header may begin in them. */
  #kept: Uint8Array = new Uint8Array(0);
  #keptOffset: number;

  constructor(offset: number, anywhere: boolean) {
    this.#anywhere = anywhere;
    this.#keptOffset = offset;
  }

  /** Looks at the next bytes. */
  push(bytes: Uint8Array): SearchedBytes {
    const kept = this.#kept;
    const window = kept.byteLength === 0 ? bytes : Buffer.concat([kept, bytes]);
    const offset = this.#keptOffset;
    const at = this.#anywhere ? findByMagic(window) : findInBlocks(window);
    const end = at < 0 ? undecidedFrom(window, this.#anywhere) : at;
    const passed = window.slice(0, end);
    this.#keptOffset += end;
    if (at < 0) {
      this.#kept = window.slice(end);
      return { passed, offset, head: undefined, takenBytes: bytes.byteLength };
    }
    this.#kept = new Uint8Array(0);
    const head = window.slice(at, kept.byteLength);
    return { passed, offset, head, takenBytes: Math.max(0, at - kept.byteLength) };
  }

  /** What is left when no more bytes come. */
  rest(): { readonly passed: Uint8Array; readonly offset: number } {
    return { passed: this.#kept, offset: this.#keptOffset };
  }
}

function findInBlocks(bytes: Uint8Array): number {
  for (let at = 0; at + BLOCK <= bytes.byteLength; at += BLOCK) if (isCredibleHeader(bytes, at)) return at;
  return -1;
}

function findByMagic(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let magic = buffer.indexOf(MAGIC, MAGIC_OFFSET); magic >= 0; magic = buffer.indexOf(MAGIC, magic + 1)) {
    const at = magic - MAGIC_OFFSET;
    if (at + BLOCK > bytes.byteLength) return -1;
    if (isCredibleHeader(bytes, at)) return at;
  }
  return -1;
}

/** From where on a header could still begin. */
function undecidedFrom(bytes: Uint8Array, anywhere: boolean): number {
  return anywhere ? Math.max(0, bytes.byteLength - BLOCK + 1) : bytes.byteLength - (bytes.byteLength % BLOCK);
}
