/** Signatures of Notation in both kinds of envelopes, right ones and ones that are changed in one thing. */
import { constants, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import type { Digest } from '../../src/core/index.ts';
import { checkNotation } from '../../src/trust/notation/check-notation.ts';
import { readCose } from '../../src/trust/notation/read-cose.ts';
import { readJws } from '../../src/trust/notation/read-jws.ts';
import type { NotationPolicy, NotationStatement } from '../../src/trust/notation/trust-policy.ts';
import { type CertificateOptions, type MadeCertificate, makeCertificate } from './certificates.ts';

export const TARGET = {
  digest: `sha256:${'ab'.repeat(32)}` as Digest,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  sizeBytes: 527,
};
export const AUTHORITY = { authority: true, certifies: true } as const;
export const SIGNER = { signs: true, purpose: 'code-signing' } as const;
export const ROOT = makeCertificate('root', AUTHORITY);
export const MIDDLE = makeCertificate('middle', { ...AUTHORITY, issuer: ROOT });
export const LEAF = makeCertificate('leaf', { ...SIGNER, issuer: MIDDLE });
export const CHAIN = [LEAF, MIDDLE, ROOT];

export const SCHEME = 'io.cncf.notary.signingScheme';
export const EXPIRY = 'io.cncf.notary.expiry';
export const SIGNING_TIME = 'io.cncf.notary.signingTime';
export const AUTHENTIC_TIME = 'io.cncf.notary.authenticSigningTime';

/** A signer's certificate by the usual authority, changed in something. */
export const made = (options: CertificateOptions, issuer = MIDDLE): MadeCertificate =>
  makeCertificate('leaf', { ...SIGNER, issuer, ...options });

export type EnvelopeFormat = 'jws' | 'cose';
export const FORMATS = ['jws', 'cose'] as const;

/** What is other than in a signature that is right. */
export interface EnvelopeParts {
  readonly chain?: readonly MadeCertificate[];
  readonly target?: Partial<typeof TARGET>;
  /** The payload, where it is no descriptor. */
  readonly payload?: string;
  /** Protected headers by their names in JWS; undefined leaves one out. Dates become times. */
  readonly header?: Record<string, unknown>;
  /** Makes a time stamp over the signature. */
  readonly stamp?: (signature: Buffer) => Buffer;
  /** Members of the envelope itself, of a JWS. */
  readonly envelope?: Record<string, unknown>;
  readonly signature?: Buffer;
}

/** A signature in an envelope. */
export function notationEnvelope(format: EnvelopeFormat, parts: EnvelopeParts = {}): Buffer {
  return format === 'jws' ? jwsEnvelope(parts) : coseEnvelope(parts);
}

/** Whoever the root certifies. */
export function policyFor(root: MadeCertificate = ROOT, changes: Partial<NotationStatement> = {}): NotationPolicy {
  return { statements: [statementOf({ certificates: trusting({ ca: [root] }), ...changes })], scope: null };
}

/** A statement for all repositories. */
export function statementOf(changes: Partial<NotationStatement>): NotationStatement {
  return {
    name: 'policy',
    scopes: null,
    level: 'strict',
    logged: new Set(),
    verifyTimestamp: 'always',
    wantsTimeStamps: false,
    certificates: trusting({ ca: [ROOT] }),
    identities: [],
    ...changes,
  };
}

/** Trust stores. */
export function trusting(
  stores: Partial<Record<keyof NotationStatement['certificates'], readonly MadeCertificate[]>>,
): NotationStatement['certificates'] {
  const read = (list: readonly MadeCertificate[] = []) =>
    list.map(({ certificate }) => new X509Certificate(certificate));
  return { ca: read(stores.ca), signingAuthority: read(stores.signingAuthority), tsa: read(stores.tsa) };
}

/** Checks an envelope. */
export function checkEnvelope(
  format: EnvelopeFormat,
  bytes: Uint8Array,
  policy: NotationPolicy | null = policyFor(),
  now?: Date,
) {
  const read = () => (format === 'jws' ? readJws(bytes) : readCose(bytes));
  return checkNotation(read, TARGET, { policy, repository: null, ...(now === undefined ? {} : { now }) });
}

const ALGORITHMS = {
  'ec prime256v1': ['ES256', -7, 'sha256'],
  'ec secp384r1': ['ES384', -35, 'sha384'],
  'ec secp521r1': ['ES512', -36, 'sha512'],
  'rsa 2048': ['PS256', -37, 'sha256'],
  'rsa 3072': ['PS384', -38, 'sha384'],
  'rsa 4096': ['PS512', -39, 'sha512'],
} as const;

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails: details }: KeyObject) {
  const name = `${asymmetricKeyType} ${details?.namedCurve ?? details?.modulusLength}`;
  return ALGORITHMS[name as keyof typeof ALGORITHMS] ?? ALGORITHMS['ec prime256v1'];
}

function signWith(key: KeyObject, bytes: Uint8Array): Buffer {
  const [, , hash] = algorithmOf(key);
  return key.asymmetricKeyType === 'rsa'
    ? sign(hash, bytes, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      })
    : sign(hash, bytes, { key, dsaEncoding: 'ieee-p1363' });
}

function partsOf({ chain = CHAIN, target = {}, header = {}, payload }: EnvelopeParts) {
  const { digest, mediaType, sizeBytes: size } = { ...TARGET, ...target };
  const key = createPrivateKey((chain[0] ?? LEAF).key);
  return {
    key,
    payload: payload ?? JSON.stringify({ targetArtifact: { digest, mediaType, size } }),
    certificates: chain.map(({ certificate }) => new X509Certificate(certificate).raw),
    headers: {
      alg: algorithmOf(key),
      cty: 'application/vnd.cncf.notary.payload.v1+json',
      crit: [SCHEME],
      [SCHEME]: 'notary.x509',
      [SIGNING_TIME]: new Date('2026-01-01T00:00:00Z'),
      ...header,
    } as Record<string, unknown>,
  };
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

function jwsEnvelope(parts: EnvelopeParts): Buffer {
  const { key, payload, certificates, headers } = partsOf(parts);
  const [alg] = algorithmOf(key);
  const header = { ...headers, alg: headers['alg'] === algorithmOf(key) ? alg : headers['alg'] };
  const text = JSON.stringify(header, (_, value: unknown) =>
    typeof value === 'string' && /^\d{4}-.*\.\d{3}Z$/.test(value) ? value.replace(/\.\d{3}Z$/, 'Z') : value,
  );
  const [body, protectedHeader] = [base64url(payload), base64url(text)];
  const signature = parts.signature ?? signWith(key, Buffer.from(`${protectedHeader}.${body}`));
  const x5c = certificates.map((raw) => raw.toString('base64'));
  const stamp = parts.stamp?.(signature).toString('base64');
  return Buffer.from(
    JSON.stringify({
      payload: body,
      protected: protectedHeader,
      header: { x5c, ...(stamp === undefined ? {} : { 'io.cncf.notary.timestampSignature': stamp }) },
      signature: signature.toString('base64url'),
      ...parts.envelope,
    }),
  );
}

const LABELS: Readonly<Record<string, number>> = { alg: 1, crit: 2, cty: 3 };

/** Headers as COSE has them; the algorithm by its number. */
export function coseHeaders(parts: EnvelopeParts = {}): Map<unknown, unknown> {
  const { key, headers } = partsOf(parts);
  const [, alg] = algorithmOf(key);
  return new Map(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        LABELS[name] ?? name,
        value === algorithmOf(key) ? alg : value instanceof Date ? new Tagged(1, value.getTime() / 1000) : value,
      ]),
  );
}

/** The four parts of a COSE_Sign1, over these protected headers. */
export function coseParts(
  parts: EnvelopeParts = {},
  protectedBytes: Uint8Array = encode(coseHeaders(parts)),
): [Uint8Array, Map<unknown, unknown>, Uint8Array, Uint8Array] {
  const { key, payload, certificates } = partsOf(parts);
  const body = Buffer.from(payload);
  const signed = encode(['Signature1', protectedBytes, new Uint8Array(), body]);
  const signature = parts.signature ?? signWith(key, signed);
  const unprotected = new Map<unknown, unknown>([[33, certificates]]);
  if (parts.stamp !== undefined) unprotected.set('io.cncf.notary.timestampSignature', parts.stamp(signature));
  return [protectedBytes, unprotected, body, signature];
}

function coseEnvelope(parts: EnvelopeParts): Buffer {
  return Buffer.from(encode(new Tagged(18, coseParts(parts))));
}
