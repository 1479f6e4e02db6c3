import { constants, type KeyObject, verify } from 'node:crypto';
import type { Digest } from '../../core/index.ts';
import { decodeBase64, decodeBase64Url } from '../base64.ts';
import type { CheckedSignature } from '../check.ts';
import { CheckFailure, failed, notChecked } from '../check-failure.ts';
import { type JsonObject, listMember, member, parseStrictJson, textMember } from '../strict-json.ts';
import { readChain } from './chain.ts';
import { isTrustedSubject, type NotationPolicy, subjectOf } from './identity.ts';

/** What a signature of Notation has to be about. */
export interface NotationTarget {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
const HEADER = 'io.cncf.notary';
const SCHEME = `${HEADER}.signingScheme`;
const EXPIRY = `${HEADER}.expiry`;
const PLUGIN = `${HEADER}.verificationPlugin`;
/** Critical headers that are understood here; any other is for somebody who knows more. */
const UNDERSTOOD = new Set([SCHEME, EXPIRY]);

/** The algorithm that goes with a key; no other is taken, whatever the header says. */
const ALGORITHMS: Readonly<Record<string, { readonly alg: string; readonly hash: string; readonly salt: number }>> = {
  'rsa 2048': { alg: 'PS256', hash: 'sha256', salt: 32 },
  'rsa 3072': { alg: 'PS384', hash: 'sha384', salt: 48 },
  'rsa 4096': { alg: 'PS512', hash: 'sha512', salt: 64 },
  'ec prime256v1': { alg: 'ES256', hash: 'sha256', salt: 0 },
  'ec secp384r1': { alg: 'ES384', hash: 'sha384', salt: 0 },
  'ec secp521r1': { alg: 'ES512', hash: 'sha512', salt: 0 },
};

/**
 * Checks a signature of Notation in a JWS envelope, as strictly as its level `strict`, but that revocation is not
 * checked (Notary Project, signature-envelope-jws.md). Time stamps are not read, so all certificates have to be valid
 * now. Never throws, and in doubt nothing is verified.
 */
export function checkJws(
  bytes: Uint8Array,
  target: NotationTarget,
  policy: NotationPolicy | null,
  now = new Date(),
): CheckedSignature {
  let signature: CheckedSignature['signature'] = null;
  try {
    const envelope = parseStrictJson(bytes, 'the envelope');
    if (member(envelope, 'signatures') !== undefined) throw failed('the envelope has more than one signature');
    const payload = textMember(envelope, 'payload');
    const protectedHeader = textMember(envelope, 'protected');
    holdTarget(parseStrictJson(decodeBase64Url(payload, 'the payload'), 'the payload'), target);
    const header = parseStrictJson(decodeBase64Url(protectedHeader, 'the header'), 'the header');
    const certificates = (listMember(envelope, 'header', 'x5c') ?? []).map((one) =>
      decodeBase64(typeof one === 'string' ? one : undefined, 'a certificate'),
    );
    const [leaf, ...issuers] = readChain(certificates, now);
    const signed = Buffer.from(`${protectedHeader}.${payload}`, 'latin1');
    const raw = decodeBase64Url(textMember(envelope, 'signature'), 'the signature');
    if (!verifies(leaf.publicKey, textMember(header, 'alg'), signed, raw)) throw failed('it does not verify');
    checkHeader(header, now);
    const root = issuers.at(-1) ?? leaf;
    const signer = { kind: 'certificate', name: subjectOf(leaf), issuer: subjectOf(root) } as const;
    signature = { signer, times: [], logs: [] };
    if (policy === null) {
      throw new CheckFailure('unverified', `it was signed by ${signer.name}, and no root was given to trust`);
    }
    if (!policy.roots.some((trusted) => trusted.raw.equals(root.raw))) {
      throw failed(`its certificates are by ${signer.issuer}, which is none of the given roots`);
    }
    if (!isTrustedSubject(leaf, policy)) throw failed(`it was signed by ${signer.name}, who is not who was asked for`);
    return { verdict: 'verified', reasons: [], signature, claim: claimOf(target) };
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

function verifies(key: KeyObject, alg: string | undefined, signed: Buffer, signature: Buffer): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const known = ALGORITHMS[`${type} ${details?.namedCurve ?? details?.modulusLength}`];
  if (known === undefined) throw failed('its key is of a kind that Notation does not know');
  // The attack: `none`, or an algorithm for which the public key is a password.
  if (alg !== known.alg) throw failed(`its algorithm is ${alg ?? 'none'}, and its key is for ${known.alg}`);
  return type === 'rsa'
    ? verify(known.hash, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: known.salt }, signature)
    : verify(known.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function checkHeader(header: JsonObject, now: Date): void {
  if (textMember(header, 'cty') !== PAYLOAD_TYPE) throw failed('its payload is of another type');
  if (member(header, PLUGIN) !== undefined) throw notChecked('it wants a plugin to verify it');
  const critical = listMember(header, 'crit') ?? [];
  const unknown = critical.find((name) => typeof name !== 'string' || !UNDERSTOOD.has(name));
  const scheme = textMember(header, SCHEME);
  if (scheme === 'notary.x509.signingAuthority') throw notChecked('signing authorities are not known to this version');
  if (unknown !== undefined) throw failed('it has a critical header that is not understood');
  if (scheme !== 'notary.x509' || !critical.includes(SCHEME)) throw failed('it does not say how it was signed');
  const expiry = member(header, EXPIRY);
  if ((expiry !== undefined) !== critical.includes(EXPIRY)) throw failed('when it expires is not critical in it');
  if (expiry === undefined) return;
  const at = typeof expiry === 'string' ? Date.parse(expiry) : Number.NaN;
  if (Number.isNaN(at)) throw failed('when it expires is no time');
  if (at <= now.getTime()) throw failed(`it expired at ${new Date(at).toISOString()}`);
}
