import { AuditError, systemErrorCode } from '../core/index.ts';
import { withoutSignatures } from './concealment.ts';

/** What a request is about, for its errors. */
export interface RequestTarget {
  readonly url: URL;
  /** Host of the proxy that it goes through; null without one. */
  readonly proxyHost: string | null;
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

const WHY: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be resolved',
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it broke the connection',
  ETIMEDOUT: 'it did not answer',
};

/** Whether a request that failed with this may succeed in a second. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof AuditError) || error.code !== 'REGISTRY_UNREACHABLE') return false;
  const code = systemErrorCode(error.cause);
  // A connection that was never there will not come up in a second; one that broke may.
  return code !== undefined && code !== 'ECONNREFUSED' && TRANSIENT.has(code);
}

/** What broke before there was an answer. */
export function toNetworkError(error: unknown, target: RequestTarget): AuditError {
  if (error instanceof AuditError) return error;
  const code = systemErrorCode(error);
  const message = messageOf(error);
  const { host } = target.url;
  const cause = withoutUrls(error);
  if (code === 'ERR_PROXY_TUNNEL') return proxyRefused(message, target, cause);
  const tls = code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL|EPROTO/.test(code);
  if (tls) return tlsFailed(code, host, cause);
  const through = target.proxyHost === null ? '' : ` through the proxy ${target.proxyHost}`;
  return new AuditError(
    'REGISTRY_UNREACHABLE',
    `${host} cannot be reached${through}: ${WHY[code ?? ''] ?? code ?? message}`,
    {
      hint:
        target.proxyHost === null
          ? 'Check the name of the registry and your network.'
          : 'Check the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; hosts in NO_PROXY are reached without it.',
      cause,
    },
  );
}

/** What broke while a body was read. */
export function toBodyError(error: unknown, target: RequestTarget): AuditError {
  const code = systemErrorCode(error) ?? '';
  if (/^(?:Z_|ERR__ERROR)/.test(code)) {
    return new AuditError('REGISTRY_PROTOCOL', `${target.url.host} says that its answer is compressed, and it is not`, {
      cause: withoutUrls(error),
    });
  }
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code.startsWith('HPE_') || TRANSIENT.has(code))
    return brokenOff(target, error);
  return toNetworkError(error, target);
}

/** A body that ended before its end. */
export function brokenOff({ url }: RequestTarget, cause?: unknown): AuditError {
  return new AuditError('BLOB_TRUNCATED', `${url.host} broke the connection in the middle of its answer`, {
    cause: cause === undefined ? undefined : withoutUrls(cause),
  });
}

function proxyRefused(message: string, { url, proxyHost }: RequestTarget, cause: Error): AuditError {
  const status = /HTTP\/1\.[01] (\d{3})/.exec(message)?.[1];
  const said = status === undefined ? '' : ` (status ${status})`;
  return new AuditError('REGISTRY_UNREACHABLE', `the proxy ${proxyHost} does not connect to ${url.host}${said}`, {
    hint:
      status === '407'
        ? 'The proxy wants credentials: http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY.'
        : 'Ask whoever runs the proxy, or name the registry in NO_PROXY if it can be reached without it.',
    cause,
  });
}

function tlsFailed(code: string, host: string, cause: Error): AuditError {
  // EPROTO is what comes of speaking TLS to a server that speaks plain HTTP, and of a client certificate it wants.
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    const why = /certificate[ _]required|handshake[ _]failure|bad[ _]certificate|unknown[ _]ca/i.test(cause.message)
      ? 'it wants a client certificate that it trusts'
      : `TLS failed (${code})`;
    return new AuditError('REGISTRY_UNREACHABLE', `${host} cannot be reached: ${why}`, {
      hint: 'A client certificate is given with --registry-cert and --registry-key. A registry without TLS needs --plain-http.',
      cause,
    });
  }
  return new AuditError('REGISTRY_UNREACHABLE', `${host} cannot be reached: its certificate is not trusted (${code})`, {
    hint: 'Give the certificate of the authority that signed it with --registry-ca /path/to/ca.pem, or in NODE_EXTRA_CA_CERTS.',
    cause,
  });
}

/** The error for `--verbose`: node-fetch's quotes the URL, signature and all, and Node 22's the proxy's password. */
function withoutUrls(error: unknown): Error {
  const code = systemErrorCode(error);
  return Object.assign(new Error(withoutSignatures(messageOf(error))), code === undefined ? {} : { code });
}

function messageOf(error: unknown): string {
  return withoutSignatures(error instanceof Error ? error.message : String(error));
}
