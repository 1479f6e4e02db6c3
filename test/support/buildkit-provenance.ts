/**
 * Provenance as BuildKit writes it, out of a short recipe: the shape is that of `docker buildx build --provenance=…`
 * (SLSA v0.2 of BuildKit 0.11 to 0.20, and v1 as later ones write it), attached to the image by an attestation manifest.
 */
import { type BuiltBlob, type BuiltImage, descriptor, type Files, jsonBlob, ociLayout } from './image-builder.ts';

/** A step of a build. */
export interface ProvenanceStep {
  /** What BuildKit calls an operation: `{ source: … }`, `{ exec: … }`, `{ file: … }`, `{ merge: … }`. */
  readonly op: Record<string, unknown>;
  /** Positions of earlier steps. */
  readonly inputs?: readonly number[];
  readonly line?: number;
  /** Layers of the filesystem after it, lowest first. */
  readonly layers?: readonly BuiltBlob[];
}

/** A recipe of provenance. */
export interface ProvenanceRecipe {
  readonly version?: '0.2' | '1';
  readonly mode?: 'max' | 'min';
  /** Digest of the image that it is about. */
  readonly subject: string;
  readonly steps: readonly ProvenanceStep[];
  readonly dockerfile?: string;
  readonly args?: Record<string, string>;
  readonly builder?: string;
  readonly buildType?: string;
}

/** `FROM image`. */
export function fromImage(name: string, line: number, layers?: readonly BuiltBlob[]): ProvenanceStep {
  return {
    op: { source: { identifier: `docker-image://${name}` } },
    line,
    ...(layers === undefined ? {} : { layers }),
  };
}

/** `RUN command` on a step. */
export function run(command: string, on: number, line: number, layers?: readonly BuiltBlob[]): ProvenanceStep {
  return {
    op: {
      exec: {
        meta: { args: ['/bin/sh', '-c', command], env: ['PATH=/bin'], cwd: '/', removeMountStubsRecursive: true },
        mounts: [{ input: 0, dest: '/', output: 0 }],
      },
    },
    inputs: [on],
    line,
    ...(layers === undefined ? {} : { layers }),
  };
}

/** `COPY from:source dest` on a step; `on` is null for `COPY --link`, which begins with nothing. */
export function copy(
  [source, dest]: readonly [string, string],
  from: number,
  on: number | null,
  line: number,
  layers?: readonly BuiltBlob[],
): ProvenanceStep {
  const action = {
    input: on === null ? -1 : 0,
    secondaryInput: on === null ? 0 : 1,
    output: 0,
    Action: { copy: { src: source, dest, mode: -1, followSymlink: true, createDestPath: true, timestamp: -1 } },
  };
  return {
    op: { file: { actions: [action] } },
    inputs: on === null ? [from] : [on, from],
    line,
    ...(layers === undefined ? {} : { layers }),
  };
}

/** The statement of a recipe. The last of its steps is the result. */
export function provenanceStatement(recipe: ProvenanceRecipe): Record<string, unknown> {
  const { version = '0.2', mode = 'max', subject, steps, dockerfile, args = {}, builder = '' } = recipe;
  const platform = { Architecture: 'amd64', OS: 'linux' };
  const definition = [
    ...steps.map(({ op, inputs }, i) => ({
      id: `step${i}`,
      op: { Op: op, platform, constraints: {} },
      ...(inputs === undefined ? {} : { inputs: inputs.map((input) => `step${input}:0`) }),
    })),
    { id: `step${steps.length}`, op: { Op: version === '1' ? {} : null }, inputs: [`step${steps.length - 1}:0`] },
  ];
  const locations = steps.map(({ line }, i) => [
    `step${i}`,
    line === undefined ? {} : { locations: [{ ranges: [{ start: { line }, end: { line } }] }] },
  ]);
  const layers = steps.flatMap((step, i) =>
    step.layers === undefined ? [] : [[`step${i}:0`, [step.layers.map(descriptor)]]],
  );
  const buildConfig = { llbDefinition: definition, digestMapping: {} };
  const metadata = {
    ...(dockerfile === undefined
      ? {}
      : {
          source: {
            locations: Object.fromEntries(locations),
            infos: [
              { filename: 'Dockerfile', language: 'Dockerfile', data: Buffer.from(dockerfile).toString('base64') },
            ],
          },
        }),
    layers: Object.fromEntries(layers),
    vcs: { source: 'https://git.test/acme/api.git', revision: 'c0ffee' },
  };
  const full = mode === 'max';
  const materials = [{ uri: 'pkg:docker/golang@1.26?platform=linux%2Famd64', digest: { sha256: 'ab'.repeat(32) } }];
  const predicate =
    version === '0.2'
      ? {
          builder: { id: builder },
          buildType: recipe.buildType ?? 'https://mobyproject.org/buildkit@v1',
          materials,
          invocation: {
            configSource: { entryPoint: 'Dockerfile' },
            parameters: { frontend: 'dockerfile.v0', args },
            environment: { platform: 'linux/amd64' },
          },
          ...(full ? { buildConfig } : {}),
          metadata: {
            buildInvocationID: 'j6fosxfpi15ygjfmg79swarf4',
            completeness: { parameters: true, environment: true, materials: false },
            reproducible: false,
            'https://mobyproject.org/buildkit@v1#metadata': full ? metadata : {},
          },
        }
      : {
          buildDefinition: {
            buildType:
              recipe.buildType ?? 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
            externalParameters: { configSource: { path: 'Dockerfile' }, request: { frontend: 'dockerfile.v0', args } },
            internalParameters: { ...(full ? { buildConfig } : {}), builderPlatform: 'linux/amd64' },
            resolvedDependencies: materials,
          },
          runDetails: {
            builder: { id: builder },
            metadata: {
              invocationID: 'j6fosxfpi15ygjfmg79swarf4',
              buildkit_metadata: full ? metadata : {},
              buildkit_completeness: { request: full, resolvedDependencies: false },
            },
          },
        };
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: version === '0.2' ? 'https://slsa.dev/provenance/v0.2' : 'https://slsa.dev/provenance/v1',
    subject: [{ name: 'pkg:docker/acme/api@1.4?platform=linux%2Famd64', digest: { sha256: subject.slice(7) } }],
    predicate,
  };
}

/** A layout as BuildKit exports it: an index of images and of what is attested of them. */
export function attestedLayout(
  attested: readonly { readonly image: BuiltImage; readonly statements: readonly unknown[] }[],
  mediaType = 'application/vnd.in-toto+json',
): Files {
  const files = ociLayout(attested.map(({ image }) => image));
  const put = (blob: BuiltBlob): BuiltBlob => {
    files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
    return blob;
  };
  const manifests: object[] = attested.map(({ image }) => ({
    ...descriptor(image.manifest),
    platform: image.platform,
  }));
  for (const { image, statements } of attested) {
    const layers = statements.map((statement) => ({
      ...descriptor(put(jsonBlob(statement, mediaType))),
      annotations: {
        'in-toto.io/predicate-type':
          (statement as { predicateType?: string }).predicateType ?? 'https://slsa.dev/provenance/v1',
      },
    }));
    const config = put(
      jsonBlob({ architecture: 'unknown', os: 'unknown' }, 'application/vnd.oci.image.config.v1+json'),
    );
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = put(jsonBlob({ schemaVersion: 2, mediaType: type, config: descriptor(config), layers }, type));
    manifests.push({
      ...descriptor(manifest),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': image.manifest.digest,
      },
    });
  }
  const type = 'application/vnd.oci.image.index.v1+json';
  const index = put(jsonBlob({ schemaVersion: 2, mediaType: type, manifests }, type));
  return files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(index)] })));
}
