import { DEFAULT_LIMITS, type Limits, type Platform } from '../core/index.ts';
import { rulesetId } from '../examine/index.ts';
import type { PackagesImage, PackagesReport, ReportPackage } from '../report/index.ts';
import { type ImageEvidence, pathMembers } from '../rules/index.ts';
import type { OpenOptions } from '../source/index.ts';
import { type ImagePackage, type PackageState, toPurl } from '../system/index.ts';
import { LayerWork } from './examine-layers.ts';
import { collectGaps } from './gaps.ts';
import { gatherEvidence } from './image-evidence.ts';
import { openImages } from './open-images.ts';
import type { OnProgress } from './progress.ts';
import { Redactor } from './redactor.ts';

/** What {@link listPackages} is told. */
export interface ListPackagesOptions {
  /** A reference, a path, `-`, or one of these with a scheme. */
  readonly reference: string;
  /** Platforms to look at; none means all there are. */
  readonly platforms?: readonly Platform[];
  /** List all images of an archive together, where there are several of one platform. */
  readonly allImages?: boolean;
  /** States of packages that are listed besides `installed`. */
  readonly states?: readonly PackageState[];
  readonly reproducible?: boolean;
  readonly jobs?: number;
  readonly limits?: Limits;
  /** Key of secret fingerprints: what is a secret stands in no list. */
  readonly fingerprintKey: Uint8Array;
  readonly registry?: OpenOptions['registry'];
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Version of this program, for the document. */
  readonly version: string;
}

/**
 * Lists the packages of an image: what databases, manifests, jars and Go programs of every layer say, and what of it
 * is there in the end.
 * @throws AuditError where it cannot be run; what the image holds is never a reason to throw
 */
export async function listPackages(options: ListPackagesOptions): Promise<PackagesReport> {
  const startedAt = new Date();
  const { reference, fingerprintKey } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const signal = options.signal ?? new AbortController().signal;
  const onProgress = options.onProgress ?? (() => undefined);
  const states = new Set<PackageState>(['installed', ...(options.states ?? [])]);

  await using work = new LayerWork({ limits, fingerprintKey, jobs: options.jobs ?? null, signal, onProgress });
  using opened = await openImages({ ...options, limits, signal, onProgress }, work);
  const { content, images } = opened;
  await work.examineImages(images);
  onProgress({ type: 'judging' });
  const redactor = new Redactor(work.secrets);
  const redact = (text: string): string => redactor.redact(text);
  const evidence = images.map((image) => gatherEvidence(image, work.records, [], redactor, null));
  const gaps = [...content.gaps, ...collectGaps(evidence)].map((gap) => ({
    ...gap,
    subject: redact(gap.subject),
    message: redact(gap.message),
  }));
  return {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: options.version, ruleset: rulesetId() },
    subject: { reference, source: content.kind, digest: content.digest, mediaType: content.mediaType },
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    images: evidence.map((one) => toPackagesImage(one, states)),
    gaps,
    complete: !gaps.some((gap) => gap.incomplete),
  };
}

function toPackagesImage(evidence: ImageEvidence, states: ReadonlySet<PackageState>): PackagesImage {
  const { image, layers, system, redact } = evidence;
  const redactOr = (text: string | null | undefined): string | null =>
    text === null || text === undefined ? null : redact(text);
  let files = 0;
  let bytes = 0;
  for (const entry of system.packages.unmanaged()) {
    files += 1;
    if (entry.kind === 'file') bytes += entry.sizeBytes;
  }
  return {
    platform: redact(image.platform),
    names: image.names.map(redact),
    manifestDigest: image.manifestDigest,
    configDigest: image.configDigest,
    created: redactOr(image.config?.created),
    os: system.os && {
      id: redactOr(system.os.id),
      versionId: redactOr(system.os.versionId),
      prettyName: redactOr(system.os.prettyName),
    },
    layers: layers.map(({ layer, record }) => ({
      index: layer.index,
      digest: layer.digest ?? record?.blob.digest ?? null,
      diffId: layer.diffId ?? record?.diffId ?? null,
      instruction: redactOr(layer.step?.instruction),
    })),
    counts: system.packages.counts(),
    packages: system.packages.all
      .filter(({ state }) => states.has(state))
      .map((one) => toReportPackage(one, toPurl(one, system.os), redact)),
    unmanaged: { files, bytes },
  };
}

function toReportPackage(
  { name, version, kind, architecture, license, source, sourceVersion, state, database, ...place }: ImagePackage,
  purl: string | null,
  redact: (text: string) => string,
): ReportPackage {
  const redactOr = (text: string | null): string | null => (text === null ? null : redact(text));
  return {
    name: redact(name),
    version: redact(version),
    type: kind,
    architecture: redact(architecture),
    license: redactOr(license),
    source: source === null ? null : { name: redact(source), version: redactOr(sourceVersion) },
    purl: redactOr(purl),
    state,
    path: pathMembers(redact(database.path)).path as string,
    nestedPath: place.members.map(redact),
    layer: place.layerIndex,
    removedIn: place.removedIn,
  };
}
