import type { Image } from '../image/index.ts';
import { alignDockerfile } from './align-dockerfile.ts';
import type { DockerfileStage, DockerfileStep } from './dockerfile.ts';

/** What a stage of an image is known from, the best first. */
export type StageBasis = 'dockerfile' | 'history' | 'unknown';

/** A stage that layers of an image belong to. */
export interface ImageStage {
  /** Null where it has none, as the base image has. */
  readonly name: string | null;
  /** Whether it is the image that the lowest stage begins with. */
  readonly isBase: boolean;
  /** What it begins with; null where that is not known. */
  readonly from: string | null;
  /** Positions of its layers; none where it put no files. */
  readonly layers: readonly number[];
  /** What it copied from elsewhere: a stage, or an image. */
  readonly copies: readonly { readonly from: string; readonly line: number; readonly text: string }[];
}

/** Which stage each layer belongs to, and how one knows. */
export interface StageAssignment {
  readonly basis: StageBasis;
  /** How one knows, or why one does not, in sentences. */
  readonly reasons: readonly string[];
  /** Lowest first. */
  readonly stages: readonly ImageStage[];
  /** Stages of the Dockerfile that the image has no layers of: their files are in it only where they were copied. */
  readonly discarded: readonly { readonly name: string; readonly from: string }[];
}

/** A Dockerfile, and which of its stages make the image. */
export interface GivenDockerfile {
  readonly stages: readonly DockerfileStage[];
  /** Of these, those that the image is made of, lowest first. */
  readonly target: readonly DockerfileStage[];
}

/** Says which stage each layer belongs to, on the best evidence there is. Evidence that does not fit is told, and not used. */
export function assignStages(image: Image, given: GivenDockerfile | null): StageAssignment {
  const reasons: string[] = [];
  if (given !== null) {
    const result = byDockerfile(image, given);
    if (typeof result !== 'string') return result;
    reasons.push(`The Dockerfile does not fit this image, and was not used: ${result}.`);
  }
  const byHistory = fromHistory(image);
  return { ...byHistory, reasons: [...reasons, ...byHistory.reasons] };
}

function byDockerfile(image: Image, { stages, target }: GivenDockerfile): StageAssignment | string {
  if (image.historyMismatch !== null) {
    const { historyLayers, layers } = image.historyMismatch;
    return `the history tells of ${historyLayers} layers and the image has ${layers}`;
  }
  const history = image.config?.history ?? [];
  if (history.length === 0) return 'the image has no history';
  const aligned = alignDockerfile(
    history.map(({ createdBy, comment, emptyLayer }) => ({ createdBy: createdBy ?? comment ?? '', emptyLayer })),
    target,
  );
  if (!aligned.fits) return aligned.reason;
  const layersOf = (isMade: (step: DockerfileStep | null) => boolean): number[] =>
    image.layers
      .filter(({ step }) => step !== null && isMade(aligned.steps[step.historyIndex] ?? null))
      .map(({ index }) => index);
  const [lowest] = target;
  const own = target.map((stage): ImageStage => {
    const from = stage.fromStage === null ? stage.from : nameOf(stages[stage.fromStage] as DockerfileStage);
    const copies = stage.steps.flatMap(({ copiesFrom, line, texts, keyword }) =>
      copiesFrom === null
        ? []
        : [{ from: nameFrom(copiesFrom, stages), line, text: `${keyword} ${texts.at(-1) ?? ''}` }],
    );
    const layers = layersOf((step) => step?.stage === stage.index);
    return { name: nameOf(stage), isBase: false, from, layers, copies };
  });
  const below = layersOf((step) => step === null);
  const base: ImageStage = { name: null, isBase: true, from: lowest?.from ?? null, layers: below, copies: [] };
  const used = new Set(target.map(({ index }) => index));
  return {
    basis: 'dockerfile',
    reasons: [
      'Every RUN, COPY and ADD of the Dockerfile is in the history, in order. Nobody attests that it was built from it.',
    ],
    stages: below.length === 0 ? own : [base, ...own],
    discarded: stages
      .filter(({ index }) => !used.has(index))
      .map((stage) => ({ name: nameOf(stage), from: stage.from })),
  };
}

function nameOf({ name, index }: DockerfileStage): string {
  return name ?? `stage ${index}`;
}

/** `--from` names a stage, or by its number one that comes earlier, or an image. */
function nameFrom(from: string, stages: readonly DockerfileStage[]): string {
  const stage = stages.find(({ name, index }) => name === from.toLowerCase() || String(index) === from);
  return stage === undefined ? from : nameOf(stage);
}

function fromHistory(image: Image): StageAssignment {
  const layersOf = (origin: 'base' | 'app'): number[] =>
    image.layers.filter((layer) => layer.origin === origin).map(({ index }) => index);
  const [base, own] = [layersOf('base'), layersOf('app')];
  if (base.length + own.length < image.layers.length || image.layers.length === 0) {
    const basis = image.layers[0]?.originBasis;
    return {
      basis: 'unknown',
      reasons: [
        ...(basis === undefined ? [] : [`Which layers belong together is not known: ${basis}.`]),
        'Give the Dockerfile with --dockerfile, or build with a CMD or ENTRYPOINT in the base image.',
      ],
      stages: [],
      discarded: [],
    };
  }
  const stage = (isBase: boolean, layers: readonly number[]): ImageStage => ({
    name: isBase ? null : 'own layers',
    isBase,
    from: null,
    layers,
    copies: [],
  });
  return {
    basis: 'history',
    reasons: [
      'A guess: layers up to the last CMD or ENTRYPOINT that other instructions follow are taken for the base image. Stages that were discarded leave nothing in a history.',
      'Give the Dockerfile with --dockerfile to know.',
    ],
    stages: [stage(true, base), stage(false, own)],
    discarded: [],
  };
}
