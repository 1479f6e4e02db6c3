import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AuditError } from '../core/index.ts';
import { type Attempt, brokenOff, connectionError, timedOut } from './connection-error.ts';
import type { DaemonEndpoint } from './endpoint.ts';

/** How long a request may be silent. */
export interface Patience {
  /** Until the answer begins. */
  readonly answerMs: number;
  /** Between two pieces of it. */
  readonly idleMs: number;
}

/** An answer of a daemon, whatever its status. */
export interface DaemonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body's chunks; ends the request when left. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** The body as a whole, or an error where it has more bytes or takes longer than it may. */
  bytes(limitBytes: number): Promise<Uint8Array>;
  /** Ends the request without reading the body. */
  discard(): void;
}

/**
 * Sends GET requests to one daemon, each on a connection of its own: an audit sends four. Follows no redirects;
 * daemons have none, and what looks like one is another program.
 */
export class DaemonHttp {
  readonly #endpoint: DaemonEndpoint;

  constructor(endpoint: DaemonEndpoint) {
    this.#endpoint = endpoint;
  }

  /**
   * @param what is asked for, in words, for errors
   * @throws AuditError `DAEMON_UNREACHABLE`, `DAEMON_FORBIDDEN`, `DAEMON_TIMEOUT`, `DAEMON_PROTOCOL`
   */
  async get(path: string, what: string, patience: Patience, signal: AbortSignal): Promise<DaemonAnswer> {
    signal.throwIfAborted();
    const attempt: Attempt = { endpoint: this.#endpoint, what };
    const request = this.#open(path, attempt);
    const timer = new SilenceTimer(request, attempt);
    const abort = (): void => {
      request.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    const release = (): void => {
      timer.stop();
      signal.removeEventListener('abort', abort);
      request.destroy();
    };
    const fail = (error: unknown, toError: (error: unknown, attempt: Attempt) => AuditError): never => {
      signal.throwIfAborted();
      throw timer.error ?? (error instanceof AuditError ? error : toError(error, attempt));
    };
    let response: IncomingMessage;
    try {
      timer.start(patience.answerMs);
      response = await sent(request);
    } catch (error) {
      release();
      return fail(error, connectionError);
    }
    timer.stop();
    // A body that breaks while nobody reads it is no error of anybody's.
    response.on('error', () => undefined);
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      try {
        timer.start(patience.idleMs);
        for await (const chunk of response) {
          // Whoever takes the chunk may take its time: nothing is read on until it was taken.
          timer.stop();
          yield chunk as Uint8Array;
          timer.start(patience.idleMs);
        }
        if (!response.complete) throw brokenOff(undefined, attempt);
      } catch (error) {
        fail(error, brokenOff);
      } finally {
        release();
      }
    };
    const bytes = async (limitBytes: number): Promise<Uint8Array> => {
      const parts: Uint8Array[] = [];
      let size = 0;
      // The attack: an answer that drips a byte whenever patience is about to end never ends.
      const deadline = performance.now() + patience.answerMs;
      for await (const chunk of chunks()) {
        size += chunk.byteLength;
        if (performance.now() > deadline) throw timedOut(attempt, patience.answerMs);
        if (size > limitBytes) {
          throw new AuditError(
            'DOCUMENT_TOO_LARGE',
            `${this.#endpoint.address} answered with more than ${limitBytes} bytes when asked for ${what}`,
          );
        }
        parts.push(chunk);
      }
      return Buffer.concat(parts);
    };
    return { status: response.statusCode ?? 0, headers: response.headers, chunks, bytes, discard: release };
  }

  /** Keys and certificates that are none, and paths that no socket can have, are refused before anything is sent. */
  #open(path: string, attempt: Attempt): ClientRequest {
    try {
      return this.#request(path);
    } catch (error) {
      throw connectionError(error, attempt);
    }
  }

  #request(path: string): ClientRequest {
    const { connection } = this.#endpoint;
    const options = { method: 'GET', agent: false, headers: { 'user-agent': 'layer-audit' } } as const;
    if (connection.kind === 'socket')
      // Go's server refuses requests without a host, and a path is none.
      return httpRequest({ ...options, socketPath: connection.path, path, headers: { ...options.headers, host: 'd' } });
    const { host, port, basePath, tls } = connection;
    const target = { ...options, host, port, path: `${basePath}${path}` };
    if (tls === null) return httpRequest(target);
    return httpsRequest({
      ...target,
      rejectUnauthorized: tls.verify,
      ...(tls.ca === null ? {} : { ca: tls.ca }),
      ...(tls.cert === null || tls.key === null ? {} : { cert: tls.cert, key: tls.key }),
    });
  }
}

function sent(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    // Stays for good: a request that is torn down while its body is read tells so a second time, to nobody.
    request.on('error', reject);
    // An answer that is none, such as a switch to another protocol, ends the request without an error.
    request.on('close', () => reject(new Error('the connection was closed')));
    request.end();
  });
}

/** Tears a request down that has been silent for too long. */
class SilenceTimer {
  error: AuditError | undefined;
  readonly #request: ClientRequest;
  readonly #attempt: Attempt;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: ClientRequest, attempt: Attempt) {
    this.#request = request;
    this.#attempt = attempt;
  }

  start(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.error = timedOut(this.#attempt, ms);
      this.#request.destroy();
    }, ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
