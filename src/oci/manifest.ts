import { AuditError, type Platform } from '../core/index.ts';
import { type ArtifactType, artifactType } from './artifacts.ts';
import { type Descriptor, describeTwice, readDescriptor, readPlatform } from './descriptor.ts';
import {
  ambiguousNames,
  asArray,
  asObject,
  asText,
  asTextMap,
  type JsonObject,
  memberOf,
  parseJsonObject,
} from './json.ts';
import { isImageConfigType, isIndexType, isLayerType, isManifestType, MEDIA_TYPES } from './media-types.ts';

/** A manifest: one configuration and the blobs that belong to it (OCI image specification, manifest.md). */
export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType: string | null;
  readonly subject: Descriptor | null;
}

/** An index: a list of manifests, or of further indexes (image-index.md; Docker's manifest list). */
export interface Index {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  /** Entries that point to nothing that can be got at: one of them must not keep the others from being read. */
  readonly unreadable: readonly UnreadableEntry[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** An entry of an index without a digest, or with one that nobody here can check. */
export interface UnreadableEntry {
  readonly platform: Platform | null;
  /** A sentence: which entry it is, and what is wrong with it. */
  readonly message: string;
}

/**
 * Reads a manifest or an index. Which of the two it is, its own media type says, else its shape: whoever
 * hands it over may claim anything.
 * @param what names the document in errors
 * @throws AuditError `DOCUMENT_INVALID`, or `SOURCE_UNSUPPORTED` for Docker's schema 1
 */
export function readManifestDocument(bytes: Uint8Array, what: string): Manifest | Index {
  const object = parseJsonObject(bytes, what);
  const refuse = (why: string): never => {
    throw new AuditError('DOCUMENT_INVALID', `${what} ${why}`);
  };
  const twice = ambiguousNames(object);
  if (twice.length > 0) refuse(`has ${describeTwice(twice)}`);
  const mediaType = asText(memberOf(object, 'mediaType')) ?? '';
  if (isSchema1(object, mediaType)) {
    throw new AuditError(
      'SOURCE_UNSUPPORTED',
      `${what} is a Docker schema 1 manifest, a format that was retired in 2019`,
      {
        hint: 'Pull and push the image with a current Docker; that rewrites it to schema 2.',
      },
    );
  }
  const manifests = readList(memberOf(object, 'manifests'), () => refuse('has manifests that are no list'));
  const layers = readList(memberOf(object, 'layers'), () => refuse('has layers that are no list'));
  const config = asObject(memberOf(object, 'config'));
  const isBoth = (manifests?.length ?? 0) > 0 && (config !== undefined || (layers?.length ?? 0) > 0);
  // CVE-2021-41190: one reader takes such a document for an index and another for a manifest.
  if (isBoth) refuse('is an index and a manifest at once');
  const annotations = asTextMap(memberOf(object, 'annotations'));
  if (isIndexType(mediaType) || (!isManifestType(mediaType) && manifests !== undefined && layers === undefined)) {
    if (manifests === undefined) return refuse('is an index without manifests');
    return {
      kind: 'index',
      mediaType: mediaType || MEDIA_TYPES.ociIndex,
      ...readEntries(manifests, what),
      annotations,
    };
  }
  if (config === undefined) return refuse('is neither an image manifest nor an index');
  const subject = memberOf(object, 'subject') ?? null;
  return {
    kind: 'manifest',
    mediaType: mediaType || MEDIA_TYPES.ociManifest,
    config: readDescriptor(config, `config of ${what}`),
    layers: (layers ?? []).map((value, i) => readDescriptor(value, `layers[${i}] of ${what}`)),
    annotations,
    artifactType: asText(memberOf(object, 'artifactType')) ?? null,
    subject: subject === null ? null : readDescriptor(subject, `subject of ${what}`),
  };
}

/** Entries that are told one by one. The attack: an index of a million times `null` makes as many errors. */
const MAX_UNREADABLE = 100;

function readEntries(values: readonly unknown[], what: string): Pick<Index, 'manifests' | 'unreadable'> {
  const manifests: Descriptor[] = [];
  const unreadable: UnreadableEntry[] = [];
  for (const [i, value] of values.entries()) {
    try {
      manifests.push(readDescriptor(value, `manifests[${i}] of ${what}`));
    } catch (error) {
      if (!(error instanceof AuditError)) throw error;
      if (unreadable.length >= MAX_UNREADABLE) {
        throw new AuditError(
          'DOCUMENT_INVALID',
          `${what} has more than ${MAX_UNREADABLE} entries without a valid digest`,
        );
      }
      unreadable.push({ platform: readPlatform(memberOf(asObject(value), 'platform')), message: error.message });
    }
  }
  return { manifests, unreadable };
}

/** A list; empty for `null`, which is how Go writes one that was never filled. Undefined where it is not there. */
function readList(value: unknown, refuse: () => never): readonly unknown[] | undefined {
  if (value === undefined) return undefined;
  return value === null ? [] : (asArray(value) ?? refuse());
}

function isSchema1(object: JsonObject, mediaType: string): boolean {
  if (mediaType === MEDIA_TYPES.dockerSchema1 || mediaType === MEDIA_TYPES.dockerSchema1Signed) return true;
  return memberOf(object, 'schemaVersion') === 1 && memberOf(object, 'fsLayers') !== undefined;
}

/** What a manifest is about. Only images have a filesystem to audit. */
export type ManifestPurpose = 'image' | 'attestation' | 'artifact';

/** Digest of `{}`, the configuration of artifacts that have none (image specification, manifest.md). */
const EMPTY_DOCUMENT = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

/**
 * Tells images from attestations and other artifacts. Signatures made by cosign name an image configuration
 * too, so the layers decide. A manifest with the configuration of an image is one, unless *every* layer is known
 * to be something else. The attack: Docker and Podman unpack layers whatever their media type, so an image whose
 * layers have a made-up one runs, and must not count as an artifact that nobody looks into.
 */
export function manifestPurpose(manifest: Manifest): ManifestPurpose {
  const layers = manifest.layers.map((layer) => layer.mediaType);
  const kind = describeArtifact(manifest)?.kind === 'attestation' ? 'attestation' : 'artifact';
  if (!isImageConfigType(manifest.config.mediaType) && manifest.config.mediaType !== '') return kind;
  if (layers.length === 0) return manifest.artifactType === null ? 'image' : kind;
  if (manifest.config.digest === EMPTY_DOCUMENT && !layers.some(isLayerType)) return kind;
  return layers.every((type) => artifactType(type) !== null) ? kind : 'image';
}

/** What a manifest that is no image is, as far as its media types tell; null where they are unknown. */
export function describeArtifact(manifest: Manifest): ArtifactType | null {
  const types = [
    manifest.artifactType ?? '',
    manifest.config.mediaType,
    ...manifest.layers.map((one) => one.mediaType),
  ];
  for (const type of types) {
    const found = artifactType(type);
    if (found !== null) return found;
  }
  return null;
}

/** The media type that says best what a manifest that is no image is. */
export function artifactMediaType({ artifactType: stated, config, layers }: Manifest): string {
  if (stated !== null && stated !== '') return stated;
  const isTelling = config.mediaType !== '' && !isImageConfigType(config.mediaType) && !isEmptyType(config.mediaType);
  return isTelling ? config.mediaType : (layers[0]?.mediaType ?? config.mediaType);
}

/** A configuration that says nothing: the artifact has none. */
function isEmptyType(mediaType: string): boolean {
  return mediaType === 'application/vnd.oci.empty.v1+json';
}

/**
 * Whether an index entry is a BuildKit attestation of another entry (buildkit, docs/attestations/attestation-storage.md).
 */
export function isAttestationDescriptor(descriptor: Descriptor): boolean {
  return descriptor.annotations['vnd.docker.reference.type'] === 'attestation-manifest';
}
