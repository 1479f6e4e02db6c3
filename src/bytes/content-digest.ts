import { createHash, type Hash } from 'node:crypto';
import { type Digest, type DigestAlgorithm, parseDigest } from '../core/index.ts';

/** Counts and digests the bytes of a blob as they pass. */
export class ContentDigest {
  sizeBytes = 0;
  readonly #algorithm: DigestAlgorithm;
  readonly #hash: Hash;

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.sizeBytes += bytes.byteLength;
    this.#hash.update(bytes);
  }

  /** The digest of all bytes; call it once, at their end. */
  finish(): Digest {
    return parseDigest(`${this.#algorithm}:${this.#hash.digest('hex')}`);
  }
}

/** Digest of bytes that are all at hand. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  const digest = new ContentDigest(algorithm);
  digest.update(bytes);
  return digest.finish();
}
