import type { Bundle } from '@sigstore/bundle';
import type { Digest } from '../core/index.ts';
import { CheckFailure, failed } from './check-failure.ts';
import { mismatch, type NamedSigner, type SignerPolicy } from './signer-policy.ts';
import { privateMismatch } from './sigstore/private-authority.ts';
import { readBundle } from './sigstore/read-bundle.ts';
import { isDigestOf } from './sigstore/signed-content.ts';
import type { TrustedRoots } from './sigstore/trusted-root.ts';
import { type SignedThing, type VerifiedSignature, verifySignature } from './sigstore/verify-signature.ts';
import { COSIGN_SIGN_PREDICATE, readSimpleSigning, readStatement, STATEMENT_PAYLOAD_TYPE } from './statement.ts';

/** The outcome of a check; names in reports. */
export type TrustVerdict = 'verified' | 'failed' | 'unverified' | 'unsigned' | 'not-checked';

/** What is trusted, and whom. */
export interface TrustContext {
  readonly roots: TrustedRoots;
  readonly ignoreLog: boolean;
  /** All that are trusted, whoever has to be the one. */
  readonly policy: SignerPolicy;
  /** The same, by the names that a policy file gives them; left out where they have none. */
  readonly signers?: readonly NamedSigner[];
}

/** What one signature is worth. */
export interface CheckedSignature {
  readonly verdict: TrustVerdict;
  /** Why it is no more than that; where it is verified, what a trust policy of Notation only tells. */
  readonly reasons: readonly string[];
  /** Who signed; null unless the signature itself was right. */
  readonly signature: VerifiedSignature | null;
  /** What is claimed; of a signature that does not verify it is a claim of nobody's. */
  readonly claim: Claim | null;
}

/** What was signed. */
export interface Claim {
  readonly kind: 'signature' | 'attestation';
  /** Digests that it is about. */
  readonly digests: readonly Digest[];
  readonly predicateType: string | null;
  /** The image's name as the signer wrote it. */
  readonly reference: string | null;
  /** What a statement says, as it was parsed. */
  readonly predicate?: unknown;
}

/** What a signature has to be about: bytes that are at hand, or a manifest, whose bytes a message may be. */
export type CheckedSubject =
  | { readonly artifact: Uint8Array }
  | { readonly digest: Digest; readonly manifest: Uint8Array | null };

/** Checks a Sigstore bundle against what it is to be about. Never throws, and in doubt nothing is verified. */
export function checkBundle(bytes: Uint8Array, subject: CheckedSubject, context: TrustContext): CheckedSignature {
  return checked(() => {
    const bundle = readBundle(bytes);
    const message = 'artifact' in subject ? subject.artifact : subject.manifest;
    return {
      thing: { bundle, message: message === null ? null : Buffer.from(message), envelope: null },
      claim: claimOf(bundle, subject),
      subject,
      context,
    };
  });
}

/** Checks a signature of cosign 1 or 2 over its signed payload. */
export function checkPayload(
  read: () => { readonly bundle: Bundle; readonly payload: Buffer },
  digest: Digest,
  context: TrustContext,
): CheckedSignature {
  return checked(() => {
    const { bundle, payload } = read();
    const { digest: claimed, reference } = readSimpleSigning(payload);
    return {
      thing: { bundle, message: payload, envelope: null },
      claim: { kind: 'signature', digests: [claimed], predicateType: null, reference },
      subject: { digest, manifest: null },
      context,
    };
  });
}

/** Checks an attestation of cosign 1 or 2: one signature of an envelope. */
export function checkEnvelope(
  read: () => { readonly bundle: Bundle; readonly envelope: Buffer },
  digest: Digest,
  context: TrustContext,
): CheckedSignature {
  const subject = { digest, manifest: null };
  return checked(() => {
    const { bundle, envelope } = read();
    return { thing: { bundle, message: null, envelope }, claim: claimOf(bundle, subject), subject, context };
  });
}

interface Check {
  readonly thing: SignedThing;
  readonly claim: Claim;
  readonly subject: CheckedSubject;
  readonly context: TrustContext;
}

function checked(prepare: () => Check): CheckedSignature {
  let claim: Claim | null = null;
  let signature: VerifiedSignature | null = null;
  try {
    const check = prepare();
    claim = check.claim;
    // Also what nobody vouches for has to be about this image.
    holdClaim(claim, check.subject);
    const { roots, ignoreLog, policy } = check.context;
    const authorities = policy.authorities ?? null;
    signature = verifySignature(check.thing, { roots, ignoreLog, keys: policy.keys, authorities });
    holdSigner(signature, policy);
    return { verdict: 'verified', reasons: [], signature, claim };
  } catch (error) {
    const verdict = error instanceof CheckFailure ? error.verdict : 'failed';
    const message = error instanceof Error ? error.message : String(error);
    return { verdict, reasons: [message], signature, claim };
  }
}

/** A right signature is worth something where it is by somebody whom the user named. */
function holdSigner({ signer, privateIdentity }: VerifiedSignature, { identities, authorities }: SignerPolicy): void {
  if (signer.kind === 'key') return;
  const wanted = authorities?.identity ?? null;
  if (privateIdentity === undefined ? identities.length === 0 : wanted === null) {
    throw new CheckFailure('unverified', `it was signed by ${signer.name}, and nobody said who has to`);
  }
  const why =
    privateIdentity === undefined
      ? mismatch(signer, identities)
      : privateMismatch(privateIdentity, wanted as NonNullable<typeof wanted>);
  if (why !== null) throw failed(why);
}

function claimOf({ content }: Bundle, subject: CheckedSubject): Claim {
  if (content.$case === 'messageSignature') {
    const digests = 'digest' in subject ? [subject.digest] : [];
    return { kind: 'signature', digests, predicateType: null, reference: null };
  }
  const { payload, payloadType } = content.dsseEnvelope;
  if (payloadType !== STATEMENT_PAYLOAD_TYPE) {
    throw failed(`its payload is of type ${JSON.stringify(payloadType.slice(0, 80))} and no statement`);
  }
  const { predicateType, subjects, predicate } = readStatement(payload);
  return {
    kind: predicateType === COSIGN_SIGN_PREDICATE ? 'signature' : 'attestation',
    digests: subjects,
    predicateType,
    reference: null,
    predicate,
  };
}

/** The attack: a valid signature over another image is hung on this one. */
function holdClaim({ digests, predicateType, kind }: Claim, subject: CheckedSubject): void {
  if ('artifact' in subject) {
    const artifact = Buffer.from(subject.artifact);
    if (predicateType === null && kind === 'signature') return;
    const isAbout = digests.some((digest) => isDigestOf(Buffer.from(digest.split(':')[1] ?? '', 'hex'), artifact));
    if (!isAbout) throw failed('its statement is about something else');
    return;
  }
  if (digests.includes(subject.digest)) return;
  const [first] = digests;
  const about = first === undefined ? 'about nothing' : `about ${first}${digests.length > 1 ? ' and others' : ''}`;
  throw failed(`it is ${about}, not about ${subject.digest}`);
}
