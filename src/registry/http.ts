import fetch, { type Response } from 'node-fetch';
import { Connections } from './connections.ts';
import { HttpAnswer } from './http-answer.ts';
import { isTransient, toNetworkError } from './network-error.ts';
import { Patience, type PatienceOptions } from './patience.ts';
import { checkedRedirect, redirectRefused, redirectTarget, withoutCredentials } from './redirect.ts';
import { backoff, retryWait, sleep } from './retry.ts';

/** How requests behave; tests shorten the waits. */
export interface HttpOptions extends PatienceOptions {
  /** Tries of one request, the first included. */
  readonly attempts: number;
  /** Longest wait that a registry may ask for before the next try. */
  readonly maxRetryAfterMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Options used unless a caller says otherwise. */
export const DEFAULT_HTTP_OPTIONS: HttpOptions = {
  idleTimeoutMs: 60_000,
  minBytesPerSecond: 1024,
  rateWindowMs: 60_000,
  attempts: 4,
  maxRetryAfterMs: 30_000,
  sleep,
};

const USER_AGENT = 'layer-audit';

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends requests: redirects, retries and time-outs. Knows nothing of registries. */
export class HttpClient {
  readonly options: HttpOptions;
  readonly #connections: Connections;

  constructor(options: Partial<HttpOptions> = {}, connections?: Connections) {
    this.options = { ...DEFAULT_HTTP_OPTIONS, ...options };
    this.#connections =
      connections ?? new Connections({ env: {}, certificates: null, connectTimeoutMs: this.options.idleTimeoutMs });
  }

  /** Closes idle connections. */
  close(): void {
    this.#connections.close();
  }

  /**
   * Fetches a URL. Every status is an answer; 429 and 5xx are tried again before they become one.
   * @param headers sent to the URL's own host only; after a redirect to another one, no credentials go along
   * @throws AuditError `REGISTRY_UNREACHABLE`, `REGISTRY_TIMEOUT`, `REDIRECT_REFUSED`
   */
  get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#repeat(() => this.#follow(url, headers, signal), signal);
  }

  /**
   * Sends a form, and follows no redirect: what is in it is for this host.
   * @throws AuditError `REGISTRY_UNREACHABLE`, `REGISTRY_TIMEOUT`, `REDIRECT_REFUSED`
   */
  postForm(url: URL, form: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const request: HttpRequest = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    };
    return this.#repeat(async () => {
      const answer = await this.#request(url, request, signal);
      if (redirectTarget(answer.response.status, answer.response.headers.get('location')) === null) return answer;
      await answer.discard();
      throw redirectRefused(url, 'it redirects a request that holds credentials');
    }, signal);
  }

  async #repeat(send: () => Promise<HttpAnswer>, signal: AbortSignal): Promise<HttpAnswer> {
    const { attempts, maxRetryAfterMs } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await send();
        const waitMs = retryWait(answer.response, attempt);
        if (waitMs === null || attempt >= attempts || waitMs > maxRetryAfterMs) return answer;
        await answer.discard();
        await this.options.sleep(waitMs, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!isTransient(error) || attempt >= attempts) throw error;
        await this.options.sleep(backoff(attempt), signal);
      }
    }
  }

  async #follow(start: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    let url = start;
    let sent: Readonly<Record<string, string>> = headers;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#request(url, { method: 'GET', headers: sent }, signal);
      const location = redirectTarget(answer.response.status, answer.response.headers.get('location'));
      if (location === null) return answer;
      await answer.discard();
      const next = checkedRedirect(url, location, redirects);
      // The attack: a registry redirects to a host of the attacker's, who then has the user's credentials.
      if (next.origin !== url.origin) sent = withoutCredentials(sent);
      url = next;
    }
  }

  async #request(url: URL, { method, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { agent, proxyHost } = this.#connections.agentFor(url);
    const target = { url, proxyHost };
    const patience = new Patience(this.options, url);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { 'user-agent': USER_AGENT, ...headers },
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.any([signal, patience.signal]),
        agent,
      });
    } catch (error) {
      patience.rests();
      signal.throwIfAborted();
      throw patience.error ?? toNetworkError(error, target);
    }
    // Nobody waits before the body is read.
    patience.rests();
    return new HttpAnswer(response, target, patience, signal);
  }
}
