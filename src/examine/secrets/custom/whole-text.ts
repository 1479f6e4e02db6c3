/** Bytes of a text that are looked at together. */
const PART_BYTES = 64 * 1024;
/** Bytes of a part that the next one begins with: longer matches may be cut. */
export const OVERLAP_BYTES = 8 * 1024;
/** A first line that is no longer than that, and was cut, is left to the part before: no keyword stands so early. */
const PARTIAL_LINE_BYTES = 896;

/** A part of a text. */
export interface TextPart {
  readonly offset: number;
  /** Good until the next part. */
  readonly bytes: Uint8Array;
  /** Line of its first byte, from 1. */
  readonly line: number;
  /** Matches from this offset on are found again, and in full, in the next part. */
  readonly until: number;
}

/** Cuts a text that comes in chunks into parts that overlap. */
export class WholeText {
  readonly #countLines: (bytes: Uint8Array) => number;
  readonly #memory = Buffer.alloc(PART_BYTES);
  #filled = 0;
  #offset = 0;
  #line = 1;

  constructor(countLines: (bytes: Uint8Array) => number) {
    this.#countLines = countLines;
  }

  reset(): void {
    this.#filled = 0;
    this.#offset = 0;
    this.#line = 1;
  }

  push(bytes: Uint8Array, emit: (part: TextPart) => void): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const piece = bytes.subarray(at, at + PART_BYTES - this.#filled);
      this.#memory.set(piece, this.#filled);
      this.#filled += piece.byteLength;
      at += piece.byteLength;
      if (this.#filled < PART_BYTES) return;
      this.#emit(PART_BYTES - OVERLAP_BYTES + PARTIAL_LINE_BYTES, emit);
      const used = PART_BYTES - OVERLAP_BYTES;
      this.#line += this.#countLines(this.#memory.subarray(0, used));
      this.#memory.copyWithin(0, used, PART_BYTES);
      this.#filled = OVERLAP_BYTES;
      this.#offset += used;
    }
  }

  /** Says that the text is over. */
  end(emit: (part: TextPart) => void): void {
    if (this.#filled > 0) this.#emit(this.#filled, emit);
    this.reset();
  }

  #emit(until: number, emit: (part: TextPart) => void): void {
    const whole = this.#memory.subarray(0, this.#filled);
    const from = this.#offset === 0 ? 0 : cutLine(whole);
    emit({
      offset: this.#offset + from,
      bytes: whole.subarray(from),
      line: this.#line + (from === 0 ? 0 : 1),
      until: until - from,
    });
  }
}

/**
 * Where the first whole line of a part begins. What stands before it was cut somewhere, and could look like a word or a
 * line of its own.
 */
export function cutLine(bytes: Uint8Array): number {
  return bytes.subarray(0, PARTIAL_LINE_BYTES).indexOf(0x0a) + 1;
}
