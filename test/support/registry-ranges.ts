/** Answers of registries whose connections break, and that send the rest when they are asked for it (RFC 9110, 14). */
import type { Answer } from './registry-answers.ts';

/** How a registry goes on. */
export interface PiecemealOptions {
  /** Sent with each answer, and held against `If-Range`. */
  readonly etag?: string;
  /** `ignored`: 200 and the whole blob. `refused`: 416. `shifted`: a byte too late. `grown`: another total. */
  readonly ranges?: 'kept' | 'ignored' | 'refused' | 'shifted' | 'grown';
  /** Sent besides. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends so many bytes of a blob at most, from where it is asked to, and then breaks the connection. */
export function piecemeal(pieceBytes: number, { etag, ranges = 'kept', headers = {} }: PiecemealOptions = {}): Answer {
  return (response, request, blob) => {
    const bytes = blob?.bytes ?? new Uint8Array();
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const stale = request.headers['if-range'] !== undefined && request.headers['if-range'] !== etag;
    const ranged = asked !== undefined && ranges !== 'ignored' && !stale;
    if (ranged && ranges === 'refused') {
      response.writeHead(416, { 'content-range': `bytes */${bytes.byteLength}` }).end();
      return;
    }
    const start = ranged ? Number(asked) + (ranges === 'shifted' ? 1 : 0) : 0;
    const total = bytes.byteLength + (ranges === 'grown' ? 1 : 0);
    response.writeHead(ranged ? 206 : 200, {
      'content-length': bytes.byteLength - start,
      ...(ranged ? { 'content-range': `bytes ${start}-${bytes.byteLength - 1}/${total}` } : {}),
      ...(etag === undefined ? {} : { etag }),
      ...headers,
    });
    const piece = bytes.subarray(start, start + pieceBytes);
    if (start + piece.byteLength === bytes.byteLength) response.end(piece);
    else response.write(piece, () => setImmediate(() => response.socket?.destroy()));
  };
}
