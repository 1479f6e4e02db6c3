import { AuditError } from '../core/index.ts';
import type { HttpOptions } from './http.ts';
import type { HttpAnswer } from './http-answer.ts';
import { backoff } from './retry.ts';

/** Sends the request for a blob, with these headers besides; 200 and 206 are answers, all else is an error. */
export type BlobRequest = (headers: Readonly<Record<string, string>>) => Promise<HttpAnswer>;

/** A connection that gave as much before it broke was a good one. */
const PROGRESS_BYTES = 1024 * 1024;
/** The attack: a server that gives a megabyte and hangs up, for ever. */
const MAX_RESUMES = 100;

/**
 * Streams a blob, and goes on where it was when the connection breaks (RFC 9110, "Range Requests"). Bytes that were
 * given out are not given out again; whether those behind the break belong to those before it, the digest tells.
 * @throws AuditError `BLOB_TRUNCATED` where it breaks again and again
 */
export async function* downloadBlob(
  request: BlobRequest,
  { attempts, sleep }: Pick<HttpOptions, 'attempts' | 'sleep'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const state: Progress = { received: 0, totalBytes: null, validator: null, canResume: false };
  for (let failures = 0, resumes = 0; ; resumes += 1) {
    const before = state.received;
    const answer = await request(rangeHeaders(state));
    try {
      yield* rest(answer, state);
      return;
    } catch (error) {
      signal.throwIfAborted();
      failures = state.received - before >= PROGRESS_BYTES ? 1 : failures + 1;
      if (!isBroken(error) || failures >= attempts || resumes >= MAX_RESUMES) throw error;
    }
    await sleep(backoff(failures), signal);
  }
}

interface Progress {
  received: number;
  totalBytes: number | null;
  /** ETag of the blob, if it is one that promises the same bytes. */
  validator: string | null;
  canResume: boolean;
}

function rangeHeaders({ received, validator, canResume }: Progress): Record<string, string> {
  // Offsets count the bytes on the way: a blob that is compressed for it would be put together wrong.
  const headers = { 'accept-encoding': 'identity' };
  if (received === 0 || !canResume) return headers;
  const range = { ...headers, range: `bytes=${received}-` };
  return validator === null ? range : { ...range, 'if-range': validator };
}

/** What of an answer was not given out yet. */
async function* rest(answer: HttpAnswer, state: Progress): AsyncGenerator<Uint8Array> {
  let skip = startOf(answer, state);
  for await (const chunk of answer.chunks()) {
    const fresh = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.byteLength));
    skip -= chunk.byteLength - fresh.byteLength;
    if (fresh.byteLength === 0) continue;
    state.received += fresh.byteLength;
    yield fresh;
  }
  if (skip > 0) throw changed(answer, `it is shorter than the ${state.received} bytes that came before`);
}

/** How many bytes at the beginning of an answer are known; also remembers what the next request needs. */
function startOf(answer: HttpAnswer, state: Progress): number {
  const { status, headers } = answer.response;
  if (status !== 206) {
    const etag = headers.get('etag');
    state.validator = etag !== null && /^"[^"]*"$/.test(etag) ? etag : null;
    state.totalBytes = answer.statedBytes;
    state.canResume = !answer.isEncoded && headers.get('accept-ranges') !== 'none';
    return state.received;
  }
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  // Nobody asked for a part in the first place; or it is another part.
  if (range === null || Number(range[1]) !== state.received || answer.isEncoded)
    throw changed(answer, `it sent another part than the one from byte ${state.received} on`);
  const totalBytes = range[3] === '*' ? null : Number(range[3]);
  if (totalBytes !== null && state.totalBytes !== null && totalBytes !== state.totalBytes)
    throw changed(answer, `it had ${state.totalBytes} bytes before, and has ${totalBytes} now`);
  return 0;
}

function isBroken(error: unknown): boolean {
  return error instanceof AuditError && error.code === 'BLOB_TRUNCATED';
}

function changed(answer: HttpAnswer, why: string): AuditError {
  return new AuditError(
    'REGISTRY_PROTOCOL',
    `${answer.url.host} does not go on with a blob where it broke off: ${why}`,
  );
}
