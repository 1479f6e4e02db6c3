import { AuditError } from '../core/index.ts';

/** How long a host may take. */
export interface PatienceOptions {
  /** Longest time without a byte. */
  readonly idleTimeoutMs: number;
  /** Slowest rate that is borne, judged over each window of waiting. */
  readonly minBytesPerSecond: number;
  readonly rateWindowMs: number;
}

/**
 * Watches how long a host lets us wait: without a byte, and with too few of them. The attack: a registry that sends
 * one byte a minute is never silent, and holds an audit for years. Only time spent waiting counts; whoever works on
 * the bytes may take as long as it needs.
 */
export class Patience {
  error: AuditError | undefined;
  readonly #controller = new AbortController();
  readonly #options: PatienceOptions;
  readonly #host: string;
  #timer: NodeJS.Timeout | undefined;
  #waitingSince: number | undefined;
  #waitedMs = 0;
  #bytes = 0;

  constructor(options: PatienceOptions, url: URL) {
    this.#options = options;
    this.#host = url.host;
    this.waits();
  }

  /** Aborts when the host has been silent for too long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on, somebody waits for a byte. */
  waits(): void {
    clearTimeout(this.#timer);
    this.#waitingSince = performance.now();
    this.#timer = setTimeout(() => {
      const seconds = Math.round(this.#options.idleTimeoutMs / 1000);
      this.error = timedOut(`${this.#host} sent nothing for ${seconds} seconds`);
      this.#controller.abort();
    }, this.#options.idleTimeoutMs);
  }

  /** Nobody waits any longer. A timer for an answer that is dropped would hold up the program's end. */
  rests(): void {
    clearTimeout(this.#timer);
    this.#waitingSince = undefined;
  }

  /**
   * Bytes came, and nobody waits until {@link waits} is said again.
   * @throws AuditError `REGISTRY_TIMEOUT` where they have been too few for too long
   */
  got(bytes: number): void {
    if (this.#waitingSince !== undefined) this.#waitedMs += performance.now() - this.#waitingSince;
    this.rests();
    this.#bytes += bytes;
    if (this.#waitedMs < this.#options.rateWindowMs) return;
    const perSecond = this.#bytes / (this.#waitedMs / 1000);
    if (perSecond < this.#options.minBytesPerSecond) {
      const bytesText = perSecond < 1 ? 'less than one byte' : `${Math.round(perSecond)} bytes`;
      throw timedOut(
        `${this.#host} is too slow: it sent ${bytesText} a second, and less than ${this.#options.minBytesPerSecond} are not waited for`,
      );
    }
    this.#waitedMs = 0;
    this.#bytes = 0;
  }
}

function timedOut(message: string): AuditError {
  return new AuditError('REGISTRY_TIMEOUT', message, { hint: 'Try again later, or from another network.' });
}
