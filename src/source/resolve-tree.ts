import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, digestAlgorithm, type Gap, type Limits, shortDigest } from '../core/index.ts';
import {
  type Descriptor,
  isAttestationDescriptor,
  type Manifest,
  manifestPurpose,
  readManifestDocument,
} from '../oci/index.ts';
import type { BlobHandle, SourceAttachment, SourceImage, SourceProblem } from './source.ts';

/** Where documents and blobs are had by their descriptors. */
export interface ContentStore {
  /** A document's bytes, not yet checked; undefined where the store does not have it. */
  document(descriptor: Descriptor, limitBytes: number): Promise<Uint8Array | undefined>;
  blob(descriptor: Descriptor): BlobHandle | null;
}

/** A root to start from, and the names it goes by. */
export interface TreeRoot {
  readonly descriptor: Descriptor;
  readonly names: readonly string[];
}

/** What hangs on a list of roots. */
export interface ResolvedTree {
  readonly images: readonly SourceImage[];
  readonly attachments: readonly SourceAttachment[];
  readonly problems: readonly SourceProblem[];
  readonly gaps: readonly Gap[];
}

/** How to resolve. */
export interface ResolveOptions {
  readonly limits: Limits;
  /** Whether it is normal that the store lacks manifests, as in an archive that holds one platform. */
  readonly partial: boolean;
}

/**
 * Follows indexes to all images under some roots: every platform, each manifest once. Attestations,
 * signatures and other artifacts are told apart by what they are. What is absent becomes a gap: a
 * `docker save` of one platform names all of them in its index.
 */
export async function resolveTree(
  roots: readonly TreeRoot[],
  store: ContentStore,
  options: ResolveOptions,
): Promise<ResolvedTree> {
  const resolver = new TreeResolver(store, options);
  for (const { descriptor, names } of roots) await resolver.follow(descriptor, names, 0);
  return resolver;
}

class TreeResolver implements ResolvedTree {
  readonly images: SourceImage[] = [];
  readonly attachments: SourceAttachment[] = [];
  readonly problems: SourceProblem[] = [];
  readonly gaps: Gap[] = [];
  readonly #store: ContentStore;
  readonly #limits: Limits;
  readonly #seen = new Map<Digest, { names: string[] }>();
  /** Attestations that were attached unread, each once. */
  readonly #attested = new Set<Digest>();
  readonly #partial: boolean;

  constructor(store: ContentStore, { limits, partial }: ResolveOptions) {
    this.#store = store;
    this.#limits = limits;
    this.#partial = partial;
  }

  async follow(descriptor: Descriptor, names: readonly string[], depth: number): Promise<void> {
    const seen = this.#seen.get(descriptor.digest);
    if (seen !== undefined) {
      seen.names.push(...names.filter((name) => !seen.names.includes(name)));
      return;
    }
    if (isAttestationDescriptor(descriptor) && isForNoPlatform(descriptor)) {
      if (this.#attested.has(descriptor.digest)) return;
      this.#attested.add(descriptor.digest);
      this.#attachBuildkit(descriptor);
      return;
    }
    const subject = `manifest ${shortDigest(descriptor.digest)}`;
    if (this.#seen.size >= this.#limits.maxManifests) {
      this.#gap(
        'budget-exceeded',
        subject,
        `${subject} was not read: there are more than ${this.#limits.maxManifests}`,
      );
      return;
    }
    const known = { names: [...names] };
    this.#seen.set(descriptor.digest, known);
    const document = await this.#read(descriptor, subject);
    if (document === undefined) return;
    if (document.kind === 'index') {
      if (depth >= this.#limits.maxIndexDepth) {
        this.#gap(
          'budget-exceeded',
          subject,
          `${subject} was not followed: indexes are nested more than ${this.#limits.maxIndexDepth} deep`,
        );
        return;
      }
      for (const child of document.manifests) await this.follow(child, known.names, depth + 1);
      return;
    }
    const purpose = manifestPurpose(document);
    if (purpose === 'image') {
      this.images.push(await this.#image(descriptor, document, known.names));
    } else if (isAttestationDescriptor(descriptor)) {
      this.#attachBuildkit(descriptor);
    } else {
      const type = document.artifactType ?? document.layers[0]?.mediaType ?? document.config.mediaType;
      const found = names.length > 0 ? 'tag' : 'index';
      this.#attach(descriptor, attachmentKind(purpose, type), type, found, document.subject?.digest);
    }
  }

  async #image(descriptor: Descriptor, manifest: Manifest, names: string[]): Promise<SourceImage> {
    const config = await this.#config(manifest.config);
    return {
      platform: descriptor.platform,
      manifestDigest: descriptor.digest,
      configDigest: manifest.config.digest,
      config,
      annotations: { ...descriptor.annotations, ...manifest.annotations },
      layers: manifest.layers.map((layer) => ({
        digest: layer.digest,
        sizeBytes: layer.sizeBytes,
        mediaType: layer.mediaType,
        urls: layer.urls,
        blob: this.#store.blob(layer),
      })),
      names,
    };
  }

  async #config(descriptor: Descriptor): Promise<Uint8Array | null> {
    const subject = `configuration ${shortDigest(descriptor.digest)}`;
    try {
      return (await this.#bytes(descriptor, this.#limits.maxConfigBytes, subject)) ?? null;
    } catch (error) {
      if (!isAboutContent(error)) throw error;
      this.#gap('config-invalid', subject, error.message);
      return null;
    }
  }

  async #read(descriptor: Descriptor, subject: string): Promise<ReturnType<typeof readManifestDocument> | undefined> {
    try {
      const bytes = await this.#bytes(descriptor, this.#limits.maxManifestBytes, subject);
      if (bytes !== undefined) return readManifestDocument(bytes, subject);
      this.#gap(
        'manifest-absent',
        subject,
        `${platformText(descriptor)}${subject} is named by the index and not there`,
      );
    } catch (error) {
      if (!isAboutContent(error)) throw error;
      this.#gap('manifest-invalid', subject, error.message);
    }
    return undefined;
  }

  /** A document's bytes, held against its descriptor. Bytes that are not what was named are read all the same. */
  async #bytes(descriptor: Descriptor, limitBytes: number, subject: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#store.document(descriptor, limitBytes);
    if (bytes === undefined) return undefined;
    const digest = digestOf(bytes, digestAlgorithm(descriptor.digest));
    if (digest !== descriptor.digest) {
      this.problems.push({ kind: 'digest-mismatch', subject, detail: `its bytes have the digest ${digest}` });
    } else if (descriptor.sizeBytes !== null && descriptor.sizeBytes !== bytes.byteLength) {
      this.problems.push({
        kind: 'size-mismatch',
        subject,
        detail: `its descriptor says ${descriptor.sizeBytes} bytes, it has ${bytes.byteLength}`,
      });
    }
    return bytes;
  }

  #attachBuildkit(descriptor: Descriptor): void {
    const subject = descriptor.annotations['vnd.docker.reference.digest'];
    this.#attach(descriptor, 'attestation', 'buildkit', 'index', subject);
  }

  #attach(
    descriptor: Descriptor,
    kind: SourceAttachment['kind'],
    format: string,
    foundBy: SourceAttachment['foundBy'],
    subject: string | undefined,
  ): void {
    this.attachments.push({
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      kind,
      format,
      subject: (subject as Digest | undefined) ?? null,
      foundBy,
    });
  }

  #gap(reason: Gap['reason'], subject: string, message: string): void {
    this.gaps.push({
      subject,
      reason,
      bytes: null,
      message,
      incomplete: reason !== 'manifest-absent' || !this.#partial,
    });
  }
}

function attachmentKind(purpose: string, type: string): SourceAttachment['kind'] {
  if (purpose === 'attestation' || /in-toto|dsse/.test(type)) return 'attestation';
  return /signature|simplesigning|cosign|notary|sigstore/.test(type) ? 'signature' : 'artifact';
}

/**
 * Whether an index entry is one that no runtime ever picks. The attack: an index whose entry for linux/amd64
 * calls itself an attestation is run by every runtime, and audited by nobody who believes it.
 */
function isForNoPlatform({ platform }: Descriptor): boolean {
  return platform?.os === 'unknown' && platform.architecture === 'unknown';
}

function platformText({ platform }: Descriptor): string {
  return platform === null ? '' : `${platform.os}/${platform.architecture} `;
}

/** Broken documents are content, and content never ends a run; what the environment did wrong does. */
function isAboutContent(error: unknown): error is AuditError {
  return (
    error instanceof AuditError &&
    ['DOCUMENT_INVALID', 'DOCUMENT_TOO_LARGE', 'SOURCE_UNSUPPORTED', 'BLOB_TRUNCATED'].includes(error.code)
  );
}
