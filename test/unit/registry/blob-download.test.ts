import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Digest, parseReference } from '../../../src/core/index.ts';
import { RegistryClient } from '../../../src/registry/index.ts';
import { type BuiltBlob, sha256 } from '../../support/image-builder.ts';
import { piecemeal } from '../../support/registry-ranges.ts';
import { half, hangUp, honest, RegistryServer, redirect, refuse, webPage } from '../../support/registry-server.ts';

const LIVE = new AbortController().signal;
const bytes = randomBytes(300_000);
const BLOB: BuiltBlob = { bytes, digest: sha256(bytes), mediaType: 'application/octet-stream' } as BuiltBlob;
const PATH = /\/blobs\//;

let server: RegistryServer;
let client: RegistryClient;
let waits: number[];

beforeEach(async () => {
  waits = [];
  server = await RegistryServer.start();
  server.push('acme/api', [], [BLOB]);
  client = new RegistryClient(parseReference(`${server.host}/acme/api`), {
    limits: DEFAULT_LIMITS,
    env: {},
    http: {
      idleTimeoutMs: 2000,
      sleep: async (ms) => {
        waits.push(ms);
      },
    },
  });
});
afterEach(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

async function download(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.blob(BLOB.digest as Digest, LIVE)) chunks.push(chunk);
  return sha256(Buffer.concat(chunks));
}

function ranges(): (string | undefined)[] {
  return server.requests.map(({ headers }) => headers.range);
}

describe('a blob whose connection breaks', () => {
  test('is gone on with where it broke off, after growing waits', async () => {
    server.on(PATH, piecemeal(100_000));
    expect(await download()).toBe(BLOB.digest);
    expect(ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(waits[0] as number);
  });

  test('is asked for as it is stored: offsets of a compressed way would be others', async () => {
    server.on(PATH, piecemeal(200_000));
    await download();
    expect(server.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity', 'identity']);
  });

  test('is begun anew by a registry that knows no ranges, and what came before is left out', async () => {
    server.on(PATH, honest).on(PATH, piecemeal(100_000, { ranges: 'ignored' }), 2);
    expect(await download()).toBe(BLOB.digest);
    expect(server.requests).toHaveLength(3);
  });

  test('is not asked for in part where the registry says that it knows no ranges', async () => {
    server.on(PATH, honest).on(PATH, piecemeal(100_000, { headers: { 'accept-ranges': 'none' } }), 1);
    expect(await download()).toBe(BLOB.digest);
    expect(ranges()).toEqual([undefined, undefined]);
  });

  test('is gone on with if it is still the same: If-Range', async () => {
    server.on(PATH, piecemeal(200_000, { etag: '"one"' }));
    expect(await download()).toBe(BLOB.digest);
    expect(server.requests.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"one"']);
  });

  test('that has become another one is sent whole, and the digest tells', async () => {
    server.on(PATH, piecemeal(400_000, { etag: '"two"' })).on(PATH, piecemeal(100_000, { etag: '"one"' }), 1);
    expect(await download()).toBe(BLOB.digest);
    expect(ranges()).toEqual([undefined, 'bytes=100000-']);
  });

  test.each(['W/"weak"', 'unquoted', ''])('is not held against an ETag that promises nothing: %j', async (etag) => {
    server.on(PATH, piecemeal(200_000, { headers: { etag } }));
    expect(await download()).toBe(BLOB.digest);
    expect(server.requests[1]?.headers).not.toHaveProperty('if-range');
  });

  test('is asked for at the registry again, whose storage has another address by then', async () => {
    await using storage = await RegistryServer.start();
    storage.push('acme/api', [], [BLOB]);
    storage.on(/./, piecemeal(100_000));
    let signature = 0;
    server.on(
      PATH,
      redirect(({ path }) => {
        signature += 1;
        return `http://${storage.host}${path}?signature=${signature}`;
      }),
    );
    expect(await download()).toBe(BLOB.digest);
    expect(storage.requests.map(({ query, headers }) => [query.get('signature'), headers.range])).toEqual([
      ['1', undefined],
      ['2', 'bytes=100000-'],
      ['3', 'bytes=200000-'],
    ]);
  });

  test('again and again without getting anywhere is given up after four tries', async () => {
    server.on(PATH, piecemeal(0));
    await expect(download()).rejects.toMatchObject({ code: 'BLOB_TRUNCATED' });
    expect(server.requests).toHaveLength(4);
  });

  test('is tried on as long as it gets somewhere', async () => {
    const large = randomBytes(8 * 1024 * 1024);
    const blob = { bytes: large, digest: sha256(large), mediaType: BLOB.mediaType } as BuiltBlob;
    server.push('acme/api', [], [blob]);
    server.on(PATH, piecemeal(1024 * 1024));
    const chunks: Uint8Array[] = [];
    for await (const chunk of client.blob(blob.digest as Digest, LIVE)) chunks.push(chunk);
    expect(sha256(Buffer.concat(chunks))).toBe(blob.digest);
    expect(server.requests).toHaveLength(8);
  });

  test('a hundred times is given up, however much came', async () => {
    let sent = 0;
    server.on(PATH, (response, request) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
      sent += 1;
      response.writeHead(start === 0 ? 200 : 206, {
        'content-length': 1e12 - start,
        ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${1e12 - 1}/${1e12}` }),
      });
      response.write(Buffer.alloc(1024 * 1024), () => setImmediate(() => response.socket?.destroy()));
    });
    await expect(
      (async () => {
        for await (const chunk of client.blob(BLOB.digest as Digest, LIVE)) expect(chunk.byteLength).toBeGreaterThan(0);
      })(),
    ).rejects.toMatchObject({ code: 'BLOB_TRUNCATED' });
    expect(sent).toBe(101);
  });

  test.each([
    ['another part than was asked for', 'shifted', 'another part than the one from byte 100000 on'],
    ['a blob of another length', 'grown', 'it had 300000 bytes before, and has 300001 now'],
  ] as const)('and is gone on with by %s is refused', async (_, kind, message) => {
    server.on(PATH, piecemeal(100_000, { ranges: kind })).on(PATH, piecemeal(100_000), 1);
    await expect(download()).rejects.toMatchObject({
      code: 'REGISTRY_PROTOCOL',
      message: expect.stringContaining(message),
    });
  });

  test('and has no rest is what the registry says then', async () => {
    server.on(PATH, piecemeal(100_000, { ranges: 'refused' }));
    await expect(download()).rejects.toMatchObject({
      code: 'REGISTRY_PROTOCOL',
      message: expect.stringContaining('status 416'),
    });
  });

  test('and is shorter when it is begun anew is refused', async () => {
    server.on(PATH, (response) => response.end('short')).on(PATH, piecemeal(100_000), 1);
    await expect(download()).rejects.toMatchObject({
      code: 'REGISTRY_PROTOCOL',
      message: expect.stringContaining('shorter than the 100000 bytes that came before'),
    });
  });

  test.each([
    ['REGISTRY_FORBIDDEN', refuse(403, 'DENIED', 'no')],
    ['REGISTRY_NOT_FOUND', refuse(404, 'BLOB_UNKNOWN', 'no')],
    ['REGISTRY_PROTOCOL', webPage()],
    ['REGISTRY_UNREACHABLE', hangUp],
    ['REGISTRY_TIMEOUT', half('silence')],
  ])('and cannot be gone on with is an error: %s', async (code, answer) => {
    server.on(PATH, answer).on(PATH, piecemeal(100_000), 1);
    await expect(download()).rejects.toMatchObject({ code });
  });
});

describe('a blob that nobody asked for in part', () => {
  test('is refused: 206', async () => {
    server.on(PATH, (response) => {
      response.writeHead(206, { 'content-range': 'bytes 10-19/20' }).end('0123456789');
    });
    await expect(download()).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL' });
  });

  test('ends its connection when its reader goes away', async () => {
    const closed = new Promise((resolve) => {
      server.on(PATH, (response) => {
        response.writeHead(200, { 'content-length': 1e9 });
        response.write(bytes);
        response.on('close', resolve);
      });
    });
    for await (const _ of client.blob(BLOB.digest as Digest, LIVE)) break;
    await expect(closed).resolves.toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });
});
