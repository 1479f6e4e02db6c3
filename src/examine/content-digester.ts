import { createHash, type Hash, hash } from 'node:crypto';

/** Bytes of a SHA-256. */
export const DIGEST_BYTES = 32;

/** Zeros to digest the holes of sparse files with. */
const ZEROS = new Uint8Array(256 * 1024);

/**
 * SHA-256 of files, one after the other. Most files arrive in one piece, and one call for the whole digest costs half of
 * three.
 */
export class ContentDigester {
  #hash: Hash | undefined;
  #whole: Buffer | undefined;
  #sizeBytes = 0;
  #digests = new Uint8Array(256 * DIGEST_BYTES);
  #length = 0;

  /** Starts a file of a known size. */
  begin(sizeBytes: number): void {
    this.#hash = undefined;
    this.#whole = undefined;
    this.#sizeBytes = sizeBytes;
  }

  update(bytes: Uint8Array): void {
    if (bytes.byteLength === this.#sizeBytes) {
      this.#whole = hash('sha256', bytes, 'buffer');
    } else {
      this.#hash ??= createHash('sha256');
      this.#hash.update(bytes);
    }
  }

  /** Digests zeros that are not stored. */
  updateHole(lengthBytes: number): void {
    this.#hash ??= createHash('sha256');
    for (let left = lengthBytes; left > 0; left -= ZEROS.byteLength) {
      this.#hash.update(left >= ZEROS.byteLength ? ZEROS : ZEROS.subarray(0, left));
    }
  }

  /** Says that the file is over and its digest is wanted. */
  finish(): void {
    if (this.#length === this.#digests.byteLength) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#digests);
      this.#digests = larger;
    }
    this.#digests.set(this.#whole ?? (this.#hash ?? createHash('sha256')).digest(), this.#length);
    this.#length += DIGEST_BYTES;
  }

  /** The digests of all finished files, in order. */
  digests(): Uint8Array<ArrayBuffer> {
    return this.#digests.slice(0, this.#length);
  }
}
