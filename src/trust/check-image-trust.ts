import type { Digest, Limits } from '../core/index.ts';
import type { AttachmentCandidate, AttachmentStore } from '../source/index.ts';
import type { TrustContext, TrustVerdict } from './check.ts';
import type { CheckedAttachment } from './checked-attachment.ts';
import { type SignableDocument, type SignablePath, walkPath } from './path.ts';
import { fullBudget, type ReadContext, readAttachment } from './read-attachment.ts';
import { isPredicateOfType } from './statement.ts';

/** What is looked at, and what has to be there. */
export interface TrustRequest extends TrustContext {
  /** What the reference resolved to; null where it names no one document. */
  readonly root: Digest | null;
  /** Manifests of the images that are looked at. */
  readonly images: readonly Digest[];
  /** Types of attestations that have to be there; without any, a signature has to be. */
  readonly predicateTypes: readonly string[];
  /** With its registry, for what is trusted in some repositories only; absent or null where the image has none. */
  readonly repository?: string | null;
  readonly store: AttachmentStore;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** What one image's signatures are worth together. */
export interface ImageTrust {
  readonly image: Digest;
  readonly verdict: TrustVerdict;
  readonly reasons: readonly string[];
  /** The documents whose signatures make it verified: the image's manifest, or an index above it. */
  readonly signed: readonly Digest[];
}

/** What was looked at, found, and made of it. */
export interface TrustResult {
  readonly searched: readonly {
    readonly digest: Digest;
    readonly role: SignableDocument['role'];
    readonly found: number;
    /** Where could not be looked. */
    readonly troubles: readonly string[];
  }[];
  readonly attachments: readonly CheckedAttachment[];
  readonly images: readonly ImageTrust[];
  /** What could not be read on the way to the images. */
  readonly troubles: readonly string[];
}

/**
 * Finds everything that hangs on the way to some images, checks each, and says of every image whether whom the user
 * trusts has signed it. One right signature is enough, and no number of wrong ones takes that away: whoever can push
 * can add those.
 */
export async function checkImageTrust(request: TrustRequest): Promise<TrustResult> {
  const { root, images, store, limits, signal } = request;
  const path = await walkPath(root, images, store, { limits, signal });
  const repository = request.repository ?? null;
  const context: ReadContext = { ...request, repository, documents: path.documents, budget: fullBudget() };
  const attachments: CheckedAttachment[] = [];
  const searched: TrustResult['searched'][number][] = [];
  const unbound = new Map<Digest, AttachmentCandidate>();
  for (const document of path.documents) {
    const before = attachments.length;
    const own = ownLayers(document);
    const { candidates, troubles } = await store.find(document.digest, signal);
    for (const candidate of [...own, ...candidates]) {
      if (candidate.isBound) attachments.push(...(await readAttachment(candidate, document, context)));
      else unbound.set(candidate.digest, candidate);
    }
    const { digest, role } = document;
    searched.push({ digest, role, found: attachments.length - before, troubles });
  }
  for (const candidate of unbound.values()) attachments.push(...(await readAttachment(candidate, null, context)));
  const result = { searched, attachments, troubles: path.troubles };
  return { ...result, images: images.map((image) => judgeImage(image, path, result, request)) };
}

/** The statements in an attestation manifest hang on it, as they are a part of it. */
function ownLayers({ role, digest }: SignableDocument): AttachmentCandidate[] {
  return role === 'attestation-manifest' ? [{ digest, foundBy: 'index', isBound: true }] : [];
}

function judgeImage(
  image: Digest,
  { documents, broken }: SignablePath,
  { attachments, searched, troubles }: Pick<TrustResult, 'attachments' | 'searched' | 'troubles'>,
  { predicateTypes }: TrustRequest,
): ImageTrust {
  const trouble = broken.get(image);
  if (trouble !== undefined) {
    return { image, verdict: trouble.verdict, reasons: [`its manifest ${trouble.why}`], signed: [] };
  }
  const covering = new Set(
    documents
      .filter((one) => one.role !== 'attestation-manifest' && one.images.includes(image))
      .map((one) => one.digest),
  );
  const about = attachments.filter(({ subject }) => subject !== null && covering.has(subject));
  const verified = about.filter(({ verdict }) => verdict === 'verified');
  const signatures = verified.filter(({ kind }) => kind === 'signature');
  const lacking = predicateTypes.filter((type) => !verified.some((one) => isOfType(one, type)));
  const isVerified = predicateTypes.length === 0 ? signatures.length > 0 : lacking.length === 0;
  if (isVerified) {
    const proofs =
      predicateTypes.length === 0
        ? signatures
        : verified.filter((one) => predicateTypes.some((type) => isOfType(one, type)));
    const signed = [...new Set(proofs.flatMap(({ subject }) => subject ?? []))];
    return { image, verdict: 'verified', reasons: [], signed };
  }
  const missing = predicateTypes.length === 0 ? 'no signature' : `no attestation of type ${lacking.join(', ')}`;
  const relevant = about.filter(
    ({ kind, verdict }) => verdict !== 'verified' && (predicateTypes.length > 0 || kind !== 'attestation'),
  );
  const worst = (['failed', 'unverified', 'not-checked'] as const).find((verdict) =>
    relevant.some((one) => one.verdict === verdict && mayBeSigned(one)),
  );
  const blind = [...troubles, ...searched.filter(({ digest }) => covering.has(digest)).flatMap((one) => one.troubles)];
  const reasons = [
    `${missing} of it is verified`,
    ...(predicateTypes.length === 0 && verified.length > 0
      ? ['attestations are, but an attestation is no signature']
      : []),
    ...new Set(relevant.flatMap((one) => (mayBeSigned(one) ? one.reasons : []))),
    ...blind,
  ].slice(0, 20);
  return { image, verdict: worst ?? (blind.length > 0 ? 'not-checked' : 'unsigned'), reasons, signed: [] };
}

/** What is of no known kind is no signature; of what could not be read nobody knows. */
function mayBeSigned({ kind, blob, verdict }: CheckedAttachment): boolean {
  return verdict !== 'unsigned' && (kind !== 'artifact' || blob === null);
}

function isOfType({ kind, predicateType }: CheckedAttachment, wanted: string): boolean {
  return kind === 'attestation' && predicateType !== null && isPredicateOfType(predicateType, wanted);
}
