import type { Digest, Limits } from '../core/index.ts';
import type { Image } from '../image/index.ts';
import type { AttachmentStore, SourceContent } from '../source/index.ts';
import { checkImageTrust, type ImageTrust, type TrustResult, type TrustVerdict } from '../trust/index.ts';
import type { LoadedTrust } from './load-trust.ts';

/** Sources whose images can have signatures beside them. Archives of `docker save` and daemons keep none. */
const CARRIERS: ReadonlySet<SourceContent['kind']> = new Set(['registry', 'oci-archive', 'oci-layout']);

/** What is known of signatures and attestations of a subject. */
export interface SubjectTrust extends TrustResult {
  /** Whether its source can keep signatures: only there what was not found is not there. */
  readonly canCarry: boolean;
}

const NOTHING: TrustResult = { searched: [], attachments: [], named: new Set(), images: [], troubles: [] };

/** Looks for and checks whatever hangs on images. @throws AuditError where the user stops it, and for nothing else */
export async function checkSubjectTrust(
  content: SourceContent,
  images: readonly Image[],
  store: AttachmentStore | null,
  trust: LoadedTrust,
  options: { repository: string | null; limits: Limits; signal: AbortSignal; effort: 'verify' | 'tell' },
): Promise<SubjectTrust> {
  const canCarry = store !== null && CARRIERS.has(content.kind);
  const digests = [...new Set(images.flatMap(({ manifestDigest }) => manifestDigest ?? []))];
  if (store === null || digests.length === 0) return { ...NOTHING, canCarry };
  const request = { ...trust, ...options, root: rootOf(content), images: digests, store };
  return { ...(await checkImageTrust(request)), canCarry };
}

/** An archive of `docker save` resolves to a configuration, which nobody signs. */
export function rootOf({ digest, mediaType, kind }: SourceContent): Digest | null {
  const isSignable = mediaType !== null && /manifest|index/.test(mediaType);
  return isSignable && kind !== 'rootfs' ? digest : null;
}

/** What one image's signatures are worth, whatever its source can know of them. */
export interface ImageVerdict extends Omit<ImageTrust, 'image' | 'verdict'> {
  readonly verdict: TrustVerdict;
}

/** Says of one image what was found out. */
export function verdictOf(
  { manifestDigest }: Pick<Image, 'manifestDigest'>,
  { problems }: Pick<SourceContent, 'problems'>,
  { images, canCarry }: SubjectTrust,
  hasStore: boolean,
): ImageVerdict {
  const unknown = (reason: string): ImageVerdict => ({
    verdict: 'not-checked',
    reasons: [reason],
    signed: [],
    missing: [],
    looked: false,
    lookedBeside: false,
  });
  if (!hasStore) return unknown('this place keeps no signatures; give the image as its registry names it');
  const trust = images.find(({ image }) => image === manifestDigest);
  if (trust === undefined) {
    return unknown('it has no manifest, which is what is signed: archives of docker save name layers by path');
  }
  if (trust.verdict === 'unsigned' && !canCarry) {
    const reason = 'archives of docker save keep no signatures; give the image as its registry names it';
    return { ...trust, verdict: 'not-checked', reasons: [reason], looked: false };
  }
  // What a signature covers is named by digests: bytes of another digest are not what was signed.
  const mismatches = problems.filter(({ kind }) => kind === 'digest-mismatch');
  if (trust.verdict === 'verified' && mismatches.length > 0) {
    const reasons = mismatches
      .slice(0, 20)
      .map(({ subject, detail }) => `${subject} is not what was signed: ${detail}`);
    return { ...trust, verdict: 'failed', reasons, signed: [] };
  }
  return trust;
}
