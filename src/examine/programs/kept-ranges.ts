interface KeptRange {
  readonly from: number;
  readonly bytes: Uint8Array;
  /** How much of it has come. */
  filled: number;
}

/** Most ranges of one file: what asks for more is no honest program. */
const MAX_RANGES = 32;

/**
 * Parts of a file that is read once, from its beginning to its end: those that are in the piece at hand, and those
 * that were asked for before they came by.
 */
export class KeptRanges {
  /** Offset behind what has come so far. */
  position = 0;
  readonly #maxBytes: number;
  readonly #ranges: KeptRange[] = [];
  #askedBytes = 0;
  #piece: Uint8Array = new Uint8Array(0);

  /** @param maxBytes most bytes kept of the file */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes. They can be read until the next call, or until {@link forget}. */
  push(bytes: Uint8Array): void {
    this.#piece = bytes;
    const from = this.position;
    this.position += bytes.byteLength;
    for (const range of this.#ranges) this.#fill(range, from);
  }

  /** Takes zeros that are not stored. */
  skip(lengthBytes: number): void {
    this.#piece = new Uint8Array(0);
    const from = this.position;
    this.position += lengthBytes;
    for (const range of this.#ranges) {
      if (range.from + range.filled < from) continue;
      range.filled = Math.min(range.bytes.byteLength, Math.max(range.filled, this.position - range.from));
    }
  }

  /** Says that the memory of the last piece is going to be used for something else. */
  forget(): void {
    this.#piece = new Uint8Array(0);
  }

  /** Asks for a part to be kept. False where it has gone by already, or would be too much. */
  want(from: number, to: number): boolean {
    if (!(to > from)) return false;
    if (this.read(from, to) !== null && this.#isKept(from, to)) return true;
    const lengthBytes = to - from;
    const pieceFrom = this.position - this.#piece.byteLength;
    // What has gone by may still be kept as a part of something else, up to the piece at hand.
    const before = from < pieceFrom ? this.read(from, Math.min(pieceFrom, to)) : new Uint8Array(0);
    if (before === null || this.#ranges.length >= MAX_RANGES) return false;
    if (lengthBytes > this.#maxBytes - this.#askedBytes) return false;
    this.#askedBytes += lengthBytes;
    const range: KeptRange = { from, bytes: new Uint8Array(lengthBytes), filled: before.byteLength };
    range.bytes.set(before);
    this.#ranges.push(range);
    this.#fill(range, pieceFrom);
    return true;
  }

  /** The bytes of a part; null where they have not come yet or were not kept. */
  read(from: number, to: number): Uint8Array | null {
    if (!(from >= 0 && to >= from)) return null;
    const pieceFrom = this.position - this.#piece.byteLength;
    if (from >= pieceFrom && to <= this.position) return this.#piece.subarray(from - pieceFrom, to - pieceFrom);
    for (const range of this.#ranges) {
      if (from >= range.from && to <= range.from + range.filled) {
        return range.bytes.subarray(from - range.from, to - range.from);
      }
    }
    return null;
  }

  /** As much of a part as there is, from its beginning on. */
  readUpTo(from: number, to: number): Uint8Array {
    const whole = this.read(from, to);
    if (whole !== null) return whole;
    for (const range of this.#ranges) {
      const end = Math.min(to, range.from + range.filled);
      if (from >= range.from && end > from) return range.bytes.subarray(from - range.from, end - range.from);
    }
    const pieceFrom = this.position - this.#piece.byteLength;
    const end = Math.min(to, this.position);
    return from >= pieceFrom && end > from
      ? this.#piece.subarray(from - pieceFrom, end - pieceFrom)
      : new Uint8Array(0);
  }

  #isKept(from: number, to: number): boolean {
    return this.#ranges.some((range) => from >= range.from && to <= range.from + range.filled);
  }

  #fill(range: KeptRange, pieceFrom: number): void {
    const next = range.from + range.filled;
    if (range.filled >= range.bytes.byteLength || next < pieceFrom || next >= this.position) return;
    const part = this.#piece.subarray(
      next - pieceFrom,
      Math.min(this.#piece.byteLength, range.from + range.bytes.byteLength - pieceFrom),
    );
    range.bytes.set(part, range.filled);
    range.filled += part.byteLength;
  }
}
