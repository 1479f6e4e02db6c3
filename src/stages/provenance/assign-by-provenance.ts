import type { Image } from '../../image/index.ts';
import type { DiscardedStage, ImageStage, LayerInstruction, Told } from '../assign-stages.ts';
import type { DockerfileStage, DockerfileStep } from '../dockerfile.ts';
import { type BuildStep, parentOf, type StepOutput, sourcesOf } from './build-step.ts';
import { alignLineage, lineageOf } from './lineage.ts';
import type { BuildProvenance } from './read-provenance.ts';

/** Provenance, and its files as Dockerfiles; null for those that are none. */
export interface PreparedProvenance {
  readonly provenance: BuildProvenance;
  readonly dockerfiles: readonly (readonly DockerfileStage[] | null)[];
}

/** A stage among all Dockerfiles of a provenance. */
interface Place {
  readonly file: number;
  readonly stage: DockerfileStage;
}

const IMAGE = 'docker-image://';
/** Steps told of one stage that was not shipped. */
const MAX_STEPS = 200;

/**
 * Says which stage each layer belongs to by BuildKit's provenance of `mode=max`: it names the layers of every step by
 * digest, and the line of the Dockerfile that asked for the step. A text says why it cannot be told.
 */
export function assignByProvenance(image: Image, { provenance, dockerfiles }: PreparedProvenance): Told | string {
  const { steps } = provenance;
  const lineage = lineageOf(steps);
  if (!lineage.known) return lineage.reason;
  const layers = alignLineage(
    lineage,
    steps,
    image.layers.map(({ digest }) => digest),
  );
  if (!layers.known) return layers.reason;
  const plan = new Plan(steps, dockerfiles);
  const stages = new Map<string, ImageStage & { layers: number[]; copies: ImageStage['copies'][number][] }>();
  const told: LayerInstruction[] = [];
  const shipped = new Set<string>();
  for (const [i, { step }] of lineage.steps.entries()) {
    const place = plan.placeOf(step);
    const key = keyOf(place);
    shipped.add(key);
    const isBase = step.operation.kind === 'source';
    const group = isBase ? `base ${step.id}` : key;
    const stage = stages.get(group) ?? {
      name: isBase ? null : nameOf(place),
      isBase,
      from: isBase ? imageOf(step) : plan.fromOf(place),
      layers: [],
      copies: [],
    };
    stages.set(group, stage);
    const count = layers.counts[i] as number;
    const first = layers.first[i] as number;
    for (let index = first; index < first + count; index += 1) {
      stage.layers.push(index);
      told.push({ index, step: step.id, line: step.location?.line ?? null, text: plan.textOf(step) });
    }
    if (!isBase) stage.copies.push(...plan.copiesOf([step], key));
  }
  const own = [...stages.values()].map((stage) => ({ ...stage, copies: withoutDoubles(stage.copies) }));
  return {
    basis: 'provenance',
    reasons: ['BuildKit’s provenance of mode=max names the step of every layer, by the digest of the layer.'],
    stages: own.filter(({ isBase, layers: some }) => !isBase || some.length > 0),
    layers: told,
    discarded: plan.others(shipped),
  };
}

/** Where steps stand in the Dockerfiles, and what they say there. */
class Plan {
  readonly #steps: readonly BuildStep[];
  readonly #dockerfiles: PreparedProvenance['dockerfiles'];
  readonly #places: readonly (Place | null)[];
  readonly #origins = new Map<number, Origin | null>();

  constructor(steps: readonly BuildStep[], dockerfiles: PreparedProvenance['dockerfiles']) {
    this.#steps = steps;
    this.#dockerfiles = dockerfiles;
    this.#places = steps.map(({ location }) => {
      const stages = location === null ? null : dockerfiles[location.file];
      const stage = stages?.findLast(({ line }) => line <= (location?.line ?? 0));
      return stage === undefined || location === null ? null : { file: location.file, stage };
    });
  }

  placeOf(step: BuildStep): Place | null {
    return this.#places[step.index] ?? null;
  }

  textOf(step: BuildStep): string | null {
    const at = this.#instructionOf(step);
    if (at !== null) return `${at.keyword} ${at.texts.at(-1) ?? ''}`;
    const { operation } = step;
    if (operation.kind === 'source') return `FROM ${imageOf(step) ?? operation.identifier}`;
    return operation.kind === 'exec' ? `RUN ${operation.args.join(' ')}` : null;
  }

  /** What a stage begins with: another stage, or an image as it was resolved. */
  fromOf(place: Place | null): string | null {
    if (place === null) return null;
    const { file, stage } = place;
    if (stage.fromStage !== null) {
      const lower = this.#dockerfiles[file]?.[stage.fromStage];
      return lower === undefined ? stage.from : nameOf({ file, stage: lower });
    }
    const source = this.#steps.find(
      ({ location, operation }) =>
        operation.kind === 'source' && location?.file === file && location.line === stage.line,
    );
    return (source === undefined ? null : imageOf(source)) ?? stage.from;
  }

  /** What some steps of a stage took from other stages, and from images. */
  copiesOf(steps: readonly BuildStep[], key: string): ImageStage['copies'][number][] {
    return steps.flatMap((step) =>
      sourcesOf(step).flatMap(({ from, text }) => {
        const origin = this.#originOf(from);
        if (origin === null || origin.key === key) return [];
        return [{ from: origin.name, line: step.location?.line ?? 0, text: this.textOf(step) ?? text }];
      }),
    );
  }

  /** Stages that the image has no layers of: those that were built for it first, then those that were not needed. */
  others(shipped: ReadonlySet<string>): DiscardedStage[] {
    const built = new Map<string, { readonly place: Place; readonly steps: BuildStep[] }>();
    for (const [i, step] of this.#steps.entries()) {
      const place = this.#places[i];
      if (place === null || place === undefined || shipped.has(keyOf(place))) continue;
      const one = built.get(keyOf(place)) ?? { place, steps: [] };
      built.set(keyOf(place), one);
      one.steps.push(step);
    }
    // Bake puts files of several targets together: stages of the others were not meant to be a part of this.
    const unbuilt = this.#dockerfiles.flatMap((stages, file) =>
      (stages ?? [])
        .map((stage) => ({ file, stage }))
        .filter((place) => !shipped.has(keyOf(place)) && !built.has(keyOf(place))),
    );
    return [
      ...[...built.values()].map(({ place, steps }) => ({
        name: nameOf(place),
        from: this.fromOf(place) ?? place.stage.from,
        built: true,
        steps: distinctSteps(steps, this).slice(0, MAX_STEPS),
        copies: withoutDoubles(this.copiesOf(steps, keyOf(place))),
        baseStoredBytes: baseBytes(steps),
      })),
      ...unbuilt.map((place) => ({
        name: nameOf(place),
        from: place.stage.from,
        built: false,
        steps: [],
        copies: [],
        baseStoredBytes: null,
      })),
    ];
  }

  #instructionOf({ location }: BuildStep): DockerfileStep | null {
    if (location === null) return null;
    const stage = this.#dockerfiles[location.file]?.findLast(({ line }) => line <= location.line);
    return stage?.steps.findLast(({ line }) => line <= location.line) ?? null;
  }

  /** The stage or image that made an output; null for what is neither, as a build context. */
  #originOf(from: StepOutput): Origin | null {
    const way: number[] = [];
    let origin: Origin | null | undefined;
    // A step takes from earlier ones only: this ends. What was seen is remembered, so that it ends soon.
    for (let at: StepOutput | null = from; at !== null && origin === undefined; ) {
      way.push(at.step);
      const step = this.#steps[at.step] as BuildStep;
      origin = this.#origins.get(at.step) ?? this.#ownOrigin(step);
      const { operation, inputs } = step;
      at = operation.kind === 'merge' ? (inputs[operation.inputs[0] ?? -1] ?? null) : parentOf(step, at.output);
    }
    for (const step of way) this.#origins.set(step, origin ?? null);
    return origin ?? null;
  }

  /** What a step itself says of it; undefined where that depends on what it builds upon. */
  #ownOrigin(step: BuildStep): Origin | null | undefined {
    const place = this.placeOf(step);
    const own = place === null ? undefined : { name: nameOf(place), key: keyOf(place) };
    if (step.operation.kind !== 'source') return own;
    const image = imageOf(step);
    if (image === null) return null;
    // What a stage begins with stands in the line of its FROM; `--from=IMAGE` in that of a COPY.
    return place?.stage.line === step.location?.line && own !== undefined ? own : { name: image, key: null };
  }
}

/** Where files come from: a stage, or an image, which has no key. */
interface Origin {
  readonly name: string;
  readonly key: string | null;
}

/** Steps by the instructions that they stand for, in the order of lines; what a stage begins with is none. */
function distinctSteps(steps: readonly BuildStep[], plan: Plan): { line: number; text: string }[] {
  const texts = new Map<number, string>();
  for (const step of steps) {
    const text = plan.textOf(step);
    if (step.operation.kind !== 'source' && step.location !== null && text !== null)
      texts.set(step.location.line, text);
  }
  return [...texts].sort(([a], [b]) => a - b).map(([line, text]) => ({ line, text }));
}

/** Stored bytes of the image that a stage begins with, where the provenance tells its layers. */
function baseBytes(steps: readonly BuildStep[]): number | null {
  const [chain] = steps.find(({ operation }) => operation.kind === 'source')?.chains.get(0) ?? [];
  if (chain === undefined) return null;
  return chain.reduce<number | null>(
    (sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes),
    0,
  );
}

function withoutDoubles(copies: readonly ImageStage['copies'][number][]): ImageStage['copies'][number][] {
  return [...new Map(copies.map((copy) => [`${copy.line} ${copy.from} ${copy.text}`, copy])).values()];
}

function imageOf({ operation }: BuildStep): string | null {
  if (operation.kind !== 'source' || !operation.identifier.startsWith(IMAGE)) return null;
  return operation.identifier.slice(IMAGE.length);
}

function keyOf(place: Place | null): string {
  return place === null ? '' : `${place.file}/${place.stage.index}`;
}

function nameOf(place: Place | null): string {
  if (place === null) return 'own layers';
  return place.stage.name ?? `stage ${place.stage.index}`;
}
