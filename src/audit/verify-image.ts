import { createHash } from 'node:crypto';
import { DEFAULT_LIMITS, type Digest, type Limits, type Platform, parseDigest } from '../core/index.ts';
import type { Image } from '../image/index.ts';
import type { TrustReport } from '../report/index.ts';
import type { OpenOptions, SourceContent } from '../source/index.ts';
import { EXIT } from './assemble-report.ts';
import { checkSubjectTrust, type SubjectTrust, verdictOf } from './image-trust.ts';
import { type LoadedTrust, repositoryOf } from './load-trust.ts';
import { openImages } from './open-images.ts';
import type { OnProgress } from './progress.ts';
import { toTrustAttachment, toTrustSection } from './trust-section.ts';

/** What {@link verifyImage} is told. */
export interface VerifyImageOptions {
  /** A reference, a path, `-`, or one of these with a scheme. */
  readonly reference: string;
  /** Platforms to look at; none means all there are. */
  readonly platforms?: readonly Platform[];
  /** Whom to trust; see `loadTrust`. */
  readonly trust: LoadedTrust;
  readonly reproducible?: boolean;
  readonly limits?: Limits;
  readonly registry?: OpenOptions['registry'];
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Version of this program, for the document. */
  readonly version: string;
}

/**
 * Says who signed an image, and whether it is whom the user trusts.
 * @throws AuditError where it cannot be run; what hangs on an image is never a reason to throw
 */
export async function verifyImage(options: VerifyImageOptions): Promise<TrustReport> {
  const startedAt = new Date();
  const { reference, trust } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const signal = options.signal ?? new AbortController().signal;
  const onProgress = options.onProgress ?? (() => undefined);
  using opened = await openImages(
    { ...options, allImages: true, limits, signal, onProgress },
    { examinePassing: (_, chunks) => digestPassing(chunks) },
  );
  const { content, images, attachments: store } = opened;
  onProgress({ type: 'judging' });
  const repository = repositoryOf(reference);
  const result = await checkSubjectTrust(content, images, store, trust, {
    repository,
    limits,
    signal,
    effort: 'verify',
  });
  const judged = images.map((image) => toReportImage(image, content, result, trust, store !== null));
  const isVerified = judged.length > 0 && judged.every(({ verdict }) => verdict === 'verified');
  const isComplete = !content.gaps.some((gap) => gap.incomplete);
  return {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: options.version },
    subject: { reference, source: content.kind, digest: content.digest, mediaType: content.mediaType },
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    ...toTrustSection(trust, { ...result, repository }, [
      'the bytes of layers against their digests (audit image reads them)',
    ]),
    images: judged,
    attachments: result.attachments.map(toTrustAttachment),
    gaps: content.gaps,
    verdict: {
      verified: isVerified,
      exitStatus: isVerified ? (isComplete ? EXIT.passed : EXIT.incomplete) : EXIT.findings,
    },
  };
}

/** Layers that pass by while an archive is read are not needed, but for telling two of one name apart. */
async function digestPassing(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digest = createHash('sha256');
  for await (const chunk of chunks) digest.update(chunk);
  return parseDigest(`sha256:${digest.digest('hex')}`);
}

function toReportImage(
  image: Image,
  content: SourceContent,
  result: SubjectTrust,
  { origin }: LoadedTrust,
  hasStore: boolean,
): TrustReport['images'][number] {
  const { platform, names, manifestDigest } = image;
  const { verdict, reasons, signed } = verdictOf(image, content, result, hasStore);
  const roles = new Map(result.searched.map(({ digest, role }) => [digest, role]));
  const noRule =
    origin.kind === 'no-rule'
      ? [`${origin.path} says nothing of ${origin.repository ?? 'images outside of registries'}`]
      : [];
  return {
    platform,
    names,
    manifestDigest,
    verdict,
    reasons: [...noRule, ...reasons],
    signed: signed.map((digest) => ({ digest, role: roles.get(digest) ?? 'image' })),
  };
}
