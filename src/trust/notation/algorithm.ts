import { constants, type KeyObject, verify } from 'node:crypto';
import { failed } from '../check-failure.ts';

interface Algorithm {
  /** Its name in JWS (RFC 7518). */
  readonly jws: string;
  /** Its number in COSE (RFC 9053, section 2; RFC 8230, section 2). */
  readonly cose: number;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** Length of the salt of RSA-PSS, in bytes. */
  readonly salt: number;
}

/** The algorithm that goes with a key (signature-specification.md, "Algorithm Selection"); no other is taken. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  'rsa 2048': { jws: 'PS256', cose: -37, hash: 'sha256', salt: 32 },
  'rsa 3072': { jws: 'PS384', cose: -38, hash: 'sha384', salt: 48 },
  'rsa 4096': { jws: 'PS512', cose: -39, hash: 'sha512', salt: 64 },
  'ec prime256v1': { jws: 'ES256', cose: -7, hash: 'sha256', salt: 0 },
  'ec secp384r1': { jws: 'ES384', cose: -35, hash: 'sha384', salt: 0 },
  'ec secp521r1': { jws: 'ES512', cose: -36, hash: 'sha512', salt: 0 },
};

/**
 * Verifies a signature with the algorithm that goes with the key. What the header names is held against that. The
 * attack: `none`, or an algorithm for which the public key is a password.
 * @throws CheckFailure `failed`
 */
export function verifyWithKey(
  key: KeyObject,
  named: { readonly kind: 'jws' | 'cose'; readonly algorithm: string | number | undefined },
  signed: Uint8Array,
  signature: Uint8Array,
): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const known = ALGORITHMS[`${type} ${details?.namedCurve ?? details?.modulusLength}`];
  if (known === undefined) throw failed('its key is of a kind that Notation does not know');
  const wanted = known[named.kind];
  if (named.algorithm !== wanted) {
    throw failed(`its algorithm is ${String(named.algorithm ?? 'none').slice(0, 40)}, and its key is for ${wanted}`);
  }
  const isRight =
    type === 'rsa'
      ? verify(known.hash, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: known.salt }, signature)
      : verify(known.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (!isRight) throw failed('it does not verify');
}
