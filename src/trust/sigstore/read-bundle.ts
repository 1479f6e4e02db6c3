import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { decodeBase64 } from '../base64.ts';
import { failed, notChecked, orFail } from '../check-failure.ts';
import { type JsonObject, listMember, member, parseStrictJson, textMember } from '../strict-json.ts';

/** A bundle's media type says its version; nothing else is taken for one. */
const BUNDLE_MEDIA_TYPES = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);
/** Log entries and time stamps of one bundle. Each costs signatures to verify. */
const MAX_PROOFS = 16;

/** Whether a blob's media type is that of a bundle, of whatever version. */
export function isBundleType(mediaType: string): boolean {
  return mediaType.startsWith('application/vnd.dev.sigstore.bundle');
}

/**
 * Reads a Sigstore bundle (v0.1 to v0.3). The library's parser takes much that is not in the specification; what
 * could be understood in two ways is refused here first.
 * @throws CheckFailure
 */
export function readBundle(bytes: Uint8Array): Bundle {
  const document = parseStrictJson(bytes, 'the bundle');
  const mediaType = textMember(document, 'mediaType') ?? '';
  if (!BUNDLE_MEDIA_TYPES.has(mediaType)) {
    throw notChecked(`bundles of type ${JSON.stringify(mediaType.slice(0, 80))} are not known to this version`);
  }
  exactlyOne(document, ['messageSignature', 'dsseEnvelope'], 'content');
  const material = member(document, 'verificationMaterial') as JsonObject | undefined;
  exactlyOne(material, ['certificate', 'x509CertificateChain', 'publicKey'], 'certificate or key');
  checkEncoding(document);
  const entries = listMember(material, 'tlogEntries') ?? [];
  const stamps = listMember(material, 'timestampVerificationData', 'rfc3161Timestamps') ?? [];
  if (entries.length > MAX_PROOFS || stamps.length > MAX_PROOFS) {
    throw failed(`the bundle has more than ${MAX_PROOFS} log entries or time stamps`);
  }
  for (const entry of entries) checkNumbers(entry);
  const isFirst = mediaType.endsWith('version=0.1');
  const readable = isFirst ? { ...document, verificationMaterial: withoutBareProofs(material) } : document;
  return orFail('the bundle is not valid', () => bundleFromJSON(readable));
}

/** The attack: of two contents, one is verified and the other is used. */
function exactlyOne(object: unknown, names: readonly string[], what: string): void {
  const present = names.filter((name) => member(object, name) !== undefined);
  if (present.length !== 1) {
    throw failed(present.length === 0 ? `the bundle has no ${what}` : `the bundle has more than one ${what}`);
  }
}

function checkEncoding(document: JsonObject): void {
  if (member(document, 'messageSignature') !== undefined) {
    decodeBase64(textMember(document, 'messageSignature', 'signature'), 'the signature');
    return;
  }
  decodeBase64(textMember(document, 'dsseEnvelope', 'payload'), 'the payload');
  for (const one of listMember(document, 'dsseEnvelope', 'signatures') ?? []) {
    decodeBase64(textMember(one, 'sig'), 'the signature');
  }
}

/** Numbers of a log; the library makes numbers of whatever stands there. */
function checkNumbers(entry: unknown): void {
  const numbers = [
    ['logIndex'],
    ['integratedTime'],
    ['inclusionProof', 'logIndex'],
    ['inclusionProof', 'treeSize'],
  ].map((names) => member(entry, ...names));
  for (const number of numbers) {
    if (number === undefined || number === null) continue;
    if (!/^\d{1,15}$/.test(String(number))) throw failed('its log entry has a number that is none');
  }
}

/** Version 0.1 may have proofs without a checkpoint. They prove nothing, and the promise is what counts there. */
function withoutBareProofs(material: JsonObject | undefined): unknown {
  const entries = listMember(material, 'tlogEntries');
  if (entries === undefined) return material;
  return {
    ...material,
    tlogEntries: entries.map((entry) => {
      if (textMember(entry, 'inclusionProof', 'checkpoint', 'envelope') !== undefined) return entry;
      const { inclusionProof: _, ...rest } = (entry ?? {}) as JsonObject;
      return rest;
    }),
  };
}
