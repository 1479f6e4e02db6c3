import { verify, X509Certificate } from 'node:crypto';
import type { Bundle, TransparencyLogEntry } from '@sigstore/bundle';
import { json, type RFC3161Timestamp } from '@sigstore/core';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { type SignedEntity, type TrustMaterial, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { CheckFailure, failed, notChecked, orFail } from '../check-failure.ts';
import type { TrustedKey } from '../signer-policy.ts';
import type { StampedTime } from '../x509/time-stamp.ts';
import { type CertificateIdentity, readIdentity } from './certificate.ts';
import { checkLoggedEnvelope, checkLoggedSigner, type LogBody, readLogBody, type SignerKey } from './log-body.ts';
import {
  type PrivateAuthorities,
  type PrivateIdentity,
  verifyPrivateCertificate,
  verifyPrivateStamps,
} from './private-authority.ts';
import { isDigestOf, type SignedBytes, SignedContent } from './signed-content.ts';
import type { TrustedRoots } from './trusted-root.ts';

/** A signature with all that is to prove it. */
export interface SignedThing {
  readonly bundle: Bundle;
  /** What a message signature is over; null where the bundle holds an envelope. */
  readonly message: Buffer | null;
  /** The envelope as cosign 1 and 2 store it: time stamps and old log entries are over these bytes. */
  readonly envelope: Buffer | null;
}

/** What signatures are held against. */
export interface SigstoreTrust {
  readonly roots: TrustedRoots;
  readonly keys: readonly TrustedKey[];
  /** Authorities of the user's own, in place of those of the roots; null for none. */
  readonly authorities: PrivateAuthorities | null;
  /** Whether signatures count that no transparency log knows. */
  readonly ignoreLog: boolean;
}

/** Who signed, and what proves when. */
export interface VerifiedSignature {
  readonly signer:
    | ({ readonly kind: 'certificate' } & CertificateIdentity)
    | { readonly kind: 'key'; readonly name: string; readonly fingerprint: string };
  /** RFC 3339. */
  readonly times: readonly { readonly at: string; readonly by: 'log' | 'timestamp-authority' | 'signing-authority' }[];
  readonly logs: readonly { readonly url: string; readonly index: string }[];
  /** Of a certificate by an authority of the user's own. */
  readonly privateIdentity?: PrivateIdentity;
}

/**
 * Verifies a signature, and all that comes with it: every log entry and every time stamp that is there has to be right.
 * @throws CheckFailure
 */
export function verifySignature(thing: SignedThing, trust: SigstoreTrust): VerifiedSignature {
  const { content } = thing.bundle.verificationMaterial;
  if (content.$case !== 'publicKey') return verifyWith(thing, trust, null);
  if (trust.keys.length === 0) throw new CheckFailure('unverified', 'it was made with a key, and no key was given');
  let last: unknown;
  for (const key of trust.keys) {
    try {
      return verifyWith(thing, trust, key);
    } catch (error) {
      if (error instanceof CheckFailure) last = error;
      else throw error;
    }
  }
  if (trust.keys.length === 1) throw last;
  throw failed('none of the given keys made it', last);
}

function verifyWith(thing: SignedThing, trust: SigstoreTrust, key: TrustedKey | null): VerifiedSignature {
  const { bundle } = thing;
  const signer = signerKey(bundle, key);
  const signed = signedBytes(thing);
  const signature = signatureOf(bundle);
  const { roots, ignoreLog } = trust;
  const authorities = signer.kind === 'certificate' ? trust.authorities : null;
  const ownStamps = trust.authorities?.timeStamps ?? null;
  // Whoever made the bundle has seen that nothing of an entry is missing.
  const entries = ignoreLog ? [] : (bundle.verificationMaterial.tlogEntries as TransparencyLogEntry[]);
  const bodies = entries.map((entry) => readLogBody(entry.canonicalizedBody));
  for (const [i, body] of bodies.entries()) checkEntry(entries[i] as TransparencyLogEntry, body, signer);

  const material = orFail('the trusted root cannot be used', () =>
    toTrustMaterial(roots.root, () => {
      // What a private authority certifies is verified below, and here as a key like any other.
      const publicKey = signer.kind === 'certificate' ? new X509Certificate(signer.der).publicKey : key?.key;
      if (publicKey === undefined) throw failed('there is no key');
      return { publicKey, validFor: () => true };
    }),
  );
  const isOld = (body: LogBody | undefined): boolean => body?.kind === 'intoto' && body.version === '0.0.1';
  for (const [i, body] of bodies.entries()) {
    if (isOld(body)) checkOldEntry(entries[i] as TransparencyLogEntry, body, thing, signed, material);
  }
  const current = entries.filter((_, i) => !isOld(bodies[i]));
  const hasLogs = material.tlogs.length > 0 || key !== null || authorities !== null;
  const wantsLog = hasLogs && !ignoreLog;
  if (wantsLog && entries.length === 0) throw failed('no transparency log has it');
  const entity = orFail('its certificate or time stamps cannot be read', () => toEntity(thing, entries));
  const answers = (bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? []).map((one) =>
    Buffer.from(one.signedTimestamp),
  );
  const stamped = thing.envelope !== null && answers.length > 0 ? thing.envelope : signature;
  const stamps = ownStamps === null ? timesOf(entity) : verifyPrivateStamps(answers, stamped, ownStamps);

  const verifier = new Verifier(material, {
    tlogThreshold: wantsLog ? current.length || (entries.length > 0 ? 0 : 1) : 0,
    ctlogThreshold: material.ctlogs.length > 0 ? 1 : 0,
    // Without a time nobody knows whether a certificate was valid; a key that was given is trusted at any time.
    timestampThreshold: signer.kind === 'certificate' && authorities === null ? 1 : 0,
  });
  orFail('it does not verify', () =>
    verifier.verify({
      ...entity,
      ...(authorities === null ? {} : { key: { $case: 'public-key' as const, hint: '' } }),
      timestamps: entity.timestamps.filter(({ $case }) => ownStamps === null || $case === 'transparency-log'),
      tlogEntries: current,
      signature: new SignedContent(signature, signed, stamped),
    }),
  );
  const logged = entries.flatMap(({ inclusionPromise, integratedTime }) =>
    inclusionPromise === undefined || integratedTime === '0' ? [] : [new Date(Number(integratedTime) * 1000)],
  );
  const times = [...stamps, ...logged.map((at) => ({ at, earliest: at, latest: at }))];
  // Only whoever says that no log has to know a signature takes one whose time nothing proves.
  if (authorities !== null && times.length === 0 && !ignoreLog) throw failed('nothing proves when it was signed');
  const privateIdentity =
    authorities === null || signer.kind === 'key'
      ? undefined
      : verifyPrivateCertificate(signer.der, broughtBy(bundle), authorities, times);
  return {
    signer: toSigner(signer, key, privateIdentity),
    ...(privateIdentity === undefined ? {} : { privateIdentity }),
    times: [
      ...logged.map((at) => ({ at: at.toISOString(), by: 'log' as const })),
      ...stamps.map(({ at }) => ({ at: at.toISOString(), by: 'timestamp-authority' as const })),
    ],
    logs: entries.map(({ logId, logIndex }) => ({
      url: material.tlogs.find((log) => log.logID.equals(logId.keyId))?.baseURL ?? '',
      index: logIndex,
    })),
  };
}

function toSigner(
  signer: SignerKey,
  key: TrustedKey | null,
  privateIdentity: PrivateIdentity | undefined,
): VerifiedSignature['signer'] {
  if (signer.kind === 'key') return { kind: 'key', name: key?.name ?? '', fingerprint: signer.fingerprint };
  if (privateIdentity !== undefined) {
    const { names, oidcIssuer, root } = privateIdentity;
    return { kind: 'certificate', name: names.join(', '), issuer: oidcIssuer ?? root };
  }
  return {
    kind: 'certificate',
    ...orFail('its certificate cannot be read', () => readIdentity(Buffer.from(signer.der))),
  };
}

/** Certificates that came with the signer's. */
function broughtBy({ verificationMaterial: { content } }: Bundle): Buffer[] {
  if (content.$case !== 'x509CertificateChain') return [];
  return content.x509CertificateChain.certificates.slice(1).map(({ rawBytes }) => Buffer.from(rawBytes));
}

/** Who is to have signed. A chain's further certificates are of use for private authorities only: the trusted root has its
 * own. */
function signerKey({ verificationMaterial: { content } }: Bundle, key: TrustedKey | null): SignerKey {
  if (content.$case === 'publicKey') {
    if (key === null) throw failed('there is no key');
    return { kind: 'key', fingerprint: key.fingerprint };
  }
  const raw =
    content.$case === 'certificate'
      ? content.certificate.rawBytes
      : content.x509CertificateChain.certificates[0]?.rawBytes;
  if (raw === undefined) throw failed('it has no certificate');
  if (content.$case === 'x509CertificateChain') refuseRoots(content.x509CertificateChain.certificates);
  return orFail('its certificate cannot be read', () => {
    const der = new X509Certificate(raw).raw;
    if (!der.equals(raw)) throw failed('its certificate has bytes behind its end');
    return { kind: 'certificate', der: Buffer.from(der) };
  });
}

/** Roots are to be had from the trusted root only (protobuf-specs, sigstore_bundle.proto, `x509_certificate_chain`). */
function refuseRoots(certificates: readonly { readonly rawBytes: Buffer }[]): void {
  for (const { rawBytes } of certificates) {
    const certificate = orFail('its certificate cannot be read', () => new X509Certificate(rawBytes));
    if (certificate.subject === certificate.issuer) throw failed('its chain brings a root certificate of its own');
  }
}

/** What the signature is over. What a bundle says of digests is held against the bytes, and never used. */
function signedBytes({ bundle: { content }, message }: SignedThing): SignedBytes {
  if (content.$case === 'dsseEnvelope') {
    const { payload, payloadType, signatures } = content.dsseEnvelope;
    if (signatures.length !== 1) throw failed(`its envelope has ${signatures.length} signatures`);
    return { kind: 'envelope', payload: Buffer.from(payload), payloadType };
  }
  if (message === null) throw notChecked('what it is over is not at hand');
  const { messageDigest } = content.messageSignature;
  if (messageDigest !== undefined && messageDigest.digest.length > 0) {
    if (messageDigest.algorithm === HashAlgorithm.HASH_ALGORITHM_UNSPECIFIED) throw failed('its digest is of no kind');
    if (!isDigestOf(Buffer.from(messageDigest.digest), message)) throw failed('it is over something else');
  }
  return { kind: 'message', message };
}

function signatureOf({ content }: Bundle): Buffer {
  const signature =
    content.$case === 'dsseEnvelope' ? content.dsseEnvelope.signatures[0]?.sig : content.messageSignature.signature;
  if (signature === undefined || signature.length === 0) throw failed('it has no signature');
  return Buffer.from(signature);
}

function toEntity({ bundle, message }: SignedThing, entries: readonly TransparencyLogEntry[]): SignedEntity {
  const material = { ...bundle.verificationMaterial, tlogEntries: [...entries] };
  return toSignedEntity({ ...bundle, verificationMaterial: material } as Bundle, message ?? undefined);
}

/** What an entry says of itself is what the log signed, and it is about this signer. */
function checkEntry({ kindVersion, integratedTime }: TransparencyLogEntry, body: LogBody, signer: SignerKey): void {
  if (kindVersion.kind !== body.kind || kindVersion.version !== body.version) {
    throw failed('its log entry is of another kind than it says');
  }
  if (Number(integratedTime) * 1000 > Date.now()) throw failed('its log entry is from the future');
  checkLoggedSigner(body, signer);
}

/** Entries of cosign until 2.1, which @sigstore/verify does not know: their promise and their content are checked here. */
function checkOldEntry(
  entry: TransparencyLogEntry,
  body: LogBody | undefined,
  { envelope }: SignedThing,
  signed: SignedBytes,
  { tlogs }: TrustMaterial,
): void {
  if (envelope === null || signed.kind !== 'envelope' || body === undefined) {
    throw notChecked('entries of kind intoto 0.0.1 are checked with the envelope as it was stored only');
  }
  checkLoggedEnvelope(body, envelope, signed.payload);
  const { inclusionPromise, integratedTime, logIndex, logId, canonicalizedBody } = entry;
  if (inclusionPromise === undefined) throw failed('its log entry has no promise of the log');
  const at = new Date(Number(integratedTime) * 1000);
  const data = json.canonicalize({
    body: canonicalizedBody.toString('base64'),
    integratedTime: Number(integratedTime),
    logIndex: Number(logIndex),
    logID: logId.keyId.toString('hex'),
  });
  const isPromised = tlogs.some(
    ({ logID, validFor, publicKey }) =>
      logID.equals(logId.keyId) &&
      validFor.start <= at &&
      at <= validFor.end &&
      verify(
        publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256',
        Buffer.from(data, 'utf8'),
        publicKey,
        inclusionPromise.signedEntryTimestamp,
      ),
  );
  if (!isPromised) throw failed('the promise of the log does not verify');
}

/** Times of stamps that the verifier holds against the trusted root. */
function timesOf({ timestamps }: SignedEntity): StampedTime[] {
  return timestamps.flatMap((one) => {
    if (one.$case !== 'timestamp-authority') return [];
    checkGranted(one.timestamp);
    const { signingTime: at } = one.timestamp;
    return [{ at, earliest: at, latest: at }];
  });
}

/** The attack: an authority's refusal has the shape of a time stamp. Granted, or granted with changes (RFC 3161, 2.4.2). */
function checkGranted(stamp: RFC3161Timestamp): void {
  orFail('its time stamp cannot be read', () => {
    if (stamp.status !== 0n && stamp.status !== 1n) throw failed('its time stamp was not granted');
    if (stamp.signingTime.getTime() > Date.now()) throw failed('its time stamp is from the future');
  });
}
