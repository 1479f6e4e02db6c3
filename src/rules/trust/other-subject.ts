import { failedRule, nameOf } from './failed.ts';

/** Statements on another image. */
export const trustOtherSubject = failedRule(
  'other-subject',
  (one) => `${nameOf(one)} hangs on the image and is about another: ${one.reasons[0] ?? 'its digest is another one'}`,
  { wanted: 'high', beside: 'medium' },
  {
    id: 'trust/other-subject',
    title: 'A signature or attestation is about another image',
    severity: 'medium',
    confidence: 'high',
    why: 'What hangs on an image is found by the image, and says by itself what it is about. Where the two differ, a verifier that does not compare them takes the proof of one image for another’s; that is how a good signature is stolen. Tools that copy or convert images also leave such behind.',
    fix: 'Sign and attest again what was pushed, by its digest, after the last step that changes it. Find out how the old one came there, and remove it.',
    references: [
      'https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md',
      'https://docs.sigstore.dev/cosign/verifying/verify/',
    ],
  },
);
