import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { type AuditError, DEFAULT_LIMITS, parseReference } from '../../../src/core/index.ts';
import { RegistryClient, type RegistryClientOptions } from '../../../src/registry/index.ts';
import { buildImage } from '../../support/image-builder.ts';
import {
  basicHeader,
  otherBytes,
  type RegistryAuth,
  RegistryServer,
  redirect,
  refuse,
  silence,
  webPage,
} from '../../support/registry-server.ts';
import { file } from '../../support/tar-writer.ts';

const LIVE = new AbortController().signal;
const IMAGE = buildImage({ steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x')] }] });
const ACCOUNT = { username: 'alice', password: `correct ${'horse'}` };
const FOLDER = process.env['DOCKER_CONFIG'] as string;

const clients: RegistryClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  rmSync(FOLDER, { recursive: true, force: true });
});

async function start(auth: RegistryAuth): Promise<RegistryServer> {
  const server = await RegistryServer.start(auth);
  server.push('acme/api', [IMAGE]);
  server.tag('acme/api', '1.4', IMAGE.manifest);
  return server;
}

function clientOf(host: string, options: Partial<RegistryClientOptions> = {}): RegistryClient {
  const client = new RegistryClient(parseReference(`${host}/acme/api:1.4`), {
    limits: DEFAULT_LIMITS,
    env: process.env,
    http: { idleTimeoutMs: 600, sleep: async () => undefined },
    ...options,
  });
  clients.push(client);
  return client;
}

function logIn(host: string, account: { username: string; password: string } = ACCOUNT): void {
  const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64');
  writeConfig({ auths: { [host]: { auth } } });
}

function writeConfig(config: unknown): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'config.json'), JSON.stringify(config));
}

async function failure(client: RegistryClient): Promise<AuditError> {
  const error = await client.manifest('1.4', LIVE).then(
    () => new Error('it did not fail'),
    (one: AuditError) => one,
  );
  // Whatever went wrong, the password stands nowhere in what may be shown, in no spelling.
  const shown = inspect(error, { depth: 10, showHidden: true });
  expect(shown).not.toContain(ACCOUNT.password);
  expect(shown).not.toContain(Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString('base64').slice(0, 12));
  return error as AuditError;
}

describe('a registry that asks nobody', () => {
  test('is sent no credentials, though there are some', async () => {
    await using server = await start({ kind: 'anonymous' });
    logIn(server.host);
    await clientOf(server.host).manifest('1.4', LIVE);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe('a registry with passwords', () => {
  const BASIC: RegistryAuth = { kind: 'basic', ...ACCOUNT };

  test('is sent the credentials when it asks, and from then on', async () => {
    await using server = await start(BASIC);
    logIn(server.host);
    const client = clientOf(server.host);
    await client.manifest('1.4', LIVE);
    await client.manifest(IMAGE.manifest.digest, LIVE);
    const header = basicHeader(ACCOUNT.username, ACCOUNT.password);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, header, header]);
  });

  test('that refuses them is told once, and the error says whose they are', async () => {
    await using server = await start({ ...BASIC, password: 'changed' });
    logIn(server.host);
    expect(await failure(clientOf(server.host))).toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      message: expect.stringContaining(`refuses the credentials in ${join(FOLDER, 'config.json')}`),
      hint: expect.stringContaining(`Log in again: docker login ${server.host}.`),
    });
    expect(server.requests).toHaveLength(2);
  });

  test('wants a login where there is none', async () => {
    await using server = await start(BASIC);
    expect(await failure(clientOf(server.host))).toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      message: expect.stringMatching(/wants credentials for manifest .*, and there are none: UNAUTHORIZED/),
      hint: `Log in: docker login ${server.host}. Where they are looked for: audit auth explain ${server.host}/acme/api:1.4`,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('is not sent those of another port', async () => {
    await using server = await start(BASIC);
    logIn(`127.0.0.1:${server.port + 1}`);
    expect(await failure(clientOf(server.host))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('whose login is kept by a helper is sent what it says', async () => {
    await using server = await start(BASIC);
    writeConfig({ auths: { [server.host]: {} }, credsStore: 'test' });
    const script = `#!/bin/sh\necho '${JSON.stringify({ Username: ACCOUNT.username, Secret: ACCOUNT.password })}'`;
    writeFileSync(join(FOLDER, 'docker-credential-test'), script, { mode: 0o755 });
    await clientOf(server.host, { env: { ...process.env, PATH: FOLDER } }).manifest('1.4', LIVE);
    const header = basicHeader(ACCOUNT.username, ACCOUNT.password);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, header]);
  });

  test('that is given an identity token has no use for it, and is not sent it', async () => {
    await using server = await start(BASIC);
    const auth = Buffer.from('alice:').toString('base64');
    writeConfig({ auths: { [server.host]: { auth, identitytoken: ACCOUNT.password } } });
    expect(await failure(clientOf(server.host))).toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      message: expect.stringContaining(`wants a password, and ${join(FOLDER, 'config.json')} has an identity token`),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('is sent what was given for this run, whatever the files say', async () => {
    await using server = await start(BASIC);
    logIn(server.host, { username: 'bob', password: 'other' });
    await clientOf(server.host, { login: ACCOUNT }).manifest('1.4', LIVE);
    expect(server.requests).toHaveLength(2);
  });

  test('is sent nothing by the anonymous', async () => {
    await using server = await start(BASIC);
    logIn(server.host);
    expect(await failure(clientOf(server.host, { anonymous: true }))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
    expect(server.requests).toHaveLength(1);
  });

  test('is not spoken to with a broken config.json', async () => {
    await using server = await start(BASIC);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'config.json'), `{"auths": ${ACCOUNT.password}`);
    expect(await failure(clientOf(server.host))).toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  test('that sends its blobs elsewhere sends no credentials there, even if asked for them', async () => {
    await using server = await start(BASIC);
    await using storage = await start(BASIC);
    logIn(server.host);
    server.on(
      /blobs/,
      redirect(({ path }) => `http://${storage.host}${path}`),
    );
    const client = clientOf(server.host);
    await client.manifest('1.4', LIVE);
    await expect(client.blob(IMAGE.config.digest as never, LIVE).next()).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
    });
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe('a registry with tokens', () => {
  test.each(['token', 'access_token'] as const)('gives one to everybody, as %s', async (member) => {
    await using server = await start({ kind: 'bearer', member });
    expect((await clientOf(server.host).manifest('1.4', LIVE)).digest).toBe(IMAGE.manifest.digest);
    const asked = server.requests[1];
    expect(asked?.path).toBe('/token');
    expect(Object.fromEntries(asked?.query ?? [])).toEqual({
      service: 'test, registry',
      scope: 'repository:acme/api:pull',
    });
    expect(asked?.headers).not.toHaveProperty('authorization');
  });

  test('gives one for a password, which only its token service is sent', async () => {
    await using server = await start({ kind: 'bearer', account: ACCOUNT });
    logIn(server.host);
    await clientOf(server.host).manifest('1.4', LIVE);
    const header = basicHeader(ACCOUNT.username, ACCOUNT.password);
    expect(server.requests.filter(({ headers }) => headers.authorization === header).map(({ path }) => path)).toEqual([
      '/token',
    ]);
  });

  test('gives one for all requests', async () => {
    await using server = await start({ kind: 'bearer' });
    const client = clientOf(server.host);
    await client.manifest('1.4', LIVE);
    await client.manifest(IMAGE.manifest.digest, LIVE);
    await client.smallBlob(IMAGE.config.digest as never, 10_000, LIVE);
    expect(server.paths(/^\/token$/)).toHaveLength(1);
  });

  test('gives another one when the first has expired', async () => {
    await using server = await start({ kind: 'bearer' });
    const client = clientOf(server.host);
    await client.manifest('1.4', LIVE);
    server.revokeTokens();
    await client.manifest('1.4', LIVE);
    expect(server.paths(/^\/token$/)).toHaveLength(2);
  });

  test('that refuses its own tokens is asked twice, not for ever', async () => {
    await using server = await start({ kind: 'bearer' });
    server.on(/^\/token$/, otherBytes(Buffer.from('{"token":"always-the-same"}')));
    expect(await failure(clientOf(server.host))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
    expect(server.requests).toHaveLength(3);
  });

  test('may have its token service elsewhere: the password goes there, as Docker does it', async () => {
    await using service = await RegistryServer.start({ kind: 'bearer', account: ACCOUNT });
    await using server = await start({ kind: 'bearer', realm: `http://${service.host}/token` });
    logIn(server.host);
    expect(await failure(clientOf(server.host))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
    const header = basicHeader(ACCOUNT.username, ACCOUNT.password);
    expect(service.requests.map(({ headers }) => headers.authorization)).toEqual([header]);
  });

  test('whose token service redirects to another host loses the password on the way', async () => {
    await using service = await RegistryServer.start({ kind: 'bearer' });
    await using server = await start({ kind: 'bearer' });
    logIn(server.host);
    server.on(/^\/token$/, redirect(`http://${service.host}/token`));
    await failure(clientOf(server.host));
    expect(service.requests).toHaveLength(1);
    expect(service.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('refuses a wrong password', async () => {
    await using server = await start({ kind: 'bearer', account: { username: 'alice', password: 'changed' } });
    logIn(server.host);
    expect(await failure(clientOf(server.host))).toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      message: expect.stringContaining('refuses the credentials in'),
    });
  });

  test.each([
    ['REGISTRY_FORBIDDEN', refuse(403, 'DENIED', 'no')],
    ['REGISTRY_PROTOCOL', refuse(404, 'NOT_FOUND', 'no')],
    ['REGISTRY_SERVER_ERROR', refuse(500, '', '')],
    ['REGISTRY_PROTOCOL', webPage()],
    ['REGISTRY_PROTOCOL', otherBytes(Buffer.from('{}'))],
    ['REGISTRY_PROTOCOL', otherBytes(Buffer.from('{"token":7}'))],
    ['REGISTRY_PROTOCOL', otherBytes(Buffer.from('{"token":"a\\r\\nHost: evil"}'))],
    ['REGISTRY_PROTOCOL', otherBytes(Buffer.from('{"token":""}'))],
    ['REGISTRY_PROTOCOL', otherBytes(Buffer.from('null'))],
    ['DOCUMENT_TOO_LARGE', otherBytes(Buffer.alloc(1024 * 1024 + 1, '['))],
    ['REGISTRY_TIMEOUT', silence],
  ])('whose token service fails is an error: %s', async (code, answer) => {
    await using server = await start({ kind: 'bearer' });
    logIn(server.host);
    server.on(/^\/token$/, answer);
    expect(await failure(clientOf(server.host))).toMatchObject({ code });
  });

  test.each([
    ['http://auth.example.invalid/token', 'over plain HTTP; nothing was sent there'],
    ['ftp://127.0.0.1/token', 'no web address'],
    ['file:///etc/passwd', 'no web address'],
    ['data:application/json,{"token":"x"}', 'no web address'],
    ['https://bob:pass@auth.example.invalid/token', 'a user name of its own'],
    ['/token', 'does not say where'],
    ['', 'does not say where'],
  ])('that wants the password sent to %j is refused', async (realm, why) => {
    await using server = await start({ kind: 'bearer', realm });
    logIn(server.host);
    const error = await failure(clientOf(server.host));
    expect(error).toMatchObject({ code: 'REGISTRY_PROTOCOL', message: expect.stringContaining(why) });
  });

  test.each(['Bearer', 'Bearer service="x"', 'Bearer realm'])('that only says %j is refused', async (challenge) => {
    await using server = await start({ kind: 'bearer', challenge });
    expect(await failure(clientOf(server.host))).toMatchObject({ code: 'REGISTRY_PROTOCOL' });
  });

  test.each(['Negotiate', 'Digest realm="x", nonce="y"', ''])(
    'that says %j asks for what nobody can answer',
    async (challenge) => {
      await using server = await start({ kind: 'bearer', challenge });
      logIn(server.host);
      expect(await failure(clientOf(server.host))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])(
    'elsewhere cannot make the auditor ask for one at %s',
    async (host) => {
      await using inner = await RegistryServer.start({ kind: 'bearer' });
      await using server = await start({ kind: 'bearer', realm: `http://${host}:${inner.port}/token` });
      const registry = `0.0.0.0:${server.port}`;
      logIn(registry);
      expect(await failure(clientOf(registry, { plainHttp: true }))).toMatchObject({
        code: 'REGISTRY_PROTOCOL',
        message: expect.stringContaining('an address of this machine'),
      });
      expect(inner.requests).toEqual([]);
    },
  );
});
