import { describe, expect, test } from 'vitest';
import {
  artifactMediaType,
  artifactType,
  describeArtifact,
  type Manifest,
  readManifestDocument,
} from '../../../src/oci/index.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const EMPTY = 'application/vnd.oci.empty.v1+json';
const IMAGE = 'application/vnd.oci.image.config.v1+json';

function manifest(config: string, layers: readonly string[], more = {}): Manifest {
  const document = {
    config: { mediaType: config, digest: DIGEST },
    layers: layers.map((mediaType) => ({ mediaType, digest: DIGEST })),
    ...more,
  };
  return readManifestDocument(Buffer.from(JSON.stringify(document)), 'x') as Manifest;
}

describe('a media type of', () => {
  test.each([
    ['application/vnd.in-toto+json', 'attestation', 'in-toto attestation'],
    ['application/vnd.in-toto.provenance+dsse', 'attestation', 'in-toto attestation'],
    ['application/vnd.dsse.envelope.v1+json', 'attestation', 'cosign attestation'],
    ['application/vnd.dev.cosign.simplesigning.v1+json', 'signature', 'cosign signature'],
    ['application/vnd.dev.cosign.artifact.sig.v1+json', 'signature', 'cosign signature'],
    ['application/vnd.dev.sigstore.bundle.v0.3+json', 'signature', 'Sigstore bundle'],
    ['application/vnd.dev.sigstore.bundle+json;version=0.2', 'signature', 'Sigstore bundle'],
    ['application/vnd.cncf.notary.signature', 'signature', 'Notation signature'],
    ['application/spdx+json', 'artifact', 'SBOM'],
    ['text/spdx', 'artifact', 'SBOM'],
    ['application/vnd.cyclonedx+json', 'artifact', 'SBOM'],
    ['application/vnd.syft+json', 'artifact', 'SBOM'],
    ['application/vnd.cncf.helm.config.v1+json', 'artifact', 'Helm chart'],
    ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'artifact', 'Helm chart'],
    ['application/vnd.cncf.flux.config.v1+json', 'artifact', 'Flux artifact'],
    ['application/vnd.cncf.model.manifest.v1+json', 'artifact', 'machine-learning model (ModelPack)'],
    ['application/vnd.docker.ai.model.config.v0.1+json', 'artifact', 'machine-learning model (Docker)'],
    ['application/vnd.ollama.image.model', 'artifact', 'machine-learning model (Ollama)'],
    ['application/vnd.wasm.config.v0+json', 'artifact', 'WebAssembly module'],
    ['application/wasm', 'artifact', 'WebAssembly module'],
    ['application/vnd.docker.plugin.v1+json', 'artifact', 'Docker plugin'],
    ['application/vnd.unknown.config.v1+json', 'artifact', 'ORAS artifact'],
    ['Application/VND.CNCF.Helm.config.v1+json ', 'artifact', 'Helm chart'],
  ])('%s is that of a part that is no image', (mediaType, kind, name) => {
    expect(artifactType(mediaType)).toEqual({ kind, name });
  });

  // Whatever is taken for an artifact is not audited.
  test.each([
    '',
    IMAGE,
    EMPTY,
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.docker.container.image.v1+json',
    'application/octet-stream',
    'application/x-made-up',
    'application/vnd.in-toto-like.tar',
    'x application/vnd.in-toto+json',
  ])('%j is none of those', (mediaType) => {
    expect(artifactType(mediaType)).toBeNull();
  });
});

describe('an artifact', () => {
  test.each<readonly [string, Manifest, string, string | null]>([
    [
      'its artifact type',
      manifest(EMPTY, ['text/plain'], { artifactType: 'application/spdx+json' }),
      'application/spdx+json',
      'SBOM',
    ],
    [
      'its configuration',
      manifest('application/vnd.cncf.helm.config.v1+json', []),
      'application/vnd.cncf.helm.config.v1+json',
      'Helm chart',
    ],
    [
      'its layers, where the configuration is empty',
      manifest(EMPTY, ['application/wasm']),
      'application/wasm',
      'WebAssembly module',
    ],
    [
      'its layers, where the configuration is an image’s',
      manifest(IMAGE, ['application/vnd.in-toto+json']),
      'application/vnd.in-toto+json',
      'in-toto attestation',
    ],
    ['nothing', manifest(EMPTY, []), EMPTY, null],
  ])('is named by %s', (_, artifact, mediaType, name) => {
    expect(artifactMediaType(artifact)).toBe(mediaType);
    expect(describeArtifact(artifact)?.name ?? null).toBe(name);
  });
});
