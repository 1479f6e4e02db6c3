import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { RE2JS } from 're2js';
import { AuditError } from '../core/index.ts';
import type { NotationPolicy } from './notation/trust-policy.ts';
import type { CertificateIdentity } from './sigstore/certificate.ts';
import type { PrivateAuthorities } from './sigstore/private-authority.ts';

/** A key that the user trusts. */
export interface TrustedKey {
  /** As the user named it. */
  readonly name: string;
  readonly key: KeyObject;
  /** `sha256:…` of the key itself (SubjectPublicKeyInfo). */
  readonly fingerprint: string;
}

/** A text that has to be exactly so, or a pattern that has to fit all of it. */
export type TextPolicy = { readonly exactly: string } | { readonly pattern: string };

/** Who has to be named in a certificate; both, because a name without who vouches for it is anybody's. */
export interface IdentityPolicy {
  readonly name: TextPolicy;
  readonly issuer: TextPolicy;
}

/** Whom the user trusts to sign. */
export interface SignerPolicy {
  readonly keys: readonly TrustedKey[];
  /** Whoever is one of these. */
  readonly identities: readonly IdentityPolicy[];
  /** Authorities whose certificates count, in place of those of the trusted root; theirs unless told. */
  readonly authorities?: PrivateAuthorities;
  /** Whom to trust in signatures of Notation; nobody unless told. */
  readonly notation?: NotationPolicy;
}

/** Somebody in a policy file, or several who count as one. */
export interface NamedSigner {
  readonly name: string;
  readonly policy: SignerPolicy;
}

const KMS = /^(?:awskms|gcpkms|azurekms|hashivault|k8s|pkcs11|gitlab|github|env):/i;
/** Longest name or issuer that a pattern is tried on. */
const MAX_NAME_CHARS = 4096;

/**
 * Reads a public key in PEM.
 * @param name as the user gave it
 * @throws AuditError `KEY_INVALID`
 */
export function readTrustedKey(name: string, pem: Uint8Array): TrustedKey {
  const text = Buffer.from(pem).toString('latin1');
  if (/PRIVATE KEY-----/.test(text)) {
    throw new AuditError('KEY_INVALID', `${name} is a private key`, {
      hint: 'Give the public key, for cosign cosign.pub. A private key belongs where signatures are made.',
    });
  }
  const blocks = text.match(/-----BEGIN (?:RSA )?PUBLIC KEY-----/g) ?? [];
  if (blocks.length !== 1) {
    const what = blocks.length === 0 ? 'no public key in PEM' : 'more than one public key';
    throw new AuditError('KEY_INVALID', `${name} is ${what}`, { hint: 'Give --key once for each key.' });
  }
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch (error) {
    throw new AuditError('KEY_INVALID', `${name} cannot be read as a public key`, { cause: error });
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type !== 'ec' && type !== 'rsa' && type !== 'ed25519') {
    throw new AuditError('KEY_INVALID', `${name} is a key of type ${type}, with which nobody signs images`);
  }
  if (type === 'rsa' && (details?.modulusLength ?? 0) < 2048) {
    throw new AuditError('KEY_INVALID', `${name} is an RSA key of ${details?.modulusLength} bits; 2048 are the least`);
  }
  return { name, key, fingerprint: fingerprintOf(key) };
}

/**
 * Refuses names of keys that only a service has.
 * @throws AuditError `KEY_INVALID`
 */
export function refuseKeyService(name: string): void {
  if (!KMS.test(name)) return;
  throw new AuditError('KEY_INVALID', `${name} is a key in a service, which is not asked`, {
    hint: 'A public key is all that verification needs: cosign public-key --key URL > key.pub, then --key key.pub.',
  });
}

/** `sha256:…` of a public key. */
export function fingerprintOf(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/**
 * Refuses a pattern that is none.
 * @throws AuditError `USAGE_INVALID`
 */
export function checkPattern(policy: TextPolicy, flag: string): void {
  if ('exactly' in policy) {
    if (policy.exactly === '') throw new AuditError('USAGE_INVALID', `${flag} is empty`);
    return;
  }
  if (policy.pattern === '') throw new AuditError('USAGE_INVALID', `${flag} is empty`);
  try {
    RE2JS.compile(policy.pattern);
  } catch (error) {
    throw new AuditError('USAGE_INVALID', `${flag} is no regular expression: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Holds a signer against whom the user trusts, who are some; null where it is one of them, else why it is not.
 *
 * Patterns have to fit the whole text. The attack: `https://github.com/acme/` as a part also fits
 * `https://evil.example/https://github.com/acme/`.
 */
export function mismatch(identity: CertificateIdentity, policies: readonly IdentityPolicy[]): string | null {
  const reasons = policies.map((policy) => mismatchOf(identity, policy));
  // Who has the right name and the wrong issuer is told so, and not that somebody else was asked for.
  return reasons.includes(null)
    ? null
    : (reasons.find((why) => why?.includes('vouches')) ?? reasons[0] ?? 'nobody was asked for');
}

function mismatchOf(identity: CertificateIdentity, policy: IdentityPolicy): string | null {
  if (!fits(identity.name, policy.name)) return `it was signed by ${identity.name}, who is not who was asked for`;
  if (identity.issuer === null) return 'its certificate does not say who vouches for the signer';
  if (!fits(identity.issuer, policy.issuer)) {
    return `${identity.issuer} vouches for the signer, which is not the issuer that was asked for`;
  }
  return null;
}

/** Whether a text is the one that was asked for, or a pattern fits all of it. */
export function fits(text: string, policy: TextPolicy): boolean {
  if ('exactly' in policy) return text === policy.exactly;
  return text.length <= MAX_NAME_CHARS && RE2JS.compile(policy.pattern).matches(text);
}
