import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditError } from '../../core/index.ts';
import { textMember } from '../strict-json.ts';
import { rootsOfMirror, type TrustedRoots } from './trusted-root.ts';

/** The public-good instance's repository. */
export const PUBLIC_GOOD_MIRROR = 'https://tuf-repo-cdn.sigstore.dev';

/** How to bring the trusted root up to date. */
export interface UpdateRootOptions {
  /** The TUF repository; the public-good instance's unless told. */
  readonly mirror?: string | undefined;
  /** The file with the root that a repository's metadata have to lead to; embedded for those that are known. */
  readonly root?: string | undefined;
  /** Folder for what was fetched, so that an older state is recognised the next time. */
  readonly cache: string;
  /** For each request. */
  readonly timeoutMs?: number;
}

const TARGET = 'trusted_root.json';
/** Four requests are made; a repository that does not answer is given up. */
const TIMEOUT_MS = 15_000;
/** No root is larger. */
const MAX_ROOT_BYTES = 4 * 1024 * 1024;

/**
 * Asks a TUF repository for the trusted root of today (TUF specification, section 5). Only who has the keys of the root
 * that is known already can say what it is: not the network, and not who runs the mirror.
 * @throws AuditError `USAGE_INVALID`, `TRUSTED_ROOT_INVALID`, `TRUSTED_ROOT_UNREACHABLE`
 */
export async function updateRoots(options: UpdateRootOptions): Promise<TrustedRoots> {
  const mirror = mirrorOf(options.mirror ?? PUBLIC_GOOD_MIRROR);
  const cachePath = cacheOf(options);
  // What it brings is needed by nobody else, and takes a while to load.
  const { initTUF } = await import('@sigstore/tuf');
  let target: string;
  try {
    const client = await initTUF({
      mirrorURL: mirror,
      cachePath,
      ...(options.root === undefined ? {} : { rootPath: options.root }),
      timeout: options.timeoutMs ?? TIMEOUT_MS,
      retry: { retries: 1 },
    });
    target = await client.getTarget(TARGET);
  } catch (error) {
    throw explain(mirror, error);
  }
  const { host, pathname } = new URL(mirror);
  const folder = join(cachePath, encodeURIComponent(host + pathname.replace(/\/$/, '')));
  return rootsOfMirror(mirror, Buffer.from(target), expiryIn(folder));
}

function mirrorOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw new AuditError('USAGE_INVALID', `${JSON.stringify(text)} is no address of a TUF repository`, {
      hint: 'Give an https URL without a user and a query, as https://tuf-repo-cdn.sigstore.dev.',
    });
  }
  return text.replace(/\/$/, '');
}

/**
 * A folder for each root that a user brings. The attack: what was fetched under one root is taken for what another root,
 * which was given this time, vouches for.
 */
function cacheOf({ root, cache }: UpdateRootOptions): string {
  let name = 'known';
  try {
    if (root !== undefined) {
      const bytes = readFileSync(root);
      if (bytes.byteLength > MAX_ROOT_BYTES) throw new Error('it is too large');
      name = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    }
  } catch (error) {
    throw new AuditError('TRUSTED_ROOT_INVALID', `${root} cannot be read: ${(error as Error).message}`, {
      hint: 'Check the file given with --tuf-root: it is root.json of the TUF repository.',
      cause: error,
    });
  }
  const folder = join(cache, name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AuditError('OUTPUT_UNWRITABLE', `${folder} cannot be made: ${(error as Error).message}`, {
      hint: 'The trusted root is kept there; set XDG_CACHE_HOME to a folder that can be written.',
      cause: error,
    });
  }
  return folder;
}

/** Until when the repository says that nothing newer is to be expected. */
function expiryIn(folder: string): string | null {
  try {
    const bytes = readFileSync(join(folder, 'timestamp.json'), 'utf8');
    return textMember(JSON.parse(bytes), 'signed', 'expires') ?? null;
  } catch {
    return null;
  }
}

/** Whether nobody answered, or somebody who is not to be believed. */
function explain(mirror: string, error: unknown): AuditError {
  const causes: Error[] = [];
  for (let one: unknown = error; one instanceof Error && causes.length < 8; one = one.cause) causes.push(one);
  const last = causes.at(-1);
  const why =
    `${causes[0]?.message ?? String(error)}${last === undefined || last === causes[0] ? '' : `: ${last.message}`}`.slice(
      0,
      300,
    );
  if (/No root\.json found/.test(why)) {
    return new AuditError('USAGE_INVALID', `no root is known for ${mirror}`, {
      hint: 'Give it with --tuf-root: root.json of the repository, from somebody whom you trust and not from the mirror.',
      cause: error,
    });
  }
  const isNetwork = causes.some(
    ({ name, message }) =>
      /Download(?:HTTP)?Error|TimeoutError|AbortError/.test(name) || /fetch failed|Failed to download/.test(message),
  );
  return isNetwork
    ? new AuditError('TRUSTED_ROOT_UNREACHABLE', `${mirror} did not give the trusted root: ${why}`, {
        hint: 'Leave --update-trusted-root away to use the embedded one, or give a file with --trusted-root. Proxies need NODE_USE_ENV_PROXY=1.',
        cause: error,
      })
    : new AuditError('TRUSTED_ROOT_INVALID', `what ${mirror} gave is not to be believed: ${why}`, {
        hint: 'Its metadata are expired, older than known, or not signed by who has to. Ask who runs it; the embedded root is not touched.',
        cause: error,
      });
}
