import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { failed, orFail } from '../check-failure.ts';
import { factsOf } from './certificate-facts.ts';
import { checkAuthorities, checkSignatureUse, checkValidity, findPath } from './certificate-path.ts';
import { DER_TAG, type DerValue, expectTag, membersOf, oidOf, readDer, smallNumberOf, timeOf } from './der.ts';

/** When something was there already, as exactly as the authority knows. */
export interface StampedTime {
  readonly at: Date;
  readonly earliest: Date;
  readonly latest: Date;
}

/** Largest token; honest ones have some kilobytes. */
const MAX_BYTES = 1024 * 1024;

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  timeStampInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  /** ETSI's policy, under which times are exact to the second (RFC 3628, section 5.2). */
  baselinePolicy: '0.4.0.2023.1.1',
} as const;

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Algorithms of signatures: the kind of key, and the hash where they name one. */
const SIGNATURES: Readonly<Record<string, readonly ['rsa' | 'ec', string | null]>> = {
  '1.2.840.113549.1.1.1': ['rsa', null],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.3.2': ['ec', 'sha256'],
  '1.2.840.10045.4.3.3': ['ec', 'sha384'],
  '1.2.840.10045.4.3.4': ['ec', 'sha512'],
};

const CONTEXT_0 = 0xa0;
const PRIMITIVE_0 = 0x80;
const PRIMITIVE_1 = 0x81;

/**
 * Verifies a time stamp: a TimeStampToken (RFC 3161, section 2.4.2; RFC 5652, section 5) over some bytes, by an
 * authority that is trusted. It is our own, because @sigstore/verify wants the authority's own certificate beforehand, and
 * of RSA knows SHA-256 only.
 * @param trusted roots of authorities
 * @param brought certificates besides those in the token, which are no more trusted than those
 * @throws CheckFailure `failed`
 */
export function verifyTimeStamp(
  token: Buffer,
  stamped: Buffer,
  trusted: readonly X509Certificate[],
  { now = new Date(), brought = [] }: { readonly now?: Date; readonly brought?: readonly X509Certificate[] } = {},
): StampedTime {
  if (token.length > MAX_BYTES) throw failed(`its time stamp has ${token.length} bytes, which is too much`);
  return orFail('its time stamp cannot be read', () => {
    const signed = readSignedData(token);
    const info = readInfo(signed.content, stamped);
    const signer = readSigner(signed.signer);
    const certificates = [...signed.certificates, ...brought];
    const certificate = findSigner(certificates, signer);
    verifySignature(signer, signed.content, certificate.publicKey);
    // The attack (CVE-2026-39984): what is demanded of the authority holds for another certificate in the token.
    checkTimeStamper(certificate);
    const path = findPath(certificate, certificates, trusted);
    checkAuthorities(path, { critical: 'constraints' });
    checkValidity(path, { earliest: info.at, latest: info.at, what: 'when the time stamp was made' });
    if (info.at > now) throw failed('its time stamp is from the future');
    return info;
  });
}

/**
 * The token in an authority's answer (TimeStampResp, RFC 3161, section 2.4.2).
 * @throws CheckFailure `failed`
 */
export function tokenOfResponse(response: Buffer): Buffer {
  return orFail('its time stamp cannot be read', () => {
    const [info, token] = membersOf(readDer(response, DER_TAG.sequence));
    const status = smallNumberOf(membersOf(expectTag(info, DER_TAG.sequence))[0]);
    // The attack: a refusal has the shape of a time stamp. Granted, or granted with changes.
    if (status > 1) throw failed('its time stamp was not granted');
    return expectTag(token, DER_TAG.sequence).raw;
  });
}

interface SignedData {
  readonly content: Buffer;
  readonly certificates: readonly X509Certificate[];
  readonly signer: DerValue;
}

function readSignedData(token: Buffer): SignedData {
  const [type, holder] = membersOf(readDer(token, DER_TAG.sequence));
  if (oidOf(type) !== OID.signedData) throw failed('its time stamp is not signed');
  const signedData = readDer(expectTag(holder, CONTEXT_0).content, DER_TAG.sequence);
  const [version, , encapsulated, ...rest] = membersOf(signedData);
  if (smallNumberOf(version) !== 3) throw failed('its time stamp is of another version');
  const [contentType, content] = membersOf(expectTag(encapsulated, DER_TAG.sequence));
  if (oidOf(contentType) !== OID.timeStampInfo) throw failed('its time stamp is none');
  const bag = rest.find(({ tag }) => tag === CONTEXT_0);
  const signers = membersOf(expectTag(rest.at(-1), DER_TAG.set));
  const [signer] = signers;
  if (signer === undefined || signers.length !== 1) throw failed(`its time stamp has ${signers.length} signers`);
  return {
    content: readDer(expectTag(content, CONTEXT_0).content, DER_TAG.octetString).content,
    certificates: bag === undefined ? [] : membersOf(bag).map(({ raw }) => new X509Certificate(raw)),
    signer,
  };
}

/** What the authority says: the time, and of what. */
function readInfo(bytes: Buffer, stamped: Buffer): StampedTime {
  const [version, policy, imprint, serial, time, ...rest] = membersOf(readDer(bytes, DER_TAG.sequence));
  if (smallNumberOf(version) !== 1) throw failed('its time stamp is of another version');
  expectTag(serial, DER_TAG.integer);
  const [algorithm, digest] = membersOf(expectTag(imprint, DER_TAG.sequence));
  const hash = hashOf(algorithm);
  const expected = createHash(hash).update(stamped).digest();
  if (!expectTag(digest, DER_TAG.octetString).content.equals(expected)) {
    throw failed('its time stamp is over something else');
  }
  const at = timeOf(time);
  const given = rest[0]?.tag === DER_TAG.sequence ? accuracyOf(rest[0]) : 0;
  const accuracyMs = given === 0 && oidOf(policy) === OID.baselinePolicy ? 1000 : given;
  return { at, earliest: new Date(at.getTime() - accuracyMs), latest: new Date(at.getTime() + accuracyMs) };
}

/** In milliseconds, rounded up. */
function accuracyOf(value: DerValue): number {
  let accuracyMs = 0;
  for (const part of membersOf(value)) {
    if (part.tag === DER_TAG.integer) accuracyMs += smallNumberOf(part) * 1000;
    else if (part.tag === PRIMITIVE_0) accuracyMs += smallNumberOf(part, PRIMITIVE_0);
    else if (part.tag === PRIMITIVE_1) accuracyMs += smallNumberOf(part, PRIMITIVE_1) / 1000;
    else throw failed('its time stamp is exact in a way that nobody knows');
  }
  return Math.ceil(accuracyMs);
}

interface Signer {
  readonly issuerAndSerial: Buffer;
  readonly digestHash: string;
  readonly signatureAlgorithm: string;
  readonly signature: Buffer;
  /** What is signed: the attributes as a set (RFC 5652, section 5.4). */
  readonly signed: Buffer;
  readonly attributes: ReadonlyMap<string, DerValue>;
}

function readSigner(signer: DerValue): Signer {
  const [version, id, digest, attributes, algorithm, signature] = membersOf(expectTag(signer, DER_TAG.sequence));
  // Version 1 names the signer by issuer and serial number; RFC 3161 knows no other.
  if (smallNumberOf(version) !== 1) throw failed('the signer of its time stamp is of another version');
  const list = expectTag(attributes, CONTEXT_0);
  const byType = new Map<string, DerValue>();
  for (const one of membersOf(list)) {
    const [type, values] = membersOf(expectTag(one, DER_TAG.sequence));
    const name = oidOf(type);
    const [value, ...others] = membersOf(expectTag(values, DER_TAG.set));
    if (byType.has(name) || value === undefined || others.length > 0) {
      throw failed('its time stamp has an attribute that is not one');
    }
    byType.set(name, value);
  }
  const signed = Buffer.from(list.raw);
  signed[0] = DER_TAG.set;
  return {
    issuerAndSerial: expectTag(id, DER_TAG.sequence).content,
    digestHash: hashOf(digest),
    signatureAlgorithm: oidOf(membersOf(expectTag(algorithm, DER_TAG.sequence))[0]),
    signature: expectTag(signature, DER_TAG.octetString).content,
    signed,
    attributes: byType,
  };
}

/** The certificate whose digest the authority signed, which is the one that is named beside the signature as well. */
function findSigner(certificates: readonly X509Certificate[], signer: Signer): X509Certificate {
  const attribute = signer.attributes.get(OID.signingCertificateV2);
  if (attribute === undefined) throw failed('its time stamp does not say by which certificate it is');
  const [list] = membersOf(expectTag(attribute, DER_TAG.sequence));
  const [first] = membersOf(expectTag(list, DER_TAG.sequence));
  const members = membersOf(expectTag(first, DER_TAG.sequence));
  // SHA-256 unless another is named (RFC 5035, section 4).
  const isNamed = members[0]?.tag === DER_TAG.sequence;
  const hash = isNamed ? hashOf(members[0]) : 'sha256';
  const digest = expectTag(members[isNamed ? 1 : 0], DER_TAG.octetString).content;
  const found = certificates.find((one) => createHash(hash).update(one.raw).digest().equals(digest));
  if (found === undefined) throw failed('its time stamp does not bring the certificate that it is by');
  if (!issuerAndSerialOf(found).equals(signer.issuerAndSerial)) {
    throw failed('its time stamp names two certificates that it is by');
  }
  return found;
}

function issuerAndSerialOf(certificate: X509Certificate): Buffer {
  const [body] = membersOf(readDer(Buffer.from(certificate.raw), DER_TAG.sequence));
  const members = membersOf(expectTag(body, DER_TAG.sequence));
  const [serial, , issuer] = members[0]?.tag === CONTEXT_0 ? members.slice(1) : members;
  return Buffer.concat([expectTag(issuer, DER_TAG.sequence).raw, expectTag(serial, DER_TAG.integer).raw]);
}

function verifySignature(signer: Signer, content: Buffer, key: KeyObject): void {
  const { attributes, digestHash } = signer;
  if (oidOf(attributes.get(OID.contentType)) !== OID.timeStampInfo) {
    throw failed('the signature of its time stamp is over something else');
  }
  const digest = expectTag(attributes.get(OID.messageDigest), DER_TAG.octetString).content;
  if (!digest.equals(createHash(digestHash).update(content).digest())) {
    throw failed('the signature of its time stamp is over something else');
  }
  const [kind, named] = SIGNATURES[signer.signatureAlgorithm] ?? [];
  if (kind === undefined || kind !== key.asymmetricKeyType) {
    throw failed('its time stamp is signed in a way that is not known');
  }
  if (!verify(named ?? digestHash, signer.signed, key, signer.signature)) {
    throw failed('its time stamp does not verify');
  }
}

/** Whether a certificate is one for time stamps, and for nothing else (RFC 3161, section 2.3). */
function checkTimeStamper(leaf: X509Certificate): void {
  checkSignatureUse(leaf, { critical: false });
  const usage = factsOf(leaf).extendedKeyUsage;
  const [purpose, ...others] = usage?.purposes ?? [];
  if (purpose !== OID.timeStamping || others.length > 0 || usage?.critical !== true) {
    throw failed('its time stamp is by a certificate that is not for time stamps alone');
  }
}

function hashOf(algorithm: DerValue | undefined): string {
  const hash = HASHES[oidOf(membersOf(expectTag(algorithm, DER_TAG.sequence))[0])];
  if (hash === undefined) throw failed('its time stamp has a digest of a kind that is not taken');
  return hash;
}
