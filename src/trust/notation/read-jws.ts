import { decodeBase64, decodeBase64Url } from '../base64.ts';
import { failed } from '../check-failure.ts';
import { asObject, type JsonObject, listMember, member, parseStrictJson, textMember } from '../strict-json.ts';
import { verifyWithKey } from './algorithm.ts';
import { HEADER, type NotationEnvelope, type SignedHeaders } from './envelope.ts';

/** RFC 3339, section 5.6, as Go reads it: no leap seconds, capital letters. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a JWS envelope in the flattened JSON serialization (Notary Project, signature-envelope-jws.md).
 * @throws CheckFailure `failed`
 */
export function readJws(bytes: Uint8Array): NotationEnvelope {
  const envelope = parseStrictJson(bytes, 'the envelope');
  if (member(envelope, 'signatures') !== undefined) throw failed('the envelope has more than one signature');
  const payload = textMember(envelope, 'payload');
  const protectedHeader = textMember(envelope, 'protected');
  const header = parseStrictJson(decodeBase64Url(protectedHeader, 'the header'), 'the header');
  const loose = asObject(member(envelope, 'header')) ?? {};
  // The attack: one reader takes what was signed, and another what was not (RFC 7515, section 7.2.1).
  if (Object.keys(loose).some((name) => Object.hasOwn(header, name))) {
    throw failed('it has a header that is protected and one that is not');
  }
  const stamp = member(loose, HEADER.timestamp);
  const signature = decodeBase64Url(textMember(envelope, 'signature'), 'the signature');
  return {
    payload: decodeBase64Url(payload, 'the payload'),
    certificates: (listMember(loose, 'x5c') ?? []).map((one) =>
      decodeBase64(typeof one === 'string' ? one : undefined, 'a certificate'),
    ),
    signature,
    timestamp:
      stamp === undefined ? null : decodeBase64(typeof stamp === 'string' ? stamp : undefined, 'its time stamp'),
    headers: headersOf(header),
    verify: (key) => {
      const signed = Buffer.from(`${protectedHeader}.${payload}`, 'latin1');
      verifyWithKey(key, { kind: 'jws', algorithm: textMember(header, 'alg') }, signed, signature);
    },
  };
}

function headersOf(header: JsonObject): SignedHeaders {
  return {
    payloadType: member(header, 'cty'),
    critical: listMember(header, 'crit'),
    get: (name) => member(header, name),
    time: (name) => {
      const value = member(header, name);
      if (value === undefined) return undefined;
      const at = typeof value === 'string' && TIME.test(value) ? new Date(value) : new Date(Number.NaN);
      if (Number.isNaN(at.getTime())) throw failed(`its ${name} is no time`);
      return at;
    },
  };
}
