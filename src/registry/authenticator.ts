import { AuditError, type RegistryReference } from '../core/index.ts';
import { asObject, asText } from '../oci/index.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Concealment } from './concealment.ts';
import type { CredentialLookup, Credentials, Login } from './credentials/credentials.ts';
import { isLocalAddress, isLoopback } from './endpoint.ts';
import type { HttpClient } from './http.ts';
import type { HttpAnswer } from './http-answer.ts';

/** What an {@link Authenticator} is told. */
export interface AuthenticatorOptions {
  readonly reference: RegistryReference;
  /** Scheme, host and port of the registry's API. */
  readonly origin: URL;
  readonly http: HttpClient;
  /** Called at most once, when the registry asks. */
  readonly lookUp: () => Promise<CredentialLookup>;
  /** Is told every secret before it is sent. */
  readonly concealment: Concealment;
  /** The error for a token service that refuses. */
  readonly toRefusal: (answer: HttpAnswer, what: string) => Promise<AuditError>;
}

const TOKEN_BYTES = 1024 * 1024;
const CLIENT_ID = 'layer-audit';

/** Answers the challenges of a registry (distribution specification, token authentication; RFC 7617). */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #header: string | undefined;
  #lookup: Promise<CredentialLookup> | undefined;
  /** What was found, once somebody has asked for it. */
  lookup: CredentialLookup | undefined;
  /** Whether credentials were found, of a kind that the registry does not ask for. */
  wrongKind = false;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** The `Authorization` header to send; undefined before the registry has asked for one. */
  get header(): string | undefined {
    return this.#header;
  }

  /**
   * Takes a refusal (401) of a request that was sent with some header; says whether it is worth sending it again.
   * @throws AuditError
   */
  async answer(refusal: HttpAnswer, sent: string | undefined, signal: AbortSignal): Promise<boolean> {
    // Another request has had a new token meanwhile.
    if (sent !== this.#header) return true;
    const challenges = parseChallenges(refusal.response.headers.get('www-authenticate') ?? '');
    const header = await this.#authorize(challenges, signal);
    this.wrongKind = header === undefined && this.lookup?.credentials != null;
    if (header === undefined || header === sent) return false;
    this.#header = header;
    return true;
  }

  /** The header that answers a challenge; undefined where there is nothing to answer it with. */
  async #authorize(challenges: readonly Challenge[], signal: AbortSignal): Promise<string | undefined> {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const basicAsked = challenges.some(({ scheme }) => scheme === 'basic');
    if (bearer === undefined && !basicAsked) return undefined;
    const { credentials } = await this.#found();
    if (bearer !== undefined) {
      const token = credentials?.registryToken ?? (await this.#token(bearer, credentials, signal));
      this.#options.concealment.add(token);
      return `Bearer ${token}`;
    }
    return credentials?.login == null ? undefined : basic(credentials.login);
  }

  async #found(): Promise<CredentialLookup> {
    this.#lookup ??= this.#options.lookUp();
    this.lookup = await this.#lookup;
    const { concealment } = this.#options;
    const { login, identityToken, registryToken } = this.lookup.credentials ?? {};
    if (login != null) {
      concealment.add(login.password);
      concealment.add(basic(login).slice('Basic '.length));
    }
    concealment.add(identityToken ?? '');
    concealment.add(registryToken ?? '');
    return this.lookup;
  }

  async #token(challenge: Challenge, credentials: Credentials | null, signal: AbortSignal): Promise<string> {
    const { reference, origin, http } = this.#options;
    const { realm, service } = challenge.parameters;
    const { registry, repository } = reference;
    if (realm === undefined || !URL.canParse(realm)) {
      throw new AuditError('REGISTRY_PROTOCOL', `${registry} asks for a token and does not say where to get one`);
    }
    const url = new URL(realm);
    const trouble = realmTrouble(url, origin);
    if (trouble !== null) {
      throw new AuditError(
        'REGISTRY_PROTOCOL',
        `${registry} asks for a token from ${url.host === '' ? url.protocol : url.host}${trouble}; nothing was sent there`,
      );
    }
    const scope = challenge.parameters['scope'] ?? `repository:${repository}:pull`;
    const answer =
      credentials?.identityToken == null
        ? await http.get(
            withQuery(url, service, scope),
            credentials?.login == null ? {} : { authorization: basic(credentials.login) },
            signal,
          )
        : await http.postForm(
            url,
            {
              grant_type: 'refresh_token',
              service: service ?? '',
              client_id: CLIENT_ID,
              scope,
              refresh_token: credentials.identityToken,
            },
            signal,
          );
    if (answer.response.status !== 200) throw await this.#tokenRefusal(answer, url);
    const token = readToken(await answer.bytes(TOKEN_BYTES));
    if (token === undefined)
      throw new AuditError('REGISTRY_PROTOCOL', `the token service ${url.host} of ${registry} gave no token`);
    return token;
  }

  async #tokenRefusal(answer: HttpAnswer, { host }: URL): Promise<AuditError> {
    const what = `the token service ${host} of ${this.#options.reference.registry}`;
    // A token service that is not there must not pass for an image that is not there.
    if (answer.response.status !== 404) return this.#options.toRefusal(answer, what);
    await answer.discard();
    return new AuditError('REGISTRY_PROTOCOL', `${what} answered with status 404`);
  }
}

/** Why no token is asked for at a realm that a registry names; null where nothing speaks against it. */
function realmTrouble(realm: URL, registry: URL): string | null {
  if (realm.protocol !== 'https:' && realm.protocol !== 'http:') return ', which is no web address';
  if (realm.username !== '' || realm.password !== '') return ' under a user name of its own';
  // The attack: a registry names a realm on plain HTTP, and everybody on the way reads the password.
  if (realm.protocol === 'http:' && !isLoopback(realm.host)) return ' over plain HTTP';
  // The attack: a registry on the internet names a service that only the auditor reaches, to send it a request.
  if (isLocalAddress(realm.host) && !isLoopback(registry.host) && realm.hostname !== registry.hostname)
    return ', an address of this machine';
  return null;
}

function withQuery(realm: URL, service: string | undefined, scope: string): URL {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  return url;
}

function basic({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function readToken(bytes: Uint8Array): string | undefined {
  try {
    const object = asObject(JSON.parse(Buffer.from(bytes).toString('utf8')));
    const token = asText(object?.['token']) ?? asText(object?.['access_token']);
    return token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
