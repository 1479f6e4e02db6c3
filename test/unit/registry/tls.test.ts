import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { DEFAULT_LIMITS, type Digest, parseReference } from '../../../src/core/index.ts';
import { certificateFolders } from '../../../src/registry/certificates.ts';
import { RegistryClient, type RegistryClientOptions } from '../../../src/registry/index.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { type BuiltBlob, buildImage } from '../../support/image-builder.ts';
import { type Answer, honest, RegistryServer, redirect } from '../../support/registry-server.ts';
import { file } from '../../support/tar-writer.ts';

const LIVE = new AbortController().signal;
const IMAGE = buildImage({ steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x')] }] });
const CONFIG = IMAGE.config as BuiltBlob;
const AUTHORITY = makeCertificate('Test CA', { authority: true });
const OTHER_AUTHORITY = makeCertificate('Other CA', { authority: true });
const SERVER = makeCertificate('server', { issuer: AUTHORITY, hosts: ['0.0.0.0', '127.0.0.1'] });
const CLIENT = makeCertificate('client', { issuer: AUTHORITY });
const HTTPS = { cert: SERVER.certificate, key: SERVER.key };

let folder: string;
const clients: RegistryClient[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-tls-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  vi.unstubAllEnvs();
});

function pem(name: string, ...texts: string[]): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, texts.join('\n'));
  return path;
}

async function start(tls: object = HTTPS): Promise<RegistryServer> {
  const server = await RegistryServer.start({ kind: 'anonymous' }, tls);
  server.push('acme/api', [IMAGE]);
  server.tag('acme/api', '1', IMAGE.manifest);
  return server;
}

/** A client of the server under an address that is not taken for this machine, and so is spoken to over TLS. */
function clientOf(server: RegistryServer, options: Partial<RegistryClientOptions> = {}): RegistryClient {
  const client = new RegistryClient(parseReference(`0.0.0.0:${server.port}/acme/api:1`), {
    limits: DEFAULT_LIMITS,
    env: {},
    certificateFolders: [],
    http: { idleTimeoutMs: 3000, sleep: async () => undefined },
    ...options,
  });
  clients.push(client);
  return client;
}

describe('a registry whose certificate nobody knows', () => {
  test('is not spoken to, and the error says what to do', async () => {
    await using server = await start();
    await expect(clientOf(server).manifest('1', LIVE)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringMatching(/its certificate is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/),
      hint: expect.stringContaining('--registry-ca'),
    });
    expect(server.requests).toEqual([]);
  });

  test('is not spoken to where the environment says not to verify', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await using server = await start();
    await expect(clientOf(server).manifest('1', LIVE)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(server.requests).toEqual([]);
  });

  test('is not spoken to in the clear instead', async () => {
    await using server = await RegistryServer.start();
    await expect(clientOf(server).manifest('1', LIVE)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      hint: expect.stringContaining('--plain-http'),
    });
    expect(server.requests).toEqual([]);
  });
});

describe('authorities', () => {
  test('that the user gives are trusted', async () => {
    await using server = await start();
    const ca = pem('ca.pem', OTHER_AUTHORITY.certificate, AUTHORITY.certificate);
    const manifest = await clientOf(server, { certificates: { ca } }).manifest('1', LIVE);
    expect(manifest.digest).toBe(IMAGE.manifest.digest);
  });

  test.each([
    ['another authority', { issuer: OTHER_AUTHORITY, hosts: ['0.0.0.0'] }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['another host', { issuer: AUTHORITY, hosts: ['127.0.0.1'] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['another time', { issuer: AUTHORITY, hosts: ['0.0.0.0'], expired: true }, 'CERT_HAS_EXPIRED'],
  ])('do not make a certificate good that is for %s', async (_, options, code) => {
    const bad = makeCertificate('server', options);
    await using server = await start({ cert: bad.certificate, key: bad.key });
    const ca = pem('ca.pem', AUTHORITY.certificate);
    await expect(clientOf(server, { certificates: { ca } }).manifest('1', LIVE)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining(code),
    });
  });

  test('in the folder of a host are trusted for that host, ports told apart', async () => {
    await using server = await start();
    await using other = await start();
    pem(`certs/0.0.0.0:${server.port}/company.crt`, AUTHORITY.certificate);
    const certificateFolders = [join(folder, 'absent'), join(folder, 'certs')];
    expect((await clientOf(server, { certificateFolders }).manifest('1', LIVE)).digest).toBe(IMAGE.manifest.digest);
    await expect(clientOf(other, { certificateFolders }).manifest('1', LIVE)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    });
  });

  test('in the first folder that there is for a host are those that count', async () => {
    await using server = await start();
    pem(`first/0.0.0.0:${server.port}/a.crt`, OTHER_AUTHORITY.certificate);
    pem(`second/0.0.0.0:${server.port}/b.crt`, AUTHORITY.certificate);
    const of = (...names: string[]): Partial<RegistryClientOptions> => ({
      certificateFolders: names.map((name) => join(folder, name)),
    });
    await expect(clientOf(server, of('first', 'second')).manifest('1', LIVE)).rejects.toThrow('not trusted');
    await expect(clientOf(server, of('second', 'first')).manifest('1', LIVE)).resolves.toBeDefined();
  });

  test('have their folders where Podman and Docker have them', () => {
    expect(certificateFolders({ HOME: '/h' })).toEqual([
      '/h/.config/containers/certs.d',
      '/etc/containers/certs.d',
      '/h/.config/docker/certs.d',
      '/etc/docker/certs.d',
    ]);
  });

  test.each([
    ['is not there', undefined, 'ENOENT'],
    ['is empty', '', 'it has no certificate in PEM'],
    ['is a key', SERVER.key, 'it has no certificate in PEM'],
    ['is no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'cannot be read'],
  ])('in a file that %s are an error, before anything is sent', async (_, text, why) => {
    await using server = await start();
    const ca = text === undefined ? join(folder, 'nowhere.pem') : pem('bad.pem', text);
    await expect(clientOf(server, { certificates: { ca } }).manifest('1', LIVE)).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
      message: expect.stringContaining(why),
    });
    expect(server.requests).toEqual([]);
  });
});

describe('a registry that wants a client certificate', () => {
  const MUTUAL = { ...HTTPS, ca: AUTHORITY.certificate, requestCert: true, rejectUnauthorized: true };

  function certificates(): { ca: string; certificate: string; key: string } {
    return {
      ca: pem('ca.pem', AUTHORITY.certificate),
      certificate: pem('client.cert', CLIENT.certificate),
      key: pem('client.key', CLIENT.key),
    };
  }

  test('is shown the one that the user gives', async () => {
    await using server = await start(MUTUAL);
    await expect(clientOf(server, { certificates: certificates() }).manifest('1', LIVE)).resolves.toBeDefined();
  });

  test('is shown one that has its key in the same file', async () => {
    await using server = await start(MUTUAL);
    const { ca } = certificates();
    const certificate = pem('both.pem', CLIENT.certificate, CLIENT.key);
    await expect(clientOf(server, { certificates: { ca, certificate } }).manifest('1', LIVE)).resolves.toBeDefined();
  });

  test('is shown the one in its folder', async () => {
    await using server = await start(MUTUAL);
    const host = `mutual/0.0.0.0:${server.port}`;
    pem(`${host}/ca.crt`, AUTHORITY.certificate);
    pem(`${host}/client.cert`, CLIENT.certificate);
    pem(`${host}/client.key`, CLIENT.key);
    const client = clientOf(server, { certificateFolders: [join(folder, 'mutual')] });
    await expect(client.manifest('1', LIVE)).resolves.toBeDefined();
  });

  test('is told so where there is none', async () => {
    await using server = await start(MUTUAL);
    const { ca } = certificates();
    await expect(clientOf(server, { certificates: { ca } }).manifest('1', LIVE)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    });
  });

  test('is the only one that sees it: the host that it redirects to does not', async () => {
    const seen: boolean[] = [];
    const look: Answer = (response, request, blob) => {
      seen.push(Object.keys((response.socket as TLSSocket).getPeerCertificate()).length > 0);
      honest(response, request, blob);
    };
    const asking = { ...HTTPS, ca: AUTHORITY.certificate, requestCert: true, rejectUnauthorized: false };
    await using server = await start(MUTUAL);
    await using storage = await start(asking);
    storage.on(/./, look);
    server.on(/manifests/, look);
    server.on(
      /blobs/,
      redirect(({ path }) => `https://0.0.0.0:${storage.port}${path}`),
    );
    const client = clientOf(server, { certificates: certificates() });
    await client.manifest('1', LIVE);
    expect(await client.smallBlob(CONFIG.digest as Digest, 100_000, LIVE)).toEqual(CONFIG.bytes);
    expect(seen).toEqual([true, false]);
  });

  test.each([
    ['a key of another certificate', { key: 'other.key' }],
    ['a key that is none', { key: 'ca.pem' }],
    ['no certificate', { certificate: 'client.key' }],
  ])('is not spoken to with %s', async (_, names) => {
    await using server = await start(MUTUAL);
    const files = certificates();
    pem('other.key', SERVER.key);
    const wrong = Object.fromEntries(Object.entries(names).map(([name, path]) => [name, join(folder, path)]));
    const error = clientOf(server, { certificates: { ...files, ...wrong } }).manifest('1', LIVE);
    await expect(error).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
    expect(server.requests).toEqual([]);
  });
});
