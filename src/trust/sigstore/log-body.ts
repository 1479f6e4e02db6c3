import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { decodeBase64 } from '../base64.ts';
import { failed, notChecked, orFail } from '../check-failure.ts';
import { fingerprintOf } from '../signer-policy.ts';
import { type JsonObject, listMember, member, parseStrictJson, textMember } from '../strict-json.ts';

/** Who signed, as the log has to have it: exactly this certificate, or this key. */
export type SignerKey =
  | { readonly kind: 'certificate'; readonly der: Buffer }
  | { readonly kind: 'key'; readonly fingerprint: string };

/** A log entry's content. */
export interface LogBody {
  readonly kind: string;
  readonly version: string;
  readonly spec: JsonObject;
}

/**
 * Reads what a log has written down.
 * @throws CheckFailure `failed`
 */
export function readLogBody(bytes: Uint8Array): LogBody {
  const body = parseStrictJson(bytes, 'its log entry');
  const kind = textMember(body, 'kind');
  const version = textMember(body, 'apiVersion');
  const spec = member(body, 'spec');
  if (kind === undefined || version === undefined || typeof spec !== 'object' || spec === null) {
    throw failed('its log entry is none');
  }
  return { kind, version, spec: spec as JsonObject };
}

/**
 * Holds a log entry against who signed. The attack (CVE-2026-22703): an entry that somebody else made, for the same
 * digest and with the same signature bytes, proves nothing about this signer; @sigstore/verify compares digest and
 * signature, and not whose key the log has.
 * @throws CheckFailure
 */
export function checkLoggedSigner(body: LogBody, signer: SignerKey): void {
  const logged = loggedKeys(body);
  if (logged.length !== 1) throw failed('its log entry does not name exactly one key');
  const [key] = logged as [Buffer];
  orFail('the key in its log entry cannot be read', () => {
    if (!isOfSigner(key, signer)) throw failed('its log entry is about another key: it was made for another signature');
  });
}

/** Keys and certificates of an entry, in PEM or DER. */
function loggedKeys({ kind, version, spec }: LogBody): Buffer[] {
  const decode = (text: string | undefined): Buffer => decodeBase64(text, 'the key in its log entry');
  const verifier = (object: unknown): Buffer =>
    decode(
      textMember(object, 'verifier', 'x509Certificate', 'rawBytes') ??
        textMember(object, 'verifier', 'publicKey', 'rawBytes'),
    );
  switch (`${kind} ${version}`) {
    case 'hashedrekord 0.0.1':
      return [decode(textMember(spec, 'signature', 'publicKey', 'content'))];
    case 'hashedrekord 0.0.2':
      return [verifier(member(spec, 'hashedRekordV002', 'signature'))];
    case 'dsse 0.0.1':
      return (listMember(spec, 'signatures') ?? []).map((one) => decode(textMember(one, 'verifier')));
    case 'dsse 0.0.2':
      return (listMember(spec, 'dsseV002', 'signatures') ?? []).map(verifier);
    case 'intoto 0.0.1':
      return [decode(textMember(spec, 'publicKey'))];
    case 'intoto 0.0.2':
      return (listMember(spec, 'content', 'envelope', 'signatures') ?? []).map((one) =>
        decode(textMember(one, 'publicKey')),
      );
    default:
      throw notChecked(`entries of kind ${kind.slice(0, 40)} ${version.slice(0, 20)} are not known to this version`);
  }
}

function isOfSigner(logged: Buffer, signer: SignerKey): boolean {
  const text = logged.toString('latin1');
  const isCertificate = text.includes('-----BEGIN CERTIFICATE-----') || !text.includes('-----BEGIN');
  if (signer.kind === 'certificate') return isCertificate && new X509Certificate(logged).raw.equals(signer.der);
  if (text.includes('-----BEGIN CERTIFICATE-----')) {
    return fingerprintOf(new X509Certificate(logged).publicKey) === signer.fingerprint;
  }
  const key = text.includes('-----BEGIN')
    ? createPublicKey(text)
    : createPublicKey({ key: logged, format: 'der', type: 'spki' });
  return fingerprintOf(key) === signer.fingerprint;
}

/**
 * Holds an entry of kind `intoto` 0.0.1 against the envelope it is about. It has no signature of its own, but the
 * digest of the whole envelope, which has.
 * @throws CheckFailure `failed`
 */
export function checkLoggedEnvelope({ spec }: LogBody, envelope: Buffer, payload: Buffer): void {
  const holds = (name: string, bytes: Buffer): boolean =>
    textMember(spec, 'content', name, 'algorithm') === 'sha256' &&
    textMember(spec, 'content', name, 'value') === createHash('sha256').update(bytes).digest('hex');
  if (!holds('hash', envelope)) throw failed('its log entry is about another envelope');
  if (!holds('payloadHash', payload)) throw failed('its log entry is about another payload');
}
