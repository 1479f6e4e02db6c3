import { digestOf } from '../bytes/index.ts';
import {
  AuditError,
  type Digest,
  digestAlgorithm,
  type Gap,
  type Limits,
  type Platform,
  shortDigest,
} from '../core/index.ts';
import {
  artifactMediaType,
  artifactType,
  type Descriptor,
  describeArtifact,
  isAttestationDescriptor,
  type Manifest,
  manifestPurpose,
  readManifestDocument,
} from '../oci/index.ts';
import { type Annotations, mergeAnnotations } from './annotations.ts';
import { ConfigBudget } from './config-budget.ts';
import type { BlobHandle, SourceAttachment, SourceImage, SourceProblem } from './source.ts';
import { entriesFor } from './wanted-platforms.ts';

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
  /** Platforms whose images are wanted; none means all there are. */
  readonly platforms?: readonly Platform[];
}

/** A document that was followed, and all images at or below it: a second way to it gives them more names. */
interface Followed {
  readonly images: { readonly names: string[]; readonly annotations: Record<string, string> }[];
}

const NOTHING: Followed = { images: [] };

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
  for (const { descriptor, names } of roots) await resolver.follow(descriptor, { names, annotations: {}, depth: 0 });
  return resolver;
}

class TreeResolver implements ResolvedTree {
  readonly images: SourceImage[] = [];
  readonly attachments: SourceAttachment[] = [];
  readonly problems: SourceProblem[] = [];
  readonly gaps: Gap[] = [];
  readonly #store: ContentStore;
  readonly #limits: Limits;
  readonly #seen = new Map<Digest, Followed>();
  /** How often a document was come upon that was followed already. */
  #ways = 0;
  /** Attestations that were attached unread, each once. */
  readonly #attested = new Set<Digest>();
  readonly #partial: boolean;
  readonly #platforms: readonly Platform[];
  readonly #configs: ConfigBudget;

  constructor(store: ContentStore, { limits, partial, platforms = [] }: ResolveOptions) {
    this.#store = store;
    this.#limits = limits;
    this.#partial = partial;
    this.#platforms = platforms;
    this.#configs = new ConfigBudget(limits);
  }

  async follow(
    descriptor: Descriptor,
    from: { readonly names: readonly string[]; readonly annotations: Annotations; readonly depth: number },
  ): Promise<Followed> {
    const { names, depth } = from;
    const annotations = mergeAnnotations(from.annotations, descriptor.annotations);
    const seen = this.#seen.get(descriptor.digest);
    if (seen !== undefined) {
      this.#again(descriptor, seen, names, annotations);
      return seen;
    }
    if (isAttestationDescriptor(descriptor) && isForNoPlatform(descriptor)) {
      if (this.#attested.has(descriptor.digest)) return NOTHING;
      this.#attested.add(descriptor.digest);
      this.#attachBuildkit(descriptor);
      return NOTHING;
    }
    const subject = `manifest ${shortDigest(descriptor.digest)}`;
    if (this.#seen.size >= this.#limits.maxManifests) {
      this.#gap(
        'budget-exceeded',
        subject,
        `${subject} was not read: there are more than ${this.#limits.maxManifests}`,
      );
      return NOTHING;
    }
    const followed: Followed = { images: [] };
    this.#seen.set(descriptor.digest, followed);
    const document = await this.#read(descriptor, subject);
    if (document === undefined) return followed;
    if (document.kind === 'index') {
      if (depth >= this.#limits.maxIndexDepth) {
        this.#gap(
          'budget-exceeded',
          subject,
          `${subject} was not followed: indexes are nested more than ${this.#limits.maxIndexDepth} deep`,
        );
        return followed;
      }
      for (const { platform, message } of document.unreadable) {
        this.#gap('manifest-invalid', subject, `${platformText(platform)}${message}`);
      }
      const inherited = mergeAnnotations(annotations, document.annotations);
      for (const child of entriesFor(document.manifests, this.#platforms)) {
        const below = await this.follow(child, { names, annotations: inherited, depth: depth + 1 });
        followed.images.push(...below.images.filter((image) => !followed.images.includes(image)));
      }
      return followed;
    }
    const image = { names: [...names], annotations: mergeAnnotations(annotations, document.annotations) };
    if (manifestPurpose(document) === 'image') {
      followed.images.push(image);
      this.images.push(await this.#image(descriptor, document, image));
    } else {
      this.#attachManifest(descriptor, document, names.length > 0 && depth === 0 ? 'tag' : 'index');
    }
    return followed;
  }

  /** Takes names and annotations of a second way to a document that was followed already. */
  #again(descriptor: Descriptor, { images }: Followed, names: readonly string[], annotations: Annotations): void {
    const [first] = images;
    if (first === undefined || (names.length === 0 && Object.keys(annotations).length === 0)) return;
    this.#ways += 1;
    if (this.#ways > this.#limits.maxManifests) {
      if (this.#ways > this.#limits.maxManifests + 1) return;
      const subject = `manifest ${shortDigest(descriptor.digest)}`;
      this.#gap('budget-exceeded', subject, 'manifests are named again and again, and not all annotations were read');
      return;
    }
    for (const image of images) image.names.push(...names.filter((name) => !image.names.includes(name)));
    // One place is enough for a secret to be found in.
    Object.assign(first.annotations, mergeAnnotations(annotations, first.annotations));
  }

  async #image(
    descriptor: Descriptor,
    manifest: Manifest,
    { names, annotations }: { names: readonly string[]; annotations: Annotations },
  ): Promise<SourceImage> {
    return {
      platform: descriptor.platform,
      manifestDigest: descriptor.digest,
      configDigest: manifest.config.digest,
      ...(await this.#config(manifest.config)),
      annotations,
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

  async #config(descriptor: Descriptor): Promise<Pick<SourceImage, 'config' | 'configTrouble'>> {
    const subject = `configuration ${shortDigest(descriptor.digest)}`;
    try {
      return this.#configs.keep(await this.#bytes(descriptor, this.#limits.maxConfigBytes, subject));
    } catch (error) {
      if (!isAboutContent(error)) throw error;
      return { config: null, configTrouble: { reason: 'config-invalid', message: error.message } };
    }
  }

  async #read(descriptor: Descriptor, subject: string): Promise<ReturnType<typeof readManifestDocument> | undefined> {
    try {
      const bytes = await this.#bytes(descriptor, this.#limits.maxManifestBytes, subject);
      if (bytes !== undefined) return readManifestDocument(bytes, subject);
      this.#gap(
        'manifest-absent',
        subject,
        `${platformText(descriptor.platform)}${subject} is named by the index and not there`,
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

  /** What is no image hangs on one, or stands for itself. Nobody may take an image for it. */
  #attachManifest(descriptor: Descriptor, document: Manifest, foundBy: SourceAttachment['foundBy']): void {
    const mediaType = artifactMediaType(document);
    const type = describeArtifact(document);
    if (isAttestationDescriptor(descriptor)) this.#attachBuildkit(descriptor);
    else this.#attach(descriptor, attachmentKind(document), mediaType, foundBy, document.subject?.digest);
    // Runtimes that ask for this platform take the entry for what they should run.
    if (descriptor.platform !== null && !isForNoPlatform(descriptor)) {
      const subject = `manifest ${shortDigest(descriptor.digest)}`;
      this.#gap(
        'media-type-unsupported',
        subject,
        `${platformText(descriptor.platform)}${subject} is no image but ${type === null ? `an artifact of type ${mediaType}` : `a part of type ${mediaType} (${type.name})`}, and was not examined`,
      );
    }
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

function attachmentKind(manifest: Manifest): SourceAttachment['kind'] {
  const type = artifactMediaType(manifest);
  const known = artifactType(type) ?? describeArtifact(manifest);
  if (known !== null) return known.kind;
  if (/in-toto|dsse/.test(type)) return 'attestation';
  return /signature|simplesigning|cosign|notary|sigstore/.test(type) ? 'signature' : 'artifact';
}

/**
 * Whether an index entry is one that no runtime ever picks. The attack: an index whose entry for linux/amd64
 * calls itself an attestation is run by every runtime, and audited by nobody who believes it.
 */
function isForNoPlatform({ platform }: Descriptor): boolean {
  return platform?.os === 'unknown' && platform.architecture === 'unknown';
}

function platformText(platform: Descriptor['platform']): string {
  return platform === null ? '' : `${platform.os}/${platform.architecture} `;
}

/** Broken documents are content, and content never ends a run; what the environment did wrong does. */
function isAboutContent(error: unknown): error is AuditError {
  return (
    error instanceof AuditError &&
    ['DOCUMENT_INVALID', 'DOCUMENT_TOO_LARGE', 'SOURCE_UNSUPPORTED', 'BLOB_TRUNCATED'].includes(error.code)
  );
}
