import type { CheckedAttachment } from './checked-attachment.ts';
import { fits, mismatch, type NamedSigner, type SignerPolicy, type TextPolicy } from './signer-policy.ts';
import type { VerifiedSignature } from './sigstore/verify-signature.ts';
import { isPredicateOfType } from './statement.ts';

/** An attestation that has to be there. */
export interface AttestationRequirement {
  /** A URI, or cosign's name for it. */
  readonly type: string;
  /** Names of signers who may have made it; null for anybody who is trusted. */
  readonly signers: readonly string[] | null;
  /** Whom provenance may name as its builder; none means anybody. */
  readonly builders: readonly TextPolicy[];
}

/** What has to be there for an image to be verified. */
export interface TrustRequirements {
  /** How many different signers have to have signed it. */
  readonly signatures: number;
  readonly attestations: readonly AttestationRequirement[];
}

/** What the command line wants: a signature, or attestations of some types. */
export function requirementsOf(predicateTypes: readonly string[]): TrustRequirements {
  return {
    signatures: predicateTypes.length === 0 ? 1 : 0,
    attestations: predicateTypes.map((type) => ({ type, signers: null, builders: [] })),
  };
}

/** Names of the signers that somebody who signed is one of. */
export function namesOf({ signer }: VerifiedSignature, signers: readonly NamedSigner[]): string[] {
  return signers.filter(({ policy }) => isSigner(signer, policy)).map(({ name }) => name);
}

function isSigner(signer: VerifiedSignature['signer'], { keys, identities }: SignerPolicy): boolean {
  if (signer.kind === 'key') return keys.some(({ fingerprint }) => fingerprint === signer.fingerprint);
  return identities.length > 0 && mismatch(signer, identities) === null;
}

/**
 * How many different signers made these signatures. Somebody who signs twice counts once, and so do two whom the policy
 * counts as one. The attack: a threshold of two that is reached by one signer whom two rules fit, or by one signature
 * that is there twice (CVE-2026-49834).
 */
export function countSigners(signatures: readonly CheckedAttachment[]): number {
  const people = new Map<string, ReadonlySet<string>>();
  for (const { signature, trustedAs } of signatures) {
    if (signature === null) continue;
    const { signer } = signature;
    const person = signer.kind === 'key' ? `key ${signer.fingerprint}` : `name ${signer.name}\0${signer.issuer}`;
    // Who is trusted by no name of a policy's is their own.
    const names = trustedAs.length === 0 ? [person] : trustedAs;
    people.set(person, new Set([...(people.get(person) ?? []), ...names]));
  }
  // Each gets a name of their own, and those who have none left wait (augmenting paths of a bipartite matching).
  const holder = new Map<string, string>();
  const place = (person: string, tried: Set<string>): boolean => {
    for (const name of people.get(person) ?? []) {
      if (tried.has(name)) continue;
      tried.add(name);
      const other = holder.get(name);
      if (other !== undefined && !place(other, tried)) continue;
      holder.set(name, person);
      return true;
    }
    return false;
  };
  return [...people.keys()].filter((person) => place(person, new Set())).length;
}

/** Whether somebody whom the policy allows has attested what it wants. */
export function meets(attachment: CheckedAttachment, { type, signers, builders }: AttestationRequirement): boolean {
  return (
    isProof(attachment) &&
    isOfType(attachment, type) &&
    isBy(attachment, signers) &&
    (builders.length === 0 || isBuiltBy(attachment, builders))
  );
}

/** Whether a trusted signer vouches for what it says: in its own envelope, or by a signature over what it is a part of. */
export function isProof({ verdict, coveredBy }: CheckedAttachment): boolean {
  return verdict === 'verified' || (verdict === 'unsigned' && coveredBy !== null);
}

/** Whether an attachment is an attestation of a type, given as cosign's name for it or as its URI. */
export function isOfType({ kind, predicateType }: CheckedAttachment, wanted: string): boolean {
  return kind === 'attestation' && predicateType !== null && isPredicateOfType(predicateType, wanted);
}

/** Whether one of some signers made it. */
export function isBy({ trustedAs }: CheckedAttachment, signers: readonly string[] | null): boolean {
  return signers === null || signers.some((name) => trustedAs.includes(name));
}

/** Whether provenance names one of some builders. */
export function isBuiltBy({ facts }: CheckedAttachment, builders: readonly TextPolicy[]): boolean {
  const builder = facts?.kind === 'provenance' ? facts.builder : null;
  return builder !== null && builders.some((policy) => fits(builder, policy));
}
