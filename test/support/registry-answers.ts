/** How registries answer: honestly, and in every other way. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type BuiltBlob, sha256 } from './image-builder.ts';

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** What a form holds; empty for all other requests. */
  readonly form: URLSearchParams;
}

/** Answers one request; `blob` is what an honest registry would send, if it has it. */
export type Answer = (response: ServerResponse, request: SeenRequest, blob: BuiltBlob | undefined) => void;

function head(response: ServerResponse, request: SeenRequest, blob: BuiltBlob): void {
  const manifest = request.path.includes('/manifests/');
  response.setHeader('content-type', manifest ? blob.mediaType : 'application/octet-stream');
  response.setHeader('docker-content-digest', blob.digest);
}

/** What an honest registry does. */
export const honest: Answer = (response, request, blob) => {
  if (blob === undefined) return refuse(404, 'BLOB_UNKNOWN', 'it is not here')(response, request, undefined);
  head(response, request, blob);
  response.setHeader('content-length', blob.bytes.byteLength);
  response.end(blob.bytes);
};

/** A refusal with a document of errors (distribution specification, "Error Codes"). */
export function refuse(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
  };
}

/** 429, and how long to wait. */
export function tooManyRequests(retryAfter?: string): Answer {
  return refuse(429, 'TOOMANYREQUESTS', 'slow down', retryAfter === undefined ? {} : { 'retry-after': retryAfter });
}

/** A login page of a proxy, say. */
export function webPage(status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>Welcome</title><p>Log in to use this network.</p>');
  };
}

/**
 * Only the first half of a blob: the connection `breaks`, the body `ends` as if that were all, or the length
 * promises more and then there is `silence`.
 */
export function half(then: 'breaks' | 'ends' | 'silence'): Answer {
  return (response, request, blob) => {
    if (blob === undefined) return honest(response, request, blob);
    head(response, request, blob);
    if (then !== 'ends') response.setHeader('content-length', blob.bytes.byteLength);
    const part = blob.bytes.subarray(0, Math.floor(blob.bytes.byteLength / 2));
    if (then === 'ends') response.end(part);
    else response.write(part, () => then === 'breaks' && setImmediate(() => response.socket?.destroy()));
  };
}

/** A length that promises only half of the bytes that are sent. */
export const tooShortLength: Answer = (response, request, blob) => {
  if (blob === undefined) return honest(response, request, blob);
  head(response, request, blob);
  response.setHeader('content-length', Math.floor(blob.bytes.byteLength / 2));
  response.end(blob.bytes);
};

/** Other bytes than those that were asked for. */
export function otherBytes(bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response, _request, blob) => {
    response.writeHead(200, { 'content-type': blob?.mediaType ?? 'application/octet-stream', ...headers });
    response.end(bytes);
  };
}

/** The right bytes under a `Docker-Content-Digest` of other ones. */
export const wrongContentDigest: Answer = (response, request, blob) => {
  if (blob === undefined) return honest(response, request, blob);
  head(response, request, blob);
  response.setHeader('docker-content-digest', sha256(Buffer.from('something else')));
  response.end(blob.bytes);
};

/** The right bytes, compressed for the way (`Content-Encoding: gzip`). */
export const gzipped: Answer = (response, request, blob) => {
  if (blob === undefined) return honest(response, request, blob);
  head(response, request, blob);
  response.setHeader('content-encoding', 'gzip');
  response.end(gzipSync(blob.bytes));
};

/** A redirect to a URL, or to one made from the request. */
export function redirect(to: string | ((request: SeenRequest) => string), status = 307): Answer {
  return (response, request) => {
    response.writeHead(status, { location: typeof to === 'string' ? to : to(request) });
    response.end();
  };
}

/** Takes the request and never says anything. */
export const silence: Answer = () => undefined;

/** Closes the connection without an answer. */
export const hangUp: Answer = (response) => {
  response.socket?.destroy();
};
