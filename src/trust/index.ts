/** Signatures and attestations: found, verified, and held against what they are about. */

export { baseImageOf, looseMaterials } from './attestation/base-image.ts';
export type { AttestationFacts } from './attestation/facts.ts';
export { readFacts } from './attestation/read-facts.ts';
export { checkBundle, type TrustContext, type TrustVerdict } from './check.ts';
export { checkImageTrust, type TrustResult } from './check-image-trust.ts';
export type { CheckedAttachment } from './checked-attachment.ts';
export type { ImageTrust } from './judge-image.ts';
export { parseNotationIdentity, readTrustedCertificates } from './notation/identity.ts';
export {
  type NotationPolicy,
  type NotationStatement,
  parseTrustPolicy,
  type StatementText,
  statementFor,
  type TrustStoreKind,
} from './notation/trust-policy.ts';
export {
  requirementsOf,
  type TrustRequirements,
} from './requirements.ts';
export {
  checkPattern,
  type IdentityPolicy,
  type NamedSigner,
  readTrustedKey,
  refuseKeyService,
  type SignerPolicy,
  type TextPolicy,
} from './signer-policy.ts';
export type { PrivateAuthorities } from './sigstore/private-authority.ts';
export { embeddedRoots, rootsOfFile, type TrustedRoots } from './sigstore/trusted-root.ts';
export { type UpdateRootOptions, updateRoots } from './sigstore/update-root.ts';
export { isTypeName } from './statement.ts';
