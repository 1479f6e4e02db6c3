import { digestOf } from '../bytes/index.ts';
import { type Digest, digestAlgorithm } from '../core/index.ts';
import { type Index, type Manifest, readManifestDocument } from '../oci/index.ts';
import type { AttachmentStore } from '../source/index.ts';

/** Attachments looked into of one subject. The attack: whoever can push can hang ten thousand on an image. */
export const MAX_ATTACHMENTS = 200;
/** Blobs looked into of one attachment. */
export const MAX_BLOBS = 50;

/** A manifest or an index of a store, and its bytes. */
export interface AttachmentDocument {
  readonly bytes: Uint8Array;
  readonly document: Manifest | Index;
}

/**
 * Fetches a manifest or an index; null where the store has none of this digest.
 * @param what names it in errors
 * @throws AuditError where it cannot be fetched, or is no manifest
 */
export async function readAttachmentDocument(
  digest: Digest,
  store: AttachmentStore,
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
): Promise<AttachmentDocument | null> {
  const bytes = await store.manifest(digest, signal);
  if (bytes === undefined || digestOf(bytes, digestAlgorithm(digest)) !== digest) return null;
  return { bytes, document: readManifestDocument(bytes, what) };
}
