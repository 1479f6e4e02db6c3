import { X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { AuditError } from '../../core/index.ts';
import { CheckFailure } from '../check-failure.ts';
import { type JsonObject, listMember, member, parseStrictJson, textMember } from '../strict-json.ts';

/** The authorities and logs that signatures are held against, and where they are from. */
export interface TrustedRoots {
  readonly root: TrustedRoot;
  readonly origin: 'embedded' | 'file' | 'mirror';
  /** The package they came with, the path of the file, or the address of the TUF repository. */
  readonly place: string;
  /** The day that its newest authority or log begins to be valid: it knows of nothing that came later. */
  readonly knowsUntil: string | null;
  /** Until when the metadata that vouch for it are valid; null for a file, for which nobody does. */
  readonly expires: string | null;
}

const PUBLIC_GOOD = 'https://tuf-repo-cdn.sigstore.dev';
const MEDIA_TYPES = new Set([
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
]);
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** Length of the log identifiers that entries and checkpoints have. */
const LOG_ID_BYTES = 32;

/**
 * The public-good instance's root, as it came with this program. It is read as the data that it is: the package that
 * brings it gives it out only after it has asked the network.
 */
export function embeddedRoots(): TrustedRoots {
  const load = createRequire(import.meta.url);
  const seeds = load('@sigstore/tuf/seeds.json') as unknown;
  const { version } = load('@sigstore/tuf/package.json') as { readonly version: string };
  const decode = (...names: string[]): Buffer => Buffer.from(textMember(seeds, PUBLIC_GOOD, ...names) ?? '', 'base64');
  const expires = textMember(JSON.parse(decode('root.json').toString('utf8')), 'signed', 'expires') ?? null;
  return {
    ...readRoot(decode('targets', 'trusted_root.json'), 'the embedded trusted root'),
    origin: 'embedded',
    place: `@sigstore/tuf ${version}`,
    expires,
  };
}

/**
 * Reads a trusted root that the user brings, as `cosign trusted-root create` writes them.
 * @throws AuditError `TRUSTED_ROOT_INVALID`
 */
export function rootsOfFile(path: string, bytes: Uint8Array): TrustedRoots {
  return { ...readRoot(bytes, path), origin: 'file', place: path, expires: null };
}

/**
 * Reads the trusted root that a TUF repository gave.
 * @param expires until when its metadata say that it is the newest
 * @throws AuditError `TRUSTED_ROOT_INVALID`
 */
export function rootsOfMirror(mirror: string, bytes: Uint8Array, expires: string | null): TrustedRoots {
  return { ...readRoot(bytes, `the trusted root of ${mirror}`), origin: 'mirror', place: mirror, expires };
}

function readRoot(bytes: Uint8Array, name: string): Pick<TrustedRoots, 'root' | 'knowsUntil'> {
  try {
    const document = parseStrictJson(bytes, name);
    const mediaType = textMember(document, 'mediaType');
    if (mediaType === undefined || !MEDIA_TYPES.has(mediaType)) throw invalid(name, 'is no trusted root');
    const starts = [...startsOf(document, name)].sort();
    const root = TrustedRoot.fromJSON(document);
    for (const log of [...root.tlogs, ...root.ctlogs]) {
      // A short one is the hint of a signed note, and no log would ever be found by it.
      if (log.checkpointKeyId?.keyId.length !== LOG_ID_BYTES) log.checkpointKeyId = undefined;
    }
    root.timestampAuthorities = root.timestampAuthorities.filter(isTimeStamping);
    return { root, knowsUntil: starts.at(-1) ?? null };
  } catch (error) {
    if (error instanceof AuditError) throw error;
    if (error instanceof CheckFailure) throw invalid(name, error.message);
    throw invalid(name, `cannot be read: ${(error as Error).message}`);
  }
}

/**
 * When each authority and log begins to be valid. The attack: one without a beginning would be believed about times
 * before it was there.
 */
function* startsOf(document: JsonObject, name: string): Iterable<string> {
  const times = [
    ...['tlogs', 'ctlogs'].flatMap((kind) =>
      (listMember(document, kind) ?? []).map((one) => textMember(one, 'publicKey', 'validFor', 'start')),
    ),
    ...['certificateAuthorities', 'timestampAuthorities'].flatMap((kind) =>
      (listMember(document, kind) ?? []).map((one) => textMember(one, 'validFor', 'start')),
    ),
  ];
  for (const start of times) {
    if (start === undefined || Number.isNaN(Date.parse(start))) {
      throw invalid(name, 'has a log or an authority that does not say from when on it is valid');
    }
    yield start;
  }
  if (times.length === 0 && member(document, 'certificateAuthorities') === undefined) {
    throw invalid(name, 'names no authority and no log');
  }
}

/**
 * Whether an authority's certificate is one for time stamps; @sigstore/verify does not look. The attack: a certificate
 * of the same authority for something else makes times.
 */
function isTimeStamping({ certChain }: TrustedRoot['timestampAuthorities'][number]): boolean {
  const [leaf] = certChain?.certificates ?? [];
  return leaf !== undefined && (new X509Certificate(leaf.rawBytes).keyUsage ?? []).includes(TIME_STAMPING);
}

function invalid(name: string, why: string): AuditError {
  const message = why.startsWith(name) ? why : `${name} ${why}`;
  return new AuditError('TRUSTED_ROOT_INVALID', message, {
    hint: 'A trusted root is a JSON document as cosign trusted-root create writes it, or trusted_root.json of a TUF repository.',
  });
}
