import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AuditError, DOCKER_HUB, systemErrorCode } from '../core/index.ts';

/** A user name and password for one registry. Never print one. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a credential file says about a registry. */
export interface CredentialLookup {
  readonly credentials: Credentials | null;
  /** Where they came from, or where was looked. */
  readonly origin: string;
  /** A credential helper that the file names for this registry, and that is not asked. */
  readonly helper: string | null;
  /** Whether the file has an identity token for this registry, which is no password, and is not used. */
  readonly identityToken: boolean;
}

interface DockerConfig {
  readonly auths?: Record<string, AuthEntry | null>;
  readonly credsStore?: unknown;
  readonly credHelpers?: Record<string, unknown>;
}

interface AuthEntry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
}

/** Keys under which Docker keeps the login of Docker Hub. */
const HUB_KEYS = ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'];

/**
 * Looks up the credentials of a registry in Docker's `config.json` (`$DOCKER_CONFIG` or `~/.docker`).
 * Hosts are compared exactly: a login at `example.com` is none at `registry.example.com`.
 * @throws AuditError `CREDENTIALS_INVALID` where the file is there and cannot be read
 */
export function lookUpCredentials(
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): CredentialLookup {
  // Empty is as good as not set; else the login would be looked for in the current folder.
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
  const origin = join(folder, 'config.json');
  const none: CredentialLookup = { credentials: null, origin, helper: null, identityToken: false };
  const config = readConfig(origin);
  if (config === null) return none;
  const wanted = new Set(registry === DOCKER_HUB ? HUB_KEYS : [registry]);
  let identityToken = false;
  for (const [key, entry] of Object.entries(config.auths ?? {})) {
    if (!wanted.has(key) && !wanted.has(bareHost(key))) continue;
    const credentials = toCredentials(entry);
    // Beside an identity token there is a user name with an empty password, which no registry takes.
    if (typeof entry?.identitytoken === 'string' && entry.identitytoken !== '' && !credentials?.password)
      identityToken = true;
    else if (credentials !== null) return { ...none, credentials };
  }
  const helper = config.credHelpers?.[registry] ?? config.credsStore;
  return { ...none, helper: typeof helper === 'string' ? helper : null, identityToken };
}

function readConfig(path: string): DockerConfig | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AuditError('CREDENTIALS_INVALID', `${path} cannot be read: ${code ?? String(error)}`, { cause: error });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as DockerConfig;
  } catch {
    // Without the cause: a parser's message quotes the text, and the text holds passwords.
  }
  throw new AuditError('CREDENTIALS_INVALID', `${path} is no valid JSON`, {
    hint: 'Repair the file, or log in again with docker login.',
  });
}

/** `ghcr.io` for `https://ghcr.io/v2/`; anything with another path is left as it is. */
function bareHost(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}

function toCredentials(entry: AuthEntry | null): Credentials | null {
  if (typeof entry?.username === 'string' && typeof entry.password === 'string') {
    return { username: entry.username, password: entry.password };
  }
  if (typeof entry?.auth !== 'string' || entry.auth === '') return null;
  const text = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon <= 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
