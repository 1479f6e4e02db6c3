import { failedRule, nameOf } from './failed.ts';

/** Signatures that are right, and by somebody else. */
export const trustOtherSigner = failedRule(
  'other-signer',
  (one) => `${nameOf(one)} on the image is somebody else’s: ${one.reasons[0] ?? 'it is not by whom it has to be'}`,
  { wanted: 'high', beside: 'info' },
  {
    id: 'trust/other-signer',
    title: 'The image is signed by somebody else than who has to',
    severity: 'high',
    confidence: 'high',
    why: 'Anybody can get a certificate in their own name and sign any image with it. That a signature is right says only that somebody signed; an image that is signed by another workflow, branch or person than it should be is what an attacker who can push leaves behind, and so is a release that was made by hand.',
    fix: 'Compare who signed with who should have. If it is right, add the identity to the policy, as narrow as possible: the workflow and its tags, not the whole organisation.',
    references: ['https://docs.sigstore.dev/cosign/verifying/verify/#keyless-verification-using-openid-connect'],
  },
);
