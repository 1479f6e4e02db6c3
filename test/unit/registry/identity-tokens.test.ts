import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { type AuditError, DEFAULT_LIMITS, parseReference } from '../../../src/core/index.ts';
import { RegistryClient } from '../../../src/registry/index.ts';
import { buildImage } from '../../support/image-builder.ts';
import { type RegistryAuth, RegistryServer, redirect, refuse } from '../../support/registry-server.ts';
import { file } from '../../support/tar-writer.ts';

const LIVE = new AbortController().signal;
const IMAGE = buildImage({ steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x')] }] });
const TOKEN = `refresh-${'me'}+/=&`;
const FOLDER = process.env['DOCKER_CONFIG'] as string;

const clients: RegistryClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  rmSync(FOLDER, { recursive: true, force: true });
});

async function start(auth: Partial<RegistryAuth & { kind: 'bearer' }> = {}): Promise<RegistryServer> {
  const server = await RegistryServer.start({ kind: 'bearer', identityToken: TOKEN, ...auth });
  server.push('acme/api', [IMAGE]);
  server.tag('acme/api', '1', IMAGE.manifest);
  return server;
}

function clientOf(server: RegistryServer, entry: object): RegistryClient {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'config.json'), JSON.stringify({ auths: { [server.host]: entry } }));
  const client = new RegistryClient(parseReference(`${server.host}/acme/api:1`), {
    limits: DEFAULT_LIMITS,
    env: process.env,
    http: { idleTimeoutMs: 2000, sleep: async () => undefined },
  });
  clients.push(client);
  return client;
}

async function failure(client: RegistryClient): Promise<AuditError> {
  const error = await client.manifest('1', LIVE).then(
    () => new Error('it did not fail'),
    (one: AuditError) => one,
  );
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(TOKEN.slice(0, 10));
  return error as AuditError;
}

describe('an identity token', () => {
  test('is exchanged for a token at the token service, in a form', async () => {
    await using server = await start({ member: 'access_token' });
    const client = clientOf(server, { identitytoken: TOKEN, auth: Buffer.from('x:').toString('base64') });
    expect((await client.manifest('1', LIVE)).digest).toBe(IMAGE.manifest.digest);
    const [, exchange, again] = server.requests;
    expect(exchange).toMatchObject({ method: 'POST', path: '/token' });
    expect(exchange?.headers).not.toHaveProperty('authorization');
    expect(Object.fromEntries(exchange?.form ?? [])).toEqual({
      grant_type: 'refresh_token',
      service: 'test, registry',
      client_id: 'layer-audit',
      scope: 'repository:acme/api:pull',
      refresh_token: TOKEN,
    });
    expect(exchange?.query.size).toBe(0);
    expect(again?.headers.authorization).toMatch(/^Bearer token-/);
  });

  test('is used before the password that stands beside it, as Docker does it', async () => {
    await using server = await start();
    await clientOf(server, { identitytoken: TOKEN, username: 'bob', password: 'p' }).manifest('1', LIVE);
    expect(server.requests[1]?.method).toBe('POST');
  });

  test('that is refused is told so, and nothing else is tried', async () => {
    await using server = await start({ identityToken: 'another' });
    expect(await failure(clientOf(server, { identitytoken: TOKEN }))).toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      message: expect.stringContaining(`refuses the credentials in ${join(FOLDER, 'config.json')}`),
    });
    expect(server.requests).toHaveLength(2);
  });

  test('does not follow a redirect of the token service, not even to the same host', async () => {
    await using server = await start();
    server.on(/^\/token$/, redirect('/elsewhere'));
    expect(await failure(clientOf(server, { identitytoken: TOKEN }))).toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(server.paths(/elsewhere/)).toEqual([]);
  });

  test('is not shown where the token service quotes it', async () => {
    await using server = await start();
    server.on(/^\/token$/, (response, request) =>
      refuse(403, 'DENIED', `bad ${request.form.get('refresh_token')}`)(response, request, undefined),
    );
    expect(await failure(clientOf(server, { identitytoken: TOKEN }))).toMatchObject({
      code: 'REGISTRY_FORBIDDEN',
      message: expect.stringContaining('DENIED bad ****'),
    });
  });

  test.each(['http://auth.example.invalid/token', 'ftp://127.0.0.1/token'])('is not sent to %s', async (realm) => {
    await using server = await start({ realm });
    expect(await failure(clientOf(server, { identitytoken: TOKEN }))).toMatchObject({
      code: 'REGISTRY_PROTOCOL',
      message: expect.stringContaining('nothing was sent there'),
    });
  });
});

describe('a registry token', () => {
  test('is sent as it is', async () => {
    await using server = await start({ registryToken: 'as-it-is' });
    await clientOf(server, { registrytoken: 'as-it-is' }).manifest('1', LIVE);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer as-it-is']);
    expect(server.paths(/token/)).toEqual([]);
  });

  test('that is refused is told so', async () => {
    await using server = await start({ registryToken: 'another' });
    expect(await failure(clientOf(server, { registrytoken: TOKEN }))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('a token that expires while several blobs are read', () => {
  test('is renewed, and no request is refused in the end', async () => {
    await using server = await start({ identityToken: TOKEN });
    const client = clientOf(server, { identitytoken: TOKEN });
    await client.manifest('1', LIVE);
    server.revokeTokens();
    const all = await Promise.all(Array.from({ length: 6 }, () => client.manifest('1', LIVE)));
    expect(all.map(({ digest }) => digest)).toEqual(Array(6).fill(IMAGE.manifest.digest));
  });
});
