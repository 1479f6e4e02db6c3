/** The beginning of a header whose end is still to come. */
export class PendingBytes {
  #bytes: Uint8Array = new Uint8Array(0);

  /** What was kept, and the next bytes behind it; nothing is kept any more. */
  join(input: Uint8Array): Uint8Array {
    if (this.#bytes.byteLength === 0) return input;
    const bytes = Buffer.concat([this.#bytes, input]);
    this.#bytes = new Uint8Array(0);
    return bytes;
  }

  /** Keeps bytes until more come; gives nothing, which is what is left of the input. */
  keep(bytes: Uint8Array): Uint8Array {
    this.#bytes = new Uint8Array(bytes);
    return new Uint8Array(0);
  }
}
