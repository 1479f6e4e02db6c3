import { unsignedRule } from './absent.ts';

/** A list of what is in the image, that is nobody's word. */
export const trustSbomUnsigned = unsignedRule('sbom', 'SBOM', {
  id: 'trust/sbom-unsigned',
  title: 'The SBOM is not signed',
  severity: 'info',
  confidence: 'high',
  why: 'Whoever can push to the repository can put another list in its place, in which what is vulnerable is not named. BuildKit’s attestations are such: they are as good as the digest of the index, and nobody answers for them.',
  fix: 'Attest it with a signature: cosign attest --type spdxjson --predicate sbom.json, actions/attest-sbom on GitHub, or sign the attestation manifest as Docker does.',
  references: [
    'https://docs.sigstore.dev/cosign/verifying/attestation/',
    'https://docs.docker.com/build/metadata/attestations/attestation-storage/',
  ],
});
