import { DEFAULT_LIMITS, type Digest, type Gap, type Limits, type Platform } from '../core/index.ts';
import { type LayerRecord, rulesetId } from '../examine/index.ts';
import type { Image } from '../image/index.ts';
import type { Report } from '../report/index.ts';
import {
  customSecretRules,
  type Finding,
  type ImageEvidence,
  judge,
  type OrphanEvidence,
  RULES,
} from '../rules/index.ts';
import type { OpenOptions, SourceContent } from '../source/index.ts';
import { attachedSboms, type FoundSbom, findSboms, placesOf, SbomCollector, siblingsOf } from './attached-sboms.ts';
import { scanAttachments } from './attachment-secrets.ts';
import type { LoadedRules } from './custom-rules/load-custom-rules.ts';
import { LayerWork } from './examine-layers.ts';
import { type ExaminedTrust, examineTrust } from './examine-trust.ts';
import { collectGaps } from './gaps.ts';
import { gatherEvidence, gatherOrphans } from './image-evidence.ts';
import type { LoadedTrust } from './load-trust.ts';
import { scanMetadata } from './metadata-secrets.ts';
import { type OpenedImages, openImages } from './open-images.ts';
import type { OnProgress } from './progress.ts';
import { Redactor } from './redactor.ts';

/** What every use-case that examines images is told. */
export interface ExamineOptions {
  /** A reference, a path, `-`, or one of these with a scheme. */
  readonly reference: string;
  /** Platforms to examine; none means all there are. */
  readonly platforms?: readonly Platform[];
  /** Take all images of an archive together, where there are several of one platform. */
  readonly allImages?: boolean;
  /** Show secrets in full. */
  readonly reveal?: boolean;
  /** Leave out of documents what differs between two runs on the same bytes. */
  readonly reproducible?: boolean;
  /** Most layers examined at once; the machine decides unless told. */
  readonly jobs?: number;
  readonly limits?: Limits;
  /** Key of secret fingerprints. */
  readonly fingerprintKey: Uint8Array;
  /** Rules that the user brings; see `loadCustomRules`. */
  readonly customRules?: LoadedRules | null;
  /** Whom to trust; see `prepareTrust`. Unless told nobody is, and it is told who claims to have signed. */
  readonly trust?: LoadedTrust | null;
  readonly registry?: OpenOptions['registry'];
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Version of this program, for documents. */
  readonly version: string;
}

/** All that is known of what a reference names. Plain data: the source it came from may be closed. */
export interface ExaminedSubject {
  readonly reference: string;
  readonly content: SourceContent;
  readonly images: readonly ImageEvidence[];
  readonly orphans: readonly OrphanEvidence[];
  /** Records of the layers of these images, each once. */
  readonly records: readonly LayerRecord[];
  readonly gaps: readonly Gap[];
  /** Signatures and attestations; null where they were not looked for. */
  readonly trust: ExaminedTrust | null;
  /** SBOMs that are attached, where they were looked for. */
  readonly sboms: readonly FoundSbom[];
  /** Manifests of the index that the reference resolved to, where SBOMs are compared. */
  readonly siblings: readonly Digest[];
  /** Whether everything could be examined. */
  readonly complete: boolean;
  /** Removes secrets from a text that came out of an image. */
  readonly redact: (text: string) => string;
  /** What the rules say of some of the images; of all unless told. */
  readonly judge: (images?: readonly ImageEvidence[]) => Finding[];
  /** The image that the lowest layers of an image make, as it was when the last of them was put. */
  readonly upTo: (evidence: ImageEvidence, layers: number) => ImageEvidence;
}

/**
 * What a subject is examined for. `judging`: all findings are told. `judging-content`: all but who signed it, since a copy in
 * a file has left that behind. `comparing`: its SBOMs are held against it, and `comparing-files`: files are. `telling`: what
 * is attached to the images is not read, which would cost many requests.
 */
export type ExaminePurpose = 'judging' | 'judging-content' | 'comparing' | 'comparing-files' | 'telling';

/** Starts the work on one subject's layers. */
function startWork(options: ExamineOptions): LayerWork {
  return new LayerWork({
    limits: options.limits ?? DEFAULT_LIMITS,
    fingerprintKey: options.fingerprintKey,
    customRules: options.customRules?.rules,
    jobs: options.jobs ?? null,
    ...channels(options),
  });
}

/** Opens what the options name. @throws AuditError with the one cause for which it cannot be done */
function openSubject(options: ExamineOptions, work: LayerWork): Promise<OpenedImages> {
  return openImages({ ...options, limits: options.limits ?? DEFAULT_LIMITS, ...channels(options) }, work);
}

/**
 * Opens a subject, examines every layer of its images once, and closes it.
 * @param whileOpen what else is to be read from where the images are, before that is closed
 * @throws AuditError where it cannot be done; what the image holds is never a reason to throw
 */
export async function examineSubject(
  options: ExamineOptions,
  purpose: ExaminePurpose = 'telling',
  whileOpen: (opened: OpenedImages) => Promise<void> = () => Promise.resolve(),
): Promise<ExaminedSubject> {
  await using work = startWork(options);
  using opened = await openSubject(options, work);
  await whileOpen(opened);
  return await examineOpened(opened, work, options, purpose);
}

/** Examines every layer of opened images once, and puts together what is known. */
async function examineOpened(
  { content, images, attachments }: Pick<OpenedImages, 'content' | 'images' | 'attachments'>,
  work: LayerWork,
  options: ExamineOptions,
  purpose: ExaminePurpose,
): Promise<ExaminedSubject> {
  const { reference, fingerprintKey } = options;
  const today = options.reproducible === true ? {} : { today: new Date().toISOString().slice(0, 10) };
  await work.examineImages(images);
  const orphaned = content.orphans ?? [];
  await work.examineOrphans(orphaned);

  channels(options).onProgress({ type: 'judging' });
  const metadata = await Promise.all(
    images.map((image) => scanMetadata(image, content.annotations, fingerprintKey, options.customRules?.rules)),
  );
  const trust = purpose === 'judging' ? await examineTrust(content, images, attachments, options) : null;
  const places = placesOf(content);
  const collector =
    purpose === 'comparing'
      ? await findSboms(content, images, attachments, channels(options).signal)
      : new SbomCollector((digest) => places.get(digest));
  const isJudged = purpose === 'judging' || purpose === 'judging-content';
  const attached = await scanAttachments(isJudged ? content.attachments : [], attachments, {
    fingerprintKey,
    customRules: options.customRules?.rules,
    signal: channels(options).signal,
    onBlob: (blob) => collector.take(blob),
  });
  const isCompared = purpose.startsWith('comparing') || collector.found.length > 0;
  const siblings = isCompared ? await siblingsOf(content, attachments, channels(options).signal) : [];
  const values = new Map([...work.secrets, ...metadata.flatMap((one) => [...one.values]), ...attached.values]);
  const redactor = new Redactor(values);
  const redact = (text: string): string => redactor.redact(text);
  const gather = (image: Image, secrets: ImageEvidence['metadataSecrets']): ImageEvidence => ({
    ...gatherEvidence(image, work.records, secrets, redactor, options.reveal === true ? values : null),
    ...today,
    ...(trust === null ? {} : { trust: trust.evidenceOf(image) }),
  });
  const evidence = images.map((image, i) => {
    const gathered = gather(withoutSecrets(image, redact), metadata[i]?.secrets ?? []);
    return isJudged
      ? { ...gathered, sboms: attachedSboms(collector.found, gathered, { content, siblings }) }
      : gathered;
  });
  const problems = content.problems.map((problem) => ({
    ...problem,
    subject: redact(problem.subject),
    detail: redact(problem.detail),
  }));
  const orphans = gatherOrphans(orphaned, work.records);
  const matches = [
    ...[...work.records.values()].flatMap(({ secrets }) => secrets),
    ...evidence.flatMap(({ metadataSecrets }) => metadataSecrets.map(({ match }) => match)),
    ...attached.secrets.map(({ match }) => match),
  ];
  const used = new Set(evidence.flatMap(({ layers }) => layers.map(({ record }) => record)));
  const unseen = metadata.flatMap((one) => one.gaps);
  const gaps = [...content.gaps, ...collectGaps(evidence), ...unseen, ...attached.gaps, ...collector.gaps()].map(
    (gap) => ({
      ...gap,
      subject: redact(gap.subject),
      message: redact(gap.message),
    }),
  );
  return {
    reference,
    content,
    images: evidence,
    orphans,
    records: [...work.records.values()].filter((record) => used.has(record)),
    gaps,
    trust,
    sboms: collector.found,
    siblings,
    complete: !gaps.some((gap) => gap.incomplete),
    redact,
    judge: (some = evidence) =>
      judge([...RULES, ...customSecretRules(matches)], {
        reference,
        sourceKind: content.kind,
        problems,
        allPlatforms: (options.platforms ?? []).length === 0 && some.length === evidence.length,
        images: some,
        orphans,
        attachmentSecrets: attached.secrets,
        ...(trust === null ? {} : { attached: trust.result.named }),
        redact,
        reveal: (fingerprint) => (options.reveal === true ? (values.get(fingerprint) ?? null) : null),
      }),
    upTo: ({ image, metadataSecrets }, layers) =>
      gather({ ...image, layers: image.layers.slice(0, layers) }, metadataSecrets),
  };
}

/** How every document about a subject begins. */
export function documentHead(
  { reference, content }: ExaminedSubject,
  { version, customRules }: ExamineOptions,
): Pick<Report, 'tool' | 'subject'> {
  return {
    tool: { name: 'layer-audit', version, ruleset: rulesetId(customRules?.rules) },
    subject: { reference, source: content.kind, digest: content.digest, mediaType: content.mediaType },
  };
}

function channels(options: ExamineOptions): { signal: AbortSignal; onProgress: OnProgress } {
  return {
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress ?? (() => undefined),
  };
}

/** The image with nothing secret in what names its platform, which stands in every place of every finding. */
function withoutSecrets(image: Image, redact: (text: string) => string): Image {
  const { platform, platformConflict } = image;
  return {
    ...image,
    platform: redact(platform),
    platformConflict: platformConflict && {
      index: redact(platformConflict.index),
      config: redact(platformConflict.config),
    },
  };
}
