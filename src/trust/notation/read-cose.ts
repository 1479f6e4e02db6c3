import { encode } from 'cborg';
import { failed } from '../check-failure.ts';
import { verifyWithKey } from './algorithm.ts';
import { HEADER, type NotationEnvelope, type SignedHeaders } from './envelope.ts';
import { inTag, parseStrictCbor } from './strict-cbor.ts';

/** Labels of headers that COSE has numbers for (RFC 9052, section 3.1; RFC 9360, section 2). */
const LABEL = { algorithm: 1, critical: 2, contentType: 3, chain: 33 } as const;
const COSE_SIGN1 = 18;
const EPOCH_TIME = 1;

type Headers = ReadonlyMap<unknown, unknown>;

/**
 * Reads a COSE_Sign1 envelope (Notary Project, signature-envelope-cose.md; RFC 9052, section 4.2).
 * @throws CheckFailure `failed`
 */
export function readCose(bytes: Uint8Array): NotationEnvelope {
  const parts = inTag(parseStrictCbor(bytes, 'the envelope'), COSE_SIGN1);
  if (!Array.isArray(parts) || parts.length !== 4) throw failed('the envelope is no COSE_Sign1');
  const [signedHeaders, loose, content, made] = parts as unknown[];
  const protectedBytes = bytesOf(signedHeaders, 'its protected header');
  const protectedHeader = headerMap(parseStrictCbor(protectedBytes, 'its protected header'));
  const unprotected = headerMap(loose);
  // The attack: one reader takes what was signed, and another what was not (RFC 9052, section 3).
  for (const label of unprotected.keys()) {
    if (protectedHeader.has(label)) throw failed('it has a header that is protected and one that is not');
  }
  const payload = bytesOf(content, 'its payload');
  const signature = bytesOf(made, 'the signature');
  const stamp = unprotected.get(HEADER.timestamp);
  return {
    payload,
    certificates: chainOf(protectedHeader.get(LABEL.chain) ?? unprotected.get(LABEL.chain)),
    signature,
    timestamp: stamp === undefined ? null : bytesOf(stamp, 'its time stamp'),
    headers: headersOf(protectedHeader),
    verify: (key) => {
      const algorithm = protectedHeader.get(LABEL.algorithm);
      const signed = encode(['Signature1', protectedBytes, Buffer.alloc(0), payload]);
      const named = typeof algorithm === 'number' ? algorithm : undefined;
      verifyWithKey(key, { kind: 'cose', algorithm: named }, signed, signature);
    },
  };
}

function headerMap(value: unknown): Headers {
  if (!(value instanceof Map)) throw failed('its headers are none');
  for (const label of value.keys()) {
    if (typeof label !== 'number' && typeof label !== 'string') throw failed('it has a header without a name');
  }
  return value as Headers;
}

/** One certificate may stand for itself, several are a list. */
function chainOf(value: unknown): Buffer[] {
  const list = value instanceof Uint8Array ? [value] : Array.isArray(value) ? (value as unknown[]) : [];
  return list.map((one) => bytesOf(one, 'a certificate'));
}

function headersOf(header: Headers): SignedHeaders {
  const critical = header.get(LABEL.critical);
  return {
    payloadType: header.get(LABEL.contentType),
    critical: Array.isArray(critical) ? (critical as unknown[]) : undefined,
    get: (name) => header.get(name),
    time: (name) => {
      const value = header.get(name);
      if (value === undefined) return undefined;
      const seconds = inTag(value, EPOCH_TIME);
      const at = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
      if (Number.isNaN(at.getTime())) throw failed(`its ${name} is no time`);
      return at;
    },
  };
}

function bytesOf(value: unknown, what: string): Buffer {
  if (!(value instanceof Uint8Array)) throw failed(`${what} is missing`);
  return Buffer.from(value);
}
