import type { KeyObject } from 'node:crypto';
import { failed, notChecked } from '../check-failure.ts';

/** Media type of what Notation signs. */
const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
const PREFIX = 'io.cncf.notary';

/** Names of headers; the same in both kinds of envelopes. */
export const HEADER = {
  scheme: `${PREFIX}.signingScheme`,
  signingTime: `${PREFIX}.signingTime`,
  authenticSigningTime: `${PREFIX}.authenticSigningTime`,
  expiry: `${PREFIX}.expiry`,
  plugin: `${PREFIX}.verificationPlugin`,
  timestamp: `${PREFIX}.timestampSignature`,
} as const;

/** Critical headers that are understood here; any other is for somebody who knows more. */
const UNDERSTOOD = new Set<unknown>([HEADER.scheme, HEADER.expiry, HEADER.authenticSigningTime]);

/** Whom a signature makes responsible for its time: the signer, who may lie, or an authority that signs for others. */
export type SigningScheme = 'notary.x509' | 'notary.x509.signingAuthority';

/** What an envelope of Notation holds, of either kind, before anything of it is verified. */
export interface NotationEnvelope {
  /** JSON in UTF-8. */
  readonly payload: Buffer;
  /** Certificates in DER, the signer's first. */
  readonly certificates: readonly Buffer[];
  /** The signature itself, which is what time stamps are over. */
  readonly signature: Buffer;
  /** A TimeStampToken (RFC 3161, section 2.4.2). */
  readonly timestamp: Buffer | null;
  readonly headers: SignedHeaders;
  /** @throws CheckFailure `failed` unless the key made the signature */
  readonly verify: (key: KeyObject) => void;
}

/** The protected headers, read and not yet checked. */
export interface SignedHeaders {
  readonly payloadType: unknown;
  /** Absent unless it is a list. */
  readonly critical: readonly unknown[] | undefined;
  /** Undefined where a header is not there. */
  readonly get: (name: string) => unknown;
  /** @throws CheckFailure `failed` where it is no time */
  readonly time: (name: string) => Date | undefined;
}

/** What the protected headers say. */
export interface SignedAttributes {
  readonly scheme: SigningScheme;
  /** When it was signed, says the authority; null where only the signer says it, which is worth nothing. */
  readonly authenticTime: Date | null;
  readonly expiry: Date | null;
}

/**
 * Holds the protected headers against the specification (signature-specification.md, "Signed Attributes").
 * @throws CheckFailure
 */
export function checkHeaders({ payloadType, critical = [], get, time }: SignedHeaders): SignedAttributes {
  if (payloadType !== PAYLOAD_TYPE) throw failed('its payload is of another type');
  if (get(HEADER.plugin) !== undefined) throw notChecked('it wants a plugin to verify it');
  if (new Set(critical).size !== critical.length) throw failed('it names a critical header twice');
  if (critical.some((name) => !UNDERSTOOD.has(name))) throw failed('it has a critical header that is not understood');
  const scheme = get(HEADER.scheme);
  const isKnown = scheme === 'notary.x509' || scheme === 'notary.x509.signingAuthority';
  if (!isKnown || !critical.includes(HEADER.scheme)) throw failed('it does not say how it was signed');
  const absent = critical.find((name) => typeof name === 'string' && get(name) === undefined);
  if (absent !== undefined) throw failed('it has a critical header that is not there');
  const expiry = time(HEADER.expiry) ?? null;
  if ((expiry !== null) !== critical.includes(HEADER.expiry)) throw failed('when it expires is not critical in it');
  const byAuthority = scheme === 'notary.x509.signingAuthority';
  const [own, other] = byAuthority
    ? ([HEADER.authenticSigningTime, HEADER.signingTime] as const)
    : ([HEADER.signingTime, HEADER.authenticSigningTime] as const);
  const signedAt = time(own);
  if (signedAt === undefined) throw failed('it does not say when it was signed');
  if (get(other) !== undefined) throw failed('it says in two ways when it was signed');
  if (byAuthority !== critical.includes(HEADER.authenticSigningTime)) {
    throw failed('when it was signed is not critical in it');
  }
  return { scheme, authenticTime: byAuthority ? signedAt : null, expiry };
}
