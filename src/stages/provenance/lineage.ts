import { type BuildStep, type ProvenanceLayer, parentOf, type StepOutput } from './build-step.ts';

/** A step that put layers into the result. */
export interface LineageStep {
  readonly step: BuildStep;
  readonly output: number;
  /** How many steps of the lineage are below it that it was made on top of, itself among them. */
  readonly depth: number;
}

/** Steps that made the result, lowest layers first; or why they cannot be told. */
export type Lineage =
  | { readonly known: true; readonly steps: readonly LineageStep[]; readonly result: StepOutput }
  | { readonly known: false; readonly reason: string };

/** The attack: forty steps that each merge the one before with itself are a million million layers. */
const MAX_LINEAGE = 20_000;

/** Follows the result of a build down to the images, or the nothing, that it begins with. */
export function lineageOf(steps: readonly BuildStep[]): Lineage {
  const unknown = (reason: string): Lineage => ({ known: false, reason });
  const last = steps.at(-1);
  const [result] = last?.operation.kind === 'result' ? last.inputs : [];
  if (result === undefined) return unknown('it does not say which step is the result');
  const lineage: LineageStep[] = [];
  const tasks: ({ readonly visit: StepOutput } | { readonly put: StepOutput; readonly from: number })[] = [
    { visit: result },
  ];
  let visits = 0;
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ('put' in task) {
      const { step, output } = task.put;
      lineage.push({ step: steps[step] as BuildStep, output, depth: lineage.length + 1 - task.from });
      continue;
    }
    visits += 1;
    if (visits > MAX_LINEAGE) return unknown('its steps have too many layers');
    const { step: index, output } = task.visit;
    const step = steps[index] as BuildStep;
    switch (step.operation.kind) {
      case 'source':
      case 'exec':
      case 'file': {
        // Where its lowest layer is to be is where the lineage ends now: what is below it comes first.
        tasks.push({ put: task.visit, from: lineage.length });
        const parent = parentOf(step, output);
        if (parent !== null) tasks.push({ visit: parent });
        break;
      }
      case 'merge':
        for (const input of step.operation.inputs.toReversed()) {
          const at = step.inputs[input];
          if (at !== undefined) tasks.push({ visit: at });
        }
        break;
      default:
        return unknown(`its ${step.id} is of a kind that does not tell what it builds upon`);
    }
  }
  return { known: true, steps: lineage, result };
}

/** For each step of a lineage the positions of its layers; or why they are not told. */
export type LineageLayers =
  | { readonly known: true; readonly first: readonly number[]; readonly counts: readonly number[] }
  | { readonly known: false; readonly reason: string };

/**
 * Holds a lineage against the layers of an image. Every chain of layers that the provenance tells has to be the
 * image's at its place, digest by digest, and together they have to be all of them.
 *
 * The attack: provenance of another image, or with layers that are not this image's. If one does not fit, none is told
 * of.
 */
export function alignLineage(
  { steps, result }: Extract<Lineage, { readonly known: true }>,
  all: readonly BuildStep[],
  digests: readonly (string | null)[],
): LineageLayers {
  const chainsOf = ({ step, output }: { readonly step: BuildStep; readonly output: number }) =>
    step.chains.get(output) ?? [];
  const counts: (number | null)[] = steps.map(() => null);
  for (const [i, one] of steps.entries()) {
    const [chain] = chainsOf(one);
    if (chain !== undefined && !settle(counts, steps, i + 1 - one.depth, i + 1, chain.length)) return contradiction();
  }
  const whole = chainsOf({ step: all[result.step] as BuildStep, output: result.output });
  const total = whole[0]?.length ?? null;
  if (!settle(counts, steps, 0, steps.length, total ?? digests.length)) return contradiction();
  if (counts.includes(null)) return { known: false, reason: 'it does not tell the layers of every step' };
  const first: number[] = [];
  let at = 0;
  for (const count of counts) {
    first.push(at);
    at += count as number;
  }
  if (at !== digests.length) {
    return { known: false, reason: `its steps make ${at} layers, and the image has ${digests.length}` };
  }
  const covered = new Uint8Array(digests.length);
  const ranges = steps.map((one, i) => ({ from: first[i + 1 - one.depth] as number, chains: chainsOf(one) }));
  for (const { from, chains } of [...ranges, { from: 0, chains: whole }]) {
    const [chain] = chains;
    if (chain === undefined) continue;
    if (!chains.some((alternative) => isAt(alternative, from, digests))) {
      const wrong = chain.findIndex(({ digest }, i) => digest !== digests[from + i]);
      const layer = from + Math.max(0, wrong);
      const stated = chain[Math.max(0, wrong)]?.digest ?? 'none';
      return {
        known: false,
        reason: `its layers are not the image's: layer ${layer} would have to be ${stated} and is ${digests[layer] ?? 'not known'}`,
      };
    }
    covered.fill(1, from, from + chain.length);
  }
  const open = covered.indexOf(0);
  if (open >= 0) return { known: false, reason: `it does not name layer ${open}` };
  return { known: true, first, counts: counts as number[] };
}

function contradiction(): LineageLayers {
  return { known: false, reason: 'its layers contradict its steps' };
}

/**
 * Works out how many layers each of some steps has, from how many they have together: an instruction makes one, what
 * an image brings is the rest.
 */
function settle(
  counts: (number | null)[],
  steps: readonly LineageStep[],
  from: number,
  to: number,
  total: number,
): boolean {
  let left = total;
  const open: number[] = [];
  for (let i = from; i < to; i += 1) {
    const count = counts[i] as number | null;
    if (count === null) open.push(i);
    else left -= count;
  }
  if (open.length === 0) return left === 0;
  const images = open.filter((i) => steps[i]?.step.operation.kind === 'source');
  const own = open.length - images.length;
  if (left < own || (images.length === 0 && left !== own)) return false;
  // Which of two images has how many layers is not known.
  if (images.length > 1) return true;
  for (const i of open) counts[i] = 1;
  for (const i of images) counts[i] = left - own;
  return true;
}

function isAt(chain: readonly ProvenanceLayer[], from: number, digests: readonly (string | null)[]): boolean {
  return from + chain.length <= digests.length && chain.every(({ digest }, i) => digest === digests[from + i]);
}
