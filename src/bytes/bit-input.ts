/** Bits out of bytes that come in parts, the highest of each byte first. */
export class BitInput {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Bits of {@link #bytes} that have been read; behind their end where some were missing. */
  #at = 0;
  /** Bytes that were let go of in front. */
  #dropped = 0;

  /** Takes the next bytes. */
  add(bytes: Uint8Array): void {
    const read = this.#at >>> 3;
    const kept = this.#bytes.subarray(read);
    this.#bytes = kept.byteLength === 0 ? new Uint8Array(bytes) : Buffer.concat([kept, bytes]);
    this.#dropped += read;
    this.#at -= read * 8;
  }

  get bitsLeft(): number {
    return this.#bytes.byteLength * 8 - this.#at;
  }

  /** Whether bits were read that are not there: they were zeros. */
  get isOverrun(): boolean {
    return this.bitsLeft < 0;
  }

  /** Bytes that were read in full. */
  get takenBytes(): number {
    return this.#dropped + (this.#at >>> 3);
  }

  /** The next bits, at most 32, without taking them; unsigned. */
  peek(bits: number): number {
    const bytes = this.#bytes;
    const byte = this.#at >>> 3;
    const shift = this.#at & 7;
    const word =
      ((bytes[byte] ?? 0) << 24) |
      ((bytes[byte + 1] ?? 0) << 16) |
      ((bytes[byte + 2] ?? 0) << 8) |
      (bytes[byte + 3] ?? 0);
    if (shift + bits <= 32) return (word << shift) >>> (32 - bits);
    return (((word << shift) | ((bytes[byte + 4] ?? 0) >> (8 - shift))) >>> (32 - bits)) >>> 0;
  }

  skip(bits: number): void {
    this.#at += bits;
  }

  /** The next bits, at most 32. */
  read(bits: number): number {
    const value = this.peek(bits);
    this.#at += bits;
    return value;
  }

  alignToByte(): void {
    this.#at = (this.#at + 7) & ~7;
  }

  /** A place to come back to, until more bytes are added. */
  mark(): number {
    return this.#at;
  }

  rewind(mark: number): void {
    this.#at = mark;
  }

  /** All bytes that are left, from the current one on. */
  takeRest(): Uint8Array {
    const rest = this.#bytes.subarray(this.#at >>> 3);
    this.#dropped += this.#bytes.byteLength;
    this.#bytes = new Uint8Array(0);
    this.#at = 0;
    return rest;
  }
}
