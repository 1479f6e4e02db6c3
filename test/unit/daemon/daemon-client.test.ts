import { describe, expect, test } from 'vitest';
import type { AuditError } from '../../../src/core/index.ts';
import { type DaemonRecipe, inPieces, reply } from '../../support/docker-daemon.ts';
import { errorOf } from '../source/open.ts';
import { daemon, ID, IMAGE, inspected, NAME, never, saved, start } from './client.ts';

describe('an image of a daemon', () => {
  test.each<readonly [string, DaemonRecipe]>([
    ['on a socket', {}],
    ['on a port', { tcp: true }],
    ['in small pieces', { send: inPieces(10_000) }],
  ])('is looked up and streamed as a whole, %s', async (_, recipe) => {
    const client = await start(recipe);
    expect(await inspected(client)).toEqual({ id: ID, names: IMAGE.names });
    expect((await saved(client)).equals(IMAGE.save)).toBe(true);
  });

  test('is asked for by its ID, once its name was resolved', async () => {
    await saved(await start({}));
    expect(daemon().requests).toEqual([
      'GET /_ping',
      'GET /v1.47/images/acme/api:1.4/json',
      `GET /v1.47/images/${ID}/get`,
    ]);
  });

  test('leaves no connection open', async () => {
    await saved(await start({}));
    await expect.poll(() => daemon().connections()).toBe(0);
  });

  test.each([
    ['acme/api@sha256:ab', '/images/acme/api@sha256:ab/json'],
    ['../../containers/json?all=1#x', '/images/../../containers/json%3Fall%3D1%23x/json'],
    ['a b%2f', '/images/a%20b%252f/json'],
  ])('named %j is asked for within its path', async (name, path) => {
    await errorOf(inspected(await start({}), name));
    expect(daemon().requests.at(-1)).toBe(`GET /v1.47${path}`);
  });

  test('has an ID also where the daemon leaves out its algorithm', async () => {
    const answer: DaemonRecipe['answer'] = (path, response) =>
      path.endsWith('/json') && reply(response, 200, 'application/json', JSON.stringify({ Id: ID.slice(7) }));
    expect(await inspected(await start({ answer }))).toEqual({ id: ID, names: [] });
  });

  test('has no more names than a report can show', async () => {
    const names = [...Array.from({ length: 500 }, (_, i) => `n${i}`), 'x'.repeat(5000)];
    const client = await start({ images: [{ ...IMAGE, names: [NAME, 'y'.repeat(600), '<none>:<none>', ...names] }] });
    const { names: kept } = await client.inspect(NAME, never);
    expect(kept.slice(0, 2)).toEqual([NAME, 'n0']);
    expect(kept.length).toBe(100);
  });
});

describe('the version of the API', () => {
  const firstPath = async (recipe: DaemonRecipe, env: Record<string, string> = {}): Promise<string | undefined> => {
    await inspected(await start(recipe, { env }));
    return daemon().requests.find((line) => line.includes('/images/'));
  };

  test('is the one that the daemon announces', async () => {
    expect(await firstPath({ apiVersion: '1.24' })).toBe('GET /v1.24/images/acme/api:1.4/json');
  });

  test('is asked for where the daemon announces none', async () => {
    expect(await firstPath({ apiVersion: null })).toBe('GET /v1.24/images/acme/api:1.4/json');
    expect(daemon().requests.slice(0, 2)).toEqual(['GET /_ping', 'GET /version']);
  });

  test('is the one in DOCKER_API_VERSION where that is set', async () => {
    expect(await firstPath({}, { DOCKER_API_VERSION: '1.40' })).toBe('GET /v1.40/images/acme/api:1.4/json');
    expect(daemon().requests).not.toContain('GET /_ping');
  });

  test.each(['1.40/../..', 'latest'])('cannot be %j', async (version) => {
    const error = await errorOf(inspected(await start({}, { env: { DOCKER_API_VERSION: version } })));
    expect(error.code).toBe('DAEMON_CONFIG_INVALID');
  });

  test('that a daemon makes up is not believed', async () => {
    expect(await firstPath({ apiVersion: '1.47/../../x' }).catch((error: AuditError) => error.code)).toBe(
      'DAEMON_PROTOCOL',
    );
  });
});

describe('a daemon that does not have the image', () => {
  test('is told from one that is not there, with what to do', async () => {
    const error = await errorOf(inspected(await start({}), 'acme/other:1'));
    expect(error.code).toBe('IMAGE_NOT_FOUND');
    expect(error.message).toContain('No such image: acme/other:1');
    expect(error.hint).toContain('docker pull acme/other:1');
    expect(error.hint).toContain('registry:acme/other:1');
  });

  test('by its ID is not told to pull it', async () => {
    const { hint } = await errorOf(inspected(await start({}), `sha256:${'2'.repeat(64)}`));
    expect(hint).toBe('List its images with docker images.');
  });

  test('also where it lost the image in between', async () => {
    const answer: DaemonRecipe['answer'] = (path, response) =>
      path.endsWith('/get') && reply(response, 404, 'application/json', '{"message":"No such image"}');
    expect((await errorOf(saved(await start({ answer })))).code).toBe('IMAGE_NOT_FOUND');
  });
});

/** Answers every request of a kind with a status and a text. */
const always =
  (kind: string, status: number, type: string, text: string): NonNullable<DaemonRecipe['answer']> =>
  (path, response) =>
    path.endsWith(kind) && reply(response, status, type, text);
const JSON_TYPE = 'application/json';
const HTML = '<!doctype html><title>Sign in</title>';

describe('a daemon that answers badly', () => {
  test.each<readonly [string, NonNullable<DaemonRecipe['answer']>, string, string | RegExp]>([
    ['fails', always('/json', 500, JSON_TYPE, '{"message":"disk on fire"}'), 'DAEMON_FAILED', 'disk on fire'],
    [
      'fails in plain text',
      always('/json', 500, 'text/plain', 'old daemon on fire\n'),
      'DAEMON_FAILED',
      'old daemon on fire',
    ],
    [
      'fails while saving',
      always('/get', 500, JSON_TYPE, '{"message":"no space left"}'),
      'DAEMON_FAILED',
      'no space left',
    ],
    [
      'fails like Podman',
      always('/get', 500, JSON_TYPE, '{"cause":"x","message":"y","response":500}'),
      'DAEMON_FAILED',
      /: y$/,
    ],
    [
      'is too young',
      always('/json', 400, JSON_TYPE, '{"message":"client version 1.24 is too old"}'),
      'DAEMON_FAILED',
      'too old',
    ],
    [
      'refuses',
      always('/json', 403, JSON_TYPE, '{"message":"authorization denied by plugin"}'),
      'DAEMON_FORBIDDEN',
      'denied by plugin',
    ],
    [
      'wants TLS',
      always('/_ping', 400, 'text/plain', 'Client sent an HTTP request to an HTTPS server.\n'),
      'DAEMON_PROTOCOL',
      'wants TLS',
    ],
    ['is a web page', always('', 200, 'text/html', HTML), 'DAEMON_PROTOCOL', 'no version'],
    ['is a web page that is not there', always('', 404, 'text/html', HTML), 'DAEMON_PROTOCOL', 'status 404'],
    ['redirects', always('', 302, 'text/plain', ''), 'DAEMON_PROTOCOL', 'status 302'],
    ['gives a web page for an image', always('/json', 200, 'text/html', HTML), 'DAEMON_PROTOCOL', 'no JSON'],
    ['gives a list for an image', always('/json', 200, JSON_TYPE, '[]'), 'DAEMON_PROTOCOL', 'no JSON'],
    ['gives no ID', always('/json', 200, JSON_TYPE, '{}'), 'DAEMON_PROTOCOL', 'no image ID'],
    [
      'gives an ID that leads elsewhere',
      always('/json', 200, JSON_TYPE, '{"Id":"../../secrets"}'),
      'DAEMON_PROTOCOL',
      'no image ID',
    ],
    ['gives a web page for an archive', always('/get', 200, 'text/html', HTML), 'DAEMON_PROTOCOL', 'text/html'],
    ['gives JSON for an archive', always('/get', 200, JSON_TYPE, '{}'), 'DAEMON_PROTOCOL', 'application/json'],
    [
      'has no such path',
      always('/get', 404, JSON_TYPE, '{"message":"page not found"}'),
      'DAEMON_FAILED',
      'page not found',
    ],
  ])('because it %s is one coded error that says so', async (_, answer, code, message) => {
    const error = await errorOf(saved(await start({ answer })));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(daemon().host);
    expect(error.hint).not.toBeUndefined();
  });

  test('is quoted in one short line that is fit to print', async () => {
    const message = `a\u001b[2Jb\n\u202ec${'x'.repeat(10_000)}`;
    const error = await errorOf(
      saved(await start({ answer: always('/json', 500, JSON_TYPE, JSON.stringify({ message })) })),
    );
    expect(error.message).toContain('a\\x1b[2Jb \\u{202e}c');
    expect(error.message.length).toBeLessThan(600);
  });

  test.each([
    ['an error', '/json', 500],
    ['a ping', '/_ping', 200],
    ['an image', '/json', 200],
  ])('with %s that never ends is not read to the end', async (_, kind, status) => {
    let sent = 0;
    const client = await start(
      {
        answer: (path, response) => {
          if (!path.endsWith(kind)) return false;
          response.writeHead(status, { 'content-type': JSON_TYPE });
          const more = (): void => {
            sent += 65536;
            response.write(Buffer.alloc(65536, ' '), (error) => (error == null ? setImmediate(more) : undefined));
          };
          more();
          return true;
        },
      },
      { maxDocumentBytes: 100_000 },
    );
    expect(['DOCUMENT_TOO_LARGE', 'DAEMON_PROTOCOL']).toContain((await errorOf(saved(client))).code);
    expect(sent).toBeLessThan(20_000_000);
    await expect.poll(() => daemon().connections()).toBe(0);
  });

  test('switching to another protocol is one coded error', async () => {
    const answer: DaemonRecipe['answer'] = (_, response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: tcp\r\nconnection: upgrade\r\n\r\nx');
      return true;
    };
    expect((await errorOf(saved(await start({ answer })))).code).toMatch(/^DAEMON_/);
  });

  test('with a header larger than any is one coded error', async () => {
    const answer: DaemonRecipe['answer'] = (_, response) => {
      response.setHeader('x', 'x'.repeat(200_000));
      return false;
    };
    expect((await errorOf(saved(await start({ answer })))).code).toBe('DAEMON_PROTOCOL');
  });
});
