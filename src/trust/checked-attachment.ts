import type { Digest } from '../core/index.ts';
import type { AttachmentWay } from '../source/index.ts';
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
  readonly predicateType: string | null;
  /** The image's name as the signer wrote it, where it is verified. */
  readonly reference: string | null;
}
