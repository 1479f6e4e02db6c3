import { decodeBytes } from '../../core/index.ts';
import { type ByteSink, NestedFormatError, NOWHERE, type OpenMember } from './byte-sink.ts';
import { PendingBytes } from './pending-bytes.ts';

const MAGIC_BYTES = 6;
/** Longest name that Linux could use, with its NUL (PATH_MAX). */
const MAX_NAME_BYTES = 4096;
const KIND_MASK = 0o170000;
const REGULAR_FILE = 0o100000;
const END = 'TRAILER!!!';

/** How numbers and names stand in a header (cpio(5)). */
interface Form {
  readonly headerBytes: number;
  readonly radix: 8 | 16;
  /** Headers with their names, and files, end at multiples of it. */
  readonly align: number;
  readonly mode: readonly [from: number, to: number];
  readonly nameBytes: readonly [from: number, to: number];
  readonly fileBytes: readonly [from: number, to: number];
}

const HEXADECIMAL: Form = {
  headerBytes: 110,
  radix: 16,
  align: 4,
  mode: [14, 22],
  fileBytes: [54, 62],
  nameBytes: [94, 102],
};
const OCTAL: Form = { headerBytes: 76, radix: 8, align: 1, mode: [18, 24], nameBytes: [59, 65], fileBytes: [65, 76] };
const FORMS: Readonly<Record<string, Form>> = { '070701': HEXADECIMAL, '070702': HEXADECIMAL, '070707': OCTAL };

/**
 * Reads a cpio archive in the forms that are in use: what is in packages of RPM, and the root filesystem that a kernel
 * starts with. Of the latter several stand one behind the other, the next often compressed: what follows behind an end
 * is looked at as a file of its own.
 */
export class CpioReader implements ByteSink {
  readonly #open: OpenMember;
  readonly #pending = new PendingBytes();
  #member: ByteSink = NOWHERE;
  #left = 0;
  #skip = 0;
  #padding = 0;
  /** Set behind the end: zeros up to what follows. */
  #behind = false;
  #next: ByteSink | undefined;

  constructor(open: OpenMember) {
    this.#open = open;
  }

  push(input: Uint8Array): void {
    let rest = input;
    while (rest.byteLength > 0) {
      if (this.#next !== undefined) {
        this.#next.push(rest);
        return;
      }
      if (this.#behind) rest = this.#skipZeros(rest);
      else if (this.#left > 0) rest = this.#pass(rest);
      else if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, rest.byteLength);
        this.#skip -= skipped;
        rest = rest.subarray(skipped);
      } else rest = this.#readHeader(rest);
    }
  }

  end(): void {
    this.#member.end();
    this.#member = NOWHERE;
    this.#next?.end();
  }

  #pass(input: Uint8Array): Uint8Array {
    const part = input.subarray(0, Math.min(this.#left, input.byteLength));
    this.#member.push(part);
    this.#left -= part.byteLength;
    if (this.#left === 0) this.#finishMember();
    return input.subarray(part.byteLength);
  }

  #finishMember(): void {
    this.#member.end();
    this.#member = NOWHERE;
    this.#skip = this.#padding;
  }

  #readHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < MAGIC_BYTES) return this.#pending.keep(bytes);
    const form = FORMS[Buffer.from(bytes.subarray(0, MAGIC_BYTES)).toString('latin1')];
    if (form === undefined) throw new NestedFormatError('a header of the cpio archive is broken');
    if (bytes.byteLength < form.headerBytes) return this.#pending.keep(bytes);
    const header = Buffer.from(bytes.subarray(0, form.headerBytes)).toString('latin1');
    const nameBytes = numberIn(header, form.nameBytes, form.radix);
    if (nameBytes === 0 || nameBytes > MAX_NAME_BYTES)
      throw new NestedFormatError('a header of the cpio archive is broken');
    const total = aligned(form.headerBytes + nameBytes, form.align);
    if (bytes.byteLength < total) return this.#pending.keep(bytes);
    const name = decodeBytes(bytes.subarray(form.headerBytes, form.headerBytes + nameBytes - 1));
    if (name === END) {
      this.#behind = true;
    } else {
      this.#left = numberIn(header, form.fileBytes, form.radix);
      this.#padding = aligned(this.#left, form.align) - this.#left;
      const isFile = (numberIn(header, form.mode, form.radix) & KIND_MASK) === REGULAR_FILE;
      if (isFile && this.#left > 0) this.#member = this.#open(name);
    }
    return bytes.subarray(total);
  }

  #skipZeros(input: Uint8Array): Uint8Array {
    const first = input.findIndex((byte) => byte !== 0);
    if (first < 0) return new Uint8Array(0);
    this.#next = this.#open('(next archive)');
    return input.subarray(first);
  }
}

function numberIn(header: string, [from, to]: readonly [number, number], radix: 8 | 16): number {
  const digits = header.slice(from, to);
  if (!(radix === 8 ? /^[0-7]+$/ : /^[0-9a-f]+$/i).test(digits))
    throw new NestedFormatError('a header of the cpio archive is broken');
  return Number.parseInt(digits, radix);
}

function aligned(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
}
