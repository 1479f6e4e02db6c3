import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContentDigest } from '../../../src/bytes/index.ts';
import { DEFAULT_LIMITS, type Digest, parseDigest, parseReference } from '../../../src/core/index.ts';
import { RegistryClient, type RegistryClientOptions } from '../../../src/registry/index.ts';
import { type BuiltBlob, type BuiltImage, buildImage, sha256 } from '../../support/image-builder.ts';
import {
  type Answer,
  gzipped,
  half,
  hangUp,
  otherBytes,
  RegistryServer,
  redirect,
  refuse,
  silence,
  tooManyRequests,
  tooShortLength,
  webPage,
  wrongContentDigest,
} from '../../support/registry-server.ts';
import { file } from '../../support/tar-writer.ts';

const LIVE = new AbortController().signal;
const IMAGE: BuiltImage = buildImage({ steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x'.repeat(5000))] }] });
const LAYER = IMAGE.layers[0] as BuiltBlob;
const MANIFEST = /\/manifests\//;
const BLOB = /\/blobs\//;

let server: RegistryServer;
let client: RegistryClient;

beforeEach(async () => {
  server = await RegistryServer.start();
  server.push('acme/api', [IMAGE]);
  server.tag('acme/api', '1.4', IMAGE.manifest);
  client = makeClient();
});
afterEach(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

function makeClient(options: Partial<RegistryClientOptions> = {}): RegistryClient {
  return new RegistryClient(parseReference(`${server.host}/acme/api:1.4`), {
    limits: DEFAULT_LIMITS,
    env: process.env,
    http: { idleTimeoutMs: 600, sleep: async () => undefined },
    ...options,
  });
}

async function blob(digest: string = LAYER.digest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.blob(digest as Digest, LIVE)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('manifests', () => {
  test.each([['a tag', '1.4'] as const, ['a digest', IMAGE.manifest.digest] as const])('by %s', async (_, name) => {
    expect(await client.manifest(name, LIVE)).toEqual({
      bytes: IMAGE.manifest.bytes,
      mediaType: IMAGE.manifest.mediaType,
      digest: IMAGE.manifest.digest,
    });
    expect(server.paths(/./)).toEqual([`/v2/acme/api/manifests/${name}`]);
  });

  test('are asked for in all types there are, schema 1 left out', async () => {
    await client.manifest('1.4', LIVE);
    const accept = server.requests[0]?.headers.accept ?? '';
    expect(accept.split(', ')).toEqual([
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ]);
  });

  test('may be compressed for the way', async () => {
    server.on(MANIFEST, gzipped);
    expect((await client.manifest(IMAGE.manifest.digest, LIVE)).bytes).toEqual(IMAGE.manifest.bytes);
  });

  test('have the digest of their bytes where no header says one', async () => {
    server.on(MANIFEST, otherBytes(IMAGE.manifest.bytes, { 'docker-content-digest': 'nonsense' }));
    expect((await client.manifest('1.4', LIVE)).digest).toBe(IMAGE.manifest.digest);
  });

  test.each<[string, string, Answer]>([
    ['other bytes than those of the digest', IMAGE.manifest.digest, otherBytes(Buffer.from('{}'))],
    ['the right bytes under a wrong Docker-Content-Digest', '1.4', wrongContentDigest],
    ['the first half, as if that were all', IMAGE.manifest.digest, half('ends')],
  ])('are refused where the registry sends %s', async (_, name, answer) => {
    server.on(MANIFEST, answer);
    await expect(client.manifest(name, LIVE)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  test('that are larger than the limit are refused', async () => {
    client = makeClient({ limits: { ...DEFAULT_LIMITS, maxManifestBytes: IMAGE.manifest.bytes.byteLength - 1 } });
    await expect(client.manifest('1.4', LIVE)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
  });

  test.each<[string, string, Answer]>([
    ['MANIFEST_UNKNOWN', 'REGISTRY_NOT_FOUND', refuse(404, 'MANIFEST_UNKNOWN', 'manifest unknown')],
    ['NAME_UNKNOWN', 'REGISTRY_NOT_FOUND', refuse(404, 'NAME_UNKNOWN', 'repository not known')],
    ['DENIED', 'REGISTRY_FORBIDDEN', refuse(403, 'DENIED', 'requested access is denied')],
    ['UNAUTHORIZED', 'REGISTRY_UNAUTHORIZED', refuse(401, 'UNAUTHORIZED', 'no')],
    ['TOOMANYREQUESTS', 'REGISTRY_RATE_LIMITED', tooManyRequests()],
    ['retry after 4000', 'REGISTRY_RATE_LIMITED', tooManyRequests('4000')],
    ['UNAVAILABLE', 'REGISTRY_SERVER_ERROR', refuse(503, 'UNAVAILABLE', 'down for maintenance')],
    ['status 500', 'REGISTRY_SERVER_ERROR', refuse(500, '', '')],
    ['status 405', 'REGISTRY_PROTOCOL', refuse(405, 'UNSUPPORTED', 'no')],
    ['status 206', 'REGISTRY_PROTOCOL', refuse(206, '', '')],
    ['web page', 'REGISTRY_PROTOCOL', webPage()],
    ['web page (status 404)', 'REGISTRY_PROTOCOL', webPage(404)],
    ['web page (status 403)', 'REGISTRY_PROTOCOL', webPage(403)],
    ['status 502', 'REGISTRY_SERVER_ERROR', webPage(502)],
    ['web page', 'REGISTRY_PROTOCOL', otherBytes(Buffer.from('<html>'))],
    ['more than 5 times', 'REDIRECT_REFUSED', redirect(({ path }) => path)],
    ['file:', 'REDIRECT_REFUSED', redirect('file:///etc/passwd')],
    ['sent nothing', 'REGISTRY_TIMEOUT', silence],
    ['broke the connection', 'REGISTRY_UNREACHABLE', hangUp],
    ['middle of its answer', 'BLOB_TRUNCATED', half('breaks')],
    ['middle of its answer', 'BLOB_TRUNCATED', tooShortLength],
    ['sent nothing', 'REGISTRY_TIMEOUT', half('silence')],
  ])('%s is a %s', async (what, code, answer) => {
    server.on(MANIFEST, answer);
    const refusal = client.manifest('1.4', LIVE);
    await expect(refusal).rejects.toMatchObject({ code });
    await expect(refusal).rejects.toThrow(what);
  });

  test('an error of a registry is quoted in one short line', async () => {
    server.on(MANIFEST, refuse(404, 'MANIFEST_UNKNOWN', 'x'.repeat(5000)));
    const error = await client.manifest('1.4', LIVE).catch((one: Error) => one);
    expect((error as Error).message.length).toBeLessThan(500);
  });

  test.each(['', '{', '[]', '{"errors":{}}', '{"errors":[null,7,{"code":{}}]}', '\0\xff'])(
    'an error whose text is %j is told without it',
    async (text) => {
      server.on(MANIFEST, (response) => response.writeHead(404).end(text));
      await expect(client.manifest('1.4', LIVE)).rejects.toMatchObject({
        code: 'REGISTRY_NOT_FOUND',
        message: expect.stringMatching(/^127\.0\.0\.1:\d+ has no manifest 1\.4 of 127\.0\.0\.1:\d+\/acme\/api$/),
      });
    },
  );
});

describe('blobs', () => {
  test('are streamed to their last byte', async () => {
    const bytes = await blob();
    const digest = new ContentDigest();
    digest.update(bytes);
    expect(digest.finish()).toBe(LAYER.digest);
  });

  test('are asked for only when somebody reads', async () => {
    const chunks = client.blob(parseDigest(LAYER.digest), LIVE);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.requests).toEqual([]);
    await chunks.next();
    expect(server.requests).toHaveLength(1);
    await chunks.return(undefined);
  });

  test('may come from another host', async () => {
    await using storage = await RegistryServer.start();
    storage.push('acme/api', [IMAGE]);
    server.on(
      BLOB,
      redirect(({ path }) => `http://${storage.host}${path}?signature=1`),
    );
    expect(sha256(await blob())).toBe(LAYER.digest);
    expect(storage.requests).toHaveLength(1);
  });

  test.each<[string, Answer]>([
    ['REGISTRY_NOT_FOUND', refuse(404, 'BLOB_UNKNOWN', 'blob unknown')],
    ['REGISTRY_FORBIDDEN', refuse(403, 'DENIED', 'no')],
    ['REGISTRY_PROTOCOL', webPage()],
    ['REGISTRY_SERVER_ERROR', refuse(500, '', '')],
    ['REGISTRY_RATE_LIMITED', tooManyRequests('0')],
    ['BLOB_TRUNCATED', half('breaks')],
    ['REGISTRY_TIMEOUT', half('silence')],
    ['REGISTRY_TIMEOUT', silence],
    ['REDIRECT_REFUSED', redirect('ftp://example.com/')],
  ])('that cannot be had are an error: %s', async (code, answer) => {
    server.on(BLOB, answer);
    await expect(blob()).rejects.toMatchObject({ code });
  });

  test('that are only named half are given as they come: whoever digests them sees it', async () => {
    server.on(BLOB, half('ends'));
    expect(sha256(await blob())).not.toBe(LAYER.digest);
  });

  test('with a length that is too short do not spoil what comes next', async () => {
    server.on(BLOB, tooShortLength, 4);
    await expect(blob()).rejects.toMatchObject({ code: 'BLOB_TRUNCATED' });
    expect(sha256(await blob())).toBe(LAYER.digest);
  });

  test('that are small are read whole, up to a limit', async () => {
    const digest = parseDigest(IMAGE.config.digest);
    expect(await client.smallBlob(digest, IMAGE.config.bytes.byteLength, LIVE)).toEqual(IMAGE.config.bytes);
    await expect(client.smallBlob(digest, 10, LIVE)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
  });
});
