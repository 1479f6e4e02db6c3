import { AuditError, baseName, cleanPath, DEFAULT_LIMITS } from '../core/index.ts';
import type { FilesystemEntry } from '../filesystem/index.ts';
import type { WhyImage, WhyLayer, WhyRemoval, WhyReport, WhyVersion } from '../report/index.ts';
import type { ImageEvidence } from '../rules/index.ts';
import { assignStages, digestOf, measureBelow, measureRemoval } from '../stages/index.ts';
import { EXIT } from './assemble-report.ts';
import { shownEntry, shownImage, shownLayer, shownPath } from './document-places.ts';
import { documentHead, type ExaminedSubject, type ExamineOptions, examineSubject } from './examine-subject.ts';
import { type AttachedProvenance, provenancesOf, readProvenances, whyNotUsed } from './read-provenances.ts';

/** What {@link explainPath} is told. */
export interface ExplainPathOptions extends ExamineOptions {
  /** A path in the image; a leading slash makes no difference. */
  readonly path: string;
  readonly allowIncomplete?: boolean;
}

/** Versions of one path that are told, and names of one file. The attack: a path that is in a layer a million times. */
const MAX_VERSIONS = 1000;
const MAX_NAMES = 50;
/** Packages told of one file: a program of Go is built from hundreds. */
const MAX_OWNERS = 50;

/**
 * Tells where a path comes from: every version of it in every layer, what hides each, and what would go with it.
 * @throws AuditError `PATH_ABSENT` where no layer ever had it, and whatever keeps the image from being read
 */
export async function explainPath(options: ExplainPathOptions): Promise<WhyReport> {
  const attached: AttachedProvenance[] = [];
  const { limits = DEFAULT_LIMITS, signal = new AbortController().signal } = options;
  const subject = await examineSubject(options, 'telling', async (opened) => {
    attached.push(...(await readProvenances(opened, { trust: null, repository: null, limits, signal })));
  });
  const { path } = cleanPath(options.path);
  const images = subject.images.map((evidence) => explainInImage(evidence, path, stagesOf(evidence, attached)));
  if (subject.complete && images.every(({ versions, below }) => versions.length === 0 && below === null))
    throw pathAbsent(subject, path);
  const exitStatus = subject.complete || options.allowIncomplete === true ? EXIT.passed : EXIT.incomplete;
  return {
    schema: 'layer-audit/why-1',
    ...documentHead(subject, options),
    path: `/${path}`,
    images,
    gaps: subject.gaps,
    verdict: { complete: subject.complete, exitStatus },
  };
}

function pathAbsent({ images, reference }: ExaminedSubject, path: string): AuditError {
  const alike = new Set(
    images.flatMap((evidence) =>
      evidence.filesystem
        .named(baseName(path))
        .slice(0, 5)
        .map((entry) => shownPath(evidence, entry.path).path),
    ),
  );
  const hint =
    alike.size === 0
      ? 'Paths are given as they are in the image, from its root. audit layers --tree shows the largest folders.'
      : `There is ${[...alike].slice(0, 5).join(', ')}.`;
  return new AuditError('PATH_ABSENT', `no layer of ${reference} ever had /${path}`, { hint });
}

/** The stage of each layer, by position; null where it is not known. */
type StageOfLayer = readonly WhyLayer['stage'][];

/** On the same evidence as `audit stages`, as far as it is attached to the image. */
function stagesOf({ image, redact }: ImageEvidence, attached: readonly AttachedProvenance[]): StageOfLayer {
  const usable = provenancesOf(image, attached).filter((one) => whyNotUsed(one, image) === null);
  const { basis, stages } = assignStages(
    image,
    null,
    usable.flatMap((one) => one.given ?? []),
  );
  const byLayer: WhyLayer['stage'][] = image.layers.map(() => null);
  if (basis === 'unknown') return byLayer;
  for (const { name, isBase, layers } of stages)
    for (const index of layers) byLayer[index] = { name: isBase || name === null ? 'base image' : redact(name), basis };
  return byLayer;
}

function explainInImage(evidence: ImageEvidence, path: string, stages: StageOfLayer): WhyImage {
  const { filesystem } = evidence;
  const own = filesystem.versions(path);
  const now = filesystem.resolve(path);
  // A path that leads through links has its versions where the links lead.
  const place = own.length === 0 && now !== null ? now.path : path;
  const versions = own.length === 0 && now !== null ? filesystem.versions(place) : own;
  const isFolder =
    filesystem.lookUp(place)?.kind === 'directory' || filesystem.isImplicitFolder(filesystem.pathIdAt(place));
  const isKnown = versions.length > 0 || isFolder;
  return {
    ...shownImage(evidence),
    resolved: now === null ? (isFolder ? shownPath(evidence, place).path : null) : shownPath(evidence, now.path).path,
    versions: versions.slice(-MAX_VERSIONS).map((entry) => toVersion(evidence, entry, stages)),
    below: isFolder ? toBelow(evidence, place, stages) : null,
    owners: toOwners(evidence, now),
    removal: isKnown ? toRemoval(evidence, place) : null,
  };
}

function toOwners({ system, redact }: ImageEvidence, file: FilesystemEntry | null): WhyImage['owners'] {
  const isFile = file !== null && (file.kind === 'file' || file.kind === 'hardlink');
  const owners = isFile ? system.packages.ownersOf(file) : [];
  return {
    packages: owners.slice(0, MAX_OWNERS).map(({ package: { kind, name, version, layerIndex }, how }) => ({
      type: kind,
      name: redact(name),
      version: redact(version),
      layer: layerIndex,
      how,
    })),
    omitted: Math.max(0, owners.length - MAX_OWNERS),
  };
}

function toBelow(evidence: ImageEvidence, path: string, stages: StageOfLayer): WhyImage['below'] {
  const layers = measureBelow(evidence.filesystem, path)
    .map((part, index) => ({ layer: toLayer(evidence, index, stages), ...part }))
    .filter(({ files }) => files > 0)
    .sort((a, b) => b.bytes - a.bytes || a.layer.index - b.layer.index);
  return {
    files: layers.reduce((sum, { files }) => sum + files, 0),
    bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
    layers,
  };
}

function toRemoval({ filesystem, layers }: ImageEvidence, path: string): WhyRemoval {
  const { tarBytes, ...removal } = measureRemoval(filesystem, path);
  let stored: number | null = 0;
  for (const [index, bytes] of tarBytes.entries()) {
    if (bytes === 0) continue;
    const blob = layers[index]?.record?.blob;
    if (blob === undefined || blob.uncompressedBytes === 0) stored = null;
    else if (stored !== null) stored += blob.sizeBytes * Math.min(1, bytes / blob.uncompressedBytes);
  }
  return { ...removal, storedBytesEstimate: stored === null ? null : Math.round(stored) };
}

function toLayer(evidence: ImageEvidence, index: number, stages: StageOfLayer): WhyLayer {
  const { digest, diffId, instruction, created } = shownLayer(evidence, index);
  const origin = evidence.layers[index]?.layer.origin ?? 'unknown';
  return { index, digest, diffId, instruction, created, origin, stage: stages[index] ?? null };
}

function toVersion(evidence: ImageEvidence, entry: FilesystemEntry, stages: StageOfLayer): WhyVersion {
  const { filesystem } = evidence;
  const digest = digestOf(entry);
  const { hiddenBy } = entry;
  const successor = hiddenBy === null ? null : filesystem.nextVersion(entry);
  const names = filesystem
    .sharing(entry)
    .filter(({ layerIndex, row }) => layerIndex !== entry.layerIndex || row !== entry.row);
  return {
    layer: toLayer(evidence, entry.layerIndex, stages),
    ...shownEntry(evidence, entry),
    state: entry.state,
    hiddenBy: hiddenBy && {
      layer: toLayer(evidence, hiddenBy.layerIndex, stages),
      how: hiddenBy.how,
      sameContent:
        digest !== null &&
        successor !== null &&
        successor.layerIndex === hiddenBy.layerIndex &&
        digestOf(successor) === digest,
    },
    otherNames: names
      .slice(0, MAX_NAMES)
      .map((name) => ({ ...shownPath(evidence, name.path), layer: name.layerIndex })),
  };
}
