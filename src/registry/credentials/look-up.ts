import { AuditError, type RegistryReference } from '../../core/index.ts';
import { type AuthFile, findEntry, findHelper, readAuthFile } from './auth-file.ts';
import { registryKeys } from './auth-keys.ts';
import { authFiles, type Environment } from './auth-places.ts';
import {
  type CredentialLookup,
  type CredentialPlace,
  type Credentials,
  describeCredentials,
  type Login,
  loginOnly,
} from './credentials.ts';
import { askHelper } from './helper.ts';

/** Where credentials may come from. */
export interface CredentialOptions {
  readonly env: Environment;
  /** Given by the user for this run; comes before everything else. */
  readonly login?: Login;
  /** Look nowhere. */
  readonly anonymous?: boolean;
  /** Look only at what is stored under the registry's own name: what is given for a run is for the one the user named. */
  readonly storedOnly?: boolean;
  /** Longest time that a credential helper may take. */
  readonly helperTimeoutMs?: number;
}

const HELPER_TIMEOUT_MS = 30_000;
const FLAGS = '--username and --password-stdin';
const VARIABLES = 'LAYER_AUDIT_USERNAME and LAYER_AUDIT_PASSWORD';

/** What one place has. */
interface Found {
  readonly credentials: Credentials;
  /** In words that fit behind "the credentials in". */
  readonly origin: string;
  readonly detail: string;
}

/**
 * Looks for the credentials of a repository: those given for this run, the environment, then the files of Podman and
 * Docker and the helpers they name. The first place that has some decides: what a registry refuses is never
 * followed by a try with others, or with none, because the user would not know whose image was read.
 * @throws AuditError `CREDENTIALS_INVALID` where a place is there and cannot be read
 */
export async function lookUpCredentials(
  reference: RegistryReference,
  options: CredentialOptions,
): Promise<CredentialLookup> {
  const places: CredentialPlace[] = [];
  let found: Found | null = null;
  const look = async (place: string, at: () => Promise<Found | string>): Promise<void> => {
    if (found !== null || options.anonymous === true) {
      places.push({ place, outcome: 'not-reached', detail: 'not looked at' });
      return;
    }
    const result = await at();
    if (typeof result !== 'string') found = result;
    places.push(
      typeof result === 'string'
        ? { place, outcome: 'nothing', detail: result }
        : { place, outcome: 'used', detail: result.detail },
    );
  };
  if (options.anonymous === true)
    places.push({ place: '--anonymous', outcome: 'used', detail: 'no credentials are used' });
  if (options.storedOnly !== true) {
    await look(FLAGS, async () => fromLogin(options.login, FLAGS) ?? 'not given');
    await look(VARIABLES, async () => fromVariables(options.env) ?? 'not set');
  }
  for (const path of authFiles(options.env)) await look(path, () => fromFile(path, reference, options));
  // Assigned in a closure, which the compiler does not follow.
  const result = found as Found | null;
  return { credentials: result?.credentials ?? null, origin: result?.origin ?? null, places };
}

function fromLogin(login: Login | undefined, origin: string): Found | null {
  if (login === undefined) return null;
  const credentials = loginOnly(login.username, login.password);
  return { credentials, origin, detail: describeCredentials(credentials) };
}

/** Variables are sent to the registry of the reference, whichever it is: they are set for one command. */
function fromVariables(env: Environment): Found | null {
  const username = env['LAYER_AUDIT_USERNAME'] ?? '';
  const password = env['LAYER_AUDIT_PASSWORD'] ?? '';
  if (username === '' && password === '') return null;
  if (username === '' || password === '') {
    const [set, unset] = username === '' ? ['PASSWORD', 'USERNAME'] : ['USERNAME', 'PASSWORD'];
    throw new AuditError('CREDENTIALS_INVALID', `LAYER_AUDIT_${set} is set, and LAYER_AUDIT_${unset} is not`, {
      hint: 'Set both or none of them.',
    });
  }
  return fromLogin({ username, password }, VARIABLES);
}

async function fromFile(
  path: string,
  reference: RegistryReference,
  options: CredentialOptions,
): Promise<Found | string> {
  const file = readAuthFile(path);
  if (file === null) return 'there is no such file';
  const own = findHelper(file, reference.registry);
  // A helper that the file names for this very registry comes before what stands in the file, as Docker has it.
  if (own !== null) {
    const asked = await fromHelper(path, `credHelpers[${JSON.stringify(own.key)}]`, own.name, [own.key], options);
    return asked ?? `docker-credential-${own.name} has none for ${own.key}`;
  }
  const entry = findEntry(file, reference);
  if (entry !== null) {
    const where = `auths[${JSON.stringify(entry.key)}]`;
    return {
      credentials: entry.credentials,
      origin: path,
      detail: `${where}: ${describeCredentials(entry.credentials)}`,
    };
  }
  return fromStore(path, file, reference.registry, options);
}

async function fromStore(
  path: string,
  { credsStore }: AuthFile,
  registry: string,
  options: CredentialOptions,
): Promise<Found | string> {
  if (credsStore === null) return `has no entry for ${registry}`;
  // Docker keeps Docker Hub's login under the first name, other programs under the plain one.
  const servers = registryKeys(registry).filter((name, i) => i === 0 || name === registry);
  const asked = await fromHelper(path, 'credsStore', credsStore, servers, options);
  return asked ?? `has no entry for ${registry}, and docker-credential-${credsStore} has none`;
}

async function fromHelper(
  path: string,
  where: string,
  name: string,
  servers: readonly string[],
  { env, helperTimeoutMs }: CredentialOptions,
): Promise<Found | null> {
  for (const server of servers) {
    const credentials = await askHelper(name, server, { env, timeoutMs: helperTimeoutMs ?? HELPER_TIMEOUT_MS });
    if (credentials === null) continue;
    const helper = `docker-credential-${name}`;
    return {
      credentials,
      origin: `${helper}, which ${path} names`,
      detail: `${where}: ${helper} has, for ${server}, ${describeCredentials(credentials)}`,
    };
  }
  return null;
}
