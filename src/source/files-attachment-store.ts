import { AuditError, type Digest, isDigest, type Limits } from '../core/index.ts';
import { type Index, type Manifest, manifestPurpose, readManifestDocument } from '../oci/index.ts';
import type { AttachmentCandidate, AttachmentStore, AttachmentWay } from './attachment-store.ts';
import type { FileSet } from './file-set.ts';
import { blobPath } from './oci-layout.ts';

/** JSON documents of a layout that are read to see what they are about, and their bytes. */
const MAX_DOCUMENTS = 10_000;
const MAX_DOCUMENT_BYTES = 128 * 1024 * 1024;
const MAX_CANDIDATES = 1000;

/** Names in layouts that say what something hangs on: cosign's tags, and the tag of referrers, by themselves or after a colon. */
const ATTACHMENT_NAME = /(?:^|:)(sha256|sha512)-([a-f0-9]+)(\.sig|\.att|\.sbom)?$/;

/** What a layout says hangs on what. */
interface Catalogue {
  readonly roots: readonly Digest[];
  /** By the subject, or the part of it that a tag has room for. */
  readonly bySubject: ReadonlyMap<string, readonly AttachmentCandidate[]>;
  /** What is an attachment, and nobody says of what. */
  readonly unbound: readonly AttachmentCandidate[];
  readonly troubles: readonly string[];
}

/**
 * Attachments in an image layout or an archive: by the names in its index, and all manifests among the blobs that
 * have a subject, whether something names them or not, as cosign looks for them.
 */
export class FilesAttachmentStore implements AttachmentStore {
  readonly #files: FileSet;
  readonly #limits: Limits;
  #catalogue: Catalogue | null = null;

  constructor(files: FileSet, limits: Limits) {
    this.#files = files;
    this.#limits = limits;
  }

  get roots(): readonly Digest[] {
    return this.#read().roots;
  }

  find(subject: Digest): ReturnType<AttachmentStore['find']> {
    const { bySubject, unbound, troubles } = this.#read();
    const candidates = [...(bySubject.get(tagKey(subject)) ?? []), ...unbound];
    const distinct = [...new Map(candidates.toReversed().map((one) => [one.digest, one])).values()].toReversed();
    const more = distinct.length > MAX_CANDIDATES ? [`there are more than ${MAX_CANDIDATES}`] : [];
    return Promise.resolve({ candidates: distinct.slice(0, MAX_CANDIDATES), troubles: [...troubles, ...more] });
  }

  #read(): Catalogue {
    this.#catalogue ??= new Cataloguer(this.#files, this.#limits).read();
    return this.#catalogue;
  }

  manifest(digest: Digest): Promise<Uint8Array | undefined> {
    return this.blob({ digest }, this.#limits.maxManifestBytes);
  }

  async blob({ digest }: { readonly digest: Digest }, limitBytes: number): Promise<Uint8Array | undefined> {
    const bytes = this.#files.document(blobPath(digest));
    if (bytes !== undefined && bytes.byteLength > limitBytes) {
      throw new AuditError('DOCUMENT_TOO_LARGE', `blob ${digest} has more than ${limitBytes} bytes`);
    }
    return bytes;
  }
}

/** What a tag can say of a digest: it is cut after 64 characters of hex. */
function tagKey(digest: string): string {
  const [algorithm, hex = ''] = digest.split(':');
  return `${algorithm}:${hex.slice(0, 64)}`;
}

class Cataloguer {
  readonly #files: FileSet;
  readonly #limits: Limits;
  readonly #bySubject = new Map<string, AttachmentCandidate[]>();
  readonly #bound = new Set<Digest>();
  readonly #troubles: string[] = [];
  #documents = 0;
  #bytes = 0;

  constructor(files: FileSet, limits: Limits) {
    this.#files = files;
    this.#limits = limits;
  }

  read(): Catalogue {
    const index = this.#document(this.#files, 'index.json');
    const listed = index?.kind === 'index' ? index.manifests : [];
    for (const { digest, annotations } of listed) {
      for (const name of Object.values(annotations)) this.#named(name, digest);
    }
    for (const entry of this.#files.entries()) {
      const [, algorithm, hex] = /^blobs\/([^/]+)\/([^/]+)$/.exec(entry.name) ?? [];
      const digest = `${algorithm}:${hex}`;
      if (entry.hidden || !isDigest(digest) || entry.sizeBytes > this.#limits.maxManifestBytes) continue;
      if (entry.look() !== 'json') continue;
      const document = this.#read(entry.sizeBytes, () => entry.document());
      if (document?.kind === 'manifest' && document.subject !== null)
        this.#bind(document.subject.digest, digest, 'layout');
    }
    const unbound = listed.flatMap(({ digest }): AttachmentCandidate[] => {
      if (this.#bound.has(digest)) return [];
      const document = this.#document(this.#files, blobPath(digest));
      const isOne = document?.kind === 'manifest' && manifestPurpose(document) !== 'image';
      return isOne ? [{ digest, foundBy: 'layout', isBound: false }] : [];
    });
    const roots = listed.map(({ digest }) => digest);
    return { roots, bySubject: this.#bySubject, unbound, troubles: this.#troubles };
  }

  #named(name: string, digest: Digest): void {
    const [, algorithm, hex, suffix] = ATTACHMENT_NAME.exec(name) ?? [];
    if (algorithm === undefined) return;
    const subject = `${algorithm}:${hex}`;
    if (suffix !== undefined) {
      this.#bind(subject, digest, 'tag');
      return;
    }
    this.#bound.add(digest);
    const document = this.#document(this.#files, blobPath(digest));
    if (document?.kind === 'index')
      for (const one of document.manifests) this.#bind(subject, one.digest, 'fallback-tag');
  }

  #bind(subject: string, digest: Digest, foundBy: AttachmentWay): void {
    this.#bound.add(digest);
    const key = tagKey(subject);
    const known = this.#bySubject.get(key) ?? [];
    known.push({ digest, foundBy, isBound: true });
    this.#bySubject.set(key, known);
  }

  #document(files: FileSet, name: string): Manifest | Index | null {
    try {
      const bytes = files.document(name);
      return bytes === undefined ? null : this.#read(bytes.byteLength, () => bytes);
    } catch (error) {
      if (error instanceof AuditError) return null;
      throw error;
    }
  }

  #read(sizeBytes: number, bytes: () => Uint8Array): Manifest | Index | null {
    if (this.#documents >= MAX_DOCUMENTS || this.#bytes + sizeBytes > MAX_DOCUMENT_BYTES) {
      const message = `not all documents of ${this.#files.place} were looked at: they are too many`;
      if (!this.#troubles.includes(message)) this.#troubles.push(message);
      return null;
    }
    this.#documents += 1;
    this.#bytes += sizeBytes;
    try {
      return readManifestDocument(bytes(), 'a document');
    } catch (error) {
      // Configurations and statements are documents, too.
      if (error instanceof AuditError) return null;
      throw error;
    }
  }
}
