import { type ByteSink, NestedFormatError, NOWHERE, type OpenMember } from './byte-sink.ts';
import { PendingBytes } from './pending-bytes.ts';

const MAGIC_BYTES = 8;
const HEADER_BYTES = 60;

/** Reads an ar archive (ar(5)): Debian's packages are such, and static libraries. */
export class ArReader implements ByteSink {
  readonly #open: OpenMember;
  readonly #pending = new PendingBytes();
  #skip = MAGIC_BYTES;
  #left = 0;
  #padding = 0;
  #member: ByteSink = NOWHERE;

  constructor(open: OpenMember) {
    this.#open = open;
  }

  push(input: Uint8Array): void {
    let rest = input;
    while (rest.byteLength > 0) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, rest.byteLength);
        this.#skip -= skipped;
        rest = rest.subarray(skipped);
      } else if (this.#left > 0) {
        const part = rest.subarray(0, Math.min(this.#left, rest.byteLength));
        this.#member.push(part);
        this.#left -= part.byteLength;
        rest = rest.subarray(part.byteLength);
        if (this.#left === 0) this.#finish();
      } else {
        rest = this.#readHeader(rest);
      }
    }
  }

  end(): void {
    this.#member.end();
    this.#member = NOWHERE;
  }

  #readHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < HEADER_BYTES) return this.#pending.keep(bytes);
    const header = Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('latin1');
    const size = Number(header.slice(48, 58).trim());
    if (header.slice(58) !== '`\n' || !Number.isSafeInteger(size) || size < 0)
      throw new NestedFormatError('a header of the ar archive is broken');
    this.#member = this.#open(header.slice(0, 16).trim().replace(/\/$/, ''));
    this.#left = size;
    this.#padding = size % 2;
    if (size === 0) this.#finish();
    return bytes.subarray(HEADER_BYTES);
  }

  #finish(): void {
    this.end();
    this.#skip = this.#padding;
  }
}
