import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Certificates } from './certificates.ts';
import { ProxyRules } from './proxy.ts';

/** What connections are made with. */
export interface ConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null trusts what Node trusts, and shows nothing. */
  readonly certificates: Certificates | null;
  /** Longest time for a proxy to make a connection. */
  readonly connectTimeoutMs: number;
}

/** Keeps connections open between requests: directly or through a proxy, with the certificates of each host. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #proxies: ProxyRules;
  readonly #agents = new Map<string, HttpAgent>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#proxies = new ProxyRules(options.env);
  }

  /**
   * The agent for a URL.
   * @throws AuditError `USAGE_INVALID`, `CERTIFICATE_INVALID`
   */
  agentFor(url: URL): { readonly agent: HttpAgent; readonly proxyHost: string | null } {
    const proxy = this.#proxies.proxyFor(url);
    const secure = url.protocol === 'https:';
    const own = secure ? (this.#options.certificates?.contextFor(url.host) ?? null) : null;
    const name = `${url.protocol} ${proxy?.href ?? ''} ${own?.key ?? ''}`;
    let agent = this.#agents.get(name);
    if (agent === undefined) {
      const options = { keepAlive: true, ...(proxy === null ? {} : this.#through(proxy)) };
      // Said in so many words, because NODE_TLS_REJECT_UNAUTHORIZED=0 would send passwords to whoever answers.
      agent = secure
        ? new HttpsAgent({
            ...options,
            rejectUnauthorized: true,
            ...(own === null ? {} : { secureContext: own.context }),
          })
        : new HttpAgent(options);
      this.#agents.set(name, agent);
    }
    return { agent, proxyHost: proxy?.host ?? null };
  }

  /** Closes idle connections. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  /** Node's agents speak to proxies themselves; which one, and when, is decided here. */
  #through(proxy: URL): object {
    return { proxyEnv: { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href }, timeout: this.#options.connectTimeoutMs };
  }
}
