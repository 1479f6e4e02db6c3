import { createHash, X509Certificate } from 'node:crypto';
import { BUNDLE_V01_MEDIA_TYPE, type Bundle, type TransparencyLogEntry } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { decodeBase64 } from '../base64.ts';
import { failed, orFail } from '../check-failure.ts';
import { listMember, member, parseStrictJson, textMember } from '../strict-json.ts';
import { readLogBody } from './log-body.ts';

/** Media type of the payloads that cosign 1 and 2 sign. */
export const SIMPLE_SIGNING_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
/** Media type of the envelopes in which cosign 1 and 2 keep attestations. */
export const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';

type Annotations = Readonly<Record<string, string>>;

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const CHAIN = 'dev.sigstore.cosign/chain';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const TIME_STAMP = 'dev.sigstore.cosign/rfc3161timestamp';
/** Certificates read of a chain. */
const MAX_CHAIN = 10;
/** Signatures of one envelope; each is checked by itself. */
const MAX_SIGNATURES = 16;

/**
 * What cosign 1 and 2 keep in a layer and its annotations, as a bundle (cosign, specs/SIGNATURE_SPEC.md). Roots in a
 * chain that an annotation may bring are not looked at: whoever signs may not say whom to trust.
 * @throws CheckFailure
 */
export function bundleOfPayload(annotations: Annotations, payload: Buffer): Bundle {
  const text = annotations[SIGNATURE]?.replace(/\s+/g, '');
  return {
    mediaType: BUNDLE_V01_MEDIA_TYPE,
    verificationMaterial: materialOf(annotations),
    content: {
      $case: 'messageSignature',
      messageSignature: {
        messageDigest: { algorithm: HashAlgorithm.SHA2_256, digest: createHash('sha256').update(payload).digest() },
        signature: decodeBase64(text === '' ? undefined : text, 'the signature'),
      },
    },
  } as unknown as Bundle;
}

/**
 * The signatures of a DSSE envelope, each as a bundle of its own.
 * @throws CheckFailure
 */
export function bundlesOfEnvelope(annotations: Annotations, envelope: Buffer): (() => Bundle)[] {
  const document = parseStrictJson(envelope, 'the envelope');
  const payload = decodeBase64(textMember(document, 'payload'), 'the payload');
  const payloadType = textMember(document, 'payloadType') ?? '';
  const signatures = listMember(document, 'signatures') ?? [];
  if (signatures.length === 0) throw failed('its envelope has no signature');
  if (signatures.length > MAX_SIGNATURES) throw failed(`its envelope has more than ${MAX_SIGNATURES} signatures`);
  return signatures.map((one) => () => {
    const sig = decodeBase64(textMember(one, 'sig'), 'the signature');
    return {
      mediaType: BUNDLE_V01_MEDIA_TYPE,
      verificationMaterial: materialOf(annotations),
      content: {
        $case: 'dsseEnvelope',
        dsseEnvelope: { payload, payloadType, signatures: [{ sig, keyid: '' }] },
      },
    } as unknown as Bundle;
  });
}

/** An envelope's payload, to see what it is about. */
export function payloadOfEnvelope(envelope: Buffer): Buffer {
  return decodeBase64(textMember(parseStrictJson(envelope, 'the envelope'), 'payload'), 'the payload');
}

function materialOf(annotations: Annotations): Bundle['verificationMaterial'] {
  const pem = annotations[CERTIFICATE];
  const entry = annotations[LOG_ENTRY];
  const stamp = annotations[TIME_STAMP];
  return {
    content:
      pem === undefined || pem === ''
        ? { $case: 'publicKey', publicKey: { hint: '' } }
        : certificates(onlyCertificate(pem), annotations[CHAIN] ?? ''),
    tlogEntries: entry === undefined || entry === '' ? [] : [logEntry(entry)],
    timestampVerificationData: {
      rfc3161Timestamps: stamp === undefined || stamp === '' ? [] : [{ signedTimestamp: timeStamp(stamp) }],
    },
  } as unknown as Bundle['verificationMaterial'];
}

/**
 * A certificate, and those between it and a root: they are no more trusted than anything that is brought, and what cannot
 * be read of them is not there.
 */
function certificates(leaf: Buffer, chain: string): Bundle['verificationMaterial']['content'] {
  const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const between: Buffer[] = [];
  for (const block of blocks.slice(0, MAX_CHAIN)) {
    try {
      const { subject, issuer, raw } = new X509Certificate(block);
      if (subject !== issuer) between.push(Buffer.from(raw));
    } catch {
      // Whoever needs it finds no way to a root.
    }
  }
  if (between.length === 0) return { $case: 'certificate', certificate: { rawBytes: leaf } };
  const list = [leaf, ...between].map((rawBytes) => ({ rawBytes }));
  return { $case: 'x509CertificateChain', x509CertificateChain: { certificates: list } };
}

/** The attack: of two certificates one reader takes the first and another the last. */
function onlyCertificate(pem: string): Buffer {
  if (pem.split('-----BEGIN CERTIFICATE-----').length !== 2) throw failed('it does not bring exactly one certificate');
  return orFail('its certificate cannot be read', () => Buffer.from(new X509Certificate(pem).raw));
}

function logEntry(text: string): TransparencyLogEntry {
  const entry = parseStrictJson(Buffer.from(text), 'its log entry');
  const body = decodeBase64(textMember(entry, 'Payload', 'body'), 'the body of its log entry');
  const { kind, version } = readLogBody(body);
  const logId = textMember(entry, 'Payload', 'logID') ?? '';
  if (!/^[a-f0-9]{64}$/.test(logId)) throw failed('its log entry names no log');
  return {
    logIndex: numberOf(member(entry, 'Payload', 'logIndex')),
    integratedTime: numberOf(member(entry, 'Payload', 'integratedTime')),
    logId: { keyId: Buffer.from(logId, 'hex') },
    kindVersion: { kind, version },
    canonicalizedBody: body,
    inclusionPromise: {
      signedEntryTimestamp: decodeBase64(textMember(entry, 'SignedEntryTimestamp'), 'the promise of the log'),
    },
    inclusionProof: undefined,
  } as unknown as TransparencyLogEntry;
}

function numberOf(value: unknown): string {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw failed('its log entry has a number that is none');
  }
  return String(value);
}

function timeStamp(text: string): Buffer {
  const document = parseStrictJson(Buffer.from(text), 'its time stamp');
  return decodeBase64(textMember(document, 'SignedRFC3161Timestamp'), 'its time stamp');
}
