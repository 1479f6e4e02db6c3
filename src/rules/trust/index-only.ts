import { partlySignedRule } from './partly-signed.ts';

/** The index is signed, and none of its platforms by itself. */
export const trustIndexOnly = partlySignedRule(
  'index',
  'The index is signed, and the platform’s own manifest is not: who deploys that by its digest finds no signature.',
  {
    id: 'trust/index-only',
    title: 'Only the index is signed',
    severity: 'info',
    confidence: 'high',
    why: 'A signature on an index covers its platforms through their digests, but only for somebody who comes from the index. Some clusters and mirrors resolve to one platform’s manifest and ask for a signature on that.',
    fix: 'Sign the platforms as well: cosign sign --recursive ghcr.io/acme/api@sha256:….',
    references: ['https://github.com/sigstore/cosign/blob/main/doc/cosign_sign.md'],
  },
);
