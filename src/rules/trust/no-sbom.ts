import { absentRule } from './absent.ts';

/** No list of what is in the image hangs on it. */
export const trustNoSbom = absentRule('sbom', 'SBOM', {
  id: 'trust/no-sbom',
  title: 'No SBOM is attached to the image',
  severity: 'info',
  confidence: 'high',
  why: 'Without a list of what is in it, whoever runs the image finds out what concerns them by scanning it, and what scanners do not recognise, as programs that were compiled in, they do not find out at all. The build knows best what it put in.',
  fix: 'Let the build attest it: docker buildx build --sbom=true, or cosign attest --type spdxjson --predicate sbom.json. audit packages writes one of what is there.',
  references: [
    'https://docs.docker.com/build/metadata/attestations/sbom/',
    'https://docs.sigstore.dev/cosign/verifying/attestation/',
  ],
});
