import { X509Certificate as NodeCertificate } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import { failed } from '../check-failure.ts';

/** Who a certificate says that the signer is. */
export interface CertificateIdentity {
  /** The subject alternative name: an e-mail address, a workflow, a machine. */
  readonly name: string;
  /** Who vouches for that: the OIDC issuer. Null where the certificate does not say. */
  readonly issuer: string | null;
}

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
/** Fulcio's name for users that are neither an address nor a URI. */
const OTHER_NAME = '1.3.6.1.4.1.57264.1.7';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';
const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';

/**
 * Reads who signed, from a certificate whose chain was verified. What a certificate may be used for is checked here,
 * because @sigstore/verify does not: an authority that also issues certificates for servers must not make signers.
 * @throws CheckFailure `failed`
 */
export function readIdentity(der: Buffer<ArrayBuffer>): CertificateIdentity {
  const certificate = X509Certificate.parse(der);
  // Node calls extended key usage so.
  const usages = new NodeCertificate(der).keyUsage ?? [];
  if (!usages.includes(CODE_SIGNING)) throw failed('its certificate is not for signing code');
  if (certificate.extKeyUsage?.digitalSignature !== true) throw failed('its certificate is not for signatures');
  // What the library calls `isCA` wants a key usage as well; who may issue certificates is no signer in any case.
  if (certificate.extBasicConstraints?.isCA === true) throw failed('its certificate is that of an authority');
  const names = certificate.extSubjectAltName;
  const name = names?.uri ?? names?.rfc822Name ?? names?.otherName(OTHER_NAME);
  if (name === undefined || name === '') throw failed('its certificate names nobody');
  return { name, issuer: issuerOf(certificate) };
}

/** The OIDC issuer that Fulcio has written into a certificate. */
export function issuerOf(certificate: X509Certificate): string | null {
  const current = certificate.extension(ISSUER_V2)?.valueObj.subs[0]?.value;
  if (current !== undefined) return current.toString('utf8');
  return certificate.extension(ISSUER_V1)?.value.toString('utf8') ?? null;
}
