import type { X509Certificate } from 'node:crypto';
import type { Digest } from '../../core/index.ts';
import type { CheckedSignature } from '../check.ts';
import { CheckFailure, failed, notChecked } from '../check-failure.ts';
import { type JsonObject, member, parseStrictJson, textMember } from '../strict-json.ts';
import { checkValidity } from '../x509/certificate-path.ts';
import { type StampedTime, verifyTimeStamp } from '../x509/time-stamp.ts';
import { readChain } from './chain.ts';
import { checkHeaders, type NotationEnvelope, type SignedAttributes } from './envelope.ts';
import { isTrustedSubject, subjectOf } from './identity.ts';
import { type NotationCheck, type NotationPolicy, type NotationStatement, statementFor } from './trust-policy.ts';

/** What a signature of Notation has to be about. */
export interface NotationTarget {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** Whom to trust, for which repository, and when. */
export interface NotationTrust {
  /** Null where nobody said. */
  readonly policy: NotationPolicy | null;
  /** With its registry; null where the image has none. */
  readonly repository: string | null;
  readonly now?: Date;
}

/**
 * Checks a signature of Notation (Notary Project, trust-store-trust-policy.md, "Signature Verification"). What it is over,
 * its certificates' kind and the signature itself have to be right in any case; the rest is enforced or told as the trust
 * policy says. Revocation is not checked. Never throws, and in doubt nothing is verified.
 */
export function checkNotation(
  read: () => NotationEnvelope,
  target: NotationTarget,
  { policy, repository, now = new Date() }: NotationTrust,
): CheckedSignature {
  let signature: CheckedSignature['signature'] = null;
  try {
    const statement = policy === null ? null : statementFor(policy, repository);
    if (statement?.level === 'skip') throw notChecked(`the trust policy ${quoted(statement)} says to skip it`);
    const envelope = read();
    holdTarget(parseStrictJson(envelope.payload, 'the payload'), target);
    const chain = readChain(envelope.certificates);
    envelope.verify(chain[0].publicKey);
    const attributes = checkHeaders(envelope.headers);
    const logged = new Set<string>();
    const held = (check: NotationCheck, hold: () => void): boolean => {
      try {
        hold();
        return true;
      } catch (error) {
        if (!(error instanceof CheckFailure) || statement?.logged.has(check) !== true) throw error;
        logged.add(`${error.message}; the trust policy ${quoted(statement)} only tells that`);
        return false;
      }
    };
    const times: { readonly at: string; readonly by: 'timestamp-authority' | 'signing-authority' }[] = [];
    held('authenticTimestamp', () => {
      times.push(...checkTime({ chain, envelope, attributes, statement, now }));
    });
    held('expiry', () => checkExpiry(attributes, now));
    const root = chain.at(-1) ?? chain[0];
    const signer = { kind: 'certificate', name: subjectOf(chain[0]), issuer: subjectOf(root) } as const;
    signature = { signer, times, logs: [] };
    if (policy === null) {
      throw new CheckFailure('unverified', `it was signed by ${signer.name}, and no root was given to trust`);
    }
    if (statement === null) {
      const where = policy.scope ?? repository ?? 'an image without a repository';
      throw new CheckFailure('unverified', `it was signed by ${signer.name}, and no trust policy is for ${where}`);
    }
    const isAuthentic = held('authenticity', () => checkAuthenticity(chain, attributes, statement));
    // Told or not: whoever nobody trusts has verified nothing.
    return {
      verdict: isAuthentic ? 'verified' : 'unverified',
      reasons: [...logged],
      signature,
      claim: claimOf(target),
    };
  } catch (error) {
    const verdict = error instanceof CheckFailure ? error.verdict : 'failed';
    const message = error instanceof Error ? error.message : String(error);
    return { verdict, reasons: [message], signature, claim: null };
  }
}

function claimOf({ digest }: NotationTarget): NonNullable<CheckedSignature['claim']> {
  return { kind: 'signature', digests: [digest], predicateType: null, reference: null };
}

/** All of the descriptor counts: the same bytes are another artifact under another media type. */
function holdTarget(payload: JsonObject, { digest, mediaType, sizeBytes }: NotationTarget): void {
  const claimed = textMember(payload, 'targetArtifact', 'digest');
  if (claimed !== digest) throw failed(`it is about ${claimed ?? 'nothing'}, not about ${digest}`);
  if (member(payload, 'targetArtifact', 'size') !== sizeBytes) throw failed('it is about something of another size');
  const type = textMember(payload, 'targetArtifact', 'mediaType');
  if (type !== mediaType) throw failed(`it is about something of type ${type ?? 'nothing'}, not ${mediaType}`);
}

interface TimeCheck {
  readonly chain: readonly X509Certificate[];
  readonly envelope: NotationEnvelope;
  readonly attributes: SignedAttributes;
  readonly statement: NotationStatement | null;
  readonly now: Date;
}

/**
 * Whether all certificates were valid when it was signed, as far as somebody but the signer proves when that was; where
 * nobody does, whether they are now.
 */
function checkTime({
  chain,
  envelope,
  attributes,
  statement,
  now,
}: TimeCheck): { readonly at: string; readonly by: 'timestamp-authority' | 'signing-authority' }[] {
  const { authenticTime } = attributes;
  if (authenticTime !== null) {
    if (authenticTime > now) throw failed('it was signed in the future');
    checkValidity(chain, { earliest: authenticTime, latest: authenticTime, what: 'when it was signed' });
    return [{ at: authenticTime.toISOString(), by: 'signing-authority' }];
  }
  const hasExpired = chain.some(({ validTo }) => now > new Date(validTo));
  if (statement?.wantsTimeStamps !== true || (statement.verifyTimestamp === 'afterCertExpiry' && !hasExpired)) {
    checkValidity(chain, { earliest: now, latest: now, what: 'now' });
    return [];
  }
  if (envelope.timestamp === null) throw failed('it has no time stamp, which the trust policy wants');
  const stamped: StampedTime = verifyTimeStamp(envelope.timestamp, envelope.signature, statement.certificates.tsa, {
    now,
  });
  checkValidity(chain, { ...stamped, what: 'when its time stamp was made' });
  return [{ at: stamped.at.toISOString(), by: 'timestamp-authority' }];
}

function checkExpiry({ expiry }: SignedAttributes, now: Date): void {
  if (expiry !== null && expiry <= now) throw failed(`it expired at ${expiry.toISOString()}`);
}

/** Whether the chain leads to a trusted certificate of the kind that goes with the scheme, from a trusted signer. */
function checkAuthenticity(
  chain: readonly [X509Certificate, ...X509Certificate[]],
  { scheme }: SignedAttributes,
  { certificates, identities }: NotationStatement,
): void {
  const trusted = scheme === 'notary.x509' ? certificates.ca : certificates.signingAuthority;
  const leadsTo = chain.some(({ raw }) => trusted.some((one) => one.raw.equals(raw)));
  if (!leadsTo) {
    const roots = scheme === 'notary.x509' ? 'given roots' : 'given roots of signing authorities';
    throw failed(`its certificates are by ${subjectOf(chain.at(-1) ?? chain[0])}, which is none of the ${roots}`);
  }
  if (!isTrustedSubject(chain[0], identities)) {
    throw failed(`it was signed by ${subjectOf(chain[0])}, who is not who was asked for`);
  }
}

function quoted({ name }: NotationStatement): string {
  return name === '' ? '' : JSON.stringify(name);
}
