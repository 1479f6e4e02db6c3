/**
 * Compressed bytes inflated at a time. What the last call of node:zlib gave before it met damage is lost, and that is
 * at most what one slice holds: so slices are small.
 */
const SLICE_BYTES = 16 * 1024;
const CAUTIOUS_SLICE_BYTES = 8 * 1024;
/** Expansion from which slices become smaller still. */
const CAUTIOUS_RATIO = 30;

/**
 * Cuts stored bytes into slices whose borders depend on the bytes only, however they come: of a damaged blob the
 * same is read from a registry, a file and standard input.
 */
export class SliceCutter {
  readonly #buffer = new Uint8Array(SLICE_BYTES);
  #filled = 0;
  #sliceBytes = SLICE_BYTES;

  /**
   * Takes the next stored bytes; gives the slices that are complete. Each is to be used before the next is asked for.
   * @param expansion how many times the slices so far expanded
   */
  *cut(chunk: Uint8Array, expansion: () => number): Generator<Uint8Array> {
    for (let at = 0; at < chunk.byteLength; ) {
      if (this.#filled === 0) this.#sliceBytes = expansion() > CAUTIOUS_RATIO ? CAUTIOUS_SLICE_BYTES : SLICE_BYTES;
      const part = chunk.subarray(at, at + this.#sliceBytes - this.#filled);
      at += part.byteLength;
      if (part.byteLength === this.#sliceBytes) {
        yield part;
        continue;
      }
      this.#buffer.set(part, this.#filled);
      this.#filled += part.byteLength;
      if (this.#filled === this.#sliceBytes) {
        this.#filled = 0;
        yield this.#buffer.subarray(0, this.#sliceBytes);
      }
    }
  }

  /** What is left when no more bytes come. */
  rest(): Uint8Array {
    return this.#buffer.subarray(0, this.#filled);
  }
}
