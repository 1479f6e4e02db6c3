import { AuditError } from '../core/index.ts';

/** Programs that keep images and speak the Docker Engine API. */
export type Engine = 'docker' | 'podman';

/** The environment, for what it says of daemons. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Keys and certificates for a daemon that is reached over TLS, as PEM texts. Never print one. */
export interface TlsMaterial {
  /** The only authority trusted; null trusts those that Node trusts. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** False where the user's own configuration says not to look at the daemon's certificate. */
  readonly verify: boolean;
}

/** How to get to a daemon. */
export type DaemonConnection =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      /** In front of every path of the API; empty for none. */
      readonly basePath: string;
      readonly tls: TlsMaterial | null;
    };

/** A daemon to ask. */
export interface DaemonEndpoint {
  readonly engine: Engine;
  readonly connection: DaemonConnection;
  /** As errors name it: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Who says that it is there, in words: `from DOCKER_HOST`. */
  readonly origin: string;
}

/** Ports that Docker listens on, without and with TLS. */
const DOCKER_PORT = 2375;
const DOCKER_TLS_PORT = 2376;

/**
 * Reads the address of a daemon as `DOCKER_HOST`, `CONTAINER_HOST` and Docker contexts have it: `unix://PATH`,
 * `tcp://HOST[:PORT]`, or `HOST:PORT` alone.
 * @param tls used for `tcp://`; null speaks plain HTTP, as Docker's own client does
 * @throws AuditError `DAEMON_CONFIG_INVALID`, or `SOURCE_UNSUPPORTED` for other ways to a daemon
 */
export function parseDaemonHost(
  text: string,
  settings: { readonly engine: Engine; readonly origin: string; readonly tls: TlsMaterial | null },
): DaemonEndpoint {
  const { engine, origin, tls } = settings;
  const host = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(host)?.[1]?.toLowerCase();
  if (scheme === 'unix') {
    const path = host.slice('unix://'.length);
    if (path === '') throw invalidHost(origin, 'it names no socket', 'unix:///path/to/the.sock');
    return { engine, origin, connection: { kind: 'socket', path }, address: `unix://${path}` };
  }
  if (scheme !== undefined && scheme !== 'tcp') throw unsupported(scheme, engine, origin);
  const bare = scheme === undefined ? host : host.slice('tcp://'.length);
  const url = parseUrl(`tcp://${bare.replace(/^(?=:|$)/, '127.0.0.1')}`);
  // Not quoted: what stands in front of the @ may be a password.
  if (url !== null && (url.username !== '' || url.password !== ''))
    throw invalidHost(origin, 'it has a user name', 'tcp://HOST:PORT');
  if (url === null || url.hostname === '' || url.search !== '' || url.hash !== '')
    throw invalidHost(
      origin,
      `${JSON.stringify(host.slice(0, 200))} is no address`,
      'unix:///path/to/the.sock or tcp://HOST:PORT',
    );
  const port = url.port === '' ? (tls === null ? DOCKER_PORT : DOCKER_TLS_PORT) : Number(url.port);
  return {
    engine,
    origin,
    connection: {
      kind: 'tcp',
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      basePath: url.pathname.replace(/\/+$/, ''),
      tls,
    },
    address: `tcp://${url.hostname}:${port}`,
  };
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function invalidHost(origin: string, why: string, example: string): AuditError {
  return new AuditError('DAEMON_CONFIG_INVALID', `the address of the daemon ${origin} makes no sense: ${why}`, {
    hint: `Write it as ${example}.`,
  });
}

function unsupported(scheme: string, engine: Engine, origin: string): AuditError {
  const save =
    scheme === 'ssh'
      ? `Let the client go there: ${engine} ${engine === 'docker' ? '-H ssh://HOST' : '--remote'} save NAME | audit image -. Or forward the socket: ssh -L /tmp/daemon.sock:/path/of/its/socket HOST, and name unix:///tmp/daemon.sock.`
      : `Let the client ask: ${engine} save NAME | audit image -.`;
  return new AuditError(
    'SOURCE_UNSUPPORTED',
    `the address of the daemon ${origin} begins with ${scheme}://, which the audit does not speak`,
    { hint: save },
  );
}
