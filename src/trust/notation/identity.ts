import { X509Certificate } from 'node:crypto';
import { AuditError } from '../../core/index.ts';

/** Whom the user trusts to sign with Notation. */
export interface NotationPolicy {
  readonly roots: readonly X509Certificate[];
  /** Subjects that a signer's certificate has to have all attributes of one of; none means whomever the roots certify. */
  readonly identities: readonly NotationIdentity[];
}

/** Attributes of a subject, as `O` and `Acme`. */
export type NotationIdentity = ReadonlyMap<string, string>;

const PREFIX = 'x509.subject:';
const MANDATORY = ['C', 'ST', 'O'] as const;

/** Whether a certificate is by itself. A signer's that is its own root says nothing of signing certificates. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/**
 * Reads certificates of roots, in PEM or DER.
 * @throws AuditError `CERTIFICATE_INVALID`
 */
export function readNotationRoots(name: string, bytes: Uint8Array): X509Certificate[] {
  const blocks = Buffer.from(bytes)
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  try {
    const roots = (blocks ?? [bytes]).map((one) => new X509Certificate(one));
    if (roots.every(isSelfSigned)) return roots;
  } catch (error) {
    throw new AuditError('CERTIFICATE_INVALID', `${name} has no certificate that can be read`, { cause: error });
  }
  throw new AuditError('CERTIFICATE_INVALID', `${name} has a certificate that is no root`, {
    hint: 'A chain is trusted by its root. Give the certificate that signs itself.',
  });
}

/**
 * Reads an identity as trust policies of Notation have it: `x509.subject: C=US, ST=WA, O=Acme`. Country, state and
 * organisation are mandatory there, and here.
 * @throws AuditError `USAGE_INVALID`
 */
export function parseNotationIdentity(text: string): NotationIdentity {
  const refuse = (why: string): never => {
    throw new AuditError('USAGE_INVALID', `${JSON.stringify(text)} is no identity: ${why}`, {
      hint: 'Write x509.subject: C=US, ST=WA, O=Acme',
    });
  };
  if (!text.startsWith(PREFIX)) refuse(`it does not begin with ${PREFIX}`);
  const identity = new Map<string, string>();
  // A comma in a value is written with a backslash in front of it.
  for (const part of text.slice(PREFIX.length).match(/(?:\\.|[^,\\])+/g) ?? []) {
    const [, key = '', value = ''] = /^\s*([A-Za-z]+)\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    const name = key.toUpperCase() === 'S' ? 'ST' : key.toUpperCase();
    if (name === '' || value === '') refuse(`${JSON.stringify(part)} is no attribute`);
    if (identity.has(name)) refuse(`it has ${name} twice`);
    identity.set(name, value.replace(/\\(.)/g, '$1'));
  }
  const missing = MANDATORY.filter((name) => !identity.has(name));
  if (missing.length > 0) refuse(`${missing.join(', ')} is missing`);
  return identity;
}

/** A certificate's subject in one line. */
export function subjectOf({ subject }: X509Certificate): string {
  return (subject ?? '').split('\n').join(', ');
}

/** Whether a certificate's subject has all attributes of one of the identities. */
export function isTrustedSubject(
  certificate: Pick<X509Certificate, 'subject'>,
  { identities }: Pick<NotationPolicy, 'identities'>,
): boolean {
  if (identities.length === 0) return true;
  const lines = new Set((certificate.subject ?? '').split('\n'));
  return identities.some((identity) => [...identity].every(([name, value]) => lines.has(`${name}=${value}`)));
}
