/** What a manifest that is no image is, by the media types its tools write. */
export interface ArtifactType {
  readonly kind: 'attestation' | 'signature' | 'artifact';
  /** What people call it: `Helm chart`. */
  readonly name: string;
}

const attestation = (name: string): ArtifactType => ({ kind: 'attestation', name });
const signature = (name: string): ArtifactType => ({ kind: 'signature', name });
const artifact = (name: string): ArtifactType => ({ kind: 'artifact', name });

/**
 * Media types of configurations, of artifacts and of what artifacts have in the place of layers; the first that
 * fits names the manifest. None of them may fit a filesystem layer: what they name is not audited.
 */
const ARTIFACT_TYPES: readonly (readonly [RegExp, ArtifactType])[] = [
  [/^application\/vnd\.in-toto(?:\.[a-z0-9.-]+)?\+(?:json|dsse)$/, attestation('in-toto attestation')],
  [/^application\/vnd\.dsse\.envelope\.v1\+json$/, attestation('cosign attestation')],
  [/^application\/vnd\.dev\.cosign\.artifact\.attestation\.v1\+json$/, attestation('cosign attestation')],
  [/^application\/vnd\.dev\.cosign\.(?:simplesigning|artifact\.sig)\.v1\+json$/, signature('cosign signature')],
  [/^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d[\d.]*)?\+json$/, signature('Sigstore bundle')],
  [/^application\/vnd\.dev\.sigstore\.bundle\+json;version=[\d.]+$/, signature('Sigstore bundle')],
  [/^application\/vnd\.cncf\.notary\.signature(?:\.v\d)?$/, signature('Notation signature')],
  [/^application\/jose\+json$/, signature('Notation signature')],
  [/^application\/cose$/, signature('Notation signature')],
  [/^application\/vnd\.dev\.cosign\.artifact\.sbom\.v1\+json$/, artifact('SBOM')],
  [/^(?:application|text)\/(?:vnd\.)?(?:spdx|cyclonedx|syft)(?:[+;][\w.+=; -]+)?$/, artifact('SBOM')],
  [/^application\/vnd\.cncf\.helm\./, artifact('Helm chart')],
  [/^application\/vnd\.cncf\.flux\./, artifact('Flux artifact')],
  [/^application\/vnd\.docker\.ai\./, artifact('machine-learning model (Docker)')],
  [/^application\/vnd\.cncf\.model\./, artifact('machine-learning model (ModelPack)')],
  [/^application\/vnd\.ollama\./, artifact('machine-learning model (Ollama)')],
  [/^application\/vnd\.kitops\./, artifact('machine-learning model (KitOps)')],
  [/^application\/vnd\.(?:wasm|module\.wasm|bytecodealliance\.wasm)\./, artifact('WebAssembly module')],
  [/^application\/wasm$/, artifact('WebAssembly module')],
  [/^application\/vnd\.docker\.plugin\.v1\+json$/, artifact('Docker plugin')],
  [/^application\/vnd\.docker\.compose\.project$/, artifact('Compose application')],
  [/^application\/vnd\.cnab\./, artifact('CNAB bundle')],
  [/^application\/vnd\.cncf\.openpolicyagent\./, artifact('Open Policy Agent bundle')],
  [/^application\/vnd\.(?:cncf\.)?opentofu\./, artifact('OpenTofu module')],
  [/^application\/vnd\.(?:cncf\.)?kubernetes\.sigs\.kustomize\./, artifact('Kustomize artifact')],
  [/^application\/vnd\.gatekeeper\.|^application\/vnd\.cncf\.kyverno\./, artifact('policy bundle')],
  [/^application\/vnd\.homebrew\.|^application\/vnd\.crossplane\./, artifact('package')],
  [/^application\/vnd\.buildkit\.cacheconfig\./, artifact('BuildKit cache')],
  [/^application\/vnd\.(?:unknown\.(?:artifact|config)\.v1|oras\.)/, artifact('ORAS artifact')],
];

/** What a media type stands for; null for those of images, and for those that nobody here knows. */
export function artifactType(mediaType: string): ArtifactType | null {
  const plain = mediaType.trim().toLowerCase();
  return ARTIFACT_TYPES.find(([pattern]) => pattern.test(plain))?.[1] ?? null;
}
