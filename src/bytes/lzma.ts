import { DecompressionError } from './decompression-error.ts';

/** Bytes that a range decoder begins with. */
export const RANGE_HEAD_BYTES = 5;

const STATES = 12;
/** States below this one come behind a literal. */
const LITERAL_STATES = 7;
const POSITION_STATES = 16;
const HALF = 1 << 10;
const MOVE_BITS = 5;

// Where the models of each kind of bit begin among all.
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITION_STATES;
const IS_REP0 = IS_REP + STATES;
const IS_REP1 = IS_REP0 + STATES;
const IS_REP2 = IS_REP1 + STATES;
const IS_REP0_LONG = IS_REP2 + STATES;
const DISTANCE_SLOT = IS_REP0_LONG + STATES * POSITION_STATES;
const DISTANCE_SPECIAL = DISTANCE_SLOT + 4 * 64;
const DISTANCE_ALIGN = DISTANCE_SPECIAL + 128;
const MATCH_LENGTH = DISTANCE_ALIGN + 16;
const LENGTH_LOW = 2;
const LENGTH_MIDDLE = LENGTH_LOW + POSITION_STATES * 8;
const LENGTH_HIGH = LENGTH_MIDDLE + POSITION_STATES * 8;
const REP_LENGTH = MATCH_LENGTH + LENGTH_HIGH + 256;
const LITERAL = REP_LENGTH + LENGTH_HIGH + 256;
const LITERAL_CODER = 0x300;
/** LZMA2 allows no more bits of context than four. */
const MODELS = LITERAL + (LITERAL_CODER << 4);

const SHORTEST_MATCH = 2;

function broken(): never {
  throw new DecompressionError('the LZMA data is broken', { truncated: false });
}

/**
 * What LZMA has decoded, and looks back into: bytes one behind the other, of which the last are kept. It takes memory
 * as bytes come, not as the header asks for.
 */
export class LzmaWindow {
  bytes = new Uint8Array(0);
  /** End of what was decoded. */
  at = 0;
  /** Begin of what may be looked back to. */
  from = 0;
  /** Bytes that may be looked back. */
  readonly kept: number;

  constructor(kept: number) {
    this.kept = kept;
  }

  /** Makes room for so many bytes. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.bytes.byteLength) return;
    const first = Math.max(this.from, this.at - this.kept);
    const needed = this.at - first + bytes;
    let target = this.bytes;
    // Half of what is kept as room, so that moving it costs less than decoding.
    if (needed + this.kept / 2 > target.byteLength) {
      const most = this.kept + Math.max(bytes, this.kept / 2);
      target = new Uint8Array(Math.max(needed, Math.min(most, 2 * target.byteLength)));
    }
    if (target === this.bytes) target.copyWithin(0, first, this.at);
    else target.set(this.bytes.subarray(first, this.at));
    this.bytes = target;
    this.at -= first;
    this.from = 0;
  }

  /** Forgets what was decoded: nothing before here is looked back to. */
  reset(): void {
    this.from = this.at;
  }
}

/** Decodes LZMA, as LZMA2 cuts it into chunks: each is all there, and says how much comes out of it. */
export class LzmaDecoder {
  readonly #window: LzmaWindow;
  readonly #models = new Uint16Array(MODELS);
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #range = 0;
  #code = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  #literalContextBits = 0;
  #literalPositionMask = 0;
  #positionMask = 0;
  /** Offset of the window's end in what was decoded since the last reset: contexts count in it. */
  #position = 0;

  constructor(window: LzmaWindow) {
    this.#window = window;
  }

  /** Starts over, with the properties of the first byte of a header. */
  setProperties(byte: number): void {
    const literalContextBits = byte % 9;
    const literalPositionBits = Math.floor(byte / 9) % 5;
    const positionBits = Math.floor(byte / 45);
    if (positionBits > 4 || literalContextBits + literalPositionBits > 4) broken();
    this.#literalContextBits = literalContextBits;
    this.#literalPositionMask = (1 << literalPositionBits) - 1;
    this.#positionMask = (1 << positionBits) - 1;
    this.resetState();
  }

  /** Starts over with what was learned about the data; properties stay. */
  resetState(): void {
    this.#models.fill(HALF);
    this.#state = 0;
    this.#rep0 = 0;
    this.#rep1 = 0;
    this.#rep2 = 0;
    this.#rep3 = 0;
  }

  /** Says that the window was reset. */
  resetPosition(): void {
    this.#position = 0;
  }

  /** Says that bytes came into the window that were not compressed. */
  skip(bytes: number): void {
    this.#position += bytes;
  }

  /**
   * Decodes a chunk into the window, which has room for what comes out.
   * @throws DecompressionError
   */
  decode(chunk: Uint8Array, outBytes: number): void {
    if (chunk[0] !== 0) broken();
    this.#input = chunk;
    this.#at = RANGE_HEAD_BYTES;
    this.#range = -1;
    this.#code =
      ((chunk[1] as number) << 24) | ((chunk[2] as number) << 16) | ((chunk[3] as number) << 8) | (chunk[4] as number);
    const window = this.#window;
    const end = window.at + outBytes;
    while (window.at < end) {
      const positionState = this.#position & this.#positionMask;
      const before = window.at;
      if (this.#bit(IS_MATCH + this.#state * POSITION_STATES + positionState) === 0) this.#literal();
      else this.#match(positionState, end);
      this.#position += window.at - before;
      // Bytes that are not there read as zeros: the decoder notices a little later than they are missing.
      if (this.#at > chunk.byteLength) broken();
    }
    this.#normalize();
    if (this.#code !== 0 || this.#at !== chunk.byteLength) broken();
  }

  #literal(): void {
    const window = this.#window;
    const { bytes, at } = window;
    const previous = at > window.from ? (bytes[at - 1] as number) : 0;
    const context =
      ((this.#position & this.#literalPositionMask) << this.#literalContextBits) +
      (previous >> (8 - this.#literalContextBits));
    const models = LITERAL + LITERAL_CODER * context;
    let symbol = 1;
    if (this.#state >= LITERAL_STATES) {
      if (this.#rep0 < 0 || this.#rep0 >= at - window.from) broken();
      let matched = bytes[at - 1 - this.#rep0] as number;
      let offset = 0x100;
      while (symbol < 0x100) {
        matched <<= 1;
        const matchedBit = matched & offset;
        const bit = this.#bit(models + offset + matchedBit + symbol);
        symbol = (symbol << 1) | bit;
        offset &= bit === 0 ? ~matchedBit : matchedBit;
      }
    } else {
      symbol = this.#tree(models, 8);
    }
    bytes[at] = symbol;
    window.at = at + 1;
    const state = this.#state;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  #match(positionState: number, end: number): void {
    const state = this.#state;
    let length: number;
    if (this.#bit(IS_REP + state) === 0) {
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      length = this.#length(MATCH_LENGTH, positionState);
      this.#rep0 = this.#distance(length);
      this.#state = state < LITERAL_STATES ? 7 : 10;
    } else if (this.#bit(IS_REP0 + state) === 0) {
      if (this.#bit(IS_REP0_LONG + state * POSITION_STATES + positionState) === 0) {
        this.#state = state < LITERAL_STATES ? 9 : 11;
        this.#repeat(1, end);
        return;
      }
      length = this.#length(REP_LENGTH, positionState);
      this.#state = state < LITERAL_STATES ? 8 : 11;
    } else {
      this.#chooseDistance(state);
      length = this.#length(REP_LENGTH, positionState);
      this.#state = state < LITERAL_STATES ? 8 : 11;
    }
    this.#repeat(length + SHORTEST_MATCH, end);
  }

  /** One of the distances before the last one comes again. */
  #chooseDistance(state: number): void {
    let distance: number;
    if (this.#bit(IS_REP1 + state) === 0) {
      distance = this.#rep1;
    } else {
      if (this.#bit(IS_REP2 + state) === 0) {
        distance = this.#rep2;
      } else {
        distance = this.#rep3;
        this.#rep3 = this.#rep2;
      }
      this.#rep2 = this.#rep1;
    }
    this.#rep1 = this.#rep0;
    this.#rep0 = distance;
  }

  #repeat(length: number, end: number): void {
    const window = this.#window;
    const { bytes, at } = window;
    const from = at - 1 - this.#rep0;
    // Distances of 2 GiB and more are negative here.
    if (this.#rep0 < 0 || this.#rep0 >= window.kept || from < window.from || at + length > end) broken();
    if (this.#rep0 >= length && length > 32) {
      bytes.copyWithin(at, from, from + length);
    } else {
      for (let i = 0; i < length; i += 1) bytes[at + i] = bytes[from + i] as number;
    }
    window.at = at + length;
  }

  #length(models: number, positionState: number): number {
    if (this.#bit(models) === 0) return this.#tree(models + LENGTH_LOW + positionState * 8, 3) - 8;
    if (this.#bit(models + 1) === 0) return this.#tree(models + LENGTH_MIDDLE + positionState * 8, 3);
    return this.#tree(models + LENGTH_HIGH, 8) - 256 + 16;
  }

  #distance(length: number): number {
    const slot = this.#tree(DISTANCE_SLOT + Math.min(length, 3) * 64, 6) - 64;
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) << bits;
    if (slot < 14) return high + this.#reverseTree(DISTANCE_SPECIAL + high - slot, bits);
    return high + (this.#direct(bits - 4) << 4) + this.#reverseTree(DISTANCE_ALIGN, 4);
  }

  /** Bits from the highest down; the result has a one in front of them. */
  #tree(models: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i += 1) symbol = (symbol << 1) | this.#bit(models + symbol);
    return symbol;
  }

  #reverseTree(models: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i += 1) {
      const bit = this.#bit(models + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** Bits that follow no model. */
  #direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i += 1) {
      this.#normalize();
      this.#range >>>= 1;
      this.#code = (this.#code - this.#range) | 0;
      const mask = this.#code >> 31;
      this.#code = (this.#code + (this.#range & mask)) | 0;
      value = (value << 1) + mask + 1;
    }
    return value;
  }

  #bit(model: number): number {
    this.#normalize();
    const probability = this.#models[model] as number;
    const bound = Math.imul(this.#range >>> 11, probability);
    // Both are unsigned and kept in signed integers: with the highest bit turned they compare right.
    if ((this.#code ^ 0x80000000) < (bound ^ 0x80000000)) {
      this.#range = bound;
      this.#models[model] = probability + ((2048 - probability) >> MOVE_BITS);
      return 0;
    }
    this.#range = (this.#range - bound) | 0;
    this.#code = (this.#code - bound) | 0;
    this.#models[model] = probability - (probability >> MOVE_BITS);
    return 1;
  }

  #normalize(): void {
    if ((this.#range & 0xff000000) !== 0) return;
    this.#range <<= 8;
    this.#code = (this.#code << 8) | (this.#input[this.#at] ?? 0);
    this.#at += 1;
  }
}
