import { isDigest } from '../../core/index.ts';
import { asArray, asObject, asText, type JsonObject } from '../../oci/index.ts';
import type { BuildStep } from './build-step.ts';
import { MalformedStep, readSteps } from './read-steps.ts';

/** What BuildKit says of how it built an image (BuildKit, docs/attestations/slsa-definitions.md). */
export interface BuildProvenance {
  readonly predicateType: string;
  /** Digests of the manifests that it is about. */
  readonly subjects: readonly string[];
  /** Who says that he built it; null where nobody does. */
  readonly builder: string | null;
  /** `max` tells steps and layers, `min` neither. */
  readonly mode: 'max' | 'min';
  /** Every step takes from earlier ones only. */
  readonly steps: readonly BuildStep[];
  /** Files that the build was described by, as Dockerfiles. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** The stage that was asked for; null for the last one. */
  readonly target: string | null;
  /** Where the sources are from, as the client says; BuildKit does not check it. */
  readonly vcs: { readonly source: string | null; readonly revision: string | null } | null;
  /** Images and sources that it was built from, with the digests that they had. */
  readonly materials: readonly { readonly uri: string; readonly digest: string | null }[];
}

/** What reading a statement gave. */
export type ReadProvenance =
  | { readonly kind: 'buildkit'; readonly provenance: BuildProvenance }
  /** Provenance that somebody else writes: it does not tell what made which layer. */
  | { readonly kind: 'other'; readonly subjects: readonly string[]; readonly buildType: string }
  | { readonly kind: 'malformed'; readonly subjects: readonly string[]; readonly reason: string }
  /** No provenance: an SBOM, a signature. */
  | { readonly kind: 'none' };

const PREDICATE_02 = 'https://slsa.dev/provenance/v0.2';
const PREDICATE_1 = 'https://slsa.dev/provenance/v1';
const BUILD_TYPES: readonly string[] = [
  'https://mobyproject.org/buildkit@v1',
  'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
];
/** Members that hold what BuildKit adds: v0.2, and v1. */
const METADATA = ['https://mobyproject.org/buildkit@v1#metadata', 'buildkit_metadata'];
/** The attack: a statement with a million subjects fits every image. */
const MAX_SUBJECTS = 10_000;
/** Files that a build is described by; one, or one for each that bake put together. */
const MAX_FILES = 20;
/** Most materials kept. */
const MAX_MATERIALS = 1000;

/**
 * Reads an in-toto statement with SLSA provenance (v0.2 or v1) of BuildKit. Never throws: what is written otherwise
 * than BuildKit writes it is malformed, and nothing of it is used.
 */
export function readProvenance(text: string): ReadProvenance {
  let statement: JsonObject | undefined;
  try {
    statement = asObject(JSON.parse(text));
  } catch {
    return { kind: 'none' };
  }
  const predicateType = asText(statement?.['predicateType']);
  if (predicateType !== PREDICATE_02 && predicateType !== PREDICATE_1) return { kind: 'none' };
  const subjects = subjectsOf(statement);
  const predicate = asObject(statement?.['predicate']);
  if (predicate === undefined) return { kind: 'malformed', subjects, reason: 'it has no predicate' };
  const parts = predicateType === PREDICATE_1 ? partsOf1(predicate) : partsOf02(predicate);
  if (!BUILD_TYPES.includes(parts.buildType)) return { kind: 'other', subjects, buildType: parts.buildType };
  const metadata = METADATA.map((name) => asObject(parts.metadata?.[name])).find((one) => one !== undefined);
  const source = asObject(metadata?.['source']);
  try {
    const definition = parts.buildConfig?.['llbDefinition'];
    const steps =
      definition === undefined
        ? []
        : readSteps(definition, asObject(source?.['locations']), asObject(metadata?.['layers']));
    return {
      kind: 'buildkit',
      provenance: {
        predicateType,
        subjects,
        builder: parts.builder === '' ? null : parts.builder,
        mode: steps.length === 0 ? 'min' : 'max',
        steps,
        files: filesOf(source),
        target: asText(parts.args?.['target']) ?? null,
        vcs: vcsOf(asObject(metadata?.['vcs'])),
        materials: materialsOf(parts.materials),
      },
    };
  } catch (error) {
    if (!(error instanceof MalformedStep)) throw error;
    return { kind: 'malformed', subjects, reason: error.message };
  }
}

/** The places of what is told, which the two versions have elsewhere. */
interface Parts {
  readonly buildType: string;
  readonly builder: string;
  readonly buildConfig: JsonObject | undefined;
  readonly metadata: JsonObject | undefined;
  readonly args: JsonObject | undefined;
  readonly materials: unknown;
}

function partsOf02(predicate: JsonObject): Parts {
  return {
    buildType: asText(predicate['buildType']) ?? '',
    builder: asText(asObject(predicate['builder'])?.['id']) ?? '',
    buildConfig: asObject(predicate['buildConfig']),
    metadata: asObject(predicate['metadata']),
    args: asObject(asObject(asObject(predicate['invocation'])?.['parameters'])?.['args']),
    materials: predicate['materials'],
  };
}

function partsOf1(predicate: JsonObject): Parts {
  const definition = asObject(predicate['buildDefinition']);
  const details = asObject(predicate['runDetails']);
  return {
    buildType: asText(definition?.['buildType']) ?? '',
    builder: asText(asObject(details?.['builder'])?.['id']) ?? '',
    buildConfig: asObject(asObject(definition?.['internalParameters'])?.['buildConfig']),
    metadata: asObject(details?.['metadata']),
    args: asObject(asObject(asObject(definition?.['externalParameters'])?.['request'])?.['args']),
    materials: definition?.['resolvedDependencies'],
  };
}

function subjectsOf(statement: JsonObject | undefined): string[] {
  return (asArray(statement?.['subject']) ?? []).slice(0, MAX_SUBJECTS).flatMap((subject) => {
    const hex = asText(asObject(asObject(subject)?.['digest'])?.['sha256']);
    const digest = `sha256:${hex}`;
    return isDigest(digest) ? [digest] : [];
  });
}

/** Files keep their positions: locations name them by these. */
function filesOf(source: JsonObject | undefined): BuildProvenance['files'] {
  return (asArray(source?.['infos']) ?? []).slice(0, MAX_FILES).map((info) => {
    const { filename, data } = asObject(info) ?? {};
    return {
      name: asText(filename) ?? 'Dockerfile',
      text: Buffer.from(asText(data) ?? '', 'base64').toString('utf8'),
    };
  });
}

function vcsOf(vcs: JsonObject | undefined): BuildProvenance['vcs'] {
  if (vcs === undefined) return null;
  return { source: asText(vcs['source']) ?? null, revision: asText(vcs['revision']) ?? null };
}

function materialsOf(value: unknown): BuildProvenance['materials'] {
  return (asArray(value) ?? []).slice(0, MAX_MATERIALS).flatMap((material) => {
    const { uri, digest } = asObject(material) ?? {};
    const digests = asObject(digest) ?? {};
    const [algorithm] = Object.keys(digests);
    const hex = algorithm === undefined ? undefined : asText(digests[algorithm]);
    const name = asText(uri);
    return name === undefined ? [] : [{ uri: name, digest: hex === undefined ? null : `${algorithm}:${hex}` }];
  });
}
