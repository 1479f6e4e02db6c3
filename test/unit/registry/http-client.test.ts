import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import { DEFAULT_HTTP_OPTIONS, HttpClient, type HttpOptions } from '../../../src/registry/http.ts';
import {
  type Answer,
  half,
  hangUp,
  otherBytes,
  RegistryServer,
  refuse,
  silence,
  tooManyRequests,
} from '../../support/registry-server.ts';

const HELLO = otherBytes(Buffer.from('hello'));
const LIVE = new AbortController().signal;

let server: RegistryServer;
let client: HttpClient;
let waits: number[];

beforeEach(async () => {
  server = await RegistryServer.start();
  makeClient({});
});
afterEach(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

function makeClient(options: Partial<HttpOptions>): void {
  waits = [];
  client = new HttpClient({
    idleTimeoutMs: 10_000,
    sleep: async (ms) => {
      waits.push(ms);
    },
    ...options,
  });
}

function url(path = '/x'): URL {
  return new URL(path, `http://${server.host}`);
}

async function text(path = '/x', signal = LIVE): Promise<string> {
  const answer = await client.get(url(path), {}, signal);
  return Buffer.from(await answer.bytes(200_000)).toString();
}

describe('trying again', () => {
  test.each<[string, Answer]>([
    ['429', tooManyRequests()],
    ['500', refuse(500, 'UNKNOWN', 'oh')],
    ['502', refuse(502, 'UNKNOWN', 'oh')],
    ['503', refuse(503, 'UNAVAILABLE', 'oh')],
    ['504', refuse(504, 'UNKNOWN', 'oh')],
    ['a connection that is closed without an answer', hangUp],
  ])('%s twice, then success, is success after growing waits', async (_, answer) => {
    server.on(/x/, HELLO).on(/x/, answer, 2);
    expect(await text()).toBe('hello');
    expect(server.requests).toHaveLength(3);
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThanOrEqual(375);
    expect(waits[1]).toBeGreaterThan(waits[0] as number);
  });

  test.each([429, 500, 503])('%i for ever is the answer after the fourth try', async (status) => {
    server.on(/x/, refuse(status, 'NO', 'no'));
    const answer = await client.get(url(), {}, LIVE);
    expect(answer.response.status).toBe(status);
    expect(server.requests).toHaveLength(4);
    await answer.discard();
  });

  test.each([400, 401, 403, 404, 405, 416, 501])('%i is final at once', async (status) => {
    server.on(/x/, refuse(status, 'NO', 'no'));
    const answer = await client.get(url(), {}, LIVE);
    expect(answer.response.status).toBe(status);
    expect(server.requests).toHaveLength(1);
    await answer.discard();
  });

  test.each([
    ['2', 2000],
    ['0', 0],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ])('waits as long as Retry-After: %s asks for', async (header, ms) => {
    server.on(/x/, HELLO).on(/x/, tooManyRequests(header), 1);
    expect(await text()).toBe('hello');
    expect(waits).toEqual([ms]);
  });

  test.each(['soon', '-5x', '', '1e99'])('waits as usual where Retry-After: %j makes no sense', async (header) => {
    server.on(/x/, HELLO).on(/x/, tooManyRequests(header), 1);
    expect(await text()).toBe('hello');
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(375);
    expect(waits[0]).toBeLessThanOrEqual(625);
  });

  test.each(['31', '99999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'does not wait where Retry-After: %s asks for more than the longest wait',
    async (header) => {
      server.on(/x/, tooManyRequests(header));
      const answer = await client.get(url(), {}, LIVE);
      expect(answer.response.status).toBe(429);
      expect(server.requests).toHaveLength(1);
      expect(waits).toEqual([]);
      await answer.discard();
    },
  );

  test('a refusal that breaks off is tried again like any other', async () => {
    server.on(/x/, HELLO).on(/x/, ({ socket }) => socket?.end('HTTP/1.1 503 No\r\ncontent-length: 50\r\n\r\nno'), 1);
    expect(await text()).toBe('hello');
  });

  test('a connection that is always closed is an error after the fourth try', async () => {
    server.on(/x/, hangUp);
    await expect(text()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(server.requests).toHaveLength(4);
  });

  test('a refused connection is an error at once', async () => {
    const gone = url();
    await server[Symbol.asyncDispose]();
    await expect(client.get(gone, {}, LIVE)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: `${gone.host} cannot be reached: it refused the connection`,
    });
    expect(waits).toEqual([]);
    server = await RegistryServer.start();
  });
});

describe('silence', () => {
  beforeEach(() => makeClient({ idleTimeoutMs: 300 }));

  test('instead of an answer is a time-out, and not tried again', async () => {
    server.on(/x/, silence);
    await expect(text()).rejects.toMatchObject({ code: 'REGISTRY_TIMEOUT' });
    expect(server.requests).toHaveLength(1);
  });

  test('in the middle of an answer is a time-out', async () => {
    server.on(/x/, (response) => response.write('hel'));
    await expect(text()).rejects.toMatchObject({ code: 'REGISTRY_TIMEOUT' });
  });

  test('of the reader is none: whoever takes a chunk may take its time', async () => {
    server.on(/x/, (response) => {
      response.write('hel');
      setTimeout(() => response.end('lo'), 20);
    });
    const answer = await client.get(url(), {}, LIVE);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const parts: string[] = [];
    for await (const chunk of answer.chunks()) {
      parts.push(Buffer.from(chunk).toString());
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(parts.join('')).toBe('hello');
  });

  test('shorter than the limit, again and again, is none', async () => {
    server.on(/x/, (response) => {
      let left = 8;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) response.write('.');
        else response.end('!');
        if (left === 0) clearInterval(timer);
      }, 60);
    });
    expect(await text()).toBe('.......!');
  });
});

describe('stopping', () => {
  const reason = new AuditError('INTERRUPTED', 'stopped by the test');

  test.each<[string, Answer]>([
    ['before the answer', silence],
    ['in the middle of the answer', (response) => response.write('hel')],
  ])('%s ends the request with the reason', async (_, answer) => {
    const controller = new AbortController();
    server.on(/x/, (...all) => {
      answer(...all);
      setTimeout(() => controller.abort(reason), 30);
    });
    await expect(text('/x', controller.signal)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  test('beforehand sends nothing', async () => {
    server.on(/x/, HELLO);
    await expect(text('/x', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['a refusal', tooManyRequests('20')],
    ['a broken connection', hangUp],
  ])('while it waits after %s ends the wait', async (_, answer) => {
    makeClient({ sleep: DEFAULT_HTTP_OPTIONS.sleep });
    const controller = new AbortController();
    server.on(/x/, (...all) => {
      answer(...all);
      setTimeout(() => controller.abort(reason), 50);
    });
    await expect(text('/x', controller.signal)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  test('a wait that begins when all is stopped does not begin', async () => {
    await expect(DEFAULT_HTTP_OPTIONS.sleep(3_600_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('bodies', () => {
  test('have a limit, and what is behind it is not fetched', async () => {
    let sent = 0;
    server.on(/x/, (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65536))) sent += 65536;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const answer = await client.get(url(), {}, LIVE);
    await expect(answer.bytes(100_000)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('have exactly the limit at most', async () => {
    server.on(/x/, HELLO);
    expect((await (await client.get(url(), {}, LIVE)).bytes(5)).byteLength).toBe(5);
    await expect((await client.get(url(), {}, LIVE)).bytes(4)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
  });

  test('that break off are truncated, not ended', async () => {
    const blob = { digest: 'sha256:x', mediaType: 'text/plain', bytes: Buffer.alloc(100_000) };
    server.on(/length/, (response, request) => half('breaks')(response, request, blob));
    server.on(/chunked/, (response) => response.write('hel', () => setImmediate(() => response.socket?.destroy())));
    await expect(text('/length')).rejects.toMatchObject({ code: 'BLOB_TRUNCATED' });
    await expect(text('/chunked')).rejects.toMatchObject({ code: 'BLOB_TRUNCATED' });
  });

  test.each([
    ['a length that is too short', 'content-length: 3\r\n\r\nhello world'],
    ['a length that is too long', 'content-length: 50\r\n\r\nhello world'],
    ['a chunk that is none', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\nworld'],
    ['no last chunk', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('with %s are truncated, not ended', async (_, rest) => {
    server.on(/x/, ({ socket }) => socket?.end(`HTTP/1.1 200 OK\r\n${rest}`));
    await expect(text()).rejects.toMatchObject({ code: 'BLOB_TRUNCATED' });
  });

  test('without a length end where the connection ends', async () => {
    server.on(/x/, ({ socket }) => socket?.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    expect(await text()).toBe('hello');
  });

  test('that claim to be compressed and are not break the protocol', async () => {
    server.on(/x/, otherBytes(Buffer.from('hello'), { 'content-encoding': 'gzip' }));
    await expect(text()).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL' });
  });

  test('may be left unread: nothing waits for them', async () => {
    makeClient({ idleTimeoutMs: 30 });
    server.on(/x/, (response) => response.write('hel'));
    const before = timers();
    await client.get(url(), {}, LIVE);
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('may be left in the middle: the connection is given up', async () => {
    const closed = new Promise((resolve) => {
      server.on(/x/, (response) => {
        response.write('hel');
        response.on('close', resolve);
      });
    });
    for await (const _ of (await client.get(url(), {}, LIVE)).chunks()) break;
    await expect(closed).resolves.toBeUndefined();
  });
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
