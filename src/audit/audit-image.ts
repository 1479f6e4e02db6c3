import { AuditError, DEFAULT_LIMITS, type Limits, type Platform, type Severity } from '../core/index.ts';
import { distinguishImages, type Image, selectPlatforms, toImages } from '../image/index.ts';
import type { Report } from '../report/index.ts';
import { judge, RULES } from '../rules/index.ts';
import { type OpenOptions, openSource, parseLocation } from '../source/index.ts';
import { assembleReport } from './assemble-report.ts';
import { LayerWork } from './examine-layers.ts';
import { collectGaps } from './gaps.ts';
import { gatherEvidence, gatherOrphans } from './image-evidence.ts';
import { scanMetadata } from './metadata-secrets.ts';
import type { OnProgress } from './progress.ts';
import { Redactor } from './redactor.ts';
import { untilAborted } from './until-aborted.ts';

/** What {@link auditImage} is told. */
export interface AuditImageOptions {
  /** A reference, a path, `-`, or one of these with a scheme. */
  readonly reference: string;
  /** Platforms to audit; none means all there are. */
  readonly platforms?: readonly Platform[];
  /** Audit all images of an archive together, where there are several of one platform. */
  readonly allImages?: boolean;
  readonly failOn?: Severity | 'none';
  readonly allowIncomplete?: boolean;
  /** Put secrets into the report in full. */
  readonly reveal?: boolean;
  /** Leave out of the report what differs between two runs on the same bytes. */
  readonly reproducible?: boolean;
  /** Most layers examined at once; the machine decides unless told. */
  readonly jobs?: number;
  readonly limits?: Limits;
  /** Key of secret fingerprints. */
  readonly fingerprintKey: Uint8Array;
  readonly registry?: OpenOptions['registry'];
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Version of this program, for the report. */
  readonly version: string;
}

/**
 * Audits an image: opens its source, examines every layer of every platform once, folds, judges and reports.
 * @throws AuditError where the audit cannot be run; what the image holds is never a reason to throw
 */
export async function auditImage(options: AuditImageOptions): Promise<Report> {
  const startedAt = new Date();
  const start = performance.now();
  const { reference, fingerprintKey } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const signal = options.signal ?? new AbortController().signal;
  const onProgress = options.onProgress ?? (() => undefined);
  const location = parseLocation(reference);

  await using work = new LayerWork({ limits, fingerprintKey, jobs: options.jobs ?? null, signal, onProgress });
  onProgress({ type: 'opening', reference });
  // Standard input may have nothing to say for hours, and knows no signal.
  const opening = openSource(location, {
    limits,
    signal,
    platforms: options.platforms ?? [],
    stdin: options.stdin ?? process.stdin,
    registry: options.registry ?? { env: process.env },
    onPassingBlob: (name, chunks) => work.examinePassing(name, chunks),
  });
  using source = await untilAborted(opening, signal);
  const { content } = source;
  const images = selectPlatforms(
    distinctImages(
      toImages(content.images),
      reference,
      content.gaps.map((gap) => gap.message),
      options.allImages === true,
    ),
    options.platforms ?? [],
    reference,
  );
  await work.examineImages(images);
  const orphaned = content.orphans ?? [];
  await work.examineOrphans(orphaned);

  onProgress({ type: 'judging' });
  const metadata = await Promise.all(images.map((image) => scanMetadata(image, content.annotations, fingerprintKey)));
  const values = new Map([...work.secrets, ...metadata.flatMap((one) => [...one.values])]);
  const redactor = new Redactor(values);
  const redact = (text: string): string => redactor.redact(text);
  const evidence = images.map((image, i) =>
    gatherEvidence(
      withoutSecrets(image, redact),
      work.records,
      metadata[i]?.secrets ?? [],
      redactor,
      options.reveal === true ? values : null,
    ),
  );
  const problems = content.problems.map((problem) => ({
    ...problem,
    subject: redact(problem.subject),
    detail: redact(problem.detail),
  }));
  const orphans = gatherOrphans(orphaned, work.records);
  const findings = judge(RULES, {
    reference,
    sourceKind: content.kind,
    problems,
    images: evidence,
    orphans,
    redact,
    reveal: (fingerprint) => (options.reveal === true ? (values.get(fingerprint) ?? null) : null),
  });
  const used = new Set(evidence.flatMap(({ layers }) => layers.map(({ record }) => record)));
  return assembleReport({
    version: options.version,
    reference,
    source: content,
    images: evidence,
    orphans,
    records: [...work.records.values()].filter((record) => used.has(record)),
    findings,
    gaps: [...content.gaps, ...collectGaps(evidence)].map((gap) => ({
      ...gap,
      subject: redact(gap.subject),
      message: redact(gap.message),
    })),
    redact,
    failOn: options.failOn ?? 'high',
    allowIncomplete: options.allowIncomplete ?? false,
    revealed: options.reveal === true,
    time: options.reproducible === true ? null : { startedAt, durationMs: performance.now() - start },
  });
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

/**
 * One image for each platform: several of one platform are different images, and which one was meant nobody
 * but the user knows.
 */
function distinctImages(
  images: readonly Image[],
  reference: string,
  gaps: readonly string[],
  allImages: boolean,
): Image[] {
  if (images.length === 0) {
    throw new AuditError(
      'IMAGE_NOT_FOUND',
      `${reference} has no image to audit${gaps.length === 0 ? '' : `: ${gaps[0]}`}`,
      {
        hint:
          gaps.length === 0
            ? 'It holds signatures, attestations or other artifacts only. Give the image that they belong to.'
            : 'Fetch it again, with everything that its index names.',
      },
    );
  }
  if (allImages) return distinguishImages(images);
  const byPlatform = Map.groupBy(images, ({ platform }) => platform);
  if ([...byPlatform.values()].every((group) => group.length === 1)) return [...images];
  const names = images.map(
    (image) =>
      image.names[0] ??
      (image.manifestDigest === null ? null : `@${image.manifestDigest}`) ??
      image.configDigest ??
      image.platform,
  );
  const listed = [...new Set(names)];
  throw new AuditError('IMAGE_AMBIGUOUS', `${reference} has ${images.length} images`, {
    hint: `Choose one by its name or digest behind a colon or @, or audit all of them with --all-images, for example ${reference}${listed[0]?.startsWith('@') === true ? '' : ':'}${listed[0]}. It has: ${listed.slice(0, 20).join(', ')}${listed.length > 20 ? ` and ${listed.length - 20} more` : ''}.`,
  });
}
