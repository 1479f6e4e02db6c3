import type { Digest } from '../core/index.ts';
import type { AttachmentWay } from '../source/index.ts';
import type { AttestationFacts } from './attestation/facts.ts';
import type { CheckedSignature, TrustVerdict } from './check.ts';

/** How an attachment is written. */
export type AttachmentFormat =
  | 'cosign-signature'
  | 'cosign-attestation'
  | 'sigstore-bundle'
  | 'notation-jws'
  | 'notation-cose'
  | 'in-toto-statement'
  | 'sbom'
  | 'unknown';

/** One signature or statement that hangs on an image, and what it is worth. */
export interface CheckedAttachment {
  /** Its manifest. */
  readonly digest: Digest;
  /** The blob that holds it; null where the manifest itself is the trouble. */
  readonly blob: Digest | null;
  /** What it hangs on: a document on the way to an image. Null where that is not known. */
  readonly subject: Digest | null;
  readonly kind: 'signature' | 'attestation' | 'artifact';
  readonly format: AttachmentFormat;
  /** Media type that made it this format. */
  readonly mediaType: string;
  readonly foundBy: AttachmentWay;
  readonly verdict: TrustVerdict;
  readonly reasons: readonly string[];
  readonly signature: CheckedSignature['signature'];
  /**
   * Why it failed, where that is no fault of the signature: somebody else made it (`other-signer`), or it is about
   * something else (`other-subject`); `invalid` where it is not right by itself.
   */
  readonly problem: 'other-signer' | 'other-subject' | 'invalid' | null;
  /** Names that the policy has for who signed, where it is verified. */
  readonly trustedAs: readonly string[];
  /** A verified signature over the manifest that an unsigned statement is a part of. */
  readonly coveredBy: Digest | null;
  readonly predicateType: string | null;
  /** What it is about, as it says; the first few. */
  readonly claims: readonly Digest[];
  /** What it says, where its type is known. */
  readonly facts: AttestationFacts | null;
  /** The image's name as the signer wrote it, where it is verified. */
  readonly reference: string | null;
}
