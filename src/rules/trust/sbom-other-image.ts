import type { Rule } from '../rule.ts';
import { sbomPlace } from './sboms.ts';

/** SBOMs that are attached to an image and name another. */
export const trustSbomOtherImage: Rule = {
  id: 'trust/sbom-other-image',
  title: 'The attached SBOM is of another image',
  severity: 'medium',
  confidence: 'high',
  why: 'Whoever looks for vulnerable packages reads the SBOM and not the layers. One that is of an earlier build, or of the base image, says nothing of what is in this one, and hides what was added since.',
  fix: 'Make the SBOM of the image as it was pushed, by its digest, and attach it to that: docker buildx build --sbom=true --push, or syft REGISTRY/NAME@sha256:… -o spdx-json and cosign attest --type spdxjson --predicate.',
  references: [
    'https://docs.docker.com/build/metadata/attestations/sbom/',
    'https://docs.sigstore.dev/cosign/verifying/attestation/',
  ],
  *judgeImage(evidence) {
    const others = (evidence.sboms ?? []).filter(
      ({ comparison }) => comparison.notCompared === null && comparison.subject.verdict === 'other',
    );
    const [first] = others;
    if (first === undefined) return;
    yield {
      key: 'sbom',
      state: 'metadata',
      message: `An SBOM is attached to this image and is of another. ${evidence.redact(first.comparison.subject.why)}`,
      evidence: others.map((one) => sbomPlace(evidence, one, one.comparison.subject.why)),
    };
  },
};
