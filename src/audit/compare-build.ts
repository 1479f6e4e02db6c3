import { AuditError } from '../core/index.ts';
import type { StageBuild, StageWeight } from '../report/index.ts';
import type { Finding, ImageEvidence } from '../rules/index.ts';
import { digestOf, liveFiles } from '../stages/index.ts';
import { comparePackages } from '../system/index.ts';
import { shownLayer, shownPath } from './document-places.ts';
import type { ExaminedSubject } from './examine-subject.ts';

/** Files, tools and findings told of what a stage and the image share. */
const MAX_TOLD = 20;

/** Rules that name programs which a container rarely needs. */
const TOOL_RULES =
  /^(?:(?:shell|package-manager)\/present|shell\/interpreter|leftover\/(?:compiler|build-tool|debugger|network-tool|git))$/;

/**
 * Holds an image of a stage against the final one: what each weighs, what was carried over, what stayed behind.
 * @throws AuditError `PLATFORM_ABSENT`
 */
export function compareBuild(
  name: string,
  build: ExaminedSubject,
  final: ImageEvidence,
  subject: ExaminedSubject,
): StageBuild {
  // Stages are often built for the machine that builds: of one image it is clear which is meant.
  const stage =
    build.images.find(({ image }) => image.platform === final.image.platform) ??
    (build.images.length === 1 ? build.images[0] : undefined);
  if (stage === undefined) {
    const platforms = build.images.map(({ image }) => image.platform).join(', ');
    throw new AuditError('PLATFORM_ABSENT', `${build.reference} has no image for ${final.image.platform}`, {
      hint: `It has ${platforms}. Choose a platform that both have with --platform.`,
    });
  }
  const stageLayers = new Set(stage.layers.map((_, index) => shownLayer(stage, index).diffId));
  const shared = new Set(
    [...final.layers.keys()].filter((index) => {
      const { diffId } = shownLayer(final, index);
      return diffId !== null && stageLayers.has(diffId);
    }),
  );
  const stageDigests = new Set([...liveFiles(stage.filesystem)].map((entry) => digestOf(entry)));
  const finalDigests = new Set([...liveFiles(final.filesystem)].map((entry) => digestOf(entry)));
  const carried = [...liveFiles(final.filesystem)].filter(
    (entry) => !shared.has(entry.layerIndex) && stageDigests.has(digestOf(entry)),
  );
  const left = [...liveFiles(stage.filesystem)].filter((entry) => !finalDigests.has(digestOf(entry)));
  const bytesOf = (entries: readonly { readonly sizeBytes: number }[]): number =>
    entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const stageFindings = build.judge([stage]);
  const finalFindings = subject.judge([final]);
  return {
    name,
    reference: build.reference,
    manifestDigest: stage.image.manifestDigest,
    stage: weigh(stage, stageFindings),
    final: weigh(final, finalFindings),
    sharedLayers: shared.size,
    carried: {
      files: carried.length,
      bytes: bytesOf(carried),
      largest: [...carried]
        .sort((a, b) => b.sizeBytes - a.sizeBytes || (a.path < b.path ? -1 : 1))
        .slice(0, MAX_TOLD)
        .map((entry) => ({ ...shownPath(final, entry.path), bytes: entry.sizeBytes })),
      findings: findingsIn(finalFindings, new Set(carried.map((entry) => `sha256:${digestOf(entry)}`)), shared),
    },
    packages: splitPackages(stage, final),
    tools: splitNames(toolsOf(stageFindings), toolsOf(finalFindings)),
    secrets: splitSecrets(stageFindings, finalFindings),
    leftBehind: { files: left.length, bytes: bytesOf(left) },
  };
}

function splitPackages(stage: ImageEvidence, final: ImageEvidence): StageBuild['packages'] {
  const [before, after] = [stage.system.packages.installed, final.system.packages.installed];
  const { changes } = comparePackages(before, after);
  const count = (kinds: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  };
  const gone = new Set(changes.flatMap((one) => (one.change === 'removed' && one.before !== null ? [one.before] : [])));
  return {
    onlyStage: count([...gone].map(({ kind }) => kind)),
    onlyFinal: count(changes.flatMap((one) => (one.change === 'added' && one.after !== null ? [one.after.kind] : []))),
    both: count(before.filter((one) => !gone.has(one)).map(({ kind }) => kind)),
  };
}

/** Names of programs that a container sees. */
function toolsOf(findings: readonly Finding[]): Set<string> {
  return new Set(
    findings
      .filter(({ rule }) => TOOL_RULES.test(rule))
      .flatMap(({ evidence }) => evidence)
      .flatMap(({ state, path }) => (state === 'live' && path !== null ? [path.slice(path.lastIndexOf('/') + 1)] : [])),
  );
}

function splitNames(stage: ReadonlySet<string>, final: ReadonlySet<string>): StageBuild['tools'] {
  const some = (names: Iterable<string>): string[] => [...names].sort().slice(0, MAX_TOLD);
  return {
    onlyStage: some(stage.difference(final)),
    onlyFinal: some(final.difference(stage)),
    both: some(stage.intersection(final)),
  };
}

function splitSecrets(stage: readonly Finding[], final: readonly Finding[]): StageBuild['secrets'] {
  const of = (findings: readonly Finding[]): Set<string> =>
    new Set(
      findings
        .filter(({ rule }) => rule.startsWith('secrets/'))
        .flatMap((one) => one.evidence.map(({ secret }) => secret?.fingerprint ?? one.fingerprint)),
    );
  const [before, after] = [of(stage), of(final)];
  return {
    onlyStage: before.difference(after).size,
    onlyFinal: after.difference(before).size,
    both: before.intersection(after).size,
  };
}

function findingsIn(
  findings: readonly Finding[],
  digests: ReadonlySet<string>,
  shared: ReadonlySet<number>,
): StageBuild['carried']['findings'] {
  return findings
    .flatMap(({ rule, severity, message, evidence }) => {
      const place = evidence.find(
        ({ fileDigest, layer, state }) =>
          state === 'live' && fileDigest !== null && digests.has(fileDigest) && !shared.has(layer?.index ?? -1),
      );
      return place === undefined ? [] : [{ rule, severity, message, path: place.path ?? '' }];
    })
    .slice(0, MAX_TOLD);
}

function weigh(evidence: ImageEvidence, findings: readonly Finding[]): StageWeight {
  const families: Record<string, number> = {};
  for (const { rule } of findings) {
    const family = rule.slice(0, rule.indexOf('/'));
    families[family] = (families[family] ?? 0) + 1;
  }
  return {
    files: evidence.sizes.files,
    liveBytes: evidence.sizes.contentBytes,
    storedBytes: storedBytesOf(evidence, [...evidence.layers.keys()]),
    packages: evidence.system.packages.counts(),
    findings: families,
  };
}

/** Stored bytes of some layers; null where one's are not known. */
export function storedBytesOf({ layers }: ImageEvidence, indices: readonly number[]): number | null {
  let sum = 0;
  for (const index of indices) {
    const { layer, record } = layers[index] as ImageEvidence['layers'][number];
    const bytes = record?.blob.sizeBytes ?? layer.sizeBytes;
    if (bytes === null) return null;
    sum += bytes;
  }
  return sum;
}
