import type { X509Certificate } from 'node:crypto';
import { failed, orFail } from '../check-failure.ts';
import { type CertificateFacts, factsOf, isSelfSigned, KEY_USAGE } from './certificate-facts.ts';

/** Longest chain, and most certificates that a signature may bring to find one. */
const MAX_CERTIFICATES = 20;

/** Signatures of certificates that nobody can forge; SHA-1 and MD5 are not among them. */
const SIGNATURE_ALGORITHMS = new Set([
  '1.2.840.113549.1.1.10',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112',
]);

/**
 * Finds the way from a certificate to one that is trusted, over those that somebody brought. What is brought is not
 * trusted: each certificate of the way has to be signed by the next, and the last is one of the trusted ones.
 * @returns the certificate first, the trusted one last
 * @throws CheckFailure `failed`
 */
export function findPath(
  leaf: X509Certificate,
  brought: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): X509Certificate[] {
  if (brought.length > MAX_CERTIFICATES) throw failed(`it brings more than ${MAX_CERTIFICATES} certificates`);
  // Each one is gone through once: a tangle of authorities that certify each other ends.
  const left = new Set(brought);
  const walk = (path: X509Certificate[]): X509Certificate[] | null => {
    const last = path.at(-1) as X509Certificate;
    if (trusted.some(({ raw }) => raw.equals(last.raw))) return path;
    const root = trusted.find((one) => isIssuedBy(last, one));
    if (root !== undefined) return [...path, root];
    if (path.length >= MAX_CERTIFICATES) return null;
    for (const next of [...left].filter((one) => isIssuedBy(last, one))) {
      left.delete(next);
      const found = walk([...path, next]);
      if (found !== null) return found;
    }
    return null;
  };
  const path = orFail('its certificates cannot be read', () => walk([leaf]));
  if (path === null) throw failed('its certificate does not lead to an authority that is trusted');
  return path;
}

/** Whether one certificate is by the other. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/**
 * Holds the authorities of a chain against what makes them ones (RFC 5280, 4.2.1.9 and 4.2.1.3).
 * @param chain the signer first
 * @param strictness `critical` wants both extensions to be critical ones, as the Notary Project does
 * @throws CheckFailure `failed`
 */
export function checkAuthorities(
  chain: readonly X509Certificate[],
  strictness: { readonly critical: 'both' | 'constraints' | 'none' },
): void {
  const { critical } = strictness;
  for (const [depth, certificate] of chain.entries()) {
    const facts = orFail('its certificates cannot be read', () => factsOf(certificate));
    checkStrength(certificate, facts);
    if (depth === 0) continue;
    const { basicConstraints: basic, keyUsage: usage } = facts;
    // Roots as OpenSSL makes them say nothing of the key's use, and may then certify (RFC 5280, 4.2.1.3).
    const isForCertificates = usage === null ? critical === 'none' : (usage.bits & KEY_USAGE.keyCertSign) !== 0;
    const mayCertify = basic?.isAuthority === true && isForCertificates;
    const isStrict =
      (critical === 'none' || basic?.critical === true) && (critical !== 'both' || usage?.critical === true);
    if (!mayCertify || !isStrict) throw failed('a certificate of its chain is not that of an authority');
    // The authorities between this one and the signer.
    if (basic.pathLength !== null && basic.pathLength < depth - 1) {
      throw failed('its chain is longer than an authority in it allows');
    }
  }
}

/**
 * Holds a chain against the time at which it has to be valid; every certificate of it (CVE-2026-24122: an authority that
 * had expired counted, because only the signer's certificate was looked at).
 * @throws CheckFailure `failed`
 */
export function checkValidity(
  chain: readonly X509Certificate[],
  { earliest, latest, what }: { readonly earliest: Date; readonly latest: Date; readonly what: string },
): void {
  for (const { validFrom, validTo } of chain) {
    if (earliest < new Date(validFrom)) {
      throw failed(`a certificate of its chain was not valid yet ${what} (it is from ${validFrom} on)`);
    }
    if (latest > new Date(validTo)) {
      throw failed(`a certificate of its chain is not valid ${what} (it was until ${validTo})`);
    }
  }
}

/**
 * Whether the certificates behind the first are all of the chain, in order: each by the next, and only the last by itself.
 * @throws CheckFailure `failed`
 */
export function checkOrder(chain: readonly X509Certificate[]): void {
  for (const [i, certificate] of chain.entries()) {
    const issuer = chain[i + 1];
    if (issuer === undefined) {
      if (!isSelfSigned(certificate)) throw failed('its chain does not end in a root');
    } else {
      if (!isIssuedBy(certificate, issuer)) throw failed('its chain is not one: a certificate is not by the next');
      if (isSelfSigned(certificate)) throw failed('its chain goes on behind a root');
    }
  }
}

/**
 * Whether a certificate's key is for signatures, and for nothing but those.
 * @param strictness whether the extension that says so has to be a critical one
 * @throws CheckFailure `failed`
 */
export function checkSignatureUse(leaf: X509Certificate, { critical }: { readonly critical: boolean }): void {
  const { basicConstraints: basic, keyUsage: usage } = factsOf(leaf);
  if (basic?.isAuthority === true) throw failed('its certificate is that of an authority');
  const allowed = KEY_USAGE.digitalSignature | KEY_USAGE.contentCommitment;
  const isForSignatures =
    usage !== null &&
    (usage.bits & KEY_USAGE.digitalSignature) !== 0 &&
    (usage.bits & ~allowed) === 0 &&
    !usage.decipherOnly &&
    (usage.critical || !critical);
  if (!isForSignatures) throw failed('its certificate is not for signatures alone');
}

function checkStrength({ publicKey: key }: X509Certificate, { signatureAlgorithm }: CertificateFacts): void {
  if (!SIGNATURE_ALGORITHMS.has(signatureAlgorithm)) {
    throw failed('a certificate of its chain is signed in a way that can be forged, or is not known');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) < 2048) {
    throw failed(`a certificate of its chain has an RSA key of ${details?.modulusLength} bits; 2048 are the least`);
  }
}
