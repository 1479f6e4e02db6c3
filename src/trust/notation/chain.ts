import { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@sigstore/core';
import { failed, orFail } from '../check-failure.ts';
import { isSelfSigned } from './identity.ts';

/** Longest chain that is read. */
const MAX_CERTIFICATES = 10;
/** Purposes that a signer's certificate must not have besides (Notary Project, signature-specification.md, "Certificate Requirements"). */
const FORBIDDEN_PURPOSES = new Set([
  '2.5.29.37.0',
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.8',
]);

/**
 * Reads a chain as Notation wants it: the signer first, each signed by the next, the root last, and all of them valid
 * now, because nothing proves an earlier time.
 * @throws CheckFailure `failed`
 */
export function readChain(list: readonly Buffer[], now: Date): [X509Certificate, ...X509Certificate[]] {
  if (list.length > MAX_CERTIFICATES) throw failed(`its chain has more than ${MAX_CERTIFICATES} certificates`);
  const chain = list.map((der) => orFail('its certificates cannot be read', () => new X509Certificate(der)));
  const [leaf] = chain;
  if (leaf === undefined) throw failed('it brings no certificate');
  for (const [i, certificate] of chain.entries()) {
    const issuer = chain[i + 1];
    if (issuer === undefined) {
      if (!isSelfSigned(certificate)) throw failed('its chain does not end in a root');
    } else if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      throw failed('its chain is not one: a certificate is not by the next');
    }
    if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) {
      throw failed(`a certificate of its chain is not valid now (it was until ${certificate.validTo})`);
    }
    if (i > 0) checkAuthority(certificate, i);
  }
  orFail('its certificate cannot be read', () => checkSigner(leaf));
  return chain as [X509Certificate, ...X509Certificate[]];
}

function checkAuthority(certificate: X509Certificate, depth: number): void {
  orFail('its certificates cannot be read', () => {
    const { extBasicConstraints: basic, extKeyUsage: usage } = ParsedCertificate.parse(Buffer.from(certificate.raw));
    if (basic?.isCA !== true || !basic.critical || usage?.keyCertSign !== true || !usage.critical) {
      throw failed('a certificate of its chain is not that of an authority');
    }
    // The authorities between this one and the signer.
    if (basic.pathLenConstraint !== undefined && basic.pathLenConstraint < BigInt(depth - 1)) {
      throw failed('its chain is longer than an authority in it allows');
    }
  });
}

function checkSigner(leaf: X509Certificate): void {
  const { extBasicConstraints: basic, extKeyUsage: usage } = ParsedCertificate.parse(Buffer.from(leaf.raw));
  if (basic?.isCA === true) throw failed('its certificate is that of an authority');
  if (usage?.digitalSignature !== true || !usage.critical || usage.keyCertSign || usage.crlSign) {
    throw failed('its certificate is not for signatures alone');
  }
  if ((leaf.keyUsage ?? []).some((purpose) => FORBIDDEN_PURPOSES.has(purpose))) {
    throw failed('its certificate is for something else than signing');
  }
}
