import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch, { type Response } from 'node-fetch';
import { AuditError, systemErrorCode } from '../core/index.ts';
import { isLocalAddress, isLoopback } from './endpoint.ts';

/** How requests behave; tests shorten the waits. */
export interface HttpOptions {
  /** Longest time without a byte. */
  readonly idleTimeoutMs: number;
  /** Tries of one request, the first included. */
  readonly attempts: number;
  /** Longest wait that a registry may ask for before the next try. */
  readonly maxRetryAfterMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Options used unless a caller says otherwise. */
export const DEFAULT_HTTP_OPTIONS: HttpOptions = {
  idleTimeoutMs: 60_000,
  attempts: 4,
  maxRetryAfterMs: 30_000,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
    }),
};

const MAX_REDIRECTS = 5;
const USER_AGENT = 'layer-audit';

/** An answer, and what its reader needs to end it. */
export interface HttpAnswer {
  readonly response: Response;
  readonly url: URL;
  /** The body's chunks; ends the request when left. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** The body as a whole, cut off with an error at a limit. */
  bytes(limitBytes: number): Promise<Uint8Array>;
  /** Reads away what is left, so that the connection can be used again. */
  discard(): Promise<void>;
}

/** Sends GET requests: redirects, retries and time-outs. Knows nothing of registries. */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  constructor(options: Partial<HttpOptions> = {}) {
    this.#options = { ...DEFAULT_HTTP_OPTIONS, ...options };
  }

  /** Closes idle connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /**
   * Fetches a URL. Every status is an answer; 429 and 5xx are tried again before they become one.
   * @param headers sent to the URL's own host only; after a redirect to another one, no credentials go along
   * @throws AuditError `REGISTRY_UNREACHABLE`, `REGISTRY_TIMEOUT`, `REDIRECT_REFUSED`
   */
  async get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#follow(url, headers, signal);
        const waitMs = retryWait(answer.response, attempt);
        if (waitMs === null || attempt >= this.#options.attempts || waitMs > this.#options.maxRetryAfterMs)
          return answer;
        await answer.discard();
        await this.#options.sleep(waitMs, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!isTransient(error) || attempt >= this.#options.attempts) throw error;
        await this.#options.sleep(backoff(attempt), signal);
      }
    }
  }

  async #follow(start: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    let url = start;
    let sent: Readonly<Record<string, string>> = headers;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#request(url, sent, signal);
      const location = answer.response.headers.get('location');
      if (![301, 302, 303, 307, 308].includes(answer.response.status) || location === null) return answer;
      await answer.discard();
      if (redirects >= MAX_REDIRECTS) throw refused(url, `it redirects more than ${MAX_REDIRECTS} times`);
      const next = parseUrl(location, url);
      checkRedirect(url, next);
      // The attack: a registry redirects to a host of the attacker's, who then has the user's credentials.
      if (next.origin !== url.origin) sent = withoutCredentials(sent);
      url = next;
    }
  }

  async #request(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const idle = new IdleTimer(this.#options.idleTimeoutMs, url);
    const combined = AbortSignal.any([signal, idle.signal]);
    const fail = (error: unknown, toError: typeof toNetworkError): never => {
      idle.stop();
      signal.throwIfAborted();
      throw idle.error ?? toError(error, url);
    };
    let response: Response;
    try {
      response = await fetch(url, {
        headers: { 'user-agent': USER_AGENT, ...headers },
        redirect: 'manual',
        signal: combined,
        agent: (target) => (target.protocol === 'http:' ? this.#http : this.#https),
      });
    } catch (error) {
      return fail(error, toNetworkError);
    }
    // Nobody waits before the body is read: a timer for an answer that is dropped would hold up the program's end.
    idle.stop();
    const lengthBytes = statedLength(response);
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      let received = 0;
      idle.start();
      try {
        for await (const chunk of response.body ?? []) {
          // Whoever takes the chunk may take its time.
          idle.stop();
          received += (chunk as Uint8Array).byteLength;
          yield chunk as Uint8Array;
          idle.start();
        }
        // node-fetch ends a body without an error when bytes behind it break the protocol.
        if (lengthBytes !== null && received !== lengthBytes) throw brokenOff(url);
      } catch (error) {
        fail(error, toBodyError);
      } finally {
        idle.stop();
      }
    };
    const bytes = async (limitBytes: number): Promise<Uint8Array> => {
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of chunks()) {
        size += chunk.byteLength;
        if (size > limitBytes) {
          throw new AuditError(
            'DOCUMENT_TOO_LARGE',
            `${url.host} answered with more than ${limitBytes} bytes, the limit for a document`,
          );
        }
        parts.push(chunk);
      }
      return Buffer.concat(parts);
    };
    const discard = async (): Promise<void> => {
      let size = 0;
      try {
        for await (const chunk of chunks()) {
          size += chunk.byteLength;
          if (size > 65536) break;
        }
      } catch {
        // What nobody wants may break: a redirect is still followed, a refusal still tried again.
        signal.throwIfAborted();
      }
    };
    return { response, url, chunks, bytes, discard };
  }
}

/** Aborts a request that has been silent for too long. */
class IdleTimer {
  error: AuditError | undefined;
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  readonly #host: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, url: URL) {
    this.#timeoutMs = timeoutMs;
    this.#host = url.host;
    this.start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts waiting for the next byte. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.error = new AuditError(
        'REGISTRY_TIMEOUT',
        `${this.#host} sent nothing for ${Math.round(this.#timeoutMs / 1000)} seconds`,
        {
          hint: 'Try again later, or from another network.',
        },
      );
      this.#controller.abort();
    }, this.#timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

function parseUrl(location: string, base: URL): URL {
  try {
    return new URL(location, base);
  } catch {
    throw refused(base, 'it redirects to something that is no URL');
  }
}

/**
 * Which redirects are followed: to HTTPS anywhere, to HTTP only from HTTP. The attack besides lost secrecy: a
 * registry on the internet redirects to an address that only the auditor can reach, such as a cloud's
 * metadata service, and reads the answer from the report.
 */
function checkRedirect(from: URL, to: URL): void {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') throw refused(from, `it redirects to ${to.protocol}`);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw refused(from, `it redirects to ${to.host} over plain HTTP`);
  if (to.username !== '' || to.password !== '') throw refused(from, 'it redirects to a URL with a user name');
  if (isLocalAddress(to.host) && !isLoopback(from.host) && to.hostname !== from.hostname)
    throw refused(from, `it redirects to ${to.host}, an address of this machine`);
}

function refused(url: URL, why: string): AuditError {
  return new AuditError('REDIRECT_REFUSED', `${url.host} was not followed: ${why}`);
}

/** How long to wait before trying again; null where the answer is final. */
function retryWait(response: Response, attempt: number): number | null {
  const status = response.status;
  if (status !== 429 && (status < 500 || status === 501)) return null;
  const asked = response.headers.get('retry-after');
  if (asked === null) return backoff(attempt);
  const seconds = /^\d+$/.test(asked.trim()) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : backoff(attempt);
}

function backoff(attempt: number): number {
  return 500 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
}

const TRANSIENT = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

function isTransient(error: unknown): boolean {
  if (!(error instanceof AuditError) || error.code !== 'REGISTRY_UNREACHABLE') return false;
  const code = systemErrorCode(error.cause);
  // A connection that was never there will not come up in a second; one that broke may.
  return code !== undefined && code !== 'ECONNREFUSED' && TRANSIENT.has(code);
}

/** What broke while a body was read. */
function toBodyError(error: unknown, url: URL): AuditError {
  const code = systemErrorCode(error) ?? '';
  if (/^(?:Z_|ERR__ERROR)/.test(code)) {
    return new AuditError('REGISTRY_PROTOCOL', `${url.host} says that its answer is compressed, and it is not`, {
      cause: error,
    });
  }
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code.startsWith('HPE_') || TRANSIENT.has(code))
    return brokenOff(url, error);
  return toNetworkError(error, url);
}

function brokenOff(url: URL, cause?: unknown): AuditError {
  return new AuditError('BLOB_TRUNCATED', `${url.host} broke the connection in the middle of its answer`, { cause });
}

/** How long a body says it is; null where it does not, or where it is compressed for the way. */
function statedLength({ headers }: Response): number | null {
  const length = headers.get('content-length');
  return length !== null && /^\d+$/.test(length) && !headers.has('content-encoding') ? Number(length) : null;
}

function toNetworkError(error: unknown, url: URL): AuditError {
  if (error instanceof AuditError) return error;
  const code = systemErrorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const why: Record<string, string> = {
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'its name could not be resolved',
    ECONNREFUSED: 'it refused the connection',
    ECONNRESET: 'it broke the connection',
    ETIMEDOUT: 'it did not answer',
  };
  const tls = code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL/.test(code);
  return new AuditError(
    'REGISTRY_UNREACHABLE',
    `${url.host} cannot be reached: ${tls ? `its certificate is not trusted (${code})` : (why[code ?? ''] ?? code ?? message)}`,
    {
      hint: tls
        ? 'Give Node the registry’s certificate authority with NODE_EXTRA_CA_CERTS=/path/to/ca.pem.'
        : 'Check the name of the registry and your network.',
      cause: error,
    },
  );
}
