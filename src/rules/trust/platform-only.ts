import { partlySignedRule } from './partly-signed.ts';

/** A platform is signed, and the index that leads to it is not. */
export const trustPlatformOnly = partlySignedRule(
  'image',
  'The platform’s manifest is signed, and the index that the reference names is not: who verifies by tag finds no signature.',
  {
    id: 'trust/platform-only',
    title: 'Only the platform is signed, and not the index',
    severity: 'info',
    confidence: 'high',
    why: 'A tag names the index, and verifiers look for a signature on what a tag names: cosign verify of this one fails. The index itself can be exchanged for one that leads to other platforms.',
    fix: 'Sign the index after it was pushed, by its digest: cosign sign --recursive ghcr.io/acme/api@sha256:….',
    references: ['https://github.com/sigstore/cosign/blob/main/doc/cosign_sign.md'],
  },
);
