import { AuditError, systemErrorCode } from '../core/index.ts';
import type { DaemonEndpoint } from './endpoint.ts';

/** What was tried, for errors. */
export interface Attempt {
  readonly endpoint: DaemonEndpoint;
  readonly what: string;
}

/** How each engine is called and set going. */
export const ENGINES = {
  docker: {
    daemon: 'Docker daemon',
    variable: 'DOCKER_HOST',
    start: 'Start it (sudo systemctl start docker, or Docker Desktop)',
    permission: 'Run the audit as a user of the group docker (sudo usermod -aG docker $USER, and log in again)',
  },
  podman: {
    daemon: 'Podman service',
    variable: 'CONTAINER_HOST',
    start: 'Start it (systemctl --user start podman.socket; on a Mac podman machine start)',
    permission: 'Run the audit as the user whose images they are',
  },
} as const;

/** `Docker daemon at unix:///var/run/docker.sock (the default)`. */
export function describeDaemon({ engine, address, origin }: DaemonEndpoint): string {
  return `${ENGINES[engine].daemon} at ${address} (${origin})`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the socket does not exist',
  ENOTDIR: 'the socket does not exist',
  ECONNREFUSED: 'nobody listens there',
  ENOTSOCK: 'it is no socket',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be resolved',
  ETIMEDOUT: 'it did not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ECONNRESET: 'it broke the connection',
  EPIPE: 'it broke the connection',
  EINVAL: 'the path is no address of a socket',
};

/** Why no answer came. */
export function connectionError(error: unknown, { endpoint, what }: Attempt): AuditError {
  const code = systemErrorCode(error) ?? '';
  const { variable, start, permission } = ENGINES[endpoint.engine];
  const daemon = describeDaemon(endpoint);
  const save = `${endpoint.engine} save NAME | audit image -`;
  if (code === 'EACCES' || code === 'EPERM') {
    return new AuditError('DAEMON_FORBIDDEN', `you may not speak to the ${daemon}: permission denied`, {
      hint: `${permission}, or let somebody who may: sudo ${save}.`,
      cause: error,
    });
  }
  // The codes of Node's own HTTP parser.
  if (code.startsWith('HPE_')) {
    return new AuditError('DAEMON_PROTOCOL', `what answers as the ${daemon} does not speak HTTP (${code})`, {
      hint: `Check the address. A daemon that wants TLS is told so by ${variable === 'DOCKER_HOST' ? 'DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH' : 'its own client'}.`,
      cause: error,
    });
  }
  if (isTlsCode(code)) {
    return new AuditError('DAEMON_UNREACHABLE', `no trusted connection to the ${daemon}: ${describeTls(code)}`, {
      hint: 'Check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH, or those of the Docker context.',
      cause: error,
    });
  }
  const why = REASONS[code] ?? (code || 'the connection failed');
  const broken = code === 'ECONNRESET' || code === 'EPIPE';
  return new AuditError(
    'DAEMON_UNREACHABLE',
    broken ? `the ${daemon} broke the connection when asked for ${what}` : `no answer from a ${daemon}: ${why}`,
    {
      hint: broken
        ? `Look into its log; it may have crashed or been stopped${isPlain(endpoint) ? ', or want TLS: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH' : ''}.`
        : `${start}, or name its address in ${variable}. Without one: an archive of ${endpoint.engine} save, or registry:NAME.`,
      cause: error,
    },
  );
}

/** Whether a daemon is spoken to over a network without TLS. */
function isPlain({ engine, connection }: DaemonEndpoint): boolean {
  return engine === 'docker' && connection.kind === 'tcp' && connection.tls === null;
}

function isTlsCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO|^ERR_(?:TLS|SSL|OSSL)|^EPROTO$/.test(code);
}

function describeTls(code: string): string {
  if (code === 'EPROTO' || code.includes('WRONG_VERSION')) return `it does not speak TLS (${code})`;
  if (code.startsWith('ERR_OSSL')) return `the key or certificate is no valid PEM (${code})`;
  return `its certificate or ours is not accepted (${code})`;
}

/** The error for an answer that ends in its middle. */
export function brokenOff(error: unknown, { endpoint, what }: Attempt): AuditError {
  return new AuditError('DAEMON_UNREACHABLE', `the ${describeDaemon(endpoint)} broke off in the middle of ${what}`, {
    hint: 'Try again, and look into its log: it may have run out of disk space, or been stopped.',
    cause: error,
  });
}

/** The error for a daemon that is silent. */
export function timedOut({ endpoint, what }: Attempt, ms: number): AuditError {
  return new AuditError(
    'DAEMON_TIMEOUT',
    `the ${describeDaemon(endpoint)} was silent for ${Math.max(1, Math.round(ms / 1000))} seconds when asked for ${what}`,
    { hint: `Check that it is well: ${endpoint.engine} version.` },
  );
}
