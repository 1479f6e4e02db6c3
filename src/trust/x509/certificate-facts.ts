import type { X509Certificate } from 'node:crypto';
import { failed } from '../check-failure.ts';
import { DER_TAG, type DerValue, expectTag, membersOf, oidOf, readDer, smallNumberOf } from './der.ts';

/** Bits of a key usage (RFC 5280, 4.2.1.3). */
export const KEY_USAGE = {
  digitalSignature: 0x80,
  contentCommitment: 0x40,
  keyCertSign: 0x04,
} as const;

/** What a certificate says that it may be used for, and whom it names; read from its own bytes. */
export interface CertificateFacts {
  readonly subject: readonly NameAttribute[];
  /** Algorithm of the issuer's signature, an object identifier. */
  readonly signatureAlgorithm: string;
  /** Null where the extension is not there. */
  readonly basicConstraints: {
    readonly critical: boolean;
    readonly isAuthority: boolean;
    readonly pathLength: number | null;
  } | null;
  readonly keyUsage: { readonly critical: boolean; readonly bits: number; readonly decipherOnly: boolean } | null;
  /** Purposes as object identifiers. */
  readonly extendedKeyUsage: { readonly critical: boolean; readonly purposes: readonly string[] } | null;
  /** Addresses, hosts and URIs that it names besides its subject. */
  readonly alternativeNames: readonly string[];
}

/** One part of a distinguished name. */
export interface NameAttribute {
  /** As `O`, or an object identifier where it has no short name. */
  readonly type: string;
  /** Null where the value is of no kind of text. */
  readonly value: string | null;
}

/** Short names as Notation's reference implementation knows them (Go, crypto/x509/pkix). */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.17': 'POSTALCODE',
};
const EXTENSIONS_TAG = 0xa3;

/**
 * Reads a certificate (RFC 5280, section 4.1).
 * @throws CheckFailure `failed`
 */
export function factsOf(certificate: X509Certificate): CertificateFacts {
  const [body, algorithm] = membersOf(readDer(Buffer.from(certificate.raw), DER_TAG.sequence));
  const members = membersOf(expectTag(body, DER_TAG.sequence));
  // A version in front, or none in certificates of version 1.
  const isVersioned = members[0]?.tag === 0xa0;
  const subject = expectTag(members[isVersioned ? 5 : 4], DER_TAG.sequence);
  const extensions = readExtensions(members.find(({ tag }) => tag === EXTENSIONS_TAG));
  return {
    subject: attributesOf(subject),
    signatureAlgorithm: oidOf(membersOf(expectTag(algorithm, DER_TAG.sequence))[0]),
    basicConstraints: basicConstraints(extensions.get('2.5.29.19')),
    keyUsage: keyUsage(extensions.get('2.5.29.15')),
    extendedKeyUsage: extendedKeyUsage(extensions.get('2.5.29.37')),
    alternativeNames: alternativeNames(extensions.get('2.5.29.17')),
  };
}

/** Whether a certificate is by itself. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
}

function readExtensions(holder: DerValue | undefined): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (holder === undefined) return extensions;
  for (const one of membersOf(readDer(holder.content, DER_TAG.sequence))) {
    const [id, second, third] = membersOf(expectTag(one, DER_TAG.sequence));
    const name = oidOf(id);
    // The attack: of two, one reader takes the first and another the last.
    if (extensions.has(name)) throw failed('its certificate has an extension twice');
    const isFlagged = second?.tag === DER_TAG.boolean;
    extensions.set(name, {
      critical: isFlagged && second.content[0] === 0xff,
      value: expectTag(isFlagged ? third : second, DER_TAG.octetString).content,
    });
  }
  return extensions;
}

function attributesOf(name: DerValue): NameAttribute[] {
  return membersOf(name).flatMap((set) =>
    membersOf(expectTag(set, DER_TAG.set)).map((pair) => {
      const [type, value] = membersOf(expectTag(pair, DER_TAG.sequence));
      const id = oidOf(type);
      return { type: SHORT_NAMES[id] ?? id, value: value === undefined ? null : textOf(value) };
    }),
  );
}

/** Kinds of text in names (RFC 5280, 4.1.2.4); Teletex is read as Latin-1, as everybody does. */
function textOf({ tag, content }: DerValue): string | null {
  switch (tag) {
    case 0x0c:
      return content.toString('utf8');
    case 0x13:
    case 0x14:
    case 0x16:
      return content.toString('latin1');
    case 0x1e:
      return content.length % 2 === 0 ? Buffer.from(content).swap16().toString('utf16le') : null;
    default:
      return null;
  }
}

function basicConstraints(extension: Extension | undefined): CertificateFacts['basicConstraints'] {
  if (extension === undefined) return null;
  const [first, second] = membersOf(readDer(extension.value, DER_TAG.sequence));
  const isFlagged = first?.tag === DER_TAG.boolean;
  const length = isFlagged ? second : first;
  return {
    critical: extension.critical,
    isAuthority: isFlagged && first.content[0] === 0xff,
    pathLength: length === undefined ? null : smallNumberOf(length),
  };
}

function keyUsage(extension: Extension | undefined): CertificateFacts['keyUsage'] {
  if (extension === undefined) return null;
  const { content } = readDer(extension.value, DER_TAG.bitString);
  const [, bits = 0, more = 0] = content;
  return { critical: extension.critical, bits, decipherOnly: (more & 0x80) !== 0 };
}

function extendedKeyUsage(extension: Extension | undefined): CertificateFacts['extendedKeyUsage'] {
  if (extension === undefined) return null;
  const purposes = membersOf(readDer(extension.value, DER_TAG.sequence)).map(oidOf);
  return { critical: extension.critical, purposes };
}

/** Addresses, hosts and URIs (RFC 5280, 4.2.1.6). */
function alternativeNames(extension: Extension | undefined): string[] {
  if (extension === undefined) return [];
  return membersOf(readDer(extension.value, DER_TAG.sequence))
    .filter(({ tag }) => tag === 0x81 || tag === 0x82 || tag === 0x86)
    .map(({ content }) => content.toString('latin1'));
}
