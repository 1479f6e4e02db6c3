import { createHash, type Hash, hash } from 'node:crypto';

/** Zeros to digest the holes of sparse files with. */
const ZEROS = new Uint8Array(256 * 1024);

/**
 * SHA-256 of each file's content, one file after the other. Most files arrive in one piece, and one call for
 * the whole digest costs half of three.
 */
export class ContentDigester {
  #hash: Hash | undefined;
  #whole: Buffer | undefined;
  #sizeBytes = 0;
  #givenUp = false;

  /** Starts a file of a known size. */
  begin(sizeBytes: number): void {
    this.#hash = undefined;
    this.#whole = undefined;
    this.#sizeBytes = sizeBytes;
    this.#givenUp = false;
  }

  update(bytes: Uint8Array): void {
    if (this.#givenUp) return;
    if (bytes.byteLength === this.#sizeBytes) {
      this.#whole = hash('sha256', bytes, 'buffer');
    } else {
      this.#hash ??= createHash('sha256');
      this.#hash.update(bytes);
    }
  }

  /** Digests zeros that are not stored. */
  updateHole(lengthBytes: number): void {
    if (this.#givenUp) return;
    this.#hash ??= createHash('sha256');
    for (let left = lengthBytes; left > 0; left -= ZEROS.byteLength) {
      this.#hash.update(left >= ZEROS.byteLength ? ZEROS : ZEROS.subarray(0, left));
    }
  }

  /** Says that this file's digest will not be known. */
  giveUp(): void {
    this.#givenUp = true;
  }

  /** The digest of the whole file; undefined where it was given up. */
  finish(): Uint8Array | undefined {
    if (this.#givenUp) return undefined;
    return this.#whole ?? (this.#hash ?? createHash('sha256')).digest();
  }
}
