import { BlockList, isIP } from 'node:net';
import { AuditError } from '../core/index.ts';
import { isLoopback } from './endpoint.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One entry of NO_PROXY: does it hold for this host and port? */
type Exception = (host: string, port: string) => boolean;

/**
 * Which proxy to use for which host, as the environment has it. The rules are Go's (golang.org/x/net/http/httpproxy),
 * because Docker and Podman follow them: HTTPS_PROXY and HTTP_PROXY by the scheme of the URL, in capitals first,
 * never for this machine itself; ALL_PROXY, which curl has, for what they leave open.
 */
export class ProxyRules {
  readonly #env: Environment;
  readonly #exceptions: readonly Exception[];

  constructor(env: Environment) {
    this.#env = env;
    this.#exceptions = (either(env, 'NO_PROXY')?.value ?? '')
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== '')
      .map(toException);
  }

  /**
   * The proxy for a URL; null where it is reached directly.
   * @throws AuditError `USAGE_INVALID` for a proxy that is none
   */
  proxyFor(url: URL): URL | null {
    const setting =
      either(this.#env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? either(this.#env, 'ALL_PROXY');
    if (setting === null || isLoopback(url.host)) return null;
    const host = url.hostname
      .toLowerCase()
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '');
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    if (this.#exceptions.some((exception) => exception(host, port))) return null;
    return parseProxy(setting);
  }
}

interface Setting {
  readonly name: string;
  readonly value: string;
}

function either(env: Environment, name: string): Setting | null {
  for (const spelling of [name, name.toLowerCase()]) {
    const value = env[spelling]?.trim();
    if (value) return { name: spelling, value };
  }
  return null;
}

/** The value stands in no error: proxies have passwords, too. */
function parseProxy({ name, value }: Setting): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') {
    throw new AuditError('USAGE_INVALID', `${name} is not the address of a proxy`, {
      hint: `Write ${name}=http://HOST:PORT.`,
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AuditError('USAGE_INVALID', `${name} names a proxy of a kind that is not supported: ${url.protocol}//`, {
      hint: 'Only proxies with http:// and https:// are; name the registry in NO_PROXY if it can be reached without one.',
    });
  }
  return url;
}

function toException(entry: string): Exception {
  if (entry === '*') return () => true;
  const range = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (range !== null) return inRange(range[1] as string, Number(range[2]));
  const { name, port } = splitPort(entry);
  const rightPort = (actual: string): boolean => port === null || port === actual;
  if (isIP(name) !== 0) {
    const list = new BlockList();
    list.addAddress(name, isIP(name) === 6 ? 'ipv6' : 'ipv4');
    return (host, actual) => rightPort(actual) && isListed(list, host);
  }
  const bare = name.replace(/^\*(?=\.)/, '');
  // `example.com` is the domain and all below it, `.example.com` only what is below it.
  if (bare.startsWith('.')) return (host, actual) => rightPort(actual) && host.endsWith(bare);
  return (host, actual) => rightPort(actual) && (host === bare || host.endsWith(`.${bare}`));
}

function inRange(address: string, prefix: number): Exception {
  const version = isIP(address);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return (host) => isListed(list, host);
}

function isListed(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function splitPort(entry: string): { name: string; port: string | null } {
  if (isIP(entry) !== 0) return { name: entry, port: null };
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry);
  if (match === null) return { name: entry, port: null };
  return { name: (match[1] as string).replace(/^\[|\]$/g, ''), port: match[2] ?? null };
}
