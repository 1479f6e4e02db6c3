import { X509Certificate } from 'node:crypto';
import { AuditError } from '../../core/index.ts';
import { factsOf, isSelfSigned } from '../x509/certificate-facts.ts';

/** Attributes of a subject, as `O` and `Acme`. */
export type NotationIdentity = ReadonlyMap<string, string>;

const PREFIX = 'x509.subject:';
const MANDATORY = ['C', 'ST', 'O'] as const;
/** What may stand behind a backslash (RFC 4514, section 2.4). */
const ESCAPE = /\\(?:([ "#+,;<=>\\])|([0-9A-Fa-f]{2}))/g;

/**
 * Reads certificates that are trusted, in PEM or DER: roots, or authorities below one where somebody pins those.
 * @param kind `root` takes only certificates that are by themselves, `certificate` any
 * @throws AuditError `CERTIFICATE_INVALID`
 */
export function readTrustedCertificates(
  name: string,
  bytes: Uint8Array,
  kind: 'root' | 'authority' | 'certificate',
): X509Certificate[] {
  const blocks = Buffer.from(bytes)
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  try {
    const certificates = (blocks ?? [bytes]).map((one) => new X509Certificate(one));
    const isTrustable = (one: X509Certificate): boolean =>
      kind === 'certificate' || isSelfSigned(one) || (kind === 'authority' && one.ca);
    if (certificates.every(isTrustable)) return certificates;
  } catch (error) {
    throw new AuditError('CERTIFICATE_INVALID', `${name} has no certificate that can be read`, { cause: error });
  }
  throw new AuditError('CERTIFICATE_INVALID', `${name} has a certificate that is no ${kind}`, {
    hint: 'A chain is trusted by its root. Give the certificate that signs itself.',
  });
}

/**
 * Reads an identity as trust policies of Notation have it: `x509.subject: C=US, ST=WA, O=Acme`
 * (trust-store-trust-policy.md, "Trusted Identities Constraints"; RFC 4514). Country, state and organisation are mandatory.
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
  for (const part of splitUnescaped(text.slice(PREFIX.length))) {
    const [, type = '', value = ''] =
      /^\s*([A-Za-z][A-Za-z0-9-]*)\s*=\s*((?:\\.|[^\\])*?)(?<!\\)\s*$/s.exec(part) ?? [];
    const key = type === 'S' ? 'ST' : type;
    if (key === '' || value === '') refuse(`${JSON.stringify(part)} is no attribute`);
    if (value.startsWith('#')) refuse('values in hexadecimal are not read');
    const bare = value.replace(ESCAPE, '');
    if (/[\\;+"]/.test(bare))
      refuse(`${JSON.stringify(part)} has a character that a backslash has to stand in front of`);
    if (identity.has(key)) refuse(`it has ${key} twice`);
    identity.set(key, unescaped(value));
  }
  const missing = MANDATORY.filter((name) => !identity.has(name));
  if (missing.length > 0) refuse(`${missing.join(', ')} is missing`);
  return identity;
}

/** Whether whoever fits the one fits the other as well. */
export function isWithin(identity: NotationIdentity, wider: NotationIdentity): boolean {
  return [...wider].every(([name, value]) => identity.get(name) === value);
}

/** A certificate's subject in one line. */
export function subjectOf({ subject }: X509Certificate): string {
  return (subject ?? '').split('\n').join(', ');
}

/**
 * Whether a certificate's subject has all attributes of one of the identities; it has, where there are none. It is read
 * from the certificate's bytes, where no value can pose as two attributes. A subject that has one twice names nobody.
 */
export function isTrustedSubject(certificate: X509Certificate, identities: readonly NotationIdentity[]): boolean {
  if (identities.length === 0) return true;
  const subject = new Map<string, string>();
  for (const { type, value } of factsOf(certificate).subject) {
    if (value === null || subject.has(type)) return false;
    subject.set(type, value);
  }
  return identities.some((identity) => isWithin(subject, identity));
}

/** At commas with no backslash in front of them. */
function splitUnescaped(text: string): string[] {
  const parts = [''];
  for (const piece of text.match(/\\.|[^\\]|\\$/gs) ?? []) {
    if (piece === ',') parts.push('');
    else parts.push(`${parts.pop()}${piece}`);
  }
  return parts;
}

/** Bytes in hexadecimal are UTF-8. */
function unescaped(value: string): string {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { index, 0: whole, 1: character, 2: byte } of value.matchAll(ESCAPE)) {
    pieces.push(Buffer.from(value.slice(at, index)));
    pieces.push(byte === undefined ? Buffer.from(character ?? '') : Buffer.from(byte, 'hex'));
    at = index + whole.length;
  }
  return Buffer.concat([...pieces, Buffer.from(value.slice(at))]).toString('utf8');
}
