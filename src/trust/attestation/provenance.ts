import { asObject, type JsonObject, listMember, member, textMember } from '../strict-json.ts';
import { digestSet, flatten, MAX_SHOWN, shownText } from './bounded.ts';
import type { Material, ProvenanceFacts } from './facts.ts';

/** Materials read; a build that downloads packages one by one has thousands. */
const MAX_MATERIALS = 10_000;
/** Steps of BuildKit looked at, and layers of one. */
const MAX_STEPS = 10_000;
const MAX_LAYERS = 500;
const BUILDKIT_METADATA = 'https://mobyproject.org/buildkit@v1#metadata';

/** Reads SLSA provenance v0.1 and v0.2 (slsa.dev/spec/v0.2). */
export function readProvenance02(predicate: unknown, format: 'slsa-v0.1' | 'slsa-v0.2'): ProvenanceFacts {
  const source = member(predicate, 'invocation', 'configSource');
  const recipe = member(predicate, 'recipe');
  return {
    kind: 'provenance',
    format,
    builder: shownText(textMember(predicate, 'builder', 'id')),
    buildType: shownText(textMember(predicate, 'buildType') ?? textMember(recipe, 'type')),
    source: sourceOf(source, textMember(source, 'entryPoint') ?? textMember(recipe, 'entryPoint')),
    ...materialsOf(listMember(predicate, 'materials')),
    parameters: flatten(member(predicate, 'invocation', 'parameters') ?? member(recipe, 'arguments')),
    invocation: shownText(
      textMember(predicate, 'metadata', 'buildInvocationID') ?? textMember(predicate, 'metadata', 'buildInvocationId'),
    ),
    startedAt: shownText(textMember(predicate, 'metadata', 'buildStartedOn')),
    finishedAt: shownText(textMember(predicate, 'metadata', 'buildFinishedOn')),
    bases: basesOf(member(predicate, 'buildConfig'), member(predicate, 'metadata', BUILDKIT_METADATA)),
  };
}

/** Reads SLSA provenance v1 (slsa.dev/spec/v1.0/provenance). */
export function readProvenance1(predicate: unknown): ProvenanceFacts {
  const definition = member(predicate, 'buildDefinition');
  const external = member(definition, 'externalParameters');
  const details = member(predicate, 'runDetails');
  const metadata = member(details, 'metadata');
  const { configSource: _source, workflow: _workflow, ...others } = asObject(external) ?? {};
  return {
    kind: 'provenance',
    format: 'slsa-v1',
    builder: shownText(textMember(details, 'builder', 'id')),
    buildType: shownText(textMember(definition, 'buildType')),
    source: sourceOf1(external),
    ...materialsOf(listMember(definition, 'resolvedDependencies')),
    parameters: flatten(others),
    invocation: shownText(textMember(metadata, 'invocationId') ?? textMember(metadata, 'invocationID')),
    startedAt: shownText(textMember(metadata, 'startedOn')),
    finishedAt: shownText(textMember(metadata, 'finishedOn')),
    bases: basesOf(member(definition, 'internalParameters', 'buildConfig'), member(metadata, 'buildkit_metadata')),
  };
}

/** Each builder has its own member for it: BuildKit `configSource`, GitHub `workflow`, Google `sourceToBuild`, others `source`. */
function sourceOf1(external: unknown): ProvenanceFacts['source'] {
  const config = member(external, 'configSource');
  if (asObject(config) !== undefined) return sourceOf(config, textMember(config, 'path'));
  const workflow = member(external, 'workflow');
  const repository = textMember(workflow, 'repository');
  if (repository !== undefined) {
    const ref = textMember(workflow, 'ref');
    const uri = `${repository}${ref === undefined ? '' : `@${ref}`}`;
    return sourceOf({ uri }, textMember(workflow, 'path'));
  }
  const source = member(external, 'source');
  return sourceOf(typeof source === 'string' ? { uri: source } : source, undefined);
}

function sourceOf(source: unknown, entryPoint: string | undefined): ProvenanceFacts['source'] {
  const uri = shownText(textMember(source, 'uri'));
  if (uri === null && entryPoint === undefined) return null;
  return { uri: uri ?? '', digests: digestSet(member(source, 'digest')), entryPoint: shownText(entryPoint) };
}

function materialsOf(list: readonly unknown[] = []): Pick<ProvenanceFacts, 'materials' | 'materialCount'> {
  const materials = list.slice(0, MAX_MATERIALS).flatMap((one): Material[] => {
    const uri = shownText(textMember(one, 'uri') ?? textMember(one, 'name'));
    return uri === null ? [] : [{ uri, digests: digestSet(member(one, 'digest')) }];
  });
  // What is not pinned is what somebody looks for: it is never cut away by what is.
  const pinned = materials.filter(isPinned);
  const loose = materials.filter((one) => !isPinned(one)).slice(0, MAX_SHOWN);
  const shown = new Set([...loose, ...pinned.slice(0, MAX_SHOWN - loose.length)]);
  return { materials: materials.filter((one) => shown.has(one)), materialCount: list.length };
}

/** Whether a material is one certain thing: by a digest beside it, or in its name. */
export function isPinned({ uri, digests }: Material): boolean {
  return Object.keys(digests).length > 0 || /(?:@|digest=)sha(?:256:|512:|256%3A|512%3A)[a-f0-9]{64}/i.test(uri);
}

/** Which of BuildKit's steps took an image, and which layers came out of each: mode max says both. */
function basesOf(config: unknown, metadata: unknown): ProvenanceFacts['bases'] {
  const layers = asObject(member(metadata, 'layers'));
  const steps = listMember(config, 'llbDefinition');
  if (layers === undefined || steps === undefined) return [];
  const bases: ProvenanceFacts['bases'][number][] = [];
  for (const step of steps.slice(0, MAX_STEPS)) {
    const id = textMember(step, 'id');
    const identifier = sourceIdentifier(step);
    if (id === undefined || identifier === null || bases.length >= MAX_SHOWN) continue;
    const chains = listMember(layers, `${id}:0`) ?? [];
    const chain = Array.isArray(chains[0]) ? (chains[0] as unknown[]) : [];
    const digests = chain.slice(0, MAX_LAYERS).flatMap((one) => textMember(one, 'digest') ?? []);
    if (digests.length > 0 && digests.length === chain.length) bases.push({ reference: identifier, layers: digests });
  }
  return bases;
}

/** The members are as Go's protobuf writes them: `op.Op.source.identifier`. */
function sourceIdentifier(step: unknown): string | null {
  const op = (member(step, 'op', 'Op') ?? {}) as JsonObject;
  const identifier = textMember(op, 'source', 'identifier') ?? textMember(op, 'Source', 'source', 'identifier');
  return identifier?.startsWith('docker-image://') === true
    ? shownText(identifier.slice('docker-image://'.length))
    : null;
}
