import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { AuditError } from '../../../src/core/index.ts';
import { connectionError } from '../../../src/daemon/connection-error.ts';
import { DaemonClient, type Engine, findDaemon } from '../../../src/daemon/index.ts';
import { errorOf } from '../source/open.ts';

const scratch = mkdtempSync(join(tmpdir(), 'la-none-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

function ask(host: string, engine: Engine = 'docker'): Promise<AuditError> {
  const env = engine === 'docker' ? { DOCKER_HOST: host } : { CONTAINER_HOST: host };
  const client = new DaemonClient(findDaemon(engine, env), { env, limits: { maxDocumentBytes: 1000 } });
  return errorOf(client.inspect('acme/api:1.4', new AbortController().signal));
}

/** A server that answers everything with some bytes, and the address to ask it at. */
async function serve(text: string): Promise<string> {
  const path = join(scratch, 'raw.sock');
  const listening = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(text));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(path, resolve));
  return `unix://${path}`;
}

describe('a daemon that cannot be reached', () => {
  test('because the socket is not there is one error that names it, and what to do', async () => {
    const error = await ask(`unix://${scratch}/none.sock`);
    expect(error).toMatchObject({
      code: 'DAEMON_UNREACHABLE',
      message: `no answer from a Docker daemon at unix://${scratch}/none.sock (from DOCKER_HOST): the socket does not exist`,
    });
    expect(error.hint).toMatch(/systemctl start docker.*DOCKER_HOST.*docker save.*registry:NAME/);
  });

  test('of Podman says what to do for Podman', async () => {
    const error = await ask(`unix://${scratch}/none.sock`, 'podman');
    expect(error.message).toMatch(/Podman service .*\(from CONTAINER_HOST\)/);
    expect(error.hint).toMatch(/podman\.socket.*CONTAINER_HOST.*podman save/);
  });

  test.each([
    ['a file', 'plain', 'nobody listens there|it is no socket'],
    ['a folder', '.', 'nobody listens there|it is no socket'],
    ['a path longer than sockets may have', 'x'.repeat(300), 'no address of a socket|EINVAL|ENAMETOOLONG'],
  ])('because the socket is %s is one coded error', async (_, name, why) => {
    writeFileSync(join(scratch, 'plain'), '');
    const error = await ask(`unix://${scratch}/${name}`);
    expect(error.code).toBe('DAEMON_UNREACHABLE');
    expect(error.message).toMatch(new RegExp(why));
  });

  test('because nobody listens on the port is one coded error', async () => {
    expect(await ask('tcp://127.0.0.1:1')).toMatchObject({
      code: 'DAEMON_UNREACHABLE',
      message: expect.stringContaining('nobody listens there'),
    });
  });

  test('because the connection breaks at once is one coded error', async () => {
    const error = await ask(await serve(''));
    expect(error).toMatchObject({
      code: 'DAEMON_UNREACHABLE',
      message: expect.stringContaining('broke the connection'),
    });
  });

  test.each(['SSH-2.0-OpenSSH_9.2\r\n', '\u0015\u0003\u0001\u0000\u0002\u0002F', 'HTTP/1.1 abc\r\n\r\n'])(
    'because it speaks %j is one coded error',
    async (text) => {
      expect((await ask(await serve(text))).code).toBe('DAEMON_PROTOCOL');
    },
  );

  test.each<readonly [string, Engine, string, RegExp]>([
    ['EACCES', 'docker', 'DAEMON_FORBIDDEN', /group docker.*sudo docker save NAME \| audit image -/],
    ['EACCES', 'podman', 'DAEMON_FORBIDDEN', /user whose images.*sudo podman save NAME \| audit image -/],
    ['EPERM', 'docker', 'DAEMON_FORBIDDEN', /group docker/],
    ['ENOTFOUND', 'docker', 'DAEMON_UNREACHABLE', /DOCKER_HOST/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'docker', 'DAEMON_UNREACHABLE', /DOCKER_CERT_PATH/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'docker', 'DAEMON_UNREACHABLE', /DOCKER_CERT_PATH/],
    ['ERR_OSSL_PEM_NO_START_LINE', 'docker', 'DAEMON_UNREACHABLE', /key\.pem/],
    ['EPROTO', 'docker', 'DAEMON_UNREACHABLE', /DOCKER_CERT_PATH/],
    ['ESOMETHING', 'docker', 'DAEMON_UNREACHABLE', /DOCKER_HOST/],
  ])('with %s for %s says what to do', (code, engine, expected, hint) => {
    const endpoint = findDaemon(engine, { DOCKER_HOST: 'tcp://h', CONTAINER_HOST: 'tcp://h' });
    const cause = Object.assign(new Error('the system says no'), { code });
    const error = connectionError(cause, { endpoint, what: 'a sign of life' });
    expect(error).toMatchObject({ code: expected, cause });
    expect(error.hint).toMatch(hint);
  });
});
