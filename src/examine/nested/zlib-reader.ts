import { SyncStream } from '../../bytes/index.ts';
import { type ByteSink, NOWHERE, type OpenMember } from './byte-sink.ts';
import { PendingBytes } from './pending-bytes.ts';

const ZLIB_HEADER_BYTES = 2;
/** Compressed bytes inflated at a time: what one call makes exists at once, and deflate expands 1032 times. */
const SLICE_BYTES = 16 * 1024;
/** Longest beginning of an object of git that is waited for: its kind and its size. */
const MAX_OBJECT_HEADER_BYTES = 32;
// biome-ignore lint/suspicious/noControlCharactersInRegex: git ends the header with a NUL.
const OBJECT_HEADER = /^(blob|tree|commit|tag) \d+\u0000/;
/** Where git keeps an object, by the SHA-1 or SHA-256 of it. */
const OBJECT_PATH = /(?:^|\/)([0-9a-f]{2})\/([0-9a-f]{38}(?:[0-9a-f]{24})?)$/;

/**
 * Inflates a zlib stream (RFC 1950). Git keeps its objects so, each in a file of its own until it packs them: those are
 * given under their kind and name, without the header.
 */
export class ZlibReader implements ByteSink {
  readonly #inflate = new SyncStream('deflate');
  readonly #open: OpenMember;
  readonly #path: string;
  readonly #head = new PendingBytes();
  #content: ByteSink | undefined;
  #skip = ZLIB_HEADER_BYTES;
  #over = false;

  /** @param path of the file: git names objects by their digest */
  constructor(path: string, open: OpenMember) {
    this.#path = path;
    this.#open = open;
  }

  push(bytes: Uint8Array): void {
    const skipped = Math.min(this.#skip, bytes.byteLength);
    this.#skip -= skipped;
    for (let at = skipped; at < bytes.byteLength && !this.#over; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      this.#over = this.#inflate.push(slice, (piece) => this.#give(piece)) < slice.byteLength;
    }
  }

  end(): void {
    if (this.#content === undefined) this.#start(this.#head.join(new Uint8Array(0)));
    (this.#content ?? NOWHERE).end();
    this.#inflate.close();
  }

  #give(piece: Uint8Array): void {
    if (this.#content !== undefined) {
      this.#content.push(piece);
      return;
    }
    const bytes = this.#head.join(piece);
    if (bytes.byteLength < MAX_OBJECT_HEADER_BYTES) this.#head.keep(bytes);
    else this.#start(bytes);
  }

  #start(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    const header = OBJECT_HEADER.exec(Buffer.from(bytes.subarray(0, MAX_OBJECT_HEADER_BYTES)).toString('latin1'));
    if (header === null) {
      this.#content = this.#open('(inflated)');
      this.#content.push(bytes);
      return;
    }
    const [, folder, file] = OBJECT_PATH.exec(this.#path) ?? [];
    this.#content = this.#open(folder === undefined ? (header[1] as string) : `${header[1]} ${folder}${file}`);
    this.#content.push(bytes.subarray(header[0].length));
  }
}
