import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, digestAlgorithm, type Gap } from '../core/index.ts';
import type { Image } from '../image/index.ts';
import { isAttestationDescriptor } from '../oci/index.ts';
import type { AttachedSbom, ImageEvidence } from '../rules/index.ts';
import {
  compareSbom,
  type ImageIdentity,
  isSbomPredicate,
  type ReadSbom,
  readSbom,
  SBOM_LIMITS,
  type SbomComparison,
} from '../sbom/index.ts';
import type { AttachmentStore, SourceContent } from '../source/index.ts';
import { MAX_ATTACHMENTS, MAX_BLOBS, readAttachmentDocument } from './attachment-document.ts';
import { isLayerComplete } from './gaps.ts';

/** An SBOM, and where it was found. */
export interface FoundSbom {
  /** Manifest of what it was attached in; null for a file. */
  readonly attachment: Digest | null;
  /** The blob that holds it. */
  readonly blob: Digest | null;
  /** What it is attached to: an image, an index; null where that is not known. */
  readonly attachedTo: Digest | null;
  readonly foundBy: string | null;
  /** The file that it was read from. */
  readonly file: string | null;
  /** Null where it could not be read. */
  readonly sbom: ReadSbom | null;
  readonly trouble: AuditError | null;
}

/** A blob of an attachment. */
export interface AttachmentBlob {
  readonly attachment: Digest;
  readonly blob: Digest;
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** SBOMs kept of one subject. The attack: whoever can push can hang a thousand on an image, each of megabytes. */
const MAX_SBOMS = 16;
/** Bytes of all SBOMs together. */
const MAX_BYTES = 128 * 1024 * 1024;

/** Where an attachment was found. */
interface AttachmentPlace {
  readonly attachedTo: Digest | null;
  readonly foundBy: string;
}

/** Where what a source lists as attached was found, by the digest of its manifest. */
export function placesOf({ attachments }: Pick<SourceContent, 'attachments'>): Map<Digest, AttachmentPlace> {
  return new Map(attachments.map(({ digest, subject, foundBy }) => [digest, { attachedTo: subject, foundBy }]));
}

/** Picks SBOMs out of the blobs of attachments. */
export class SbomCollector {
  readonly #found: FoundSbom[] = [];
  readonly #blobs = new Set<Digest>();
  readonly #placeOf: (digest: Digest) => AttachmentPlace | undefined;
  #bytes = 0;
  #left = 0;

  /** @param placeOf what is known of an attachment, by the digest of its manifest */
  constructor(placeOf: (digest: Digest) => AttachmentPlace | undefined) {
    this.#placeOf = placeOf;
  }

  take({ attachment, blob, mediaType, annotations, bytes }: AttachmentBlob): void {
    // One document under several manifests is one document.
    if (digestOf(bytes, digestAlgorithm(blob)) !== blob) return;
    const { attachedTo, foundBy } = this.#placeOf(attachment) ?? { attachedTo: null, foundBy: 'layout' };
    const key = `${blob}${attachedTo ?? ''}` as Digest;
    if (this.#blobs.has(key)) return;
    this.#blobs.add(key);
    const place = { attachment, blob, attachedTo, foundBy, file: null };
    const isFull = this.#found.length >= MAX_SBOMS || this.#bytes + bytes.byteLength > MAX_BYTES;
    const claims = claimsSbom(mediaType, annotations);
    if (isFull) {
      if (claims) this.#left += 1;
      return;
    }
    try {
      const sbom = readSbom(bytes);
      this.#bytes += bytes.byteLength;
      this.#found.push({ ...place, sbom, trouble: null });
    } catch (error) {
      if (!(error instanceof AuditError)) throw error;
      if (!claims && (error.code === 'SBOM_UNRECOGNISED' || !/in-toto|dsse|sigstore\.bundle/.test(mediaType))) return;
      this.#found.push({ ...place, sbom: null, trouble: error });
    }
  }

  get found(): readonly FoundSbom[] {
    return this.#found;
  }

  /** SBOMs that could not be read. */
  gaps(): Gap[] {
    const gaps: Gap[] = this.#found.flatMap(({ attachment, trouble }) =>
      trouble === null
        ? []
        : [
            {
              subject: `SBOM ${attachment ?? ''}`,
              reason: trouble.code === 'SBOM_TOO_LARGE' ? ('budget-exceeded' as const) : ('blob-unreadable' as const),
              bytes: null,
              message: `it was not compared: ${trouble.message}`,
              incomplete: true,
            },
          ],
    );
    if (this.#left > 0) {
      const message = `${this.#left} more SBOMs were not compared`;
      gaps.push({ subject: 'SBOMs', reason: 'budget-exceeded', bytes: null, message, incomplete: true });
    }
    return gaps;
  }
}

/** Whether whoever attached a blob says that it is an SBOM. */
function claimsSbom(mediaType: string, annotations: Readonly<Record<string, string>>): boolean {
  const predicate = annotations['in-toto.io/predicate-type'] ?? annotations['predicateType'] ?? '';
  return /^(?:application|text)\/(?:vnd\.)?(?:spdx|cyclonedx|syft)/i.test(mediaType) || isSbomPredicate(predicate);
}

/** Finds the SBOMs that hang on images, wherever clients put them. */
export async function findSboms(
  content: SourceContent,
  images: readonly Image[],
  store: AttachmentStore | null,
  signal: AbortSignal,
): Promise<SbomCollector> {
  const places = placesOf(content);
  const collector = new SbomCollector((digest) => places.get(digest));
  if (store === null) return collector;
  const subjects = [content.digest, ...images.map(({ manifestDigest }) => manifestDigest)];
  // A registry has been asked for what hangs on all of them; of a layout only what its index names is known.
  for (const subject of content.kind === 'registry' ? [] : new Set(subjects.filter((one) => one !== null))) {
    const { candidates } = await store.find(subject, signal);
    for (const { digest, foundBy, isBound } of candidates)
      if (places.get(digest)?.attachedTo == null) places.set(digest, { attachedTo: isBound ? subject : null, foundBy });
  }
  for (const digest of [...places.keys()].slice(0, MAX_ATTACHMENTS)) {
    for (const blob of await readBlobs(digest, store, signal)) collector.take(blob);
  }
  return collector;
}

async function readBlobs(digest: Digest, store: AttachmentStore, signal: AbortSignal): Promise<AttachmentBlob[]> {
  try {
    const what = `the manifest of attachment ${digest}`;
    const document = (await readAttachmentDocument(digest, store, { what, signal }))?.document;
    if (document?.kind !== 'manifest') return [];
    const blobs: AttachmentBlob[] = [];
    for (const { digest: blob, mediaType, annotations, sizeBytes } of document.layers.slice(0, MAX_BLOBS)) {
      const isOther =
        !claimsSbom(mediaType, annotations) && !/in-toto|dsse|sigstore\.bundle|json|xml|^text\//.test(mediaType);
      if (isOther || (sizeBytes ?? 0) > SBOM_LIMITS.bytes) continue;
      const content = await store.blob({ digest: blob }, SBOM_LIMITS.bytes, signal);
      if (content === undefined) continue;
      blobs.push({ attachment: digest, blob, mediaType, annotations, bytes: content });
    }
    return blobs;
  } catch (error) {
    signal.throwIfAborted();
    // What cannot be read of an attachment is no SBOM; that it is there, and broken, `audit verify` tells.
    if (error instanceof AuditError) return [];
    throw error;
  }
}

/** What an SBOM is held against besides the image itself. */
export interface ComparedSubject {
  readonly content: SourceContent;
  /** Manifests of the index that the reference resolved to, whether they are looked at or not. */
  readonly siblings: readonly Digest[];
}

/** The manifests that an index names: of those that nobody asked for nothing else is known. */
export async function siblingsOf(
  { digest, images }: SourceContent,
  store: AttachmentStore | null,
  signal: AbortSignal,
): Promise<Digest[]> {
  const known = images.flatMap(({ manifestDigest }) => manifestDigest ?? []);
  if (store === null || digest === null || known.includes(digest)) return known;
  try {
    const document = (await readAttachmentDocument(digest, store, { what: `the index ${digest}`, signal }))?.document;
    if (document?.kind !== 'index') return known;
    const named = document.manifests.filter((one) => !isAttestationDescriptor(one)).map((one) => one.digest);
    return [...new Set([...known, ...named])];
  } catch (error) {
    signal.throwIfAborted();
    // What the reference names need not be a manifest; the images that are looked at are known without it.
    if (error instanceof AuditError) return known;
    throw error;
  }
}

/** The digests by which an SBOM may name an image. */
function identityOf({ image, layers }: ImageEvidence, { content, siblings }: ComparedSubject): ImageIdentity {
  const { manifestDigest, configDigest } = image;
  return {
    manifestDigest,
    configDigest,
    rootDigest: content.digest,
    siblings: siblings.filter((one) => one !== manifestDigest),
    layers: layers.map(({ layer, record }) => ({
      digest: layer.digest ?? record?.blob.digest ?? null,
      diffId: layer.diffId ?? record?.diffId ?? null,
    })),
  };
}

/**
 * Holds an SBOM against an image.
 * @returns null where it is attached to something else
 */
export function compareWith(
  { attachment, attachedTo, sbom }: FoundSbom,
  evidence: ImageEvidence,
  subject: ComparedSubject,
  withPrograms: boolean,
): SbomComparison | null {
  const { content, siblings } = subject;
  const { manifestDigest } = evidence.image;
  if (sbom === null) return null;
  const isAttached = attachment !== null && attachedTo !== null;
  if (isAttached && attachedTo !== manifestDigest && attachedTo !== content.digest) return null;
  const names = [...sbom.document.subject.digests, ...(sbom.statement?.subjects ?? [])];
  const isOfPlatform = names.some((one) => one === manifestDigest || one === evidence.image.configDigest);
  const isOfIndex = isAttached ? attachedTo !== manifestDigest : names.some((one) => one === content.digest);
  return compareSbom(
    sbom,
    {
      identity: identityOf(evidence, subject),
      filesystem: evidence.filesystem,
      system: evidence.system,
      isWhole: evidence.layers.every(isLayerComplete),
    },
    { isShared: isOfIndex && !isOfPlatform && siblings.length > 1, withPrograms },
  );
}

/** The SBOMs that are attached to an image, held against its packages and files. */
export function attachedSboms(
  found: readonly FoundSbom[],
  evidence: ImageEvidence,
  subject: ComparedSubject,
): AttachedSbom[] {
  return found.flatMap((one) => {
    const comparison = compareWith(one, evidence, subject, false);
    return comparison === null || one.attachment === null ? [] : [{ digest: one.attachment, comparison }];
  });
}
