import { AuditError } from './audit-error.ts';

declare const digestBrand: unique symbol;
declare const diffIdBrand: unique symbol;

/** `algorithm:hex` of bytes as they are stored and transferred. Built only by {@link parseDigest}. */
export type Digest = string & { readonly [digestBrand]: true };

/** `algorithm:hex` of an uncompressed layer tar. Never interchangeable with a {@link Digest}. */
export type DiffId = string & { readonly [diffIdBrand]: true };

/** The algorithms registered by the OCI image specification (descriptor.md, "Registered Algorithms"). */
export type DigestAlgorithm = 'sha256' | 'sha512';

const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/** Whether a text is a digest in a registered algorithm, in the only spelling the specification allows. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST.test(text);
}

/**
 * Reads a digest.
 * @throws AuditError `DIGEST_INVALID` for anything but `sha256:` or `sha512:` and lower-case hex
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new AuditError('DIGEST_INVALID', `${JSON.stringify(text.slice(0, 100))} is not a digest`, {
    hint: 'A digest is sha256: and 64 lower-case hex digits, or sha512: and 128 of them.',
  });
}

/** Reads a diffID; see {@link parseDigest}. */
export function parseDiffId(text: string): DiffId {
  return parseDigest(text) as string as DiffId;
}

/** The algorithm part of a digest. */
export function digestAlgorithm(digest: Digest | DiffId): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** A digest shortened to twelve hex digits for a human reader; never for comparing. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return colon < 0 ? digest.slice(0, 19) : digest.slice(0, colon + 13);
}
