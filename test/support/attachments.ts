/** What clients hang on images: signatures and attestations in the shape of cosign, and layouts and registries with them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedTrust, verifyImage } from '../../src/audit/index.ts';
import type { TrustReport } from '../../src/report/index.ts';
import {
  type IdentityPolicy,
  readTrustedKey,
  requirementsOf,
  type SignerPolicy,
  type TrustRequirements,
} from '../../src/trust/index.ts';
import {
  type BuiltBlob,
  type BuiltImage,
  descriptor,
  type Files,
  jsonBlob,
  ociLayout,
  sha256,
  writeFolder,
} from './image-builder.ts';
import {
  dsseEntry,
  type Envelope,
  envelopeOf,
  hashedRekord,
  type LoggedEntry,
  publicPem,
  type SigstoreInstance,
  signMessage,
  statementAbout,
  type TestSigner,
  TRUSTED_ISSUER,
  TRUSTED_NAME,
} from './sigstore-instance.ts';

/** A layer of an attachment. */
export interface AttachmentLayer {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly annotations?: Record<string, string>;
}

/** An attachment, and how a layout names it. */
export interface TestAttachment {
  readonly manifest: BuiltBlob;
  readonly blobs: readonly BuiltBlob[];
  /** Annotations of its entry in index.json; without any it is a blob only, found by its subject. */
  readonly entry?: Record<string, string>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const DSSE = 'application/vnd.dsse.envelope.v1+json';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** What cosign signs. */
export function payloadAbout(digest: string, more: { readonly type?: string } = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': 'registry.test/acme/api' },
        image: { 'docker-manifest-digest': digest },
        type: more.type ?? 'cosign container image signature',
      },
      optional: null,
    }),
  );
}

/** The annotation in which cosign keeps a log entry. */
export function logAnnotation({ body, integratedTime, logIndex, logID, verification }: LoggedEntry): string {
  const SignedEntryTimestamp = verification.signedEntryTimestamp;
  return JSON.stringify({ SignedEntryTimestamp, Payload: { body, integratedTime, logIndex, logID } });
}

/** A signature as cosign 1 and 2 keep it, logged. */
export async function cosignSignature(
  instance: SigstoreInstance | null,
  signer: TestSigner,
  payload: Buffer,
): Promise<AttachmentLayer> {
  const signature = signMessage(payload, signer);
  const entry = await instance?.log(hashedRekord(payload, signature, signer));
  return {
    bytes: payload,
    mediaType: SIMPLE_SIGNING,
    annotations: {
      'dev.cosignproject.cosign/signature': signature.toString('base64'),
      ...(signer.certificate === null ? {} : { 'dev.sigstore.cosign/certificate': signer.certificate }),
      ...(entry === undefined ? {} : { 'dev.sigstore.cosign/bundle': logAnnotation(entry) }),
    },
  };
}

/** An attestation as cosign 2 keeps it, logged. */
export async function cosignAttestation(
  instance: SigstoreInstance,
  signer: TestSigner,
  envelope: Envelope,
): Promise<AttachmentLayer> {
  const entry = await instance.log(dsseEntry(envelope, signer));
  return {
    bytes: Buffer.from(JSON.stringify(envelope)),
    mediaType: DSSE,
    annotations: {
      'dev.cosignproject.cosign/signature': '',
      ...(signer.certificate === null ? {} : { 'dev.sigstore.cosign/certificate': signer.certificate }),
      'dev.sigstore.cosign/bundle': logAnnotation(entry),
    },
  };
}

/** A bundle of version 0.3 around an envelope, logged. */
export async function bundleOf(
  instance: SigstoreInstance,
  signer: TestSigner,
  statement: string,
  logged?: LoggedEntry,
): Promise<Record<string, unknown>> {
  const envelope = envelopeOf(statement, signer);
  const entry = logged ?? (await instance.log(dsseEntry(envelope, signer)));
  return { ...bundleAround(signer, entry), dsseEnvelope: envelope };
}

/** All of a bundle but its content. */
export function bundleAround(signer: TestSigner, entry: LoggedEntry): Record<string, unknown> {
  const { checkpoint, rootHash, treeSize } = entry.verification.inclusionProof;
  const { apiVersion, kind } = JSON.parse(Buffer.from(entry.body, 'base64').toString()) as Record<string, string>;
  const der = signer.certificate?.replace(/-----[A-Z ]+-----|\s/g, '');
  return {
    mediaType: BUNDLE,
    verificationMaterial: {
      ...(der === undefined ? { publicKey: { hint: '' } } : { certificate: { rawBytes: der } }),
      tlogEntries: [
        {
          logIndex: String(entry.logIndex),
          logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
          kindVersion: { kind, version: apiVersion },
          integratedTime: String(entry.integratedTime),
          inclusionPromise: { signedEntryTimestamp: entry.verification.signedEntryTimestamp },
          inclusionProof: {
            logIndex: '0',
            rootHash: Buffer.from(rootHash, 'hex').toString('base64'),
            treeSize: String(treeSize),
            hashes: [],
            checkpoint: { envelope: checkpoint },
          },
          canonicalizedBody: entry.body,
        },
      ],
      timestampVerificationData: { rfc3161Timestamps: [] },
    },
  };
}

/** A bundle as a layer. */
export function bundleLayer(bundle: object, mediaType = BUNDLE): AttachmentLayer {
  return { bytes: Buffer.from(JSON.stringify(bundle)), mediaType };
}

/** Layers as an attachment: named by cosign's tag of a digest, or by its subject. */
export function attach(
  layers: readonly AttachmentLayer[],
  how:
    | { readonly tag: string; readonly suffix: 'sig' | 'att' | 'sbom' }
    | { readonly subject: BuiltBlob; readonly artifactType?: string }
    | { readonly kind: 'sigs' | 'atts' },
): TestAttachment {
  const config = jsonBlob({}, 'application/vnd.oci.image.config.v1+json');
  const empty = jsonBlob({}, 'application/vnd.oci.empty.v1+json');
  const blobs = layers.map(({ bytes, mediaType }) => ({
    bytes: Buffer.from(bytes),
    mediaType,
    digest: sha256(bytes),
  }));
  const isReferrer = 'subject' in how;
  const manifest = jsonBlob(
    {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: descriptor(isReferrer ? empty : config),
      layers: blobs.map((blob, i) => ({ ...descriptor(blob), annotations: layers[i]?.annotations ?? {} })),
      ...(isReferrer ? { artifactType: how.artifactType ?? BUNDLE, subject: descriptor(how.subject) } : {}),
    },
    MANIFEST,
  );
  const entry =
    'tag' in how
      ? { 'org.opencontainers.image.ref.name': `${how.tag.replace(':', '-')}.${how.suffix}` }
      : 'kind' in how
        ? { kind: `dev.cosignproject.cosign/${how.kind}` }
        : undefined;
  return { manifest, blobs: [config, ...blobs], ...(entry === undefined ? {} : { entry }) };
}

/** A layout of images with attachments. */
export function layoutWith(images: readonly BuiltImage[], attachments: readonly TestAttachment[]): Files {
  const files = ociLayout(images);
  const index = JSON.parse((files.get('index.json') as Buffer).toString()) as { manifests: object[] };
  for (const { manifest, blobs, entry } of attachments) {
    for (const blob of [manifest, ...blobs]) files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
    if (entry !== undefined) index.manifests.push({ ...descriptor(manifest), annotations: entry });
  }
  return files.set('index.json', Buffer.from(JSON.stringify(index)));
}

/** Whom to trust. */
export interface TestTrust {
  readonly keys?: readonly TestSigner[];
  /** The usual one unless told; null for nobody. */
  readonly identity?: IdentityPolicy | null;
  readonly notation?: SignerPolicy['notation'];
  readonly authorities?: SignerPolicy['authorities'];
  readonly ignoreLog?: boolean;
  readonly predicateTypes?: readonly string[];
  /** Where types say not all of it. */
  readonly requirements?: TrustRequirements;
}

/** Trusts keys, or else the usual identity. */
export function policyOf({ keys = [], identity, notation, authorities }: TestTrust): SignerPolicy {
  const usual = keys.length > 0 ? [] : [{ name: { exactly: TRUSTED_NAME }, issuer: { exactly: TRUSTED_ISSUER } }];
  return {
    keys: keys.map((signer, i) => readTrustedKey(`key${i}.pub`, Buffer.from(publicPem(signer)))),
    identities: identity === undefined ? usual : identity === null ? [] : [identity],
    ...(notation === undefined ? {} : { notation }),
    ...(authorities === undefined ? {} : { authorities }),
  };
}

/** The same as an audit is told. */
export function trustOf(instance: SigstoreInstance, trust: TestTrust = {}): LoadedTrust {
  return {
    roots: instance.roots,
    ignoreLog: trust.ignoreLog ?? false,
    policy: policyOf(trust),
    requirements: trust.requirements ?? requirementsOf(trust.predicateTypes ?? []),
    origin: { kind: 'flags' },
  };
}

/** Verifies the images in a reference. */
export function verifyReference(
  reference: string,
  instance: SigstoreInstance,
  trust: TestTrust = {},
): Promise<TrustReport> {
  return verifyImage({
    reference,
    trust: trustOf(instance, trust),
    registry: { env: {}, anonymous: true },
    reproducible: true,
    version: '0.0.0-test',
  });
}

/** Verifies the images of files, as a folder. */
export async function verifyFiles(files: Files, instance: SigstoreInstance, trust?: TestTrust): Promise<TrustReport> {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-trust-'));
  try {
    writeFolder(files, folder);
    return await verifyReference(folder, instance, trust);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A logged attestation about an image, in a bundle that names it as its subject. */
export async function attestation(
  instance: SigstoreInstance,
  signer: TestSigner,
  subject: BuiltBlob,
  predicateType?: string,
): Promise<TestAttachment> {
  return attach([bundleLayer(await bundleOf(instance, signer, statementAbout(subject.digest, predicateType)))], {
    subject,
  });
}
