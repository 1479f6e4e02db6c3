import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, AUTH, failure, Home, only, PASSWORD, says } from './credential-files.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home[Symbol.dispose]());

/** What helpers were asked, in order. */
function asked(): string[] {
  const path = join(home.folder, 'asked');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

describe('a credential helper', () => {
  test('is asked with the name of the registry on its standard input', async () => {
    home.write(home.docker, { credsStore: 'test' });
    home.helper('test', says('alice', PASSWORD));
    expect(await home.lookUp('ghcr.io/acme/api')).toMatchObject({
      credentials: only(ALICE),
      origin: `docker-credential-test, which ${home.docker} names`,
    });
    expect(asked()).toEqual(['test get ghcr.io']);
  });

  test('of one registry comes before the store, and before what stands in the file', async () => {
    home.write(home.docker, {
      auths: { 'ghcr.io': { auth: AUTH } },
      credHelpers: { 'ghcr.io': 'own' },
      credsStore: 'all',
    });
    home.helper('own', says('bob', 'p'));
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toEqual(only({ username: 'bob', password: 'p' }));
    expect(asked()).toEqual(['own get ghcr.io']);
  });

  test('that is a store is not asked for what stands in the file', async () => {
    home.write(home.docker, { auths: { 'ghcr.io': { auth: AUTH } }, credsStore: 'test' });
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toEqual(only(ALICE));
  });

  test('that is a store is asked where the file has an empty entry, as Docker keeps it', async () => {
    home.write(home.docker, { auths: { 'ghcr.io': {} }, credsStore: 'test' });
    home.helper('test', says('bob', 'p'));
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toEqual(only({ username: 'bob', password: 'p' }));
  });

  test('of another registry is not asked', async () => {
    home.write(home.docker, { credHelpers: { 'gcr.io': 'test', 'evil-ghcr.io': 'test' } });
    home.helper('test', says('bob', 'p'));
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toBeNull();
    expect(asked()).toEqual([]);
  });

  test('is asked for Docker Hub under the name that Docker uses, then under the plain one', async () => {
    home.write(home.docker, { credsStore: 'test' });
    home.helper(
      'test',
      `[ "$server" = docker.io ] && { ${says('bob', 'p')}; exit; }; echo 'credentials not found in native keychain'; exit 1`,
    );
    expect((await home.lookUp('debian')).credentials).toEqual(only({ username: 'bob', password: 'p' }));
    expect(asked()).toEqual(['test get https://index.docker.io/v1/', 'test get docker.io']);
  });

  test('gives an identity token under the user name <token>', async () => {
    home.write(home.docker, { credsStore: 'test' });
    home.helper('test', says('<token>', 'refresh-me'));
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toEqual({
      login: null,
      identityToken: 'refresh-me',
      registryToken: null,
    });
  });

  test.each([
    ['says so', `echo 'credentials not found in native keychain'; exit 1`],
    ['says so with an empty secret', says('', '')],
  ])('that has none is followed by the next file: it %s', async (_, script) => {
    home.write(home.podman, { credHelpers: { 'ghcr.io': 'test' } });
    home.write(home.docker, { auths: { 'ghcr.io': { auth: AUTH } } });
    home.helper('test', script);
    const { credentials, places } = await home.lookUp('ghcr.io/acme/api');
    expect(credentials).toEqual(only(ALICE));
    expect(places[2]).toEqual({
      place: home.podman,
      outcome: 'nothing',
      detail: 'docker-credential-test has none for ghcr.io',
    });
  });

  test.each<[string, string, string]>([
    ['fails', `echo '${PASSWORD}'; echo '${PASSWORD}' >&2; exit 1`, 'it failed (status 1)'],
    ['is killed', `kill -9 $$`, 'it failed (SIGKILL)'],
    ['says nothing', '', 'its answer is not what a credential helper says'],
    ['says no JSON', `echo '${PASSWORD}'`, 'its answer is not what a credential helper says'],
    ['says a text', `echo '"${PASSWORD}"'`, 'its answer is not what a credential helper says'],
    ['says no secret', `echo '{"Username":"${PASSWORD}"}'`, 'its answer is not what a credential helper says'],
    ['says a number', `echo '{"Username":"a","Secret":7}'`, 'its answer is not what a credential helper says'],
    ['never ends', `while :; do echo '${PASSWORD}'; done`, 'its answer has no end'],
    ['never answers', 'exec /bin/sleep 60', 'it did not answer within 1 seconds'],
    ['never answers, nor its child', '/bin/sleep 60', 'it did not answer within 1 seconds'],
  ])('that %s is an error without what it wrote', async (_, script, why) => {
    home.write(home.docker, { credsStore: 'test' });
    home.helper('test', script);
    const error = await failure(home.lookUp('ghcr.io/acme/api', { helperTimeoutMs: 900 }));
    expect(error).toMatchObject({
      code: 'CREDENTIALS_INVALID',
      message: `docker-credential-test gives no credentials for ghcr.io: ${why}`,
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('word');
  });

  test('that is not there is an error', async () => {
    home.write(home.docker, { credsStore: 'desktop.exe' });
    expect(await failure(home.lookUp('ghcr.io/acme/api'))).toMatchObject({
      code: 'CREDENTIALS_INVALID',
      message: 'docker-credential-desktop.exe gives no credentials for ghcr.io: there is no such program in PATH',
      hint: expect.stringContaining('--anonymous'),
    });
  });

  test('that cannot be run is an error', async () => {
    home.write(home.docker, { credsStore: 'test' });
    mkdirSync(join(home.folder, 'bin', 'docker-credential-test'), { recursive: true });
    expect(await failure(home.lookUp('ghcr.io/acme/api'))).toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  test.each(['../evil', '/tmp/evil', 'a b', 'a;b', '$(id)', 'x\n', 'ü', '..\\evil'])(
    'that calls itself %j is not run',
    async (name) => {
      home.write(home.docker, { credsStore: name });
      expect(await failure(home.lookUp('ghcr.io/acme/api'))).toMatchObject({
        code: 'CREDENTIALS_INVALID',
        message: `${JSON.stringify(name)} is not the name of a credential helper`,
      });
    },
  );

  test('that does not read what it is asked is judged by its answer', async () => {
    home.helper('deaf', '');
    home.write(join(home.folder, 'bin', 'docker-credential-deaf'), `#!/bin/sh\n${says('bob', 'p')}\n`);
    home.write(home.docker, { credsStore: 'deaf' });
    expect((await home.lookUp('ghcr.io/acme/api')).credentials).toEqual(only({ username: 'bob', password: 'p' }));
  });
});
