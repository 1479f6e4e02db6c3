import { AuditError, DEFAULT_LIMITS } from '../core/index.ts';
import type { StagesImage, StagesProvenance, StagesReport } from '../report/index.ts';
import type { ImageEvidence } from '../rules/index.ts';
import { assignStages, type GivenDockerfile, measureLayers, parseDockerfile, stagesOfTarget } from '../stages/index.ts';
import { EXIT } from './assemble-report.ts';
import { compareBuild, storedBytesOf } from './compare-build.ts';
import { shownImage, shownLayer } from './document-places.ts';
import { documentHead, type ExaminedSubject, type ExamineOptions, examineSubject } from './examine-subject.ts';
import { repositoryOf } from './load-trust.ts';
import { type AttachedProvenance, provenancesOf, readProvenances, whyNotUsed } from './read-provenances.ts';

/** What {@link tellStages} is told. */
export interface TellStagesOptions extends ExamineOptions {
  /** The Dockerfile that the image was built from, and what to call it. */
  readonly dockerfile?: { readonly name: string; readonly text: string };
  /** The stage of it that the image is; the last one unless told. */
  readonly target?: string;
  /** Images of stages that the image does not have, by name. */
  readonly builds?: readonly { readonly name: string; readonly reference: string }[];
  readonly allowIncomplete?: boolean;
}

/**
 * Tells which stage each layer belongs to on the best evidence there is, and holds images of other stages against it.
 * @throws AuditError where it cannot be run; what the image holds is never a reason to throw
 */
export async function tellStages(options: TellStagesOptions): Promise<StagesReport> {
  const startedAt = new Date();
  const given = await readGiven(options);
  const attached: AttachedProvenance[] = [];
  const { limits = DEFAULT_LIMITS, trust = null, signal = new AbortController().signal } = options;
  const repository = repositoryOf(options.reference);
  // What is attached is shown, and so has to be searched for secrets.
  const subject = await examineSubject(options, 'judging-content', async (opened) => {
    attached.push(...(await readProvenances(opened, { trust, repository, limits, signal })));
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
      storedBytes: storedBytesOf(evidence, layers),
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
