import type { BitInput } from './bit-input.ts';
import { DecompressionError } from './decompression-error.ts';

/** Longest code that bzip2 allows. */
export const MAX_CODE_BITS = 20;
/** Codes up to this length, nearly all there are, are looked up at once. */
const QUICK_BITS = 10;

/** Canonical Huffman codes: shorter ones first, of the same length in the order of their symbols. */
export class HuffmanTable {
  /** By the next bits: the symbol, and its code's length in the lowest five bits; 0 where the code is longer. */
  readonly #quick = new Uint16Array(1 << QUICK_BITS);
  /** By length: the first code that is longer, as if it had all bits. */
  readonly #ends = new Int32Array(MAX_CODE_BITS + 1);
  /** By length: what makes the place in {@link #symbols} out of a code. */
  readonly #offsets = new Int32Array(MAX_CODE_BITS + 1);
  readonly #symbols: Uint16Array;

  /** @param lengths of each symbol's code, from 1 to {@link MAX_CODE_BITS} */
  constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.byteLength);
    let code = 0;
    let place = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length += 1) {
      this.#offsets[length] = place - code;
      for (let symbol = 0; symbol < lengths.byteLength; symbol += 1) {
        if (lengths[symbol] !== length) continue;
        this.#symbols[place] = symbol;
        if (length <= QUICK_BITS) {
          const first = code << (QUICK_BITS - length);
          this.#quick.fill((symbol << 5) | length, first, first + (1 << (QUICK_BITS - length)));
        }
        place += 1;
        code += 1;
      }
      this.#ends[length] = code * 2 ** (MAX_CODE_BITS - length);
      code *= 2;
    }
  }

  /**
   * The next symbol.
   * @throws DecompressionError where no code is like that
   */
  read(input: BitInput): number {
    const bits = input.peek(MAX_CODE_BITS);
    const quick = this.#quick[bits >>> (MAX_CODE_BITS - QUICK_BITS)] as number;
    if (quick !== 0) {
      input.skip(quick & 31);
      return quick >>> 5;
    }
    for (let length = QUICK_BITS + 1; length <= MAX_CODE_BITS; length += 1) {
      if (bits >= (this.#ends[length] as number)) continue;
      input.skip(length);
      const place = (bits >>> (MAX_CODE_BITS - length)) + (this.#offsets[length] as number);
      const symbol = this.#symbols[place];
      if (symbol !== undefined) return symbol;
      break;
    }
    throw new DecompressionError('the bzip2 data is broken', { truncated: false });
  }
}
