/** Where a step takes an input from: an output of an earlier step. */
export interface StepOutput {
  /** Index of the step. */
  readonly step: number;
  readonly output: number;
}

/** A layer as provenance names it. */
export interface ProvenanceLayer {
  readonly digest: string;
  readonly sizeBytes: number | null;
}

/**
 * What a step does (BuildKit, solver/pb/ops.proto). Inputs are given by their position among the step's inputs; -1
 * stands for nothing, an empty filesystem.
 */
export type StepOperation =
  /** Brings an image, a build context, a file from elsewhere: `docker-image://…`, `local://context`. */
  | { readonly kind: 'source'; readonly identifier: string }
  | { readonly kind: 'exec'; readonly args: readonly string[]; readonly mounts: readonly StepMount[] }
  | { readonly kind: 'file'; readonly actions: readonly StepAction[] }
  /** Layers of its inputs one upon another: `COPY --link`. */
  | { readonly kind: 'merge'; readonly inputs: readonly number[] }
  /** The last one: what it takes is the result. */
  | { readonly kind: 'result' }
  | { readonly kind: 'other' };

/** A filesystem that a program runs upon, or that it sees. */
export interface StepMount {
  readonly input: number;
  readonly output: number;
  readonly dest: string;
  /** Whether it is another filesystem, and no cache, secret or memory. */
  readonly isBind: boolean;
}

/** A change of files. Its inputs may also be outputs of earlier actions: they count on behind the step's inputs. */
export interface StepAction {
  readonly input: number;
  readonly secondaryInput: number;
  readonly output: number;
  readonly copy: { readonly source: string; readonly dest: string } | null;
}

/** A step of a build, as provenance of `mode=max` tells it. */
export interface BuildStep {
  readonly index: number;
  /** `step7`. */
  readonly id: string;
  readonly inputs: readonly StepOutput[];
  readonly operation: StepOperation;
  /** The file among the provenance's that asked for it, and the line in it, from 1; null where it does not say. */
  readonly location: { readonly file: number; readonly line: number } | null;
  /**
   * By output: all layers of the filesystem that is there after it, lowest first. There may be several, for the same
   * layers compressed otherwise. Empty for most steps of stages that were not shipped: nobody needed their layers.
   */
  readonly chains: ReadonlyMap<number, readonly (readonly ProvenanceLayer[])[]>;
}

/** The output that a step's output was made on top of; null where it begins with nothing, or brings something in. */
export function parentOf({ operation, inputs }: BuildStep, output: number): StepOutput | null {
  if (operation.kind === 'exec') {
    const mount = operation.mounts.find((one) => one.output === output);
    return mount === undefined ? null : (inputs[mount.input] ?? null);
  }
  if (operation.kind !== 'file') return null;
  let action = operation.actions.find((one) => one.output === output);
  // An action takes what an earlier one made: this ends.
  for (let at = operation.actions.length; action !== undefined; ) {
    const { input } = action;
    if (input < inputs.length) return inputs[input] ?? null;
    const earlier = input - inputs.length;
    if (earlier >= at) return null;
    at = earlier;
    action = operation.actions[earlier];
  }
  return null;
}

/** Outputs that a step takes files from, besides the one that it builds upon. */
export function sourcesOf({ operation, inputs }: BuildStep): { readonly from: StepOutput; readonly text: string }[] {
  if (operation.kind === 'file') {
    return operation.actions.flatMap(({ secondaryInput, copy }) => {
      const from = inputs[secondaryInput];
      return from === undefined || copy === null ? [] : [{ from, text: `COPY ${copy.source} ${copy.dest}` }];
    });
  }
  if (operation.kind !== 'exec') return [];
  return operation.mounts.flatMap(({ input, dest, isBind }) => {
    const from = inputs[input];
    if (from === undefined || dest === '/' || !isBind) return [];
    return [{ from, text: `RUN --mount=type=bind,target=${dest} ${operation.args.join(' ')}` }];
  });
}
