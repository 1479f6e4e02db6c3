/** So many bytes are kept in one piece: more than any page has. */
const BLOCK_BYTES = 1024 * 1024;

/** Keeps a file of pages in memory, up to a limit. */
export class PageStore {
  sizeBytes = 0;
  readonly #maxBytes: number;
  #blocks: Uint8Array[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether there were more than the limit: nothing is kept then. */
  get isOver(): boolean {
    return this.sizeBytes > this.#maxBytes;
  }

  add(bytes: Uint8Array): void {
    let at = this.sizeBytes;
    this.sizeBytes += bytes.byteLength;
    if (this.isOver) {
      this.#blocks = [];
      return;
    }
    for (let taken = 0; taken < bytes.byteLength; ) {
      const index = Math.floor(at / BLOCK_BYTES);
      const offset = at % BLOCK_BYTES;
      this.#blocks[index] ??= new Uint8Array(BLOCK_BYTES);
      const part = bytes.subarray(taken, taken + BLOCK_BYTES - offset);
      (this.#blocks[index] as Uint8Array).set(part, offset);
      taken += part.byteLength;
      at += part.byteLength;
    }
  }

  /** A part, such as a page; undefined where the file ends in front of its end. */
  bytes(offset: number, length: number): Uint8Array | undefined {
    if (this.isOver || offset + length > this.sizeBytes) return undefined;
    const index = Math.floor(offset / BLOCK_BYTES);
    const start = offset % BLOCK_BYTES;
    const part = this.#blocks[index]?.subarray(start, start + length);
    if (part === undefined || part.byteLength === length) return part;
    const rest = this.#blocks[index + 1] as Uint8Array;
    return Buffer.concat([part, rest.subarray(0, length - part.byteLength)]);
  }

  /** Lets go of the memory. */
  close(): void {
    this.#blocks = [];
  }
}
