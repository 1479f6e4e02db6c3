import { unsignedRule } from './absent.ts';

/** A statement on how the image was made, that is nobody's word. */
export const trustProvenanceUnsigned = unsignedRule('provenance', 'provenance', {
  id: 'trust/provenance-unsigned',
  title: 'The provenance is not signed',
  severity: 'info',
  confidence: 'high',
  why: 'Provenance that nobody signed says what whoever pushed it likes. It helps to find out how an image was made, and proves nothing to somebody who asks whether it may run (SLSA level 1).',
  fix: 'Let the builder sign it, so that what is built cannot: actions/attest-build-provenance, SLSA’s generators, Tekton Chains, or cosign attest --type slsaprovenance1.',
  references: ['https://slsa.dev/spec/v1.0/levels', 'https://docs.sigstore.dev/cosign/verifying/attestation/'],
});
