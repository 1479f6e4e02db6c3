/**
 * A small registry in this process (OCI distribution specification, "Pull"), with every way to answer badly:
 * tests need registries that no registry program would be.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type BuiltBlob, type BuiltImage, blobsOf } from './image-builder.ts';
import { type Answer, honest, refuse, type SeenRequest } from './registry-answers.ts';

export * from './registry-answers.ts';

/** Whom a registry answers. */
export type RegistryAuth =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer';
      /** Who gets a token; everybody where there is none. */
      readonly account?: { readonly username: string; readonly password: string };
      /** What is exchanged for a token (OAuth 2, `grant_type=refresh_token`). */
      readonly identityToken?: string;
      /** A token that is good without being given out. */
      readonly registryToken?: string;
      /** Where tokens are to be had; the registry's own `/token` unless told. */
      readonly realm?: string;
      /** Member of the token document; `token` unless told. */
      readonly member?: 'token' | 'access_token';
      /** The whole challenge, for those that are not as they should be. */
      readonly challenge?: string;
    };

interface Rule {
  readonly path: RegExp;
  readonly answer: Answer;
  left: number;
}

/** A registry on a free port of this machine. Stop it by disposing of it. */
export class RegistryServer implements AsyncDisposable {
  /** All requests so far. */
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #auth: RegistryAuth;
  readonly #rules: Rule[] = [];
  readonly #manifests = new Map<string, BuiltBlob>();
  readonly #blobs = new Map<string, BuiltBlob>();
  readonly #tokens = new Set<string>();
  #issued = 0;

  private constructor(auth: RegistryAuth, tls: ServerOptions | undefined) {
    this.#auth = auth;
    const listen = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
      const url = new URL(incoming.url ?? '/', 'http://registry');
      const body = incoming.method === 'POST' ? await readText(incoming) : '';
      const request = {
        method: incoming.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        form: new URLSearchParams(body),
      };
      this.requests.push(request);
      this.#answer(request, response);
    };
    const listener: RequestListener = (incoming, response) => void listen(incoming, response);
    this.#server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  }

  /** Starts a registry that holds nothing yet; on HTTPS where it is given a certificate. */
  static async start(auth: RegistryAuth = { kind: 'anonymous' }, tls?: ServerOptions): Promise<RegistryServer> {
    const registry = new RegistryServer(auth, tls);
    await new Promise<void>((resolve) => registry.#server.listen(0, '0.0.0.0', resolve));
    return registry;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Host and port, as references name them. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Stores images with all their blobs, and returns the reference of the repository. */
  push(repository: string, images: readonly BuiltImage[], more: readonly BuiltBlob[] = []): string {
    for (const blob of [...blobsOf(images).values(), ...more]) {
      this.#blobs.set(`${repository} ${blob.digest}`, blob);
      if (/manifest|index/.test(blob.mediaType)) this.#manifests.set(`${repository} ${blob.digest}`, blob);
    }
    return `${this.host}/${repository}`;
  }

  /** Points a tag at a manifest or index, or elsewhere than before. */
  tag(repository: string, tag: string, manifest: BuiltBlob): void {
    this.#manifests.set(`${repository} ${tag}`, manifest);
  }

  /** Answers requests for some paths differently from now on, or so many times. The latest rule wins. */
  on(path: RegExp, answer: Answer, times = Number.POSITIVE_INFINITY): this {
    this.#rules.unshift({ path, answer, left: times });
    return this;
  }

  /** Makes all tokens given out so far invalid. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** The paths of requests so far that match, in order. */
  paths(pattern: RegExp): string[] {
    return this.requests.map(({ path }) => path).filter((path) => pattern.test(path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: SeenRequest, response: ServerResponse): void {
    const blob = this.#find(request.path);
    const rule = this.#rules.find(({ path, left }) => left > 0 && path.test(request.path));
    if (rule !== undefined) {
      rule.left -= 1;
      rule.answer(response, request, blob);
      return;
    }
    if (request.path === '/token') this.#giveToken(request, response);
    else if (!this.#isAllowed(request)) this.#challenge(response, request);
    else if (blob === undefined) {
      const manifest = request.path.includes('/manifests/');
      refuse(404, manifest ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN', 'it is not here')(response, request, undefined);
    } else honest(response, request, blob);
  }

  #find(path: string): BuiltBlob | undefined {
    const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path);
    if (match === null) return undefined;
    return (match[2] === 'blobs' ? this.#blobs : this.#manifests).get(`${match[1]} ${match[3]}`);
  }

  #isAllowed({ headers }: SeenRequest): boolean {
    const auth = this.#auth;
    if (auth.kind === 'anonymous') return true;
    if (auth.kind === 'basic') return headers.authorization === basicHeader(auth.username, auth.password);
    const token = (headers.authorization ?? '').replace(/^Bearer /, '');
    return this.#tokens.has(token) || (token !== '' && token === auth.registryToken);
  }

  #challenge(response: ServerResponse, request: SeenRequest): void {
    const repository = /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(request.path)?.[1] ?? '';
    const auth = this.#auth;
    const challenge =
      auth.kind === 'bearer'
        ? (auth.challenge ??
          `Bearer realm="${auth.realm ?? `http://${this.host}/token`}",service="test, registry",scope="repository:${repository}:pull"`)
        : 'Basic realm="test"';
    refuse(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge })(
      response,
      request,
      undefined,
    );
  }

  #giveToken(request: SeenRequest, response: ServerResponse): void {
    const auth = this.#auth;
    if (auth.kind === 'bearer' && !mayHaveToken(request, auth)) {
      refuse(401, 'UNAUTHORIZED', 'incorrect username or password')(response, request, undefined);
      return;
    }
    this.#issued += 1;
    const token = `token-${this.#issued}.${this.port}`;
    this.#tokens.add(token);
    const member = auth.kind === 'bearer' ? (auth.member ?? 'token') : 'token';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ [member]: token, expires_in: 60 }));
  }
}

function mayHaveToken({ method, form, headers }: SeenRequest, auth: RegistryAuth & { kind: 'bearer' }): boolean {
  const { account, identityToken } = auth;
  if (account === undefined && identityToken === undefined) return true;
  if (account !== undefined && headers.authorization === basicHeader(account.username, account.password)) return true;
  return (
    identityToken !== undefined &&
    method === 'POST' &&
    form.get('grant_type') === 'refresh_token' &&
    form.get('refresh_token') === identityToken
  );
}

async function readText(incoming: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The header of basic authentication. */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
