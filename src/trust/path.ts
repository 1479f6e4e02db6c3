import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, digestAlgorithm, type Limits } from '../core/index.ts';
import { type Index, isAttestationDescriptor, isIndexType, type Manifest, readManifestDocument } from '../oci/index.ts';
import type { AttachmentStore } from '../source/index.ts';

/** A document that can be signed: on the way from what the reference names to an image, or beside it. */
export interface SignableDocument {
  readonly digest: Digest;
  readonly role: 'index' | 'image' | 'attestation-manifest';
  /** Images that a signature over it covers: an index covers whatever it leads to. */
  readonly images: readonly Digest[];
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Of an attestation manifest. */
  readonly manifest: Manifest | null;
}

/** Why an image's manifest is not at hand. */
export interface BrokenManifest {
  /** `failed`: its bytes are not what its digest says. */
  readonly verdict: 'failed' | 'not-checked';
  readonly why: string;
}

/** Attestation manifests looked at. The attack: an index that names ten thousand, each looked for in five places. */
const MAX_ATTESTATION_MANIFESTS = 100;

/** The order in which documents are looked at: what a reference names first. */
const ROLES: readonly SignableDocument['role'][] = ['index', 'image', 'attestation-manifest'];

/** What lies on the way to some images. */
export interface SignablePath {
  readonly documents: readonly SignableDocument[];
  /** Images whose manifest is not what its digest says, or not there. */
  readonly broken: ReadonlyMap<Digest, BrokenManifest>;
  /** Sentences on what could not be read. */
  readonly troubles: readonly string[];
}

/**
 * Walks from what a reference resolved to down to the images that are looked at. Every document is held against its
 * digest: a signature covers an image through this chain, and through nothing else.
 */
export async function walkPath(
  root: Digest | null,
  images: readonly Digest[],
  store: Pick<AttachmentStore, 'manifest' | 'roots'>,
  { limits, signal }: { readonly limits: Limits; readonly signal: AbortSignal },
): Promise<SignablePath> {
  const walker = new Walker(images, store, limits, signal);
  // A layout that was not asked for one of its images stands for all of them.
  for (const start of root === null ? store.roots : [root]) await walker.visit(start, 0);
  for (const image of images) await walker.visit(image, 0);
  return walker.path();
}

class Walker {
  readonly #wanted: ReadonlySet<Digest>;
  readonly #store: Pick<AttachmentStore, 'manifest'>;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  readonly #documents = new Map<Digest, SignableDocument>();
  readonly #visited = new Map<Digest, readonly Digest[]>();
  readonly #broken = new Map<Digest, BrokenManifest>();
  #attestationManifests = 0;
  readonly #troubles: string[] = [];

  constructor(
    images: readonly Digest[],
    store: Pick<AttachmentStore, 'manifest'>,
    limits: Limits,
    signal: AbortSignal,
  ) {
    this.#wanted = new Set(images);
    this.#store = store;
    this.#limits = limits;
    this.#signal = signal;
  }

  path(): SignablePath {
    const documents = [...this.#documents.values()].toSorted((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
    return { documents, broken: this.#broken, troubles: this.#troubles };
  }

  /** Gives the wanted images at or below a document. */
  async visit(digest: Digest, depth: number): Promise<readonly Digest[]> {
    const known = this.#visited.get(digest);
    if (known !== undefined) return known;
    if (this.#visited.size >= this.#limits.maxManifests || depth > this.#limits.maxIndexDepth) {
      this.#trouble('indexes are nested too deep, or name too many others');
      return [];
    }
    // An index that names itself leads nowhere.
    this.#visited.set(digest, []);
    const read = await this.#read(digest);
    if (read === null) return [];
    const { bytes, document } = read;
    if (document.kind === 'manifest') {
      if (!this.#wanted.has(digest)) return [];
      this.#visited.set(digest, [digest]);
      this.#documents.set(digest, {
        digest,
        role: 'image',
        images: [digest],
        bytes,
        mediaType: document.mediaType,
        manifest: document,
      });
      return [digest];
    }
    const found = new Set<Digest>();
    for (const child of document.manifests) {
      if (isAttestationDescriptor(child)) continue;
      if (!this.#wanted.has(child.digest) && !isIndexType(child.mediaType)) continue;
      for (const image of await this.visit(child.digest, depth + 1)) found.add(image);
    }
    const images = [...found];
    this.#visited.set(digest, images);
    if (images.length === 0) return images;
    this.#documents.set(digest, {
      digest,
      role: 'index',
      images,
      bytes,
      mediaType: document.mediaType,
      manifest: null,
    });
    await this.#attestations(document, found);
    return images;
  }

  /** BuildKit's attestation manifests: what Docker signs instead of the image. */
  async #attestations(index: Index, images: ReadonlySet<Digest>): Promise<void> {
    for (const child of index.manifests) {
      const about = child.annotations['vnd.docker.reference.digest'] as Digest | undefined;
      if (!isAttestationDescriptor(child) || about === undefined || !images.has(about)) continue;
      if (this.#documents.has(child.digest)) continue;
      if (this.#attestationManifests >= MAX_ATTESTATION_MANIFESTS) {
        this.#trouble(`more than ${MAX_ATTESTATION_MANIFESTS} attestation manifests are named, and not all were read`);
        return;
      }
      this.#attestationManifests += 1;
      const read = await this.#read(child.digest);
      if (read === null || read.document.kind === 'index') continue;
      this.#documents.set(child.digest, {
        digest: child.digest,
        role: 'attestation-manifest',
        images: [about],
        bytes: read.bytes,
        mediaType: read.document.mediaType,
        manifest: read.document,
      });
    }
  }

  async #read(digest: Digest): Promise<{ bytes: Uint8Array; document: Manifest | Index } | null> {
    const refuse = (why: string, verdict: BrokenManifest['verdict'] = 'not-checked'): null => {
      if (this.#wanted.has(digest)) this.#broken.set(digest, { verdict, why });
      this.#trouble(`${digest} ${why}`);
      return null;
    };
    try {
      const bytes = await this.#store.manifest(digest, this.#signal);
      if (bytes === undefined) return refuse('is not there');
      if (digestOf(bytes, digestAlgorithm(digest)) !== digest) return refuse('has bytes of another digest', 'failed');
      return { bytes, document: readManifestDocument(bytes, digest) };
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof AuditError)) throw error;
      return refuse(`cannot be read: ${error.message}`);
    }
  }

  #trouble(message: string): void {
    if (this.#troubles.length < 100 && !this.#troubles.includes(message)) this.#troubles.push(message);
  }
}
