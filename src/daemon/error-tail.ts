import { asObject, asText } from '../oci/index.ts';

const TAIL_BYTES = 8192;
const MARK = Buffer.from('{"errorDetail"');

/**
 * Finds the error that a daemon appends to an archive when it fails after the answer has begun: it can no longer
 * answer with a status, and ends the stream as if all were well (moby, api/server/router/image, FormatError).
 * An archive itself ends with zeros, so nothing in an image looks like it.
 */
export class ErrorTail {
  #tail: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): void {
    const end = chunk.subarray(Math.max(0, chunk.byteLength - TAIL_BYTES));
    const keep = this.#tail.subarray(Math.max(0, this.#tail.byteLength + end.byteLength - TAIL_BYTES));
    this.#tail = Buffer.concat([keep, end]);
  }

  /** What the daemon said; null where it said nothing. */
  message(): string | null {
    const at = this.#tail.lastIndexOf(MARK);
    if (at < 0) return null;
    try {
      const object = asObject(JSON.parse(this.#tail.toString('utf8', at)));
      return asText(asObject(object?.['errorDetail'])?.['message']) ?? asText(object?.['error']) ?? null;
    } catch {
      return null;
    }
  }
}
