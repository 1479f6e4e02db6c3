/**
 * A small registry in this process (OCI distribution specification, "Pull"), with every way to answer badly:
 * tests need registries that no registry program would be.
 */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type BuiltBlob, type BuiltImage, blobsOf, sha256 } from './image-builder.ts';

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** Answers one request; `blob` is what an honest registry would send, if it has it. */
export type Answer = (response: ServerResponse, request: SeenRequest, blob: BuiltBlob | undefined) => void;

/** Whom a registry answers. */
export type RegistryAuth =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer';
      /** Who gets a token; everybody where there is none. */
      readonly account?: { readonly username: string; readonly password: string };
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

  private constructor(auth: RegistryAuth) {
    this.#auth = auth;
    this.#server = createServer((incoming, response) => {
      const url = new URL(incoming.url ?? '/', 'http://registry');
      const request = {
        method: incoming.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
      };
      this.requests.push(request);
      this.#answer(request, response);
    });
  }

  /** Starts a registry that holds nothing yet. */
  static async start(auth: RegistryAuth = { kind: 'anonymous' }): Promise<RegistryServer> {
    const registry = new RegistryServer(auth);
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
    return this.#tokens.has((headers.authorization ?? '').replace(/^Bearer /, ''));
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
    const account = auth.kind === 'bearer' ? auth.account : undefined;
    if (account !== undefined && request.headers.authorization !== basicHeader(account.username, account.password)) {
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

/** The header of basic authentication. */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function head(response: ServerResponse, request: SeenRequest, blob: BuiltBlob): void {
  const manifest = request.path.includes('/manifests/');
  response.setHeader('content-type', manifest ? blob.mediaType : 'application/octet-stream');
  response.setHeader('docker-content-digest', blob.digest);
}

/** What an honest registry does. */
export const honest: Answer = (response, request, blob) => {
  if (blob === undefined) return refuse(404, 'BLOB_UNKNOWN', 'it is not here')(response, request, undefined);
  head(response, request, blob);
  response.setHeader('content-length', blob.bytes.byteLength);
  response.end(blob.bytes);
};

/** A refusal with a document of errors (distribution specification, "Error Codes"). */
export function refuse(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
  };
}

/** 429, and how long to wait. */
export function tooManyRequests(retryAfter?: string): Answer {
  return refuse(429, 'TOOMANYREQUESTS', 'slow down', retryAfter === undefined ? {} : { 'retry-after': retryAfter });
}

/** A login page of a proxy, say. */
export function webPage(status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>Welcome</title><p>Log in to use this network.</p>');
  };
}

/**
 * Only the first half of a blob: the connection `breaks`, the body `ends` as if that were all, or the length
 * promises more and then there is `silence`.
 */
export function half(then: 'breaks' | 'ends' | 'silence'): Answer {
  return (response, request, blob) => {
    if (blob === undefined) return honest(response, request, blob);
    head(response, request, blob);
    if (then !== 'ends') response.setHeader('content-length', blob.bytes.byteLength);
    const part = blob.bytes.subarray(0, Math.floor(blob.bytes.byteLength / 2));
    if (then === 'ends') response.end(part);
    else response.write(part, () => then === 'breaks' && setImmediate(() => response.socket?.destroy()));
  };
}

/** A length that promises only half of the bytes that are sent. */
export const tooShortLength: Answer = (response, request, blob) => {
  if (blob === undefined) return honest(response, request, blob);
  head(response, request, blob);
  response.setHeader('content-length', Math.floor(blob.bytes.byteLength / 2));
  response.end(blob.bytes);
};

/** Other bytes than those that were asked for. */
export function otherBytes(bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response, _request, blob) => {
    response.writeHead(200, { 'content-type': blob?.mediaType ?? 'application/octet-stream', ...headers });
    response.end(bytes);
  };
}

/** The right bytes under a `Docker-Content-Digest` of other ones. */
export const wrongContentDigest: Answer = (response, request, blob) => {
  if (blob === undefined) return honest(response, request, blob);
  head(response, request, blob);
  response.setHeader('docker-content-digest', sha256(Buffer.from('something else')));
  response.end(blob.bytes);
};

/** The right bytes, compressed for the way (`Content-Encoding: gzip`). */
export const gzipped: Answer = (response, request, blob) => {
  if (blob === undefined) return honest(response, request, blob);
  head(response, request, blob);
  response.setHeader('content-encoding', 'gzip');
  response.end(gzipSync(blob.bytes));
};

/** A redirect to a URL, or to one made from the request. */
export function redirect(to: string | ((request: SeenRequest) => string), status = 307): Answer {
  return (response, request) => {
    response.writeHead(status, { location: typeof to === 'string' ? to : to(request) });
    response.end();
  };
}

/** Takes the request and never says anything. */
export const silence: Answer = () => undefined;

/** Closes the connection without an answer. */
export const hangUp: Answer = (response) => {
  response.socket?.destroy();
};
