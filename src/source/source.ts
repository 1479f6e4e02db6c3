import type { Chunks, FileRange } from '../bytes/index.ts';
import type { Digest, Gap, Platform } from '../core/index.ts';

/** Where an image came from; a name in the report. */
export type SourceKind =
  | 'registry'
  | 'docker-archive'
  | 'oci-archive'
  | 'oci-layout'
  | 'rootfs'
  | 'daemon'
  | 'containerd';

/** How to get at the stored bytes of a blob. */
export type BlobHandle =
  /** A part of a file on this machine: whoever examines it can read it alone, on any thread. */
  | { readonly kind: 'file'; readonly range: FileRange }
  /** Bytes that arrive when asked for. */
  | { readonly kind: 'remote'; readonly sizeBytes: number | null; open(signal: AbortSignal): Chunks }
  /** Bytes that went by while the source was opened, and were handed to {@link PassingBlobs} under this name. */
  | { readonly kind: 'passed'; readonly name: string; readonly sizeBytes: number };

/** A layer as its source knows it. */
export interface SourceLayer {
  /** Digest that the manifest states; null in archives of `docker save`, which name layers by path. */
  readonly digest: Digest | null;
  readonly sizeBytes: number | null;
  readonly mediaType: string | null;
  readonly urls: readonly string[];
  /** Null where the source does not have the blob. */
  readonly blob: BlobHandle | null;
}

/** Why an image's configuration is not known though its source names one. */
export interface ConfigTrouble {
  readonly reason: 'config-absent' | 'config-invalid';
  readonly message: string;
}

/** One image of one platform, as its source knows it. */
export interface SourceImage {
  /** What the index says; the configuration has its own opinion. */
  readonly platform: Platform | null;
  readonly manifestDigest: Digest | null;
  readonly configDigest: Digest | null;
  /** The configuration's bytes; null where it is absent, or cannot be read: `configTrouble` says why. */
  readonly config: Uint8Array | null;
  readonly configTrouble?: ConfigTrouble;
  readonly annotations: Readonly<Record<string, string>>;
  readonly layers: readonly SourceLayer[];
  /** Names and tags it goes by in its source. */
  readonly names: readonly string[];
  /** Which document of the source names it, where another one names another image. */
  readonly statedBy?: string;
  /** Whether it is a filesystem only, of which no configuration is missing. */
  readonly bare?: boolean;
}

/** A manifest that hangs on an image and is none itself: an attestation, a signature. */
export interface SourceAttachment {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly kind: 'attestation' | 'signature' | 'artifact';
  readonly format: string;
  /** Digest of what it is about, as far as the index says. */
  readonly subject: Digest | null;
  /** `index`: named by an index. `tag`: under a tag. The others: a registry's lists of what names a subject. */
  readonly foundBy: 'index' | 'tag' | 'referrers-api' | 'fallback-tag';
}

/** A blob that an archive or a layout has, and that no manifest in it names. */
export interface SourceOrphan {
  /** Its name in the source; no two have the same. */
  readonly name: string;
  /** Digest that it is named by, where its name is one. */
  readonly digest: Digest | null;
  readonly sizeBytes: number;
  /**
   * `layer`: a tar or something compressed. `trailing`: bytes behind the end of the archive. `replaced`: a member
   * that a later one of the same name replaced, whatever it is. `legacy`: a configuration of a single layer in the
   * format before Docker 1.10; `docker save` writes them to this day, and names them nowhere. The others are JSON
   * documents of images that are not listed, or of nothing that is known; `other` is no JSON.
   */
  readonly kind:
    | 'layer'
    | 'trailing'
    | 'replaced'
    | 'index'
    | 'manifest'
    | 'config'
    | 'legacy'
    | 'statement'
    | 'document'
    | 'other';
  readonly blob: BlobHandle;
}

/** Something that a source's own documents get wrong. */
export interface SourceProblem {
  /**
   * `name-mismatch`: a file name that looks like the digest of something else. Nothing relies on it: `docker load`
   * takes the configuration of an older archive for what its bytes are.
   *
   * `duplicate-member`: one name in an archive for different bytes; `names-disagree`: manifest.json and index.json
   * of one archive name different images. In both, it depends on the reader which image it is.
   */
  readonly kind: 'digest-mismatch' | 'size-mismatch' | 'name-mismatch' | 'duplicate-member' | 'names-disagree';
  /** What it is about, in words. */
  readonly subject: string;
  readonly detail: string;
}

/** What a reference turned out to be. */
export interface SourceContent {
  readonly kind: SourceKind;
  /** What the reference resolved to, once: an index, a manifest, or of a Docker archive the configuration. */
  readonly digest: Digest | null;
  readonly mediaType: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly images: readonly SourceImage[];
  readonly attachments: readonly SourceAttachment[];
  /** What is there and no manifest names; left out where a source cannot tell, as a registry. */
  readonly orphans?: readonly SourceOrphan[];
  readonly problems: readonly SourceProblem[];
  readonly gaps: readonly Gap[];
}

/**
 * Takes blobs of a source that can be read only once (standard input, a compressed archive) as they pass by,
 * before anybody knows which image they belong to. Resolves when the blob was taken to its end, with its digest if
 * the taker knows it: two members of one name are compared by it. No name is given twice.
 */
export type PassingBlobs = (
  name: string,
  chunks: AsyncIterable<Uint8Array>,
) => Promise<Digest | undefined> | Promise<void>;
