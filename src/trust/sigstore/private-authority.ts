import { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@sigstore/core';
import { failed, orFail } from '../check-failure.ts';
import { fits, type TextPolicy } from '../signer-policy.ts';
import { factsOf, KEY_USAGE } from '../x509/certificate-facts.ts';
import { checkAuthorities, checkValidity, findPath } from '../x509/certificate-path.ts';
import { type StampedTime, tokenOfResponse, verifyTimeStamp } from '../x509/time-stamp.ts';
import { issuerOf } from './certificate.ts';

/** Authorities of the user's own, in place of those of a Sigstore instance. */
export interface PrivateAuthorities {
  readonly roots: readonly X509Certificate[];
  /** Certificates that may be between a signer's and a root; no more trusted than those that a signature brings. */
  readonly intermediates: readonly X509Certificate[];
  /** Who makes time stamps; null for those of the trusted root. */
  readonly timeStamps: {
    readonly roots: readonly X509Certificate[];
    readonly others: readonly X509Certificate[];
  } | null;
  /** Who has to be named in a certificate. Which issuer, only where somebody asks: here the root is who vouches. */
  readonly identity: { readonly name: TextPolicy; readonly issuer: TextPolicy | null } | null;
}

/** Whom a certificate of a private authority names. */
export interface PrivateIdentity {
  /** Addresses, hosts and URIs. */
  readonly names: readonly string[];
  /** The OIDC issuer, where a Fulcio of the user's own has written it down. */
  readonly oidcIssuer: string | null;
  /** The root's subject. */
  readonly root: string;
}

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/**
 * Verifies a signer's certificate against the user's own authorities: the way to a root, what each certificate is for,
 * and that all of them were valid whenever it is proved that the signature was there. Where nothing proves a time,
 * they have to be valid now.
 * @param brought certificates that came with the signature, in DER
 * @throws CheckFailure `failed`
 */
export function verifyPrivateCertificate(
  der: Buffer,
  brought: readonly Buffer[],
  { roots, intermediates }: PrivateAuthorities,
  times: readonly Pick<StampedTime, 'earliest' | 'latest'>[],
): PrivateIdentity {
  return orFail('its certificate cannot be read', () => {
    const leaf = new X509Certificate(der);
    const others = brought.map((one) => new X509Certificate(one));
    const path = findPath(leaf, [...intermediates, ...others], roots);
    checkAuthorities(path, { critical: 'none' });
    const { alternativeNames: names, basicConstraints, extendedKeyUsage, keyUsage } = factsOf(leaf);
    // An authority that also issues certificates for servers must not make signers.
    if (extendedKeyUsage?.purposes.includes(CODE_SIGNING) !== true) {
      throw failed('its certificate is not for signing code');
    }
    if (basicConstraints?.isAuthority === true) throw failed('its certificate is that of an authority');
    if (keyUsage !== null && (keyUsage.bits & KEY_USAGE.digitalSignature) === 0) {
      throw failed('its certificate is not for signatures');
    }
    if (names.length === 0) throw failed('its certificate names nobody');
    const now = new Date();
    if (times.length === 0) checkValidity(path, { earliest: now, latest: now, what: 'now' });
    for (const time of times) checkValidity(path, { ...time, what: 'when it was signed' });
    const root = (path.at(-1)?.subject ?? '').split('\n').join(', ');
    return { names, oidcIssuer: issuerOf(ParsedCertificate.parse(Buffer.from(leaf.raw))), root };
  });
}

/**
 * Verifies time stamps by the user's own authorities.
 * @param answers of authorities (TimeStampResp)
 * @throws CheckFailure `failed`
 */
export function verifyPrivateStamps(
  answers: readonly Buffer[],
  stamped: Buffer,
  { roots, others }: NonNullable<PrivateAuthorities['timeStamps']>,
): StampedTime[] {
  return answers.map((answer) => verifyTimeStamp(tokenOfResponse(answer), stamped, roots, { brought: others }));
}

/**
 * Holds a certificate's names against whom the user trusts; null where one of them is who was asked for. A certificate
 * without an OIDC issuer has an empty one, which `.*` fits, as users of cosign write it.
 */
export function privateMismatch(
  { names, oidcIssuer }: PrivateIdentity,
  { name, issuer }: NonNullable<PrivateAuthorities['identity']>,
): string | null {
  if (!names.some((one) => fits(one, name))) {
    return `it was signed by ${names.join(', ')}, who is not who was asked for`;
  }
  if (issuer !== null && !fits(oidcIssuer ?? '', issuer)) {
    return `${oidcIssuer ?? 'no OIDC issuer'} vouches for the signer, which is not the issuer that was asked for`;
  }
  return null;
}
