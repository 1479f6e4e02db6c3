/**
 * A small Docker daemon in this process (Docker Engine API: `_ping`, `version`, `images/NAME/json`, `images/NAME/get`),
 * on a unix socket or on TCP, with every way to answer badly.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  archive,
  type BuiltImage,
  buildIndex,
  dockerSaveHybrid,
  dockerSaveLegacy,
  type Files,
} from './image-builder.ts';

/** An image as a daemon keeps it. */
export interface KeptImage {
  /** Its ID, digest of what the daemon says it is. */
  readonly id: string;
  readonly names: readonly string[];
  /** What `docker save` gives. */
  readonly save: Buffer;
}

/** How a daemon sends an archive. */
export type Sending = (response: ServerResponse, save: Buffer) => Promise<void> | void;

/** What a daemon is and has. */
export interface DaemonRecipe {
  readonly images?: readonly KeptImage[];
  /** The version it announces when pinged; null announces none, as daemons before Docker 1.13. */
  readonly apiVersion?: string | null;
  readonly send?: Sending;
  /** Answers instead of the daemon; says whether it did. The path has no version in front. */
  readonly answer?: (path: string, response: ServerResponse, request: IncomingMessage) => boolean;
  /** Asks for TLS; PEM texts. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Listens on a port of this machine instead of a socket. */
  readonly tcp?: boolean;
}

/** A daemon that runs. */
export interface FakeDaemon extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Requests so far: `GET /v1.41/images/x/json`. */
  readonly requests: readonly string[];
  /** How many connections are open. */
  connections(): Promise<number>;
}

/** Docker before 25: the ID is the configuration's digest, the archive names layers by path. */
export function keptLegacy(image: BuiltImage, name: string): KeptImage {
  return { id: image.config.digest, names: [name], save: archive(dockerSaveLegacy(image, [name])) };
}

/** Docker since 25 with its own store: the ID is the configuration's digest, the archive has an OCI layout. */
export function keptHybrid(image: BuiltImage, name: string): KeptImage {
  return { id: image.config.digest, names: [name], save: archive(dockerSaveHybrid([image], name)) };
}

/**
 * Docker with containerd's store, the default since 29: the ID is the digest of the manifest or index.
 * @param absent names of files that the archive lacks, as those of platforms that were never fetched
 */
export function keptInContainerd(
  images: readonly BuiltImage[],
  name: string,
  change: (files: Files) => Files = (files) => files,
): KeptImage {
  const root = images.length === 1 ? (images[0] as BuiltImage).manifest : buildIndex(images);
  return { id: root.digest, names: [name], save: archive(change(dockerSaveHybrid(images, name))) };
}

/** Sends the archive in pieces of a size, and waits between them until they were taken. */
export function inPieces(pieceBytes: number): Sending {
  return async (response, save) => {
    const closed = new Promise<void>((resolve) => {
      response.once('close', resolve);
    });
    for (let at = 0; at < save.byteLength && !response.destroyed; at += pieceBytes) {
      const taken = new Promise<void>((resolve) => {
        response.write(save.subarray(at, at + pieceBytes), () => resolve());
      });
      await Promise.race([taken, closed]);
    }
    response.end();
  };
}

/** Breaks the connection after some bytes. */
export function cutAt(bytes: number): Sending {
  return (response, save) => {
    response.write(save.subarray(0, bytes), () => response.destroy());
  };
}

/** Ends the answer properly after some bytes, as if that were all. */
export function endedAt(bytes: number): Sending {
  return (response, save) => {
    response.end(save.subarray(0, bytes));
  };
}

/** Fails after some bytes, and says so as daemons do: behind the archive. */
export function failedAt(bytes: number, message: string): Sending {
  return (response, save) => {
    response.end(
      Buffer.concat([
        save.subarray(0, bytes),
        Buffer.from(`${JSON.stringify({ errorDetail: { message }, error: message })}\r\n`),
      ]),
    );
  };
}

/** Says nothing any more after some bytes. */
export function silentAfter(bytes: number): Sending {
  return (response, save) => {
    if (bytes > 0) response.write(save.subarray(0, bytes));
  };
}

/** Answers a request with a status and a text. */
export function reply(response: ServerResponse, status: number, type: string, text: string): true {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
  return true;
}

/** Starts a daemon; dispose of it to stop it. */
export async function startDaemon(recipe: DaemonRecipe = {}): Promise<FakeDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'la-daemon-'));
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    // Whoever tears a connection down does so on purpose.
    response.on('error', () => undefined);
    answer(recipe, request, response);
  };
  const server: Server =
    recipe.tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...recipe.tls, requestCert: true, rejectUnauthorized: true }, listener);
  const tcp = recipe.tcp === true || recipe.tls !== undefined;
  const path = join(folder, 'd.sock');
  await new Promise<void>((resolve) => {
    if (tcp) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  return {
    host: tcp ? `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix://${path}`,
    requests,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answer(recipe: DaemonRecipe, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent((request.url ?? '').replace(/^\/v\d+\.\d+(?=\/)/, '').replace(/\?.*$/, ''));
  if (recipe.answer?.(path, response, request) === true) return;
  const apiVersion = recipe.apiVersion === undefined ? '1.47' : recipe.apiVersion;
  if (path === '/_ping') {
    if (apiVersion !== null) response.setHeader('api-version', apiVersion);
    reply(response, 200, 'text/plain; charset=utf-8', 'OK');
    return;
  }
  if (path === '/version') {
    reply(response, 200, 'application/json', JSON.stringify({ ApiVersion: apiVersion ?? '1.24' }));
    return;
  }
  const [, name = '', action] = /^\/images\/(.+)\/(json|get)$/.exec(path) ?? [];
  const image = recipe.images?.find(({ id, names }) => id === name || names.includes(name));
  if (action === undefined) {
    reply(response, 404, 'application/json', '{"message":"page not found"}');
  } else if (image === undefined) {
    reply(response, 404, 'application/json', JSON.stringify({ message: `No such image: ${name}` }));
  } else if (action === 'json') {
    reply(response, 200, 'application/json', JSON.stringify({ Id: image.id, RepoTags: image.names, RepoDigests: [] }));
  } else {
    response.writeHead(200, { 'content-type': 'application/x-tar' });
    void (recipe.send ?? endedAt(Number.POSITIVE_INFINITY))(response, image.save);
  }
}
