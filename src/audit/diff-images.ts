import { AuditError, type Platform, platformMatches, type Severity, severityRank } from '../core/index.ts';
import type { FilesystemEntry } from '../filesystem/index.ts';
import type { DiffChange, DiffFile, DiffImage, DiffLayer, DiffPair, DiffReport, DiffVersion } from '../report/index.ts';
import type { ImageEvidence } from '../rules/index.ts';
import { type ComparedSide, compareFilesystems } from '../stages/index.ts';
import { EXIT } from './assemble-report.ts';
import { compareConfigs, compareHistories } from './compare-configs.ts';
import { diffPackages } from './diff-packages.ts';
import { shownEntry, shownImage, shownLayer, shownPath } from './document-places.ts';
import { documentHead, type ExaminedSubject, type ExamineOptions, examineSubject } from './examine-subject.ts';

/** What {@link diffImages} is told. `reference` is the image before. */
export interface DiffImagesOptions extends ExamineOptions {
  /** The image after; `reference` again unless told, for two platforms or two layers of one image. */
  readonly after?: string;
  /** A platform of the image before, and one of the image after, to be compared whatever they are. */
  readonly platformBefore?: Platform;
  readonly platformAfter?: Platform;
  /** Compare the images as they were when this layer had been put, counted from 0. */
  readonly layerBefore?: number;
  readonly layerAfter?: number;
  readonly only?: DiffReport['only'];
  readonly failOn?: Severity | 'none';
  readonly allowIncomplete?: boolean;
}

/** An image of a side; cut, where only its lowest layers are compared. */
interface Side {
  readonly evidence: ImageEvidence;
  readonly upToLayer: number | null;
}

/** Most paths that are listed one by one. */
const MAX_LISTED = 100_000;

/**
 * Compares two images, two platforms of one, or one before and after some of its layers: files, configuration,
 * history, layers, findings.
 * @throws AuditError where it cannot be run; what the images hold is never a reason to throw
 */
export async function diffImages(options: DiffImagesOptions): Promise<DiffReport> {
  const startedAt = new Date();
  const { reference, after = reference, only = 'everything', failOn = 'high' } = options;
  const platformsOf = (one: Platform | undefined): readonly Platform[] => (one ? [one] : (options.platforms ?? []));
  const platforms = { a: platformsOf(options.platformBefore), b: platformsOf(options.platformAfter) };
  let a: ExaminedSubject;
  let b: ExaminedSubject;
  if (after === reference) {
    const all = platforms.a.length === 0 || platforms.b.length === 0 ? [] : [...platforms.a, ...platforms.b];
    a = await examineSubject({ ...options, platforms: all }, 'judging-content');
    b = a;
  } else {
    a = await examineSubject({ ...options, platforms: platforms.a }, 'judging-content');
    b = await examineSubject({ ...options, reference: after, platforms: platforms.b }, 'judging-content');
  }
  const sides = {
    a: sidesOf(a, platforms.a, options.layerBefore),
    b: sidesOf(b, platforms.b, options.layerAfter),
  };
  const { pairs, unpaired } = pairUp(sides.a, sides.b, reference, after);
  const findings = compareFindings(
    a.judge(pairs.map((pair) => pair.a.evidence)),
    b.judge(pairs.map((pair) => pair.b.evidence)),
  );
  const failed =
    failOn !== 'none' && findings.new.some((finding) => severityRank(finding.severity) <= severityRank(failOn));
  const complete = a.complete && b.complete;
  const passed = complete || options.allowIncomplete === true ? EXIT.passed : EXIT.incomplete;
  const { tool, subject } = documentHead(a, options);
  return {
    schema: 'layer-audit/diff-1',
    tool,
    a: subject,
    b: documentHead(b, options).subject,
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    only,
    pairs: pairs.map((pair) => comparePair(pair.a, pair.b, only)),
    unpaired,
    findings: only === 'new' ? { ...findings, fixed: [] } : findings,
    gaps: { a: a.gaps, b: b.gaps },
    verdict: { complete, failOn, failed, exitStatus: failed ? EXIT.findings : passed },
  };
}

function sidesOf(subject: ExaminedSubject, platforms: readonly Platform[], layer: number | undefined): Side[] {
  const images = subject.images.filter(
    ({ image: { runsOn } }) =>
      platforms.length === 0 || (runsOn !== null && platforms.some((one) => platformMatches(one, runsOn))),
  );
  if (layer === undefined) return images.map((evidence) => ({ evidence, upToLayer: null }));
  const [evidence] = images;
  if (images.length !== 1 || evidence === undefined) {
    const listed = images.map(({ image }) => image.platform).join(', ');
    throw new AuditError('USAGE_INVALID', `${subject.reference} has ${images.length} images, and layers are of one`, {
      hint: `Choose one with --platform. It has: ${listed}.`,
    });
  }
  const count = evidence.image.layers.length;
  if (layer >= count) {
    throw new AuditError('USAGE_INVALID', `${subject.reference} has no layer ${layer}`, {
      hint: `It has ${count}, the lowest is 0. audit layers lists them.`,
    });
  }
  return [{ evidence: subject.upTo(evidence, layer + 1), upToLayer: layer }];
}

function pairUp(
  a: readonly Side[],
  b: readonly Side[],
  before: string,
  after: string,
): { pairs: { readonly a: Side; readonly b: Side }[]; unpaired: DiffReport['unpaired'] } {
  const [onlyA, onlyB] = [a[0], b[0]];
  // Of one image on each side it is clear which are meant, whatever they run on.
  if (a.length === 1 && b.length === 1 && onlyA !== undefined && onlyB !== undefined)
    return { pairs: [{ a: onlyA, b: onlyB }], unpaired: { a: [], b: [] } };
  const byPlatform = new Map(b.map((side) => [side.evidence.image.platform, side]));
  const pairs = a.flatMap((side) => {
    const other = byPlatform.get(side.evidence.image.platform);
    return other === undefined ? [] : [{ a: side, b: other }];
  });
  const platformsOf = (sides: readonly Side[]): string[] => sides.map(({ evidence }) => evidence.image.platform);
  if (pairs.length === 0) {
    throw new AuditError('PLATFORM_ABSENT', `${before} and ${after} have no platform in common`, {
      hint: `The first has ${platformsOf(a).join(', ')}, the second ${platformsOf(b).join(', ')}. Choose one of each with --from-platform and --to-platform.`,
    });
  }
  const paired = new Set(pairs.flatMap((pair) => [pair.a, pair.b]));
  return {
    pairs,
    unpaired: {
      a: platformsOf(a.filter((side) => !paired.has(side))),
      b: platformsOf(b.filter((side) => !paired.has(side))),
    },
  };
}

function compareFindings(
  before: DiffReport['findings']['new'],
  after: DiffReport['findings']['new'],
): DiffReport['findings'] {
  const known = new Set(before.map(({ fingerprint }) => fingerprint));
  const now = new Set(after.map(({ fingerprint }) => fingerprint));
  return {
    new: after.filter(({ fingerprint }) => !known.has(fingerprint)),
    fixed: before.filter(({ fingerprint }) => !now.has(fingerprint)),
    unchanged: after.filter(({ fingerprint }) => known.has(fingerprint)).length,
  };
}

/** What one pair of images differs in. */
function comparePair(a: Side, b: Side, only: DiffReport['only']): DiffPair {
  const files = compareFilesystems(toCompared(a), toCompared(b), MAX_LISTED);
  const settings = compareConfigs(a.evidence, b.evidence);
  const history = compareHistories(a.evidence, b.evidence);
  const layers = compareLayers(a, b);
  const packages = diffPackages(a.evidence, b.evidence, MAX_LISTED);
  const all = only === 'everything';
  return {
    a: toImage(a),
    b: toImage(b),
    files: {
      counts: files.counts,
      added: files.added.map((entry) => toFile(b.evidence, entry)),
      removed: all ? files.removed.map((entry) => toFile(a.evidence, entry)) : [],
      changed: files.changed.map(
        (change): DiffChange => ({
          ...shownPath(b.evidence, change.path),
          differences: change.differences,
          a: toVersion(a.evidence, change.before),
          b: toVersion(b.evidence, change.after),
        }),
      ),
      omitted: files.omitted,
    },
    folders: [...files.byFolder]
      .sort(([x, p], [y, q]) => Math.abs(q) - Math.abs(p) || (x < y ? -1 : 1))
      .map(([path, bytes]) => ({ ...shownPath(b.evidence, path), bytes })),
    layers: all ? layers : { ...layers, onlyA: [] },
    packages: all ? packages : { ...packages, changes: packages.changes.filter((one) => one.b !== null) },
    config: all ? settings : settings.filter((setting) => setting.b !== null),
    history: all ? history : history.filter(({ change }) => change === 'added'),
  };
}

function toCompared({ evidence: { filesystem, layers } }: Side): ComparedSide {
  return { filesystem, records: layers.map(({ record }) => record) };
}

function toImage({ evidence, upToLayer }: Side): DiffImage {
  const { layers, sizes } = evidence;
  const stored = layers.map(({ layer, record }) => record?.blob.sizeBytes ?? layer.sizeBytes);
  return {
    ...shownImage(evidence),
    upToLayer,
    storedBytes: stored.includes(null) ? null : stored.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
    contentBytes: layers.reduce((sum, { record }) => sum + (record?.contentBytes ?? 0), 0),
    liveBytes: sizes.contentBytes,
  };
}

function toFile(evidence: ImageEvidence, entry: FilesystemEntry): DiffFile {
  return { ...shownPath(evidence, entry.path), ...toVersion(evidence, entry) };
}

function toVersion(evidence: ImageEvidence, entry: FilesystemEntry): DiffVersion {
  return { layer: entry.layerIndex, ...shownEntry(evidence, entry) };
}

/** Layers by what they are, whatever position they have and however they are stored. */
function compareLayers({ evidence: a }: Side, { evidence: b }: Side): DiffPair['layers'] {
  const free = new Map<string, number[]>();
  for (const index of b.layers.keys()) {
    const { diffId } = shownLayer(b, index);
    if (diffId !== null) free.set(diffId, [...(free.get(diffId) ?? []), index]);
  }
  const shared: DiffPair['layers']['shared'][number][] = [];
  const onlyA: DiffLayer[] = [];
  const taken = new Set<number>();
  for (const index of a.layers.keys()) {
    const { diffId } = shownLayer(a, index);
    const other = diffId === null ? undefined : free.get(diffId)?.shift();
    if (diffId === null || other === undefined) {
      onlyA.push(toDiffLayer(a, index));
      continue;
    }
    taken.add(other);
    shared.push({ a: index, b: other, diffId, contentBytes: a.layers[index]?.record?.contentBytes ?? null });
  }
  const onlyB = [...b.layers.keys()].filter((index) => !taken.has(index)).map((index) => toDiffLayer(b, index));
  return { shared, onlyA, onlyB };
}

function toDiffLayer(evidence: ImageEvidence, index: number): DiffLayer {
  const { digest, diffId, instruction } = shownLayer(evidence, index);
  const { layer, record } = evidence.layers[index] as ImageEvidence['layers'][number];
  return {
    index,
    digest,
    diffId,
    instruction,
    storedBytes: record?.blob.sizeBytes ?? layer.sizeBytes,
    contentBytes: record?.contentBytes ?? null,
  };
}
