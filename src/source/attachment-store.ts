import type { Digest } from '../core/index.ts';
import type { Descriptor } from '../oci/index.ts';

/** Something that may hang on a subject. Whether it does, its own content tells. */
export interface AttachmentCandidate {
  readonly digest: Digest;
  readonly foundBy: AttachmentWay;
  /** Whether the place where it was found says what it hangs on; `cosign save` says that it is a signature, and not of what. */
  readonly isBound: boolean;
}

/**
 * How an attachment was found. `index`: an image index names it. `tag`: cosign's tags. `layout`: a blob or an entry of an
 * image layout.
 */
export type AttachmentWay = 'index' | 'tag' | 'referrers-api' | 'fallback-tag' | 'layout';

/** What looking for attachments of one subject gave. */
export interface AttachmentSearch {
  readonly candidates: readonly AttachmentCandidate[];
  /** Sentences on where could not be looked; without any, what was not found is not there. */
  readonly troubles: readonly string[];
}

/** Where the attachments of images are had from. Bytes are held against digests by whoever gets them. */
export interface AttachmentStore {
  /** Where ways to images may begin, besides what the reference resolved to: entries of a layout's index. */
  readonly roots: readonly Digest[];
  /**
   * Looks for what hangs on a document.
   * @param ways `referrers` leaves out the tags of cosign, each of which is one more request to a registry
   */
  find(subject: Digest, signal: AbortSignal, ways?: 'all' | 'referrers'): Promise<AttachmentSearch>;
  /** A manifest or index; undefined where it is not there. */
  manifest(digest: Digest, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /**
   * A blob; undefined where it is not there.
   * @throws AuditError `DOCUMENT_TOO_LARGE`
   */
  blob(
    descriptor: Pick<Descriptor, 'digest'>,
    limitBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined>;
}
