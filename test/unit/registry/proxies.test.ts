import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AuditError, DEFAULT_LIMITS, parseReference } from '../../../src/core/index.ts';
import { RegistryClient, type RegistryClientOptions } from '../../../src/registry/index.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { buildImage } from '../../support/image-builder.ts';
import { ProxyServer } from '../../support/proxy-server.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { file } from '../../support/tar-writer.ts';

const LIVE = new AbortController().signal;
const IMAGE = buildImage({ steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x')] }] });
const AUTHORITY = makeCertificate('Test CA', { authority: true });
const SERVER = makeCertificate('server', { issuer: AUTHORITY, hosts: ['registry.invalid'] });
const ACCOUNT = { username: 'bob', password: `pr:x@${'secret'}` };

let ca: string;
const clients: RegistryClient[] = [];
beforeAll(() => {
  ca = join(mkdtempSync(join(tmpdir(), 'layer-audit-proxy-')), 'ca.pem');
  writeFileSync(ca, AUTHORITY.certificate);
});
afterAll(() => rmSync(join(ca, '..'), { recursive: true, force: true }));
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function start(tls?: object): Promise<RegistryServer> {
  const server = await RegistryServer.start({ kind: 'anonymous' }, tls);
  server.push('acme/api', [IMAGE]);
  server.tag('acme/api', '1', IMAGE.manifest);
  return server;
}

/** A client of a registry that only a proxy can find. */
function clientVia(proxy: string, options: Partial<RegistryClientOptions> = {}): RegistryClient {
  const client = new RegistryClient(parseReference('registry.invalid/acme/api:1'), {
    limits: DEFAULT_LIMITS,
    env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
    certificateFolders: [],
    certificates: { ca },
    http: { idleTimeoutMs: 1500, sleep: async () => undefined },
    ...options,
  });
  clients.push(client);
  return client;
}

async function failure(client: RegistryClient): Promise<AuditError> {
  const error = await client.manifest('1', LIVE).then(
    () => new Error('it did not fail'),
    (one: AuditError) => one,
  );
  const shown = inspect(error, { depth: 10, showHidden: true });
  expect(shown).not.toContain('secret');
  return error as AuditError;
}

describe('a registry behind a proxy', () => {
  test('is spoken to through a tunnel, and its certificate is that of the registry', async () => {
    await using server = await start({ cert: SERVER.certificate, key: SERVER.key });
    await using proxy = await ProxyServer.start({ port: server.port });
    const client = clientVia(`http://${proxy.host}`);
    expect((await client.manifest('1', LIVE)).digest).toBe(IMAGE.manifest.digest);
    expect(proxy.asked).toEqual(['registry.invalid:443']);
    expect(server.requests[0]?.headers.host).toBe('registry.invalid');
  });

  test('is spoken to through one tunnel for all requests', async () => {
    await using server = await start({ cert: SERVER.certificate, key: SERVER.key });
    await using proxy = await ProxyServer.start({ port: server.port });
    const client = clientVia(`http://${proxy.host}`);
    await client.manifest('1', LIVE);
    await client.manifest('1', LIVE);
    expect(proxy.asked).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  test('is not spoken to where the proxy answers in its place', async () => {
    const own = makeCertificate('proxy', { hosts: ['registry.invalid'] });
    await using middle = await start({ cert: own.certificate, key: own.key });
    await using proxy = await ProxyServer.start({ port: middle.port });
    expect(await failure(clientVia(`http://${proxy.host}`))).toMatchObject({
      message: expect.stringContaining('its certificate is not trusted'),
    });
    expect(middle.requests).toEqual([]);
  });

  test('is asked for by its URL over plain HTTP', async () => {
    await using server = await start();
    await using proxy = await ProxyServer.start({ port: server.port });
    await clientVia(`http://${proxy.host}`, { plainHttp: true }).manifest('1', LIVE);
    expect(proxy.asked).toEqual(['http://registry.invalid/v2/acme/api/manifests/1']);
  });

  test.each([true, false])('is had from a proxy that wants a password: plain HTTP %j', async (plainHttp) => {
    await using server = await start(plainHttp ? undefined : { cert: SERVER.certificate, key: SERVER.key });
    await using proxy = await ProxyServer.start({ port: server.port, account: ACCOUNT });
    const { username, password } = ACCOUNT;
    const client = clientVia(`http://${username}:${encodeURIComponent(password)}@${proxy.host}`, { plainHttp });
    await client.manifest('1', LIVE);
    // What the proxy is told is not told the registry.
    if (!plainHttp) expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(proxy.asked).toHaveLength(1);
  });

  test('is reached without it where NO_PROXY says so', async () => {
    await using server = await start();
    await using proxy = await ProxyServer.start({ port: server.port });
    const client = new RegistryClient(parseReference(`0.0.0.0:${server.port}/acme/api:1`), {
      limits: DEFAULT_LIMITS,
      env: { ALL_PROXY: `http://${proxy.host}`, NO_PROXY: '0.0.0.0/8' },
      plainHttp: true,
      certificateFolders: [],
    });
    clients.push(client);
    await client.manifest('1', LIVE);
    expect(proxy.asked).toEqual([]);
  });
});

describe('a proxy', () => {
  test.each([true, false])('that refuses the password is an error without it: plain HTTP %j', async (plainHttp) => {
    await using server = await start();
    await using proxy = await ProxyServer.start({ port: server.port, account: ACCOUNT });
    expect(await failure(clientVia(`http://bob:secret@${proxy.host}`, { plainHttp }))).toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining('407'),
      hint: expect.stringContaining('USER:PASSWORD'),
    });
    expect(server.requests).toEqual([]);
  });

  test('that does not connect to the registry is an error that names both', async () => {
    await using proxy = await ProxyServer.start({ port: 9, tunnels: 'refused' });
    expect(await failure(clientVia(`http://${proxy.host}`))).toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: `the proxy ${proxy.host} does not connect to registry.invalid (status 403)`,
    });
  });

  test('that is not there is an error that names both', async () => {
    const proxy = await ProxyServer.start({ port: 9 });
    const gone = { host: proxy.host };
    await proxy[Symbol.asyncDispose]();
    expect(await failure(clientVia(`http://bob:secret@${gone.host}`))).toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: `registry.invalid cannot be reached through the proxy ${gone.host}: it refused the connection`,
      hint: expect.stringContaining('NO_PROXY'),
    });
  });

  test('that never answers is a time-out', async () => {
    await using proxy = await ProxyServer.start({ port: 9, tunnels: 'silence' });
    const error = await failure(clientVia(`http://bob:secret@${proxy.host}`, { http: { idleTimeoutMs: 300 } }));
    expect(['REGISTRY_TIMEOUT', 'REGISTRY_UNREACHABLE']).toContain(error.code);
  });

  test('of a kind that is not supported is an error before anything is sent', async () => {
    expect(await failure(clientVia('socks5://bob:secret@127.0.0.1:1080'))).toMatchObject({ code: 'USAGE_INVALID' });
  });
});
