import { isDigest } from '../../core/index.ts';
import { asArray, asObject, asSize, asText, asTextList, type JsonObject } from '../../oci/index.ts';
import type { BuildStep, ProvenanceLayer, StepAction, StepMount, StepOperation, StepOutput } from './build-step.ts';

/** Steps that are not as BuildKit writes them; the message is a part of a sentence. */
export class MalformedStep extends Error {
  override readonly name = 'MalformedStep';
}

/** Builds of hundreds of images at once have some thousands. */
const MAX_STEPS = 10_000;
const BIND = 0;

/**
 * Reads a definition as provenance holds it: `llbDefinition`, with the locations and layers that are told beside it.
 * @throws MalformedStep
 */
export function readSteps(
  definition: unknown,
  locations: JsonObject | undefined,
  layers: JsonObject | undefined,
): BuildStep[] {
  const list = asArray(definition);
  if (list === undefined) throw new MalformedStep('its steps are no list');
  if (list.length > MAX_STEPS) throw new MalformedStep(`it has more than ${MAX_STEPS} steps`);
  const indices = new Map<string, number>();
  const chains = readChains(layers);
  return list.map((value, index) => {
    const step = asObject(value);
    const id = asText(step?.['id']);
    if (step === undefined || id === undefined) throw new MalformedStep(`its step ${index} has no name`);
    if (indices.has(id)) throw new MalformedStep(`it has two steps ${id}`);
    const inputs = (asArray(step['inputs']) ?? []).map((input) => toInput(input, id, indices));
    indices.set(id, index);
    return {
      index,
      id,
      inputs,
      operation: readOperation(asObject(step['op']), id),
      location: readLocation(asObject(locations?.[id])),
      chains: chains.get(id) ?? new Map(),
    };
  });
}

/** The attack: steps that take from each other, so that following them never ends. */
function toInput(value: unknown, id: string, indices: ReadonlyMap<string, number>): StepOutput {
  const [, name = '', output] = /^(.+):(\d{1,9})$/.exec(asText(value) ?? '') ?? [];
  const step = indices.get(name);
  if (step === undefined) throw new MalformedStep(`its ${id} takes from a step that is not before it`);
  return { step, output: Number(output) };
}

function readOperation(op: JsonObject | undefined, id: string): StepOperation {
  const inner = op?.['Op'];
  // BuildKit writes null, or an object with nothing in it, for the step that names the result.
  if (inner === null || inner === undefined) return { kind: 'result' };
  const operation = asObject(inner);
  if (operation === undefined) throw new MalformedStep(`its ${id} is no operation`);
  if (Object.keys(operation).length === 0) return { kind: 'result' };
  const source = asObject(operation['source']);
  if (source !== undefined) return { kind: 'source', identifier: asText(source['identifier']) ?? '' };
  const exec = asObject(operation['exec']);
  if (exec !== undefined) {
    const mounts = (asArray(exec['mounts']) ?? []).map(readMount);
    return { kind: 'exec', args: asTextList(asObject(exec['meta'])?.['args']), mounts };
  }
  const file = asObject(operation['file']);
  if (file !== undefined) return { kind: 'file', actions: (asArray(file['actions']) ?? []).map(readAction) };
  const merge = asObject(operation['merge']);
  if (merge !== undefined) {
    return { kind: 'merge', inputs: (asArray(merge['inputs']) ?? []).map((one) => indexOf(asObject(one)?.['input'])) };
  }
  return { kind: 'other' };
}

function readMount(value: unknown): StepMount {
  const mount = asObject(value);
  return {
    input: indexOf(mount?.['input']),
    output: indexOf(mount?.['output']),
    dest: asText(mount?.['dest']) ?? '',
    isBind: indexOf(mount?.['mountType']) === BIND,
  };
}

function readAction(value: unknown): StepAction {
  const action = asObject(value);
  const copy = asObject(asObject(action?.['Action'])?.['copy']);
  return {
    input: indexOf(action?.['input']),
    secondaryInput: indexOf(action?.['secondaryInput']),
    output: indexOf(action?.['output']),
    copy: copy === undefined ? null : { source: asText(copy['src']) ?? '', dest: asText(copy['dest']) ?? '' },
  };
}

/** An index; newer versions of BuildKit leave it out where it is 0, and -1 stands for none. */
function indexOf(value: unknown): number {
  if (value === undefined) return 0;
  return asSize(value) ?? -1;
}

function readLocation(value: JsonObject | undefined): BuildStep['location'] {
  const [first] = asArray(value?.['locations']) ?? [];
  const location = asObject(first);
  const [range] = asArray(location?.['ranges']) ?? [];
  const line = asSize(asObject(asObject(range)?.['start'])?.['line']);
  return line === undefined ? null : { file: indexOf(location?.['sourceIndex']), line };
}

function readChains(layers: JsonObject | undefined): Map<string, Map<number, ProvenanceLayer[][]>> {
  const chains = new Map<string, Map<number, ProvenanceLayer[][]>>();
  for (const [key, value] of Object.entries(layers ?? {})) {
    const [, id, output] = /^(.+):(\d{1,9})$/.exec(key) ?? [];
    const alternatives = asArray(value);
    if (id === undefined || alternatives === undefined) throw new MalformedStep('its layers are not listed by step');
    const ofStep = chains.get(id) ?? new Map<number, ProvenanceLayer[][]>();
    chains.set(id, ofStep);
    ofStep.set(
      Number(output),
      alternatives.map((chain) => (asArray(chain) ?? []).map((layer) => toLayer(layer, key))),
    );
  }
  return chains;
}

function toLayer(value: unknown, key: string): ProvenanceLayer {
  const layer = asObject(value);
  const digest = asText(layer?.['digest']);
  if (!isDigest(digest)) throw new MalformedStep(`its layers of ${key} have one without a digest`);
  return { digest, sizeBytes: asSize(layer?.['size']) ?? null };
}
