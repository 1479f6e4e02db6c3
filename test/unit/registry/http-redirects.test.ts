import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Certificates } from '../../../src/registry/certificates.ts';
import { Connections } from '../../../src/registry/connections.ts';
import { HttpClient } from '../../../src/registry/http.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { honest, otherBytes, RegistryServer, redirect } from '../../support/registry-server.ts';

const HELLO = otherBytes(Buffer.from('hello'));
const LIVE = new AbortController().signal;
const SECRET = { authorization: 'Bearer of-the-registry', accept: 'text/plain' };

let server: RegistryServer;
let other: RegistryServer;
let client: HttpClient;

beforeEach(async () => {
  server = await RegistryServer.start();
  other = await RegistryServer.start();
  client = new HttpClient({ idleTimeoutMs: 10_000, sleep: async () => undefined });
});
afterEach(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

async function text(from: string | URL = `http://${server.host}/start`): Promise<string> {
  const answer = await client.get(new URL(from), SECRET, LIVE);
  return Buffer.from(await answer.bytes(1000)).toString();
}

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])(
    'with status %i are followed, credentials kept on the same host',
    async (status) => {
      server.on(/start/, redirect('../end?a=b', status)).on(/end/, HELLO);
      expect(await text()).toBe('hello');
      expect(server.requests.map(({ path, query }) => `${path}?${query}`)).toEqual(['/start?', '/end?a=b']);
      expect(server.requests[1]?.headers.authorization).toBe(SECRET.authorization);
    },
  );

  test('to another port go without credentials, and with all the rest', async () => {
    server.on(/start/, redirect(`http://${other.host}/end`));
    other.on(/end/, HELLO);
    expect(await text()).toBe('hello');
    expect(server.requests[0]?.headers.authorization).toBe(SECRET.authorization);
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.headers.accept).toBe('text/plain');
  });

  test('to another host name of the same machine go without credentials', async () => {
    server.on(/start/, redirect(`http://localhost:${server.port}/end`)).on(/end/, HELLO);
    expect(await text()).toBe('hello');
    expect(server.requests[1]?.headers).not.toHaveProperty('authorization');
  });

  test('away and back again do not bring the credentials back', async () => {
    server.on(/start/, redirect(`http://${other.host}/middle`)).on(/end/, HELLO);
    other.on(/middle/, redirect(`http://${server.host}/end`));
    expect(await text()).toBe('hello');
    expect(server.requests[1]?.headers).not.toHaveProperty('authorization');
  });

  test('are followed five times', async () => {
    server.on(/./, redirect('/next'));
    await expect(text()).rejects.toMatchObject({
      code: 'REDIRECT_REFUSED',
      message: `${server.host} was not followed: it redirects more than 5 times`,
    });
    expect(server.requests).toHaveLength(6);
  });

  test.each([
    ['file:///etc/passwd', 'file:'],
    ['ftp://example.com/layer', 'ftp:'],
    ['data:text/plain,hello', 'data:'],
    ['javascript:alert(1)', 'javascript:'],
    ['unix:///var/run/docker.sock', 'unix:'],
    ['http://[nonsense', 'no URL'],
    ['https://user:pass@example.invalid/', 'user name'],
  ])('to %s are refused', async (location, why) => {
    server.on(/start/, redirect(location));
    const error = text();
    await expect(error).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' });
    await expect(error).rejects.toThrow(why);
    await expect(error).rejects.not.toThrow('pass@');
  });

  test('whose text breaks off are followed all the same', async () => {
    const head = 'HTTP/1.1 307 Elsewhere\r\nlocation: /end\r\ncontent-length: 50\r\n\r\n';
    server.on(/start/, ({ socket }) => socket?.end(`${head}see there`)).on(/end/, HELLO);
    expect(await text()).toBe('hello');
  });

  test('without a place to go to are answers', async () => {
    server.on(/start/, (response) => response.writeHead(302).end('nowhere'));
    expect(await text()).toBe('nowhere');
  });

  test('are no redirects where the status is none', async () => {
    server.on(/start/, (response) => response.writeHead(200, { location: `http://${other.host}/` }).end('here'));
    expect(await text()).toBe('here');
    expect(other.requests).toEqual([]);
  });
});

describe('redirects of a registry elsewhere', () => {
  // 0.0.0.0 reaches this machine, and counts as an address elsewhere that is spoken to in the clear.
  const elsewhere = (): URL => new URL(`http://0.0.0.0:${server.port}/start`);

  test.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '2130706433', 'localhost.'])(
    'to %s are refused: only the auditor reaches it',
    async (host) => {
      server.on(/start/, redirect(`http://${host}:${other.port}/latest/meta-data`));
      other.on(/./, HELLO);
      await expect(text(elsewhere())).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' });
      expect(other.requests).toEqual([]);
    },
  );

  test('to itself are followed', async () => {
    server.on(/start/, redirect('/end')).on(/end/, HELLO);
    expect(await text(elsewhere())).toBe('hello');
  });
});

describe('a registry on HTTPS', () => {
  const authority = makeCertificate('Test CA', { authority: true });
  const { certificate, key } = makeCertificate('server', { issuer: authority, hosts: ['127.0.0.1'] });
  let secure: RegistryServer;

  beforeEach(async () => {
    secure = await RegistryServer.start({ kind: 'anonymous' }, { cert: certificate, key });
  });
  afterEach(() => secure[Symbol.asyncDispose]());

  test('is not followed to plain HTTP, even on this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'layer-audit-tls-'));
    writeFileSync(join(folder, 'ca.pem'), authority.certificate);
    const certificates = new Certificates({ ca: join(folder, 'ca.pem') }, [], secure.host, secure.host);
    client = new HttpClient({}, new Connections({ env: {}, certificates, connectTimeoutMs: 1000 }));
    secure.on(/./, redirect(`http://${other.host}/end`));
    other.on(/./, honest);
    await expect(text(`https://${secure.host}/start`)).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(secure.requests).toHaveLength(1);
    expect(other.requests).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
});
