import { digestOf } from '../bytes/index.ts';
import { AuditError, type Digest, digestAlgorithm, type Limits } from '../core/index.ts';
import type { Image } from '../image/index.ts';
import type { Descriptor } from '../oci/index.ts';
import type { StagesProvenance } from '../report/index.ts';
import type { AttachmentStore } from '../source/index.ts';
import { type GivenProvenance, prepareProvenance, type ReadProvenance, readProvenance } from '../stages/index.ts';
import { type CheckedAttachment, checkImageTrust } from '../trust/index.ts';
import { MAX_ATTACHMENTS, MAX_BLOBS, readAttachmentDocument } from './attachment-document.ts';
import { decodeText, payloadOf } from './attachment-secrets.ts';
import { rootOf } from './image-trust.ts';
import type { LoadedTrust } from './load-trust.ts';
import type { OpenedImages } from './open-images.ts';

/** What reading provenance takes. */
export interface ReadProvenancesOptions {
  /** Whom to trust; null where nobody was named. */
  readonly trust: LoadedTrust | null;
  /** The image's, with its registry; null where it is in none. */
  readonly repository: string | null;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** Provenance that hangs on an image of a subject, and what it is worth. */
export interface AttachedProvenance {
  /** Manifest of the attachment, and the blob in it. */
  readonly attachment: Digest;
  readonly blob: Digest;
  /** What whoever listed it says that it is about. */
  readonly hangsOn: readonly Digest[];
  readonly read: Exclude<ReadProvenance, { readonly kind: 'none' }>;
  /** Of BuildKit's provenance: its Dockerfiles read. */
  readonly given: GivenProvenance | null;
  readonly trust: StagesProvenance['trust'];
}

/** Largest statement that is read; provenance of large builds has some hundred kilobytes. As much is searched for secrets. */
const MAX_BLOB_BYTES = 32 * 1024 * 1024;
const MAX_BYTES = 128 * 1024 * 1024;

/** Media types of statements: plain, in an envelope, in a bundle. */
const STATEMENTS = /^application\/(?:vnd\.in-toto\+json|vnd\.dsse\.envelope\.v1\+json|vnd\.dev\.sigstore\.bundle\b.*)$/;
const PLAIN = 'application/vnd.in-toto+json';
const PREDICATE_ANNOTATION = 'in-toto.io/predicate-type';

/**
 * Reads the provenance that is attached to images, and says what it is worth. What cannot be read is passed over: it is
 * evidence that is not there, and the stages are told on other evidence.
 */
export async function readProvenances(
  { content, images, attachments: store }: OpenedImages,
  { trust, repository, limits, signal }: ReadProvenancesOptions,
): Promise<AttachedProvenance[]> {
  if (store === null) return [];
  const digests = [...new Set(images.flatMap(({ manifestDigest }) => manifestDigest ?? []))];
  const checks =
    trust === null || digests.length === 0
      ? null
      : await checkImageTrust({
          ...{ ...trust, effort: 'verify', repository, limits, signal },
          ...{ root: rootOf(content), images: digests, store },
        });
  const hangsOn = new Map<Digest, Digest[]>();
  for (const { digest, subject } of [...content.attachments, ...(checks?.attachments ?? [])]) {
    const known = hangsOn.get(digest) ?? [];
    hangsOn.set(digest, known);
    if (subject !== null && !known.includes(subject)) known.push(subject);
  }
  const found: AttachedProvenance[] = [];
  const budget = { bytes: MAX_BYTES };
  for (const [attachment, about] of [...hangsOn].slice(0, MAX_ATTACHMENTS)) {
    const statements = await readStatements(attachment, store, budget, signal);
    if (statements.length === 0) continue;
    const covers = await coveringSignatures(attachment, checks?.attachments ?? [], store, signal);
    for (const { descriptor, text } of statements) {
      const isPlain = descriptor.mediaType === PLAIN;
      const read = readProvenance(isPlain ? text : (payloadOf(text) ?? ''));
      if (read.kind === 'none') continue;
      const own = checks?.attachments.filter(({ blob }) => blob === descriptor.digest) ?? [];
      found.push({
        attachment,
        blob: descriptor.digest,
        hangsOn: about,
        read,
        given: read.kind === 'buildkit' ? await prepareProvenance(read.provenance) : null,
        trust: trustOf(isPlain, own, covers, trust !== null),
      });
    }
  }
  return found;
}

/** Provenance that is about one image, or hangs on it; what is about it and verified comes first. */
export function provenancesOf(image: Image, all: readonly AttachedProvenance[]): AttachedProvenance[] {
  const { manifestDigest } = image;
  if (manifestDigest === null) return [];
  const rank = (one: AttachedProvenance): number =>
    (isAbout(one, manifestDigest) ? 0 : 4) + (one.trust.verdict === 'verified' ? 0 : one.given === null ? 2 : 1);
  return all
    .filter((one) => isAbout(one, manifestDigest) || one.hangsOn.includes(manifestDigest))
    .sort((a, b) => rank(a) - rank(b));
}

/** Why provenance is no evidence of an image's stages; null where it is. */
export function whyNotUsed(one: AttachedProvenance, { manifestDigest }: Image): string | null {
  const { read, trust } = one;
  const subjects = read.kind === 'buildkit' ? read.provenance.subjects : read.subjects;
  if (manifestDigest === null || !isAbout(one, manifestDigest))
    return `it is about ${subjects[0] ?? 'nothing'}, and not about this image`;
  if (trust.verdict === 'failed') return `its signature is wrong: ${trust.reasons.join('; ')}`;
  if (read.kind === 'malformed') return `it is not as BuildKit writes it: ${read.reason}`;
  if (read.kind === 'other') return `it is not BuildKit’s (${read.buildType}), and does not tell what made which layer`;
  return null;
}

/** BuildKit names no subject where the image was given no name: then it is about what it hangs on. */
function isAbout({ read, hangsOn }: AttachedProvenance, manifest: Digest): boolean {
  const subjects = read.kind === 'buildkit' ? read.provenance.subjects : read.subjects;
  return subjects.length === 0 ? hangsOn.includes(manifest) : subjects.includes(manifest);
}

async function readStatements(
  digest: Digest,
  store: AttachmentStore,
  budget: { bytes: number },
  signal: AbortSignal,
): Promise<{ descriptor: Descriptor; text: string }[]> {
  try {
    const what = `the manifest of attachment ${digest}`;
    const document = (await readAttachmentDocument(digest, store, { what, signal }))?.document;
    if (document?.kind !== 'manifest') return [];
    const statements: { descriptor: Descriptor; text: string }[] = [];
    for (const descriptor of document.layers.filter(mayBeProvenance).slice(0, MAX_BLOBS)) {
      const limit = Math.min(MAX_BLOB_BYTES, budget.bytes);
      if (limit <= 0 || (descriptor.sizeBytes ?? 0) > limit) continue;
      const content = await store.blob(descriptor, limit, signal);
      if (content === undefined) continue;
      budget.bytes -= content.byteLength;
      if (digestOf(content, digestAlgorithm(descriptor.digest)) !== descriptor.digest) continue;
      statements.push({ descriptor, text: decodeText(content) });
    }
    return statements;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AuditError) return [];
    throw error;
  }
}

/** SBOMs stand beside provenance, and are large: BuildKit says which is which. */
function mayBeProvenance({ mediaType, annotations }: Descriptor): boolean {
  const predicate = annotations[PREDICATE_ANNOTATION];
  return (
    STATEMENTS.test(mediaType) && (predicate === undefined || predicate.startsWith('https://slsa.dev/provenance/'))
  );
}

/**
 * Verified signatures that cover a statement without being its own: over the manifest that holds it, or over an index
 * that names this manifest.
 */
async function coveringSignatures(
  attachment: Digest,
  checked: readonly CheckedAttachment[],
  store: AttachmentStore,
  signal: AbortSignal,
): Promise<CheckedAttachment[]> {
  const covering: CheckedAttachment[] = [];
  for (const one of checked) {
    if (one.verdict !== 'verified' || one.kind !== 'signature' || one.subject === null) continue;
    if (one.subject === attachment || (await namedBy(one.subject, store, signal)).includes(attachment))
      covering.push(one);
  }
  return covering;
}

async function namedBy(digest: Digest, store: AttachmentStore, signal: AbortSignal): Promise<Digest[]> {
  try {
    const document = (await readAttachmentDocument(digest, store, { what: digest, signal }))?.document;
    return document?.kind === 'index' ? document.manifests.map((one) => one.digest) : [];
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AuditError) return [];
    throw error;
  }
}

function trustOf(
  isPlain: boolean,
  own: readonly CheckedAttachment[],
  covering: readonly CheckedAttachment[],
  isAsked: boolean,
): StagesProvenance['trust'] {
  const verified = [...own, ...covering].find(({ verdict }) => verdict === 'verified');
  if (verified !== undefined)
    return { verdict: 'verified', reasons: [], signer: verified.signature?.signer.name ?? null };
  const [first] = own;
  if (first !== undefined) return { verdict: first.verdict, reasons: first.reasons, signer: null };
  const nobody = 'it is no envelope, so nobody signed it: it is what the builder wrote';
  if (isPlain) return { verdict: 'unsigned', reasons: [nobody], signer: null };
  const reasons = [
    isAsked
      ? 'its signature was not found where signatures are looked for'
      : 'nobody said whom to trust; see --key and --certificate-identity',
  ];
  return { verdict: 'unverified', reasons, signer: null };
}
