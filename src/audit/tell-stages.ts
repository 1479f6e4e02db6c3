import { AuditError, DEFAULT_LIMITS } from '../core/index.ts';
import type { StageBuild, StagesImage, StagesProvenance, StagesReport, StageWeight } from '../report/index.ts';
import type { Finding, ImageEvidence } from '../rules/index.ts';
import {
  assignStages,
  digestOf,
  type GivenDockerfile,
  liveFiles,
  measureLayers,
  parseDockerfile,
  stagesOfTarget,
} from '../stages/index.ts';
import { EXIT } from './assemble-report.ts';
import { shownImage, shownLayer, shownPath } from './document-places.ts';
import { documentHead, type ExaminedSubject, type ExamineOptions, examineSubject } from './examine-subject.ts';
import type { LoadedTrust } from './load-trust.ts';
import { type AttachedProvenance, provenancesOf, readProvenances, whyNotUsed } from './read-provenances.ts';

/** What {@link tellStages} is told. */
export interface TellStagesOptions extends ExamineOptions {
  /** The Dockerfile that the image was built from, and what to call it. */
  readonly dockerfile?: { readonly name: string; readonly text: string };
  /** The stage of it that the image is; the last one unless told. */
  readonly target?: string;
  /** Images of stages that the image does not have, by name. */
  readonly builds?: readonly { readonly name: string; readonly reference: string }[];
  /** Whom to trust with provenance; nobody unless told. */
  readonly trust?: LoadedTrust;
  readonly allowIncomplete?: boolean;
}

/** Files and findings told of what a stage and the image share. */
const MAX_TOLD = 20;

/**
 * Tells which stage each layer belongs to on the best evidence there is, and holds images of other stages against it.
 * @throws AuditError where it cannot be run; what the image holds is never a reason to throw
 */
export async function tellStages(options: TellStagesOptions): Promise<StagesReport> {
  const startedAt = new Date();
  const given = await readGiven(options);
  const attached: AttachedProvenance[] = [];
  const { limits = DEFAULT_LIMITS, trust = null, signal = new AbortController().signal } = options;
  // What is attached is shown, and so has to be searched for secrets.
  const subject = await examineSubject(options, 'judging', async (opened) => {
    attached.push(...(await readProvenances(opened, { trust, limits, signal })));
  });
  const builds: { name: string; build: ExaminedSubject }[] = [];
  for (const { name, reference } of options.builds ?? [])
    builds.push({ name, build: await examineSubject({ ...options, reference }) });
  const images = subject.images.map((evidence) => toStagesImage(evidence, { given, attached, subject, builds }));
  const complete = subject.complete && builds.every(({ build }) => build.complete);
  const exitStatus = complete || options.allowIncomplete === true ? EXIT.passed : EXIT.incomplete;
  return {
    schema: 'layer-audit/stages-1',
    ...documentHead(subject, options),
    ...(options.reproducible === true ? {} : { startedAt: startedAt.toISOString() }),
    images,
    gaps: [...subject.gaps, ...builds.flatMap(({ build }) => build.gaps)],
    verdict: { complete, exitStatus },
  };
}

async function readGiven({ dockerfile, target }: TellStagesOptions): Promise<GivenDockerfile | null> {
  if (dockerfile === undefined) {
    if (target !== undefined) throw new AuditError('USAGE_INVALID', '--target wants --dockerfile beside it');
    return null;
  }
  const stages = await parseDockerfile(dockerfile.text, dockerfile.name);
  return { stages, target: stagesOfTarget(stages, target, dockerfile.name) };
}

function toStagesImage(evidence: ImageEvidence, { given, attached, subject, builds }: Known): StagesImage {
  const { image, redact } = evidence;
  const own = provenancesOf(image, attached);
  const usable = own.filter((one) => one.given !== null && whyNotUsed(one, image) === null);
  const sizes = measureLayers(evidence.filesystem);
  const told = assignStages(
    image,
    given,
    usable.flatMap((one) => one.given ?? []),
  );
  const { basis, reasons, stages, discarded } = told;
  const used = told.provenance === null ? undefined : usable[told.provenance];
  const copiesOf = (copies: (typeof stages)[number]['copies']): StagesImage['stages'][number]['copies'] =>
    copies.map(({ from, line, text }) => ({ line, from: redact(from), text: redact(text) }));
  const sum = (layers: readonly number[], of: (size: (typeof sizes)[number]) => number): number =>
    layers.reduce((total, index) => total + of(sizes[index] as (typeof sizes)[number]), 0);
  return {
    ...shownImage(evidence),
    basis,
    reasons: reasons.map(redact),
    provenance: [...own]
      .sort((a, b) => Number(b === used) - Number(a === used))
      .map((one) => toProvenance(one, evidence, one === used ? basis : null)),
    stages: stages.map(({ name, isBase, from, layers, copies }) => ({
      name: name === null ? null : redact(name),
      isBase,
      from: from === null ? null : redact(from),
      layers,
      storedBytes: storedBytes(evidence, layers),
      contentBytes: sum(layers, ({ contentBytes }) => contentBytes),
      liveBytes: sum(layers, ({ liveBytes }) => liveBytes),
      copies: copiesOf(copies),
    })),
    layers: told.layers.map(({ index, step, line, text }) => ({
      index,
      digest: shownLayer(evidence, index).digest,
      step,
      line,
      text: text === null ? null : redact(text),
    })),
    discarded: discarded.map(({ name, from, built, steps, copies, baseStoredBytes }) => ({
      name: redact(name),
      from: redact(from),
      built,
      steps: steps.map(({ line, text }) => ({ line, text: redact(text) })),
      copies: copiesOf(copies),
      baseStoredBytes,
    })),
    builds: builds.map(({ name, build }) => compareBuild(name, build, evidence, subject)),
  };
}

/** What is known besides the image itself. */
interface Known {
  readonly given: GivenDockerfile | null;
  readonly attached: readonly AttachedProvenance[];
  readonly subject: ExaminedSubject;
  readonly builds: readonly { readonly name: string; readonly build: ExaminedSubject }[];
}

/** @param basis what stages are known from, where this is what was used */
function toProvenance(
  one: AttachedProvenance,
  { image, redact }: ImageEvidence,
  basis: StagesImage['basis'] | null,
): StagesProvenance {
  const { attachment, blob, read, trust } = one;
  const redactOr = (text: string | null): string | null => (text === null ? null : redact(text));
  const why = whyNotUsed(one, image);
  const told = read.kind === 'buildkit' ? read.provenance : null;
  const better = told?.mode === 'min' ? 'it is of mode=min, which does not tell steps' : 'other evidence was used';
  return {
    attachment,
    blob,
    used: basis === 'provenance' ? 'layers' : basis === 'dockerfile' ? 'dockerfile' : 'nothing',
    why: basis === null ? redact(why ?? better) : null,
    predicateType: told?.predicateType ?? null,
    mode: told?.mode ?? null,
    builder: redactOr(told?.builder ?? null),
    vcs: told?.vcs ? { source: redactOr(told.vcs.source), revision: redactOr(told.vcs.revision) } : null,
    materials: (told?.materials ?? []).map(({ uri, digest }) => ({ uri: redact(uri), digest: redactOr(digest) })),
    trust: { ...trust, reasons: trust.reasons.map(redact), signer: redactOr(trust.signer) },
  };
}

/** Stored bytes of some layers; null where one's are not known. */
function storedBytes({ layers }: ImageEvidence, indices: readonly number[]): number | null {
  let sum = 0;
  for (const index of indices) {
    const { layer, record } = layers[index] as ImageEvidence['layers'][number];
    const bytes = record?.blob.sizeBytes ?? layer.sizeBytes;
    if (bytes === null) return null;
    sum += bytes;
  }
  return sum;
}

function compareBuild(
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
  const finalFindings = subject.judge([final]);
  return {
    name,
    reference: build.reference,
    manifestDigest: stage.image.manifestDigest,
    stage: weigh(stage, build.judge([stage])),
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
    leftBehind: { files: left.length, bytes: bytesOf(left) },
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
    storedBytes: storedBytes(evidence, [...evidence.layers.keys()]),
    packages: evidence.system.packages.counts(),
    findings: families,
  };
}
