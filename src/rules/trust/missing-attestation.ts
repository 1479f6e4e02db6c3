import { imagePlace } from '../places.ts';
import type { Draft, Rule } from '../rule.ts';
import { attachmentPlace, kindOfType } from './attachments.ts';

const WHY = {
  absent: 'there is none',
  unsigned: 'nobody signed those that are there',
  'not-verified': 'none of those that are there is by whom it has to be',
  'not-checked': 'it could not be looked for, or not read',
} as const;

/** Attestations that the policy wants and does not get. */
export const trustMissingAttestation: Rule = {
  id: 'trust/missing-attestation',
  title: 'An attestation that the policy wants is not verified',
  severity: 'high',
  confidence: 'high',
  why: 'The policy says what has to be known of an image before it may run: that it was scanned, tested, reviewed, or built by a certain pipeline. An image without that has come past the step that attests it.',
  fix: 'Let the pipeline attest it, by the signer whom the policy names: cosign attest --type vuln --predicate scan.json. Where it could not be looked for, see what the registry answered.',
  references: [
    'https://docs.sigstore.dev/cosign/verifying/attestation/',
    'https://github.com/in-toto/attestation/tree/main/spec/predicates',
  ],
  *judgeImage(evidence): Iterable<Draft> {
    const { trust } = evidence;
    for (const missing of trust?.missing ?? []) {
      if (missing.what !== 'attestation' || missing.why === 'builder') continue;
      const { type, why } = missing;
      // SBOMs and provenance that are not there, or that nobody signed, have rules of their own.
      if (kindOfType(type) !== 'other' && (why === 'absent' || why === 'unsigned')) continue;
      const places = trust?.attachments.filter((one) => one.kind === 'attestation' && one.verdict !== 'verified') ?? [];
      yield {
        key: type,
        state: 'metadata',
        message: `The policy wants an attestation of type ${type}, and ${WHY[why]}.`,
        evidence:
          why === 'not-verified' && places.length > 0
            ? places.slice(0, 20).map((one) => attachmentPlace(evidence, one))
            : [imagePlace(evidence, { field: 'attachments' })],
      };
    }
  },
};
