import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type DaemonEndpoint, findDaemon } from '../../../src/daemon/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-contexts-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;

/** A folder of Docker's configuration; files by name. */
function configFolder(files: Readonly<Record<string, unknown>>): string {
  count += 1;
  const folder = join(scratch, `${count}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');
const metaOf = (name: string): string => `contexts/meta/${idOf(name)}/meta.json`;
const tlsOf = (name: string, file: string): string => `contexts/tls/${idOf(name)}/docker/${file}`;
const context = (name: string, docker: unknown) => ({ [metaOf(name)]: { Name: name, Endpoints: { docker } } });

function find(env: Record<string, string>, sockets: readonly string[] = [], uid = 1000): DaemonEndpoint {
  return findDaemon('docker', { HOME: '/home/me', DOCKER_CONFIG: '/none', ...env }, machine(sockets, uid));
}
const machine = (sockets: readonly string[], uid: number) => ({
  exists: (path: string) => sockets.includes(path),
  uid,
});
const pathOf = ({ connection }: DaemonEndpoint): string | null =>
  connection.kind === 'socket' ? connection.path : null;

describe('the daemon of Docker', () => {
  const work = { currentContext: 'work' };
  const contexts = { ...context('work', { Host: 'unix:///work.sock' }), ...context('ci', { Host: 'tcp://ci:2375' }) };

  test('is that of the current context', () => {
    const endpoint = find({ DOCKER_CONFIG: configFolder({ 'config.json': work, ...contexts }) });
    expect(pathOf(endpoint)).toBe('/work.sock');
    expect(endpoint.origin).toBe('from the Docker context "work"');
  });

  test('is that of DOCKER_CONTEXT before the current context', () => {
    const folder = configFolder({ 'config.json': work, ...contexts });
    expect(find({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'ci' }).address).toBe('tcp://ci:2375');
  });

  test('is that of DOCKER_HOST before all contexts', () => {
    const folder = configFolder({ 'config.json': work, ...contexts });
    const endpoint = find({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'ci', DOCKER_HOST: 'unix:///host.sock' });
    expect([pathOf(endpoint), endpoint.origin]).toEqual(['/host.sock', 'from DOCKER_HOST']);
  });

  test('is looked for in ~/.docker where DOCKER_CONFIG is not set, or empty', () => {
    const home = configFolder({});
    mkdirSync(join(home, '.docker'));
    writeFileSync(join(home, '.docker/config.json'), '{"currentContext":"gone"}');
    expect(() => find({ HOME: home, DOCKER_CONFIG: '' })).toThrow(/"gone"/);
  });

  test.each<readonly [string, Record<string, string>]>([
    ['without any configuration', {}],
    ['with the context default', { DOCKER_CONTEXT: 'default' }],
    ['with empty variables', { DOCKER_CONTEXT: '', DOCKER_HOST: '', DOCKER_TLS_VERIFY: '' }],
  ])('%s is the default socket', (_, env) => {
    expect(pathOf(find(env, ['/var/run/docker.sock', '/run/user/1000/docker.sock']))).toBe('/var/run/docker.sock');
  });

  test.each([
    [{ XDG_RUNTIME_DIR: '/xdg' }, '/xdg/docker.sock'],
    [{}, '/run/user/1000/docker.sock'],
    [{}, '/home/me/.docker/run/docker.sock'],
    [{}, '/home/me/.docker/desktop/docker.sock'],
  ])('with %j and only %s there is that socket', (env, socket) => {
    expect(pathOf(find(env, [socket]))).toBe(socket);
  });

  test('with no socket at all names all that were looked for', () => {
    const endpoint = find({});
    expect(pathOf(endpoint)).toBe('/var/run/docker.sock');
    expect(endpoint.origin).toBe(
      'nor at /run/user/1000/docker.sock, /home/me/.docker/run/docker.sock, /home/me/.docker/desktop/docker.sock',
    );
  });

  test('is the default where its context has no address', () => {
    const folder = configFolder({ 'config.json': work, ...context('work', { SkipTLSVerify: false }) });
    expect(pathOf(find({ DOCKER_CONFIG: folder }))).toBe('/var/run/docker.sock');
  });
});

describe('TLS for the daemon of Docker', () => {
  const files = { 'ca.pem': 'the ca', 'cert.pem': 'the cert', 'key.pem': 'the key' };

  test('comes from DOCKER_CERT_PATH where DOCKER_TLS_VERIFY is set', () => {
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: configFolder(files) };
    expect(find(env).connection).toMatchObject({
      port: 2376,
      tls: { ca: 'the ca', cert: 'the cert', key: 'the key', verify: true },
    });
  });

  test('comes from the folder of the configuration where there is no DOCKER_CERT_PATH', () => {
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: configFolder({ 'ca.pem': 'the ca' }) };
    expect(find(env).connection).toMatchObject({ tls: { ca: 'the ca', cert: null, key: null } });
  });

  test('without an address is on this machine, as for Docker’s own client', () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: configFolder(files) };
    expect(find(env, ['/var/run/docker.sock']).address).toBe('tcp://127.0.0.1:2376');
  });

  test('is not used where only a path to certificates is set', () => {
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_CERT_PATH: configFolder(files) };
    expect(find(env).connection).toMatchObject({ port: 2375, tls: null });
  });

  test('does without looking at the certificate only where DOCKER_TLS says so', () => {
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS: '1', DOCKER_CERT_PATH: configFolder({}) };
    expect(find(env).connection).toMatchObject({ tls: { ca: null, verify: false } });
  });

  test.each([
    ['no authority', {}],
    ['a certificate without its key', { 'ca.pem': 'a', 'cert.pem': 'c' }],
    ['a key without its certificate', { 'ca.pem': 'a', 'key.pem': 'k' }],
  ])('with %s is one coded error', (_, some) => {
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: configFolder(some) };
    expect(() => find(env)).toThrow(expect.objectContaining({ code: 'DAEMON_CONFIG_INVALID' }));
  });

  test('of a context comes from the context’s own folder', () => {
    const folder = configFolder({
      ...context('ci', { Host: 'tcp://ci', SkipTLSVerify: false }),
      [tlsOf('ci', 'ca.pem')]: 'ci ca',
      [tlsOf('ci', 'cert.pem')]: 'ci cert',
      [tlsOf('ci', 'key.pem')]: 'ci key',
    });
    expect(find({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'ci' }).connection).toMatchObject({
      port: 2376,
      tls: { ca: 'ci ca', cert: 'ci cert', key: 'ci key', verify: true },
    });
  });

  test('of a context that skips verification is TLS all the same', () => {
    const folder = configFolder(context('ci', { Host: 'tcp://ci', SkipTLSVerify: true }));
    expect(find({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'ci' }).connection).toMatchObject({ tls: { verify: false } });
  });
});

describe('a broken configuration of Docker', () => {
  test.each<readonly [string, Record<string, unknown>]>([
    ['config.json that is no JSON', { 'config.json': `{"auths":{"x":{"auth":"${'c2Vj'}cmV0"}` }],
    ['config.json that is a list', { 'config.json': '[]' }],
    ['config.json that is larger than any', { 'config.json': ' '.repeat(1024 * 1024 + 1) }],
    ['config.json that is a folder', { 'config.json/x': '' }],
    ['a context that is not there', { 'config.json': { currentContext: 'x' } }],
    ['a context whose metadata is no JSON', { 'config.json': { currentContext: 'x' }, [metaOf('x')]: 'no' }],
    ['a context without endpoints', { 'config.json': { currentContext: 'x' }, [metaOf('x')]: {} }],
    [
      'a context without one for docker',
      { 'config.json': { currentContext: 'x' }, [metaOf('x')]: { Endpoints: { kubernetes: {} } } },
    ],
    [
      'a context whose endpoints are a text',
      { 'config.json': { currentContext: 'x' }, [metaOf('x')]: { Endpoints: 'x' } },
    ],
    ['a context with no address', { 'config.json': { currentContext: 'x' }, ...context('x', { Host: 'tcp://h:x' }) }],
  ])('with %s is one coded error', (_, files) => {
    const folder = configFolder(files);
    expect(() => find({ DOCKER_CONFIG: folder }, ['/var/run/docker.sock'])).toThrow(
      expect.objectContaining({ code: 'DAEMON_CONFIG_INVALID' }),
    );
  });

  test('is not quoted in the error: it may hold passwords', () => {
    const folder = configFolder({ 'config.json': `{"auths":{"x":{"auth":"${'c2Vj'}cmV0"}` });
    try {
      find({ DOCKER_CONFIG: folder });
      expect.unreachable();
    } catch (error) {
      expect(`${error} ${String((error as Error).cause)}`).not.toContain(`${'c2Vj'}cmV0`);
    }
  });

  test('with members of other types is as good as none', () => {
    const folder = configFolder({ 'config.json': { currentContext: 7 } });
    expect(pathOf(find({ DOCKER_CONFIG: folder }))).toBe('/var/run/docker.sock');
  });

  test('with a context whose name looks like a path stays in its folder', () => {
    const folder = configFolder({ 'config.json': { currentContext: '../../../etc' } });
    expect(() => find({ DOCKER_CONFIG: folder })).toThrow(/there is no Docker context/);
  });

  test('does not matter where DOCKER_HOST says all', () => {
    const folder = configFolder({ 'config.json': 'no JSON' });
    expect(pathOf(find({ DOCKER_CONFIG: folder, DOCKER_HOST: 'unix:///a' }))).toBe('/a');
  });
});

describe('the service of Podman', () => {
  const podman = (env: Record<string, string>, sockets: readonly string[], uid: number): string | null =>
    pathOf(findDaemon('podman', env, machine(sockets, uid)));
  const own = '/run/user/1000/podman/podman.sock';
  const system = '/run/podman/podman.sock';

  test.each<readonly [string, Record<string, string>, readonly string[], number, string]>([
    [
      'that CONTAINER_HOST names',
      { CONTAINER_HOST: 'unix:///p.sock', XDG_RUNTIME_DIR: '/xdg' },
      [system],
      1000,
      '/p.sock',
    ],
    [
      'in the runtime folder',
      { XDG_RUNTIME_DIR: '/xdg' },
      ['/xdg/podman/podman.sock', system],
      1000,
      '/xdg/podman/podman.sock',
    ],
    ['of the user', {}, [own, system], 1000, own],
    ['of the system where the user has none', {}, [system], 1000, system],
    ['of the system for root', { XDG_RUNTIME_DIR: '/run/user/1000' }, [own, system], 0, system],
    ['of the user for root where the system has none', { XDG_RUNTIME_DIR: '/run/user/1000' }, [own], 0, own],
    ['of the user where there is none at all', {}, [], 1000, own],
  ])('is the one %s', (_, env, sockets, uid, path) => {
    expect(podman(env, sockets, uid)).toBe(path);
  });

  test('knows nothing of DOCKER_HOST and contexts', () => {
    const folder = configFolder({ 'config.json': 'no JSON' });
    expect(podman({ DOCKER_HOST: 'tcp://h', DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'x' }, [], 0)).toBe(system);
  });
});
