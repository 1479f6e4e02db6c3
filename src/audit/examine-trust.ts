import { DEFAULT_LIMITS } from '../core/index.ts';
import type { Image } from '../image/index.ts';
import type { TrustEvidence } from '../rules/index.ts';
import type { AttachmentStore, SourceContent } from '../source/index.ts';
import type { ExamineOptions } from './examine-subject.ts';
import { checkSubjectTrust, type ImageVerdict, type SubjectTrust, verdictOf } from './image-trust.ts';
import { type LoadedTrust, loadTrust, repositoryOf } from './load-trust.ts';

/** Signatures and attestations of a subject, as far as an audit is about them. */
export interface ExaminedTrust {
  readonly loaded: LoadedTrust;
  /** With its registry; null for an image that is in none. */
  readonly repository: string | null;
  readonly result: SubjectTrust;
  /** Whether an image has to be verified for the audit to pass. */
  readonly isWanted: boolean;
  verdictOf(image: Pick<Image, 'manifestDigest'>): ImageVerdict;
  evidenceOf(image: Image): TrustEvidence;
}

/** Looks for what hangs on images, and checks it as far as the user said whom to trust. */
export async function examineTrust(
  content: SourceContent,
  images: readonly Image[],
  store: AttachmentStore | null,
  options: Pick<ExamineOptions, 'reference' | 'trust' | 'limits' | 'signal' | 'registry'>,
): Promise<ExaminedTrust> {
  const loaded = options.trust ?? loadTrust({});
  const isWanted = loaded.origin.kind === 'flags' || loaded.origin.kind === 'rule';
  const repository = repositoryOf(options.reference);
  const result = await checkSubjectTrust(content, images, store, loaded, {
    repository,
    limits: options.limits ?? DEFAULT_LIMITS,
    signal: options.signal ?? new AbortController().signal,
    effort: isWanted ? 'verify' : 'tell',
  });
  const judged = (image: Pick<Image, 'manifestDigest'>): ImageVerdict =>
    verdictOf(image, content, result, store !== null);
  return {
    loaded,
    repository,
    result,
    isWanted,
    verdictOf: judged,
    evidenceOf: (image) => {
      const path = result.searched.filter(({ images: about }) => about.some((one) => one === image.manifestDigest));
      const roles = new Map(path.map(({ digest, role }) => [digest as string, role]));
      return {
        ...judged(image),
        policy: isWanted ? 'given' : loaded.origin.kind === 'no-rule' ? 'no-rule' : 'none',
        canCarry: result.canCarry,
        sourceKind: content.kind,
        attachments: result.attachments.filter(({ subject }) => subject !== null && roles.has(subject)),
        roles,
        layers: image.layers.flatMap(({ digest }) => digest ?? []),
      };
    },
  };
}
