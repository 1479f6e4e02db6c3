import { createHash, type KeyObject, verify } from 'node:crypto';
import { dsse } from '@sigstore/core';
import type { SignedEntity } from '@sigstore/verify';

type SignatureContent = SignedEntity['signature'];

/** What a signature is over. */
export type SignedBytes =
  | { readonly kind: 'message'; readonly message: Buffer }
  | {
      readonly kind: 'envelope';
      readonly payloadType: string;
      readonly payload: Buffer;
    };

const HASH_BY_LENGTH: Readonly<Record<number, string>> = { 32: 'sha256', 48: 'sha384', 64: 'sha512' };

/**
 * A signature, and what it is over. It replaces the one of @sigstore/verify, which takes digests from the bundle instead
 * of computing them, and knows SHA-256 only for envelopes.
 */
export class SignedContent implements SignatureContent {
  /** What time stamps are over: the signature, or for attestations of cosign 1 and 2 the envelope. */
  readonly signature: Buffer;
  readonly #signature: Buffer;
  readonly #content: SignedBytes;

  constructor(signature: Buffer, content: SignedBytes, stamped: Buffer = signature) {
    this.signature = stamped;
    this.#signature = signature;
    this.#content = content;
  }

  compareSignature(signature: Buffer): boolean {
    return this.#signature.length > 0 && this.#signature.equals(signature);
  }

  /** Of an envelope's payload, or of the message. */
  compareDigest(digest: Buffer): boolean {
    const { kind } = this.#content;
    return isDigestOf(digest, kind === 'message' ? this.#content.message : this.#content.payload);
  }

  /** Of the bytes that the signature itself is over. */
  compareSignedDigest(digest: Buffer): boolean {
    return isDigestOf(digest, this.#signed());
  }

  verifySignature(key: KeyObject): boolean {
    return hashesFor(key).some((hash) => {
      try {
        return verify(hash, this.#signed(), key, this.#signature);
      } catch {
        return false;
      }
    });
  }

  #signed(): Buffer {
    if (this.#content.kind === 'message') return this.#content.message;
    return dsse.preAuthEncoding(this.#content.payloadType, this.#content.payload);
  }
}

/** Whether a digest is that of bytes; its length tells the algorithm. */
export function isDigestOf(digest: Buffer, bytes: Buffer): boolean {
  const hash = HASH_BY_LENGTH[digest.length];
  return hash !== undefined && createHash(hash).update(bytes).digest().equals(digest);
}

/** Hashes that signers use with a key: the one of its strength, and SHA-256, which clients took for all of them. */
function hashesFor(key: KeyObject): readonly (string | null)[] {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return [null];
    case 'rsa':
      return ['sha256', 'sha384', 'sha512'];
    case 'ec':
      switch (key.asymmetricKeyDetails?.namedCurve) {
        case 'prime256v1':
          return ['sha256'];
        case 'secp384r1':
          return ['sha384', 'sha256'];
        case 'secp521r1':
          return ['sha512', 'sha256'];
        default:
          return [];
      }
    default:
      return [];
  }
}
