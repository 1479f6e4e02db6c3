import type { Image } from '../image/index.ts';
import { alignDockerfile, mayFill } from './align-dockerfile.ts';
import type { DockerfileStage, DockerfileStep } from './dockerfile.ts';
import { assignByProvenance, type PreparedProvenance } from './provenance/assign-by-provenance.ts';

/** What a stage of an image is known from, the best first. */
export type StageBasis = 'provenance' | 'dockerfile' | 'history' | 'unknown';

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
  /** What is known of the instruction that made each layer, besides what the history says; empty where nothing is. */
  readonly layers: readonly LayerInstruction[];
  /** Stages of the Dockerfile that the image has no layers of: their files are in it only where they were copied. */
  readonly discarded: readonly DiscardedStage[];
  /** Which of the provenances this is from, itself or the Dockerfile in it; null for none. */
  readonly provenance: number | null;
}

/** An assignment as one kind of evidence gives it. */
export type Told = Omit<StageAssignment, 'provenance'>;

/** The instruction of a Dockerfile that made a layer. */
export interface LayerInstruction {
  /** Position of the layer. */
  readonly index: number;
  /** The step in the provenance. */
  readonly step: string | null;
  /** Line of the Dockerfile, from 1. */
  readonly line: number | null;
  readonly text: string | null;
}

/** A stage that the image has no layers of. */
export interface DiscardedStage {
  readonly name: string;
  readonly from: string;
  /** Whether it was built for the image; null where that is not known. Stages that nothing is taken from are not. */
  readonly built: boolean | null;
  /** Its instructions that were run. */
  readonly steps: readonly { readonly line: number; readonly text: string }[];
  readonly copies: ImageStage['copies'];
  /** Stored bytes of the image that it begins with; null where they are not known. */
  readonly baseStoredBytes: number | null;
}

/** A Dockerfile, and which of its stages make the image. */
export interface GivenDockerfile {
  readonly stages: readonly DockerfileStage[];
  /** Of these, those that the image is made of, lowest first. */
  readonly target: readonly DockerfileStage[];
}

/** Provenance that is attached to an image and about it, in the order in which it is tried. */
export interface GivenProvenance extends PreparedProvenance {
  /** Its Dockerfile, and the stage of it that was asked for; null where it holds none. */
  readonly dockerfile: GivenDockerfile | null;
}

/**
 * Says which stage each layer belongs to, on the best evidence there is: provenance that names the layers, then a
 * Dockerfile (one that is given, then that in provenance), then the history. Evidence that does not fit is told, and not
 * used.
 */
export function assignStages(
  image: Image,
  given: GivenDockerfile | null,
  provenances: readonly GivenProvenance[] = [],
): StageAssignment {
  const reasons: string[] = [];
  for (const [i, one] of provenances.entries()) {
    if (one.provenance.mode === 'min') {
      reasons.push('There is provenance of mode=min, which does not tell steps: build with --provenance=mode=max.');
      continue;
    }
    const result = assignByProvenance(image, one);
    if (typeof result !== 'string') {
      const isOther =
        given !== null && JSON.stringify(given.stages) !== JSON.stringify(one.dockerfile?.stages ?? given.stages);
      const other = 'The Dockerfile that was given is not the one in the provenance, and was not used.';
      return { ...result, reasons: [...reasons, ...result.reasons, ...(isOther ? [other] : [])], provenance: i };
    }
    reasons.push(`The layers that the provenance names were not used: ${result}.`);
  }
  const dockerfiles = [
    ...(given === null ? [] : [{ dockerfile: given, name: 'The Dockerfile', provenance: null }]),
    ...provenances.flatMap(({ dockerfile }, provenance) =>
      dockerfile === null ? [] : [{ dockerfile, name: 'The Dockerfile in the provenance', provenance }],
    ),
  ];
  for (const { dockerfile, name, provenance } of dockerfiles) {
    const result = byDockerfile(image, dockerfile, name);
    if (typeof result !== 'string') return { ...result, reasons: [...reasons, ...result.reasons], provenance };
    reasons.push(`${name} does not fit this image, and was not used: ${result}.`);
  }
  const byHistory = fromHistory(image);
  return { ...byHistory, reasons: [...reasons, ...byHistory.reasons], provenance: null };
}

function byDockerfile(image: Image, { stages, target }: GivenDockerfile, name: string): Told | string {
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
      `Every RUN, COPY and ADD of ${name.replace('The', 'the')} is in the history, in order. Nobody attests that it was built from it.`,
    ],
    stages: below.length === 0 ? own : [base, ...own],
    layers: image.layers.flatMap(({ index, step }) => {
      const made = step === null ? null : aligned.steps[step.historyIndex];
      // Without --layers buildah puts a whole stage into one layer, and says that its last setting made it.
      if (made === null || made === undefined || !mayFill(made)) return [];
      return [{ index, step: null, line: made.line, text: `${made.keyword} ${made.texts.at(-1) ?? ''}` }];
    }),
    discarded: stages
      .filter(({ index }) => !used.has(index))
      .map((stage) => ({
        name: nameOf(stage),
        from: stage.from,
        built: null,
        steps: [],
        copies: [],
        baseStoredBytes: null,
      })),
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

function fromHistory(image: Image): Told {
  const layersOf = (origin: 'base' | 'app'): number[] =>
    image.layers.filter((layer) => layer.origin === origin).map(({ index }) => index);
  const [base, own] = [layersOf('base'), layersOf('app')];
  if (base.length + own.length < image.layers.length || image.layers.length === 0) {
    const basis = image.layers[0]?.originBasis;
    return {
      basis: 'unknown',
      reasons: [
        ...(basis === undefined ? [] : [`Which layers belong together is not known: ${basis}.`]),
        'Build with BuildKit and --provenance=mode=max to know, or give the Dockerfile with --dockerfile.',
      ],
      stages: [],
      layers: [],
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
      'Build with BuildKit and --provenance=mode=max to know, or give the Dockerfile with --dockerfile.',
    ],
    stages: [stage(true, base), stage(false, own)],
    layers: [],
    discarded: [],
  };
}
