import type { Digest, Limits } from '../core/index.ts';
import type { AttachmentCandidate, AttachmentStore } from '../source/index.ts';
import type { TrustContext } from './check.ts';
import type { CheckedAttachment } from './checked-attachment.ts';
import { type ImageTrust, isCovering, judgeImage } from './judge-image.ts';
import { type SignableDocument, walkPath } from './path.ts';
import { fullBudget, type ReadContext, readAttachment, smallBudget } from './read-attachment.ts';
import type { TrustRequirements } from './requirements.ts';

/** What is looked at, and what has to be there. */
export interface TrustRequest extends TrustContext {
  /** What the reference resolved to; null where it names no one document. */
  readonly root: Digest | null;
  /** Manifests of the images that are looked at. */
  readonly images: readonly Digest[];
  readonly requirements: TrustRequirements;
  /** With its registry, for what is trusted in some repositories only; absent or null where the image has none. */
  readonly repository?: string | null;
  /**
   * `verify`: everything is looked for and read. `tell`: nobody is trusted, so that it is only told who claims what, at
   * a cost that an audit without any question of trust can bear: under attestation manifests, which are as many as there
   * are platforms, only lists of referrers are asked for, and of some only.
   */
  readonly effort: 'verify' | 'tell';
  readonly store: AttachmentStore;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** What was looked at, found, and made of it. */
export interface TrustResult {
  readonly searched: readonly {
    readonly digest: Digest;
    readonly role: SignableDocument['role'];
    /** Images that a signature over it covers, or that it is beside of. */
    readonly images: readonly Digest[];
    readonly found: number;
    /** Where could not be looked. */
    readonly troubles: readonly string[];
  }[];
  readonly attachments: readonly CheckedAttachment[];
  /** Their manifests, and all that these name. */
  readonly named: ReadonlySet<Digest>;
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
  const { root, images, store, limits, signal, effort } = request;
  const path = await walkPath(root, images, store, { limits, signal });
  const repository = request.repository ?? null;
  const budget = effort === 'verify' ? fullBudget() : smallBudget();
  const named = new Set<Digest>();
  const context: ReadContext = { ...request, repository, documents: path.documents, budget, named };
  const read: CheckedAttachment[] = [];
  const searched: TrustResult['searched'][number][] = [];
  const unbound = new Map<Digest, AttachmentCandidate>();
  let beside = 0;
  let hasFailed = false;
  for (const document of path.documents) {
    const before = read.length;
    if (document.role === 'attestation-manifest') beside += 1;
    const { candidates, troubles } = await findOn(document, request, { beside, hasFailed });
    hasFailed ||= troubles.length > 0;
    for (const candidate of candidates) {
      if (candidate.isBound) read.push(...(await readAttachment(candidate, document, context)));
      else unbound.set(candidate.digest, candidate);
    }
    const { digest, role } = document;
    searched.push({ digest, role, images: document.images, found: read.length - before, troubles });
  }
  for (const candidate of unbound.values()) read.push(...(await readAttachment(candidate, null, context)));
  const attachments = coverStatements(read, path.documents);
  const judged = images.map((image) => {
    const troublesOf = (wanted: (document: SignableDocument) => boolean): string[] => {
      const digests = new Set(path.documents.filter(wanted).map(({ digest }) => digest));
      return searched.filter(({ digest }) => digests.has(digest)).flatMap(({ troubles }) => troubles);
    };
    const blind = [...path.troubles, ...troublesOf((one) => isCovering(one, image))];
    const blindBeside = troublesOf(
      ({ role, images: about }) => role === 'attestation-manifest' && about.includes(image),
    );
    const broken = path.broken.get(image);
    const proofs = { image, documents: path.documents, broken, attachments, blind, blindBeside };
    return judgeImage(proofs, request.requirements);
  });
  return { searched, attachments, named, images: judged, troubles: path.troubles };
}

/** Attestation manifests under which is looked where nobody is trusted. */
const FEW_ATTESTATION_MANIFESTS = 20;

async function findOn(
  document: SignableDocument,
  { store, signal, effort }: TrustRequest,
  { beside, hasFailed }: { readonly beside: number; readonly hasFailed: boolean },
): Promise<{ candidates: readonly AttachmentCandidate[]; troubles: readonly string[] }> {
  const own = ownLayers(document);
  const isBeside = document.role === 'attestation-manifest';
  // A registry that failed once is not asked a hundred times where nobody needs the answer.
  if (effort === 'tell' && hasFailed) {
    return { candidates: own, troubles: ['it was not looked here, because it could not be before'] };
  }
  if (effort === 'tell' && isBeside && beside > FEW_ATTESTATION_MANIFESTS) {
    return {
      candidates: own,
      troubles: ['it was not looked who signed it: there are many like it, and nobody is trusted'],
    };
  }
  const ways = effort === 'tell' && isBeside ? 'referrers' : 'all';
  const { candidates, troubles } = await store.find(document.digest, signal, ways);
  return { candidates: [...own, ...candidates], troubles };
}

/**
 * What a signed attestation manifest holds is signed with it, as Docker does. It has to name the image by itself. The
 * attack: a signed manifest whose statements are about nothing is hung beside another image.
 */
function coverStatements(
  attachments: readonly CheckedAttachment[],
  documents: readonly SignableDocument[],
): CheckedAttachment[] {
  const signatures = new Map(
    attachments.flatMap((one) =>
      one.kind === 'signature' && one.verdict === 'verified' && one.subject !== null ? [[one.subject, one]] : [],
    ),
  );
  const beside = new Map(
    documents.filter(({ role }) => role === 'attestation-manifest').map((one) => [one.digest, one]),
  );
  return attachments.map((one) => {
    const document = one.subject === null ? undefined : beside.get(one.subject);
    const signature = document === undefined ? undefined : signatures.get(document.digest);
    const isOwn = document !== undefined && one.digest === document.digest && one.verdict === 'unsigned';
    if (signature === undefined || !isOwn || !one.claims.some((digest) => document.images.includes(digest))) return one;
    return { ...one, coveredBy: signature.digest, trustedAs: signature.trustedAs };
  });
}

/** The statements in an attestation manifest hang on it, as they are a part of it. */
function ownLayers({ role, digest }: SignableDocument): AttachmentCandidate[] {
  return role === 'attestation-manifest' ? [{ digest, foundBy: 'index', isBound: true }] : [];
}
