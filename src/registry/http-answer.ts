import type { Response } from 'node-fetch';
import { AuditError } from '../core/index.ts';
import { brokenOff, type RequestTarget, toBodyError } from './network-error.ts';
import type { Patience } from './patience.ts';

const MAX_DISCARDED_BYTES = 64 * 1024;

/** An answer, and how its body is read. */
export class HttpAnswer {
  readonly response: Response;
  readonly #target: RequestTarget;
  readonly #patience: Patience;
  readonly #signal: AbortSignal;

  constructor(response: Response, target: RequestTarget, patience: Patience, signal: AbortSignal) {
    this.response = response;
    this.#target = target;
    this.#patience = patience;
    this.#signal = signal;
  }

  /** Where it came from, after all redirects. */
  get url(): URL {
    return this.#target.url;
  }

  /** How many bytes the body has; null where it does not say, or where it is compressed for the way. */
  get statedBytes(): number | null {
    const length = this.response.headers.get('content-length');
    return length !== null && /^\d+$/.test(length) && !this.isEncoded ? Number(length) : null;
  }

  /** Whether the body was compressed for the way. */
  get isEncoded(): boolean {
    const encoding = this.response.headers.get('content-encoding');
    return encoding !== null && encoding !== 'identity';
  }

  /** The body's chunks; ends the request when left. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const stated = this.statedBytes;
    let received = 0;
    this.#patience.waits();
    try {
      for await (const chunk of this.response.body ?? []) {
        const { byteLength } = chunk as Uint8Array;
        received += byteLength;
        // Whoever takes the chunk may take its time.
        this.#patience.got(byteLength);
        yield chunk as Uint8Array;
        this.#patience.waits();
      }
      // node-fetch ends a body without an error when bytes behind it break the protocol.
      if (stated !== null && received !== stated) throw brokenOff(this.#target);
    } catch (error) {
      this.#signal.throwIfAborted();
      throw this.#patience.error ?? (error instanceof AuditError ? error : toBodyError(error, this.#target));
    } finally {
      this.#patience.rests();
    }
  }

  /**
   * The body as a whole.
   * @throws AuditError `DOCUMENT_TOO_LARGE`
   */
  async bytes(limitBytes: number): Promise<Uint8Array> {
    return joinChunks(this.chunks(), limitBytes, this.url.host);
  }

  /** Reads away what is left, so that the connection can be used again. */
  async discard(): Promise<void> {
    let size = 0;
    try {
      for await (const chunk of this.chunks()) {
        size += chunk.byteLength;
        if (size > MAX_DISCARDED_BYTES) break;
      }
    } catch {
      // What nobody wants may break: a redirect is still followed, a refusal still tried again.
      this.#signal.throwIfAborted();
    }
  }
}

/**
 * Chunks put together, up to a limit.
 * @throws AuditError `DOCUMENT_TOO_LARGE`
 */
export async function joinChunks(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
  host: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > limitBytes) {
      throw new AuditError(
        'DOCUMENT_TOO_LARGE',
        `${host} answered with more than ${limitBytes} bytes, the limit for a document`,
      );
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
