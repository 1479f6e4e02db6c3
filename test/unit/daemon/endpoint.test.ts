import { describe, expect, test } from 'vitest';
import { parseDaemonHost, type TlsMaterial } from '../../../src/daemon/endpoint.ts';

const TLS: TlsMaterial = { ca: 'ca', cert: 'cert', key: 'key', verify: true };
const parse = (text: string, tls: TlsMaterial | null = null, engine: 'docker' | 'podman' = 'docker') =>
  parseDaemonHost(text, { engine, origin: 'from DOCKER_HOST', tls });

describe('the address of a daemon', () => {
  test.each([
    ['unix:///var/run/docker.sock', '/var/run/docker.sock'],
    ['unix:///run/user/1000/my docker.sock', '/run/user/1000/my docker.sock'],
    ['unix://relative.sock', 'relative.sock'],
    [' unix:///a.sock ', '/a.sock'],
    ['UNIX:///a.sock', '/a.sock'],
  ])('%j is a socket', (text, path) => {
    expect(parse(text)).toMatchObject({ connection: { kind: 'socket', path }, origin: 'from DOCKER_HOST' });
  });

  test.each([
    ['tcp://10.0.0.1:2375', '10.0.0.1', 2375, ''],
    ['tcp://10.0.0.1', '10.0.0.1', 2375, ''],
    ['tcp://builder.acme.io:80', 'builder.acme.io', 80, ''],
    ['tcp://[::1]:2375', '::1', 2375, ''],
    ['tcp://', '127.0.0.1', 2375, ''],
    ['tcp://:4243', '127.0.0.1', 4243, ''],
    [':4243', '127.0.0.1', 4243, ''],
    ['10.0.0.1:2375', '10.0.0.1', 2375, ''],
    ['localhost', 'localhost', 2375, ''],
    ['tcp://proxy:8080/docker/', 'proxy', 8080, '/docker'],
  ])('%j is a host', (text, host, port, basePath) => {
    expect(parse(text).connection).toEqual({ kind: 'tcp', host, port, basePath, tls: null });
  });

  test('has the port of TLS where there is TLS, and no other was given', () => {
    expect(parse('tcp://h', TLS).connection).toMatchObject({ port: 2376, tls: TLS });
    expect(parse('tcp://h:2375', TLS).connection).toMatchObject({ port: 2375, tls: TLS });
    expect(parse('unix:///a', TLS).connection).toEqual({ kind: 'socket', path: '/a' });
  });

  test.each([
    'unix://',
    'tcp://a b',
    'tcp://h:99999',
    'tcp://h:x',
    'tcp://h:1?x=1',
    'tcp://h/#x',
    'tcp:///x',
    '/var/run/docker.sock',
  ])('%j makes no sense', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'DAEMON_CONFIG_INVALID' }));
  });

  test('with a password is refused, and not repeated', () => {
    const attempt = (): unknown => parse(`tcp://me:${'s3cr'}et@10.0.0.1:2375`);
    expect(attempt).toThrow(expect.objectContaining({ code: 'DAEMON_CONFIG_INVALID' }));
    expect(attempt).not.toThrow(/s3cret/);
  });

  test.each(['ssh://me@builder', 'npipe:////./pipe/docker_engine', 'fd://', 'https://h:2376', 'http://h:2375'])(
    '%j is a way that the audit does not go, and it says what to do instead',
    (text) => {
      expect(() => parse(text)).toThrow(
        expect.objectContaining({
          code: 'SOURCE_UNSUPPORTED',
          hint: expect.stringContaining('save NAME | audit image -'),
        }),
      );
    },
  );

  test('over ssh tells how each client is told to go there', () => {
    expect(() => parse('ssh://h')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('docker -H ssh://HOST save NAME') }),
    );
    expect(() => parse('ssh://h', null, 'podman')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('podman --remote save NAME') }),
    );
  });
});
