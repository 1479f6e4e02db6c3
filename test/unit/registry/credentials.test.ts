import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditError } from '../../../src/core/index.ts';
import { lookUpCredentials } from '../../../src/registry/index.ts';

const PASSWORD = `pass:${'word'}-ü`;
const ALICE = { username: 'alice', password: PASSWORD };
const AUTH = Buffer.from(`alice:${PASSWORD}`).toString('base64');

let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-credentials-'));
  env = { DOCKER_CONFIG: folder, HOME: join(folder, 'home') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(config: unknown, at = folder): void {
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
}

describe("credentials in Docker's config.json", () => {
  test.each([
    ['auth', { auth: AUTH }],
    [
      'auth padded with zeros, as old versions of Docker wrote it',
      { auth: Buffer.from(`alice:${PASSWORD}\0\0`).toString('base64') },
    ],
    ['username and password', ALICE],
    ['username and password beside an empty auth', { ...ALICE, auth: '' }],
  ])('are read from %s', (_, entry) => {
    write({ auths: { 'ghcr.io': entry } });
    expect(lookUpCredentials('ghcr.io', env)).toEqual({
      credentials: ALICE,
      origin: join(folder, 'config.json'),
      helper: null,
      identityToken: false,
    });
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
  ])('for %s are found under %s', (registry, key) => {
    write({ auths: { [key]: { auth: AUTH } } });
    expect(lookUpCredentials(registry, env).credentials).toEqual(ALICE);
  });

  test.each([
    ['ghcr.io', 'io'],
    ['ghcr.io', 'evil-ghcr.io'],
    ['ghcr.io', 'ghcr.io.example.com'],
    ['ghcr.io', 'ghcr.io:443'],
    ['ghcr.io', 'ghcr.io/acme'],
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
  ])('for %s are not those of %j', (registry, key) => {
    write({ auths: { [key]: { auth: AUTH } } });
    expect(lookUpCredentials(registry, env).credentials).toBeNull();
  });

  test.each([
    ['no colon', Buffer.from('alice').toString('base64')],
    ['no user name', Buffer.from(':secret').toString('base64')],
    ['a number', 12],
    ['nothing', ''],
    ['no base64', '%%%'],
  ])('an auth that holds %s is none', (_, auth) => {
    write({ auths: { 'ghcr.io': { auth } } });
    expect(lookUpCredentials('ghcr.io', env).credentials).toBeNull();
  });

  test.each([
    ['an empty object', {}],
    ['auths that are null', { auths: null }],
    ['auths that are a text', { auths: 'ghcr.io' }],
    ['an entry that is null', { auths: { 'ghcr.io': null } }],
    ['an entry that is a text', { auths: { 'ghcr.io': AUTH } }],
    ['credHelpers that are null', { credHelpers: null }],
    ['a list', []],
  ])('%s holds none', (_, config) => {
    write(config);
    expect(lookUpCredentials('ghcr.io', env)).toMatchObject({ credentials: null, helper: null });
  });

  test('an entry without a login does not hide another spelling with one', () => {
    write({ auths: { 'ghcr.io': {}, 'https://ghcr.io': { auth: AUTH } } });
    expect(lookUpCredentials('ghcr.io', env).credentials).toEqual(ALICE);
  });

  test('an identity token is not taken for a password', () => {
    const auth = Buffer.from('00000000-0000-0000-0000-000000000000:').toString('base64');
    write({ auths: { 'acme.azurecr.io': { auth, identitytoken: 'refresh-me' } } });
    expect(lookUpCredentials('acme.azurecr.io', env)).toMatchObject({ credentials: null, identityToken: true });
  });

  test('a password beside an identity token is a password', () => {
    write({ auths: { 'acme.azurecr.io': { auth: AUTH, identitytoken: 'refresh-me' } } });
    expect(lookUpCredentials('acme.azurecr.io', env).credentials).toEqual(ALICE);
  });
});

describe('credential helpers', () => {
  test.each([
    ['the helper of the registry', { credHelpers: { 'ghcr.io': 'gh' }, credsStore: 'desktop' }, 'gh'],
    ['the store', { credHelpers: { 'gcr.io': 'gcloud' }, credsStore: 'desktop' }, 'desktop'],
    ['the store, where Docker keeps an empty entry', { auths: { 'ghcr.io': {} }, credsStore: 'desktop' }, 'desktop'],
    ['none that is no text', { credsStore: 7 }, null],
  ])('are named: %s', (_, config, helper) => {
    write(config);
    expect(lookUpCredentials('ghcr.io', env)).toMatchObject({ credentials: null, helper });
  });

  test('matter nothing where the file has the credentials', () => {
    write({ auths: { 'ghcr.io': { auth: AUTH } }, credsStore: 'desktop' });
    expect(lookUpCredentials('ghcr.io', env)).toMatchObject({ credentials: ALICE, helper: null });
  });
});

describe('the place of the file', () => {
  test('is $DOCKER_CONFIG', () => {
    write({ auths: { 'ghcr.io': { auth: AUTH } } });
    write({ auths: { 'ghcr.io': ALICE } }, join(folder, 'home', '.docker'));
    expect(lookUpCredentials('ghcr.io', env).origin).toBe(join(folder, 'config.json'));
  });

  test.each([
    ['not set', {}],
    ['empty', { DOCKER_CONFIG: '' }],
  ])('is ~/.docker where $DOCKER_CONFIG is %s', (_, more) => {
    const home = join(folder, 'home');
    write({ auths: { 'ghcr.io': { auth: AUTH } } }, join(home, '.docker'));
    expect(lookUpCredentials('ghcr.io', { HOME: home, ...more })).toMatchObject({
      credentials: ALICE,
      origin: join(home, '.docker', 'config.json'),
    });
  });

  test('may be empty: then there are no credentials', () => {
    expect(lookUpCredentials('ghcr.io', env)).toMatchObject({ credentials: null, helper: null });
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['is cut off', `{"auths":{"ghcr.io":{"username":"alice","password":"${PASSWORD}"`],
    ['is no JSON', `alice ${PASSWORD} ${AUTH}`],
    ['is a text', JSON.stringify(PASSWORD)],
    ['is null', 'null'],
    ['is empty', ''],
  ])('is an error that quotes nothing of it: it %s', (_, text) => {
    write(text);
    const error = failure(() => lookUpCredentials('ghcr.io', env));
    expect(error).toMatchObject({
      code: 'CREDENTIALS_INVALID',
      message: `${join(folder, 'config.json')} is no valid JSON`,
    });
    expect(`${error.message} ${error.hint} ${String(error.cause)} ${error.stack}`).not.toContain('word');
  });

  test('is an error where a folder has its name', () => {
    mkdirSync(join(folder, 'config.json'));
    expect(failure(() => lookUpCredentials('ghcr.io', env))).toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });
});

function failure(run: () => unknown): AuditError {
  try {
    run();
  } catch (error) {
    return error as AuditError;
  }
  throw new Error('it did not fail');
}
