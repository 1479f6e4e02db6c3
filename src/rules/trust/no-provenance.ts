import { absentRule } from './absent.ts';

/** Nothing says how the image was made. */
export const trustNoProvenance = absentRule('provenance', 'provenance', {
  id: 'trust/no-provenance',
  title: 'No provenance is attached to the image',
  severity: 'info',
  confidence: 'high',
  why: 'Provenance says which source was built, by whom, from which base. Without it nobody can tell an image of the pipeline from one that was built on somebody’s machine and pushed under the same name.',
  fix: 'Let the builder attest it: docker buildx build --provenance=mode=max, actions/attest-build-provenance on GitHub, or the generator of SLSA.',
  references: [
    'https://slsa.dev/spec/v1.0/provenance',
    'https://docs.docker.com/build/metadata/attestations/slsa-provenance/',
  ],
});
