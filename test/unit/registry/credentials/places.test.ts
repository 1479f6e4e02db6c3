import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { authFiles } from '../../../../src/registry/credentials/auth-places.ts';
import { encode, failure, Home, only, PASSWORD } from './credential-files.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home[Symbol.dispose]());

function entry(username: string): unknown {
  return { auths: { 'ghcr.io': { auth: encode(username, 'p') } } };
}

describe('places of credential files', () => {
  test.each<[string, Record<string, string>, NodeJS.Platform, string[]]>([
    [
      'a login session',
      { HOME: '/h', XDG_RUNTIME_DIR: '/run/user/7' },
      'linux',
      ['/run/user/7/containers/auth.json', '/h/.config/containers/auth.json', '/h/.docker/config.json'],
    ],
    [
      'a build server',
      { HOME: '/h', XDG_RUNTIME_DIR: '' },
      'linux',
      [`/run/containers/${process.getuid?.()}/auth.json`, '/h/.config/containers/auth.json', '/h/.docker/config.json'],
    ],
    [
      'other folders',
      { HOME: '/h', XDG_RUNTIME_DIR: '/r', XDG_CONFIG_HOME: '/c', DOCKER_CONFIG: '/d' },
      'linux',
      ['/r/containers/auth.json', '/c/containers/auth.json', '/d/config.json'],
    ],
    ['a Mac', { HOME: '/h' }, 'darwin', ['/h/.config/containers/auth.json', '/h/.docker/config.json']],
    ['a file that is named', { HOME: '/h', REGISTRY_AUTH_FILE: '/a', DOCKER_CONFIG: '/d' }, 'linux', ['/a']],
    [
      'variables that are empty',
      { HOME: '/h', REGISTRY_AUTH_FILE: '', DOCKER_CONFIG: '', XDG_CONFIG_HOME: '' },
      'darwin',
      ['/h/.config/containers/auth.json', '/h/.docker/config.json'],
    ],
  ])('in %s', (_, env, platform, files) => {
    expect(authFiles(env, platform)).toEqual(files);
  });
});

describe('the order of places', () => {
  test('is: flags, variables, Podman, Docker; the first that has credentials decides', async () => {
    home.write(home.docker, entry('docker'));
    expect(await home.lookUp('ghcr.io/acme/api')).toMatchObject({ origin: home.docker });
    home.write(home.containers, entry('containers'));
    expect(await home.lookUp('ghcr.io/acme/api')).toMatchObject({ origin: home.containers });
    home.write(home.podman, entry('podman'));
    expect(await home.lookUp('ghcr.io/acme/api')).toMatchObject({ origin: home.podman });
    home.env['LAYER_AUDIT_USERNAME'] = 'variable';
    home.env['LAYER_AUDIT_PASSWORD'] = 'p';
    expect(await home.lookUp('ghcr.io/acme/api')).toMatchObject({
      credentials: only({ username: 'variable', password: 'p' }),
      origin: 'LAYER_AUDIT_USERNAME and LAYER_AUDIT_PASSWORD',
    });
    const login = { username: 'flag', password: 'q' };
    expect(await home.lookUp('ghcr.io/acme/api', { login })).toMatchObject({ credentials: only(login) });
  });

  test('passes over files that have none for this registry', async () => {
    home.write(home.podman, { auths: { 'quay.io': { auth: encode('other', 'p') } } });
    home.write(home.docker, entry('docker'));
    expect(await home.lookUp('ghcr.io/acme/api')).toMatchObject({ origin: home.docker });
  });

  test('ends at a file that is named, though it has none', async () => {
    home.write(home.docker, entry('docker'));
    home.env['REGISTRY_AUTH_FILE'] = join(home.folder, 'mine.json');
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toBeNull();
  });

  test('is told, with what each place has and without a secret', async () => {
    home.write(home.podman, { auths: {} });
    home.write(home.containers, { auths: { 'ghcr.io/acme': { auth: encode('alice', PASSWORD) } } });
    const { places } = await home.lookUp('ghcr.io/acme/api');
    expect(places).toEqual([
      { place: '--username and --password-stdin', outcome: 'nothing', detail: 'not given' },
      { place: 'LAYER_AUDIT_USERNAME and LAYER_AUDIT_PASSWORD', outcome: 'nothing', detail: 'not set' },
      { place: home.podman, outcome: 'nothing', detail: 'has no entry for ghcr.io' },
      { place: home.containers, outcome: 'used', detail: 'auths["ghcr.io/acme"]: user name "alice" and a password' },
      { place: home.docker, outcome: 'not-reached', detail: 'not looked at' },
    ]);
  });

  test('--anonymous looks at none of them, not even at a broken one', async () => {
    home.write(home.docker, 'broken');
    home.env['LAYER_AUDIT_PASSWORD'] = 'p';
    const { credentials, places } = await home.lookUp('ghcr.io/acme/api', { anonymous: true });
    expect(credentials).toBeNull();
    expect(places.map(({ outcome }) => outcome)).toEqual(['used', ...Array(5).fill('not-reached')]);
  });

  test('a broken file ends the search: it may be the one with the login', async () => {
    home.write(home.podman, 'broken');
    home.write(home.docker, entry('docker'));
    expect(await failure(home.lookUp('ghcr.io/acme/api'))).toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });
});

describe('variables', () => {
  test.each([
    ['USERNAME', 'PASSWORD'],
    ['PASSWORD', 'USERNAME'],
  ])('LAYER_AUDIT_%s without LAYER_AUDIT_%s is an error', async (set, unset) => {
    home.env[`LAYER_AUDIT_${set}`] = PASSWORD;
    const error = await failure(home.lookUp('ghcr.io/acme/api'));
    expect(error).toMatchObject({
      code: 'CREDENTIALS_INVALID',
      message: `LAYER_AUDIT_${set} is set, and LAYER_AUDIT_${unset} is not`,
    });
    expect(`${error.message}${error.hint}`).not.toContain(PASSWORD);
  });

  test('that are empty are not set', async () => {
    Object.assign(home.env, { LAYER_AUDIT_USERNAME: '', LAYER_AUDIT_PASSWORD: '' });
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toBeNull();
  });
});

describe('a user name', () => {
  test.each([
    ['alice', 'user name "alice" and a password'],
    ['robot$acme+ci', 'user name "robot$acme+ci" and a password'],
    ['00000000-0000-0000-0000-000000000000', 'user name "00000000-0000-0000-0000-000000000000" and a password'],
    [`ghp_${'a1B2c3D4e5F6g7H8i9J0'}`, 'user name (a long one, not shown) and a password'],
  ])('%s is told as: %s', async (username, detail) => {
    const { places } = await home.lookUp('ghcr.io/acme/api', { login: { username, password: 'x-oauth-basic' } });
    expect(places[0]?.detail).toBe(detail);
  });
});
