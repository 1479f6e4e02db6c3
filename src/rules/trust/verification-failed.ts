import { failedRule, nameOf } from './failed.ts';

/** Signatures that are wrong by themselves. */
export const trustVerificationFailed = failedRule(
  'invalid',
  (one) => `${nameOf(one)} on the image is not right: ${one.reasons[0] ?? 'it failed'}`,
  { wanted: 'high', beside: 'low' },
  {
    id: 'trust/verification-failed',
    title: 'A signature or attestation does not verify',
    severity: 'low',
    confidence: 'high',
    why: 'It was made with a key that is not trusted, altered after it was made, or made in a way that proves nothing. Where another signature verifies the image, somebody who can push has added it; where none does, the image is not what was signed, or by nobody whom you know.',
    fix: 'Find out who pushed it and when. Give all keys that sign this image; for an instance of Sigstore of your own give its --trusted-root. Remove signatures that nobody answers for.',
    references: ['https://docs.sigstore.dev/cosign/verifying/verify/', 'https://docs.sigstore.dev/about/security/'],
  },
);
