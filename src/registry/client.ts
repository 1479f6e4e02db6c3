import { digestOf } from '../bytes/index.ts';
import {
  AuditError,
  type Digest,
  digestAlgorithm,
  formatReference,
  isDigest,
  type Limits,
  type RegistryReference,
} from '../core/index.ts';
import { asArray, asObject, asText, MANIFEST_MEDIA_TYPES } from '../oci/index.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { type CredentialLookup, type Credentials, lookUpCredentials } from './credentials.ts';
import { apiHost, isLocalAddress, isLoopback } from './endpoint.ts';
import { type HttpAnswer, HttpClient, type HttpOptions } from './http.ts';
import { Slots } from './slots.ts';

/** What a {@link RegistryClient} is told. */
export interface RegistryClientOptions {
  readonly limits: Limits;
  /** The environment, for the place of the credential file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Speak plain HTTP to registries that are not on this machine. */
  readonly plainHttp?: boolean;
  readonly http?: Partial<HttpOptions>;
}

/** A manifest or index as the registry gave it. */
export interface FetchedManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Digest of these bytes, computed here. */
  readonly digest: Digest;
}

const ERROR_BODY_BYTES = 64 * 1024;
const TOKEN_BYTES = 1024 * 1024;
/** Blobs streamed at once. The attack: a manifest names thousands of layers, and each would open a connection. */
const MAX_DOWNLOADS = 16;

/** Reads images of one repository from its registry (OCI distribution specification, "Pull"). */
export class RegistryClient {
  readonly #reference: RegistryReference;
  readonly #options: RegistryClientOptions;
  readonly #http: HttpClient;
  readonly #downloads = new Slots(MAX_DOWNLOADS);
  #origin: string;
  #authorization: string | undefined;
  #lookup: CredentialLookup | undefined;

  constructor(reference: RegistryReference, options: RegistryClientOptions) {
    this.#reference = reference;
    this.#options = options;
    this.#http = new HttpClient(options.http);
    const host = apiHost(reference.registry);
    const plain = options.plainHttp === true || isLoopback(host);
    this.#origin = `${plain ? 'http' : 'https'}://${host}`;
  }

  /** Closes idle connections. */
  close(): void {
    this.#http.close();
  }

  /**
   * Fetches a manifest by tag or digest. By digest, the bytes are what was asked for or there is an error.
   * @throws AuditError
   */
  async manifest(tagOrDigest: string, signal: AbortSignal): Promise<FetchedManifest> {
    const what = `manifest ${tagOrDigest} of ${this.#name}`;
    const answer = await this.#get(
      `manifests/${tagOrDigest}`,
      { accept: MANIFEST_MEDIA_TYPES.join(', ') },
      what,
      signal,
    );
    const mediaType = (answer.response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    const bytes = await answer.bytes(this.#options.limits.maxManifestBytes);
    if (mediaType === 'text/html' || bytes[0] === 0x3c) throw this.#webPage(what);
    const wanted = isDigest(tagOrDigest) ? tagOrDigest : answer.response.headers.get('docker-content-digest');
    const digest = digestOf(bytes, isDigest(wanted) ? digestAlgorithm(wanted) : 'sha256');
    if (isDigest(wanted) && digest !== wanted) {
      throw new AuditError(
        'DIGEST_MISMATCH',
        `${what} is not what it should be: its bytes have the digest ${digest}, not ${wanted}`,
        {
          hint: 'The registry, or something on the way to it, changes or breaks what it sends.',
        },
      );
    }
    return { bytes, mediaType, digest };
  }

  /**
   * Fetches a small blob whole. The caller holds it against its digest.
   * @throws AuditError
   */
  async smallBlob(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#get(`blobs/${digest}`, {}, `blob ${digest} of ${this.#name}`, signal);
    return answer.bytes(limitBytes);
  }

  /**
   * Streams a blob. The caller digests it to its end.
   * @throws AuditError
   */
  async *blob(digest: Digest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const what = `blob ${digest} of ${this.#name}`;
    await this.#downloads.take();
    try {
      signal.throwIfAborted();
      const answer = await this.#get(`blobs/${digest}`, {}, what, signal);
      if (/^text\/html\b/.test(answer.response.headers.get('content-type') ?? '')) throw this.#webPage(what);
      yield* answer.chunks();
    } finally {
      this.#downloads.release();
    }
  }

  get #name(): string {
    return `${this.#reference.registry}/${this.#reference.repository}`;
  }

  async #get(path: string, headers: Record<string, string>, what: string, signal: AbortSignal): Promise<HttpAnswer> {
    const url = new URL(`/v2/${this.#reference.repository}/${path}`, this.#origin);
    const send = (): Promise<HttpAnswer> =>
      this.#http.get(
        url,
        this.#authorization === undefined ? headers : { ...headers, authorization: this.#authorization },
        signal,
      );
    let answer = await send();
    if (answer.response.status === 401 && answer.url.origin === url.origin) {
      const challenges = parseChallenges(answer.response.headers.get('www-authenticate') ?? '');
      const authorization = await this.#authorize(challenges, signal);
      if (authorization !== undefined && authorization !== this.#authorization) {
        await answer.discard();
        this.#authorization = authorization;
        answer = await send();
      }
    }
    if (answer.response.status === 200) return answer;
    throw await this.#refusal(answer, what);
  }

  /** The header that answers a challenge; undefined where there is nothing to answer it with. */
  async #authorize(challenges: readonly Challenge[], signal: AbortSignal): Promise<string | undefined> {
    this.#lookup ??= lookUpCredentials(this.#reference.registry, this.#options.env);
    const { credentials } = this.#lookup;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return `Bearer ${await this.#token(bearer, credentials, signal)}`;
    if (credentials !== null && challenges.some(({ scheme }) => scheme === 'basic')) return basic(credentials);
    return undefined;
  }

  async #token(challenge: Challenge, credentials: Credentials | null, signal: AbortSignal): Promise<string> {
    const { realm, service, scope } = challenge.parameters;
    const registry = this.#reference.registry;
    if (realm === undefined || !URL.canParse(realm)) {
      throw new AuditError('REGISTRY_PROTOCOL', `${registry} asks for a token and does not say where to get one`);
    }
    const url = new URL(realm);
    const trouble = realmTrouble(url, new URL(this.#origin));
    if (trouble !== null) {
      throw new AuditError(
        'REGISTRY_PROTOCOL',
        `${registry} asks for a token from ${url.host === '' ? url.protocol : url.host}${trouble}; nothing was sent there`,
      );
    }
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope ?? `repository:${this.#reference.repository}:pull`);
    const answer = await this.#http.get(url, credentials === null ? {} : { authorization: basic(credentials) }, signal);
    if (answer.response.status !== 200) throw await this.#tokenRefusal(answer, url);
    const token = readToken(await answer.bytes(TOKEN_BYTES));
    if (token === undefined)
      throw new AuditError('REGISTRY_PROTOCOL', `the token service ${url.host} of ${registry} gave no token`);
    return token;
  }

  async #tokenRefusal(answer: HttpAnswer, { host }: URL): Promise<AuditError> {
    const what = `the token service ${host} of ${this.#reference.registry}`;
    // A token service that is not there must not pass for an image that is not there.
    if (answer.response.status !== 404) return this.#refusal(answer, what);
    await answer.discard();
    return new AuditError('REGISTRY_PROTOCOL', `${what} answered with status 404`);
  }

  async #refusal(answer: HttpAnswer, what: string): Promise<AuditError> {
    const { status, headers } = answer.response;
    const said = await describeErrors(answer);
    const registry = this.#reference.registry;
    const because = said === '' ? '' : `: ${said}`;
    if (/^text\/html\b/.test(headers.get('content-type') ?? '') && status !== 429 && status < 500)
      return this.#webPage(what, status);
    switch (status) {
      case 401:
        return this.#unauthorized(what, because);
      case 403:
        return new AuditError('REGISTRY_FORBIDDEN', `${registry} does not let you read ${what}${because}`, {
          hint: `Check that your account may pull ${this.#reference.repository}.`,
        });
      case 404:
        return new AuditError('REGISTRY_NOT_FOUND', `${registry} has no ${what}${because}`, {
          hint: 'Check the name and the tag. Some registries say this, too, of what you may not see: log in with docker login.',
        });
      case 429: {
        const after = headers.get('retry-after');
        return new AuditError(
          'REGISTRY_RATE_LIMITED',
          `${registry} refuses more requests for now${because}${after === null ? '' : ` (retry after ${after})`}`,
          {
            hint: `Wait, or log in with docker login ${registry}: limits are higher for accounts.`,
          },
        );
      }
      default:
        if (status >= 500) {
          return new AuditError(
            'REGISTRY_SERVER_ERROR',
            `${registry} failed with status ${status} on ${what}${because}`,
            { hint: 'Try again later.' },
          );
        }
        return new AuditError('REGISTRY_PROTOCOL', `${registry} answered with status ${status} on ${what}${because}`);
    }
  }

  #unauthorized(what: string, because: string): AuditError {
    const registry = this.#reference.registry;
    const lookup = this.#lookup;
    const login = `docker login ${registry === 'docker.io' ? '' : registry}`.trim();
    if (lookup?.credentials != null) {
      return new AuditError(
        'REGISTRY_UNAUTHORIZED',
        `${registry} refuses the credentials in ${lookup.origin} for ${what}${because}`,
        {
          hint: `Log in again: ${login}`,
        },
      );
    }
    const helper = lookup?.helper;
    if (lookup?.identityToken === true) {
      return new AuditError(
        'REGISTRY_UNAUTHORIZED',
        `${registry} wants credentials for ${what}, and ${lookup.origin} has only an identity token for it${because}`,
        { hint: `This version does not use identity tokens; log in with a user name and a password: ${login}` },
      );
    }
    return new AuditError(
      'REGISTRY_UNAUTHORIZED',
      `${registry} wants credentials for ${what}, and there are none for it in ${lookup?.origin ?? 'config.json'}${because}`,
      {
        hint:
          helper == null
            ? `Log in: ${login}`
            : `Your login is kept by the credential helper docker-credential-${helper}, which this version does not ask; put a plain "auths" entry into a config.json and name its folder in DOCKER_CONFIG.`,
      },
    );
  }

  #webPage(what: string, status?: number): AuditError {
    const { registry } = this.#reference;
    return new AuditError(
      'REGISTRY_PROTOCOL',
      `${registry} answered with a web page${status === undefined ? '' : ` (status ${status})`} instead of ${what}`,
      {
        hint: `Check that ${formatReference(this.#reference)} names a registry, and that no proxy or login page stands in between.`,
      },
    );
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

function basic({ username, password }: Credentials): string {
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

/** What a registry says about its refusal (distribution specification, "Error Codes"), in one short line. */
async function describeErrors(answer: HttpAnswer): Promise<string> {
  try {
    const object = asObject(JSON.parse(Buffer.from(await answer.bytes(ERROR_BODY_BYTES)).toString('utf8')));
    const lines = (asArray(object?.['errors']) ?? []).slice(0, 3).map((value) => {
      const error = asObject(value);
      return [asText(error?.['code']), asText(error?.['message'])]
        .filter((part) => part !== undefined && part !== '')
        .join(' ');
    });
    return lines
      .filter((line) => line !== '')
      .join('; ')
      .slice(0, 300);
  } catch {
    return '';
  }
}
