import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, AUTH, encode, failure, Home, only, PASSWORD } from './credential-files.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home[Symbol.dispose]());

async function found(image: string): Promise<unknown> {
  return (await home.lookUp(image)).credentials;
}

describe('credentials in a file', () => {
  test.each([
    ['auth', { auth: AUTH }],
    ['auth padded with zeros, as old versions of Docker wrote it', { auth: encode('alice', `${PASSWORD}\0\0`) }],
    ['username and password', ALICE],
    ['username and password beside an empty auth', { ...ALICE, auth: '' }],
  ])('are read from %s', async (_, entry) => {
    home.write(home.docker, { auths: { 'ghcr.io': entry } });
    expect(await home.lookUp('ghcr.io/acme/api')).toMatchObject({ credentials: only(ALICE), origin: home.docker });
  });

  test.each([
    ['ghcr.io', 'ghcr.io'],
    ['ghcr.io', 'https://ghcr.io'],
    ['ghcr.io', 'https://ghcr.io/'],
    ['ghcr.io', 'https://ghcr.io/v1/'],
    ['ghcr.io', 'https://ghcr.io/v2/'],
    ['ghcr.io', 'https://ghcr.io/v2'],
    ['localhost:5000', 'http://localhost:5000/v2/'],
    ['docker.io', 'https://index.docker.io/v1/'],
    ['docker.io', 'index.docker.io'],
    ['docker.io', 'docker.io'],
    ['docker.io', 'registry-1.docker.io'],
  ])('for %s are found under %s', async (registry, key) => {
    home.write(home.docker, { auths: { [key]: { auth: AUTH } } });
    expect(await found(`${registry}/acme/api`)).toEqual(only(ALICE));
  });

  test.each([
    ['ghcr.io', 'io'],
    ['ghcr.io', 'evil-ghcr.io'],
    ['ghcr.io', 'ghcr.io.example.com'],
    ['ghcr.io', 'ghcr.io:443'],
    ['ghcr.io', 'https://ghcr.io@example.com'],
    ['ghcr.io', 'https://example.com/ghcr.io'],
    ['registry.example.com', 'example.com'],
    ['example.com', 'registry.example.com'],
    ['localhost:5000', 'localhost:5001'],
    ['localhost:5000', 'localhost'],
    ['ghcr.io', 'https://index.docker.io/v1/'],
    ['docker.io.example.com', 'docker.io'],
    ['docker.io', 'docker.io.example.com'],
    ['ghcr.io', 'https://ghcr.io/v1/access-token'],
    ['ghcr.io', ''],
    ['ghcr.io', 'acme/api'],
    ['ghcr.io', 'ghcr.io/acm'],
    ['ghcr.io', 'ghcr.io/acme/api/deeper'],
    ['ghcr.io', 'ghcr.io/acme/other'],
    ['ghcr.io', 'ghcr.io/acme/'],
    ['ghcr.io', 'quay.io/acme'],
    ['ghcr.io', '__proto__'],
  ])('for %s/acme/api are not those of %j', async (registry, key) => {
    home.write(home.docker, `{"auths":{${JSON.stringify(key)}:{"auth":"${AUTH}"}}}`);
    expect(await found(`${registry}/acme/api`)).toBeNull();
  });

  test.each([
    ['no colon', Buffer.from('alice').toString('base64')],
    ['no user name', Buffer.from(':secret').toString('base64')],
    ['a number', 12],
    ['nothing', ''],
    ['no base64', '%%%'],
  ])('are none where auth holds %s', async (_, auth) => {
    home.write(home.docker, { auths: { 'ghcr.io': { auth } } });
    expect(await found('ghcr.io/acme/api')).toBeNull();
  });

  test.each([
    ['an empty object', {}],
    ['auths that are null', { auths: null }],
    ['auths that are a text', { auths: 'ghcr.io' }],
    ['an entry that is null', { auths: { 'ghcr.io': null } }],
    ['an entry that is a text', { auths: { 'ghcr.io': AUTH } }],
    ['credHelpers that are null', { credHelpers: null }],
    ['a store that is no text', { credsStore: 7 }],
    ['a list', []],
  ])('are none in %s', async (_, config) => {
    home.write(home.docker, config);
    expect(await found('ghcr.io/acme/api')).toBeNull();
  });

  test('an entry without a login does not hide another spelling with one', async () => {
    home.write(home.docker, { auths: { 'ghcr.io': {}, 'https://ghcr.io': { auth: AUTH } } });
    expect(await found('ghcr.io/acme/api')).toEqual(only(ALICE));
  });
});

describe('tokens in a file', () => {
  test('an identity token beside a user name with an empty password is no password', async () => {
    const auth = encode('00000000-0000-0000-0000-000000000000', '');
    home.write(home.docker, { auths: { 'acme.azurecr.io': { auth, identitytoken: 'refresh-me' } } });
    expect(await found('acme.azurecr.io/api')).toEqual({
      login: null,
      identityToken: 'refresh-me',
      registryToken: null,
    });
  });

  test('a password beside an identity token is kept, for registries that ask for one', async () => {
    home.write(home.docker, { auths: { 'acme.azurecr.io': { auth: AUTH, identitytoken: 'refresh-me' } } });
    expect(await found('acme.azurecr.io/api')).toEqual({
      login: ALICE,
      identityToken: 'refresh-me',
      registryToken: null,
    });
  });

  test('a registry token is read', async () => {
    home.write(home.docker, { auths: { 'ghcr.io': { registrytoken: 'as-it-is' } } });
    expect(await found('ghcr.io/acme/api')).toEqual({ login: null, identityToken: null, registryToken: 'as-it-is' });
  });
});

describe('entries of namespaces', () => {
  const auths = {
    'quay.io': { auth: encode('registry', 'p') },
    'quay.io/acme': { auth: encode('organisation', 'p') },
    'quay.io/acme/team/api': { auth: encode('repository', 'p') },
    'docker.io/library': { auth: encode('official', 'p') },
    'https://index.docker.io/v1/': { auth: encode('hub', 'p') },
  };

  test.each([
    ['quay.io/acme/team/api:1', 'repository'],
    ['quay.io/acme/team/other', 'organisation'],
    ['quay.io/acme', 'organisation'],
    ['quay.io/acme2/team', 'registry'],
    ['quay.io/other/acme', 'registry'],
    ['debian', 'official'],
    ['acme/api', 'hub'],
  ])('the longest that %s is in decides: %s', async (image, username) => {
    home.write(home.containers, { auths });
    expect(await found(image)).toEqual(only({ username, password: 'p' }));
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['is cut off', `{"auths":{"ghcr.io":{"username":"alice","password":"${PASSWORD}"`],
    ['is no JSON', `alice ${PASSWORD} ${AUTH}`],
    ['is a text', JSON.stringify(PASSWORD)],
    ['is null', 'null'],
    ['is empty', ''],
  ])('is an error that quotes nothing of it: it %s', async (_, text) => {
    home.write(home.docker, text);
    const error = await failure(home.lookUp('ghcr.io/acme/api'));
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', message: `${home.docker} is no valid JSON` });
    expect(`${error.message} ${error.hint} ${String(error.cause)} ${error.stack}`).not.toContain('word');
  });

  test('is an error where a folder has its name', async () => {
    mkdirSync(home.docker, { recursive: true });
    expect(await failure(home.lookUp('ghcr.io/acme/api'))).toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });
});
