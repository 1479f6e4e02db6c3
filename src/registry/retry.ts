import type { Response } from 'node-fetch';

/** How long to wait before trying again; null where the answer is final. */
export function retryWait(response: Response, attempt: number): number | null {
  const status = response.status;
  if (status !== 429 && (status < 500 || status === 501)) return null;
  const asked = response.headers.get('retry-after');
  if (asked === null) return backoff(attempt);
  const seconds = /^\d+$/.test(asked.trim()) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : backoff(attempt);
}

/** Half a second, doubled with every try; a quarter more or less, so that not all clients come back at once. */
export function backoff(attempt: number): number {
  return 500 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
}

/** Waits, or throws the reason of a signal that aborts meanwhile. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
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
  });
}
