import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpClient } from '../../../src/registry/http.ts';
import { RegistryServer } from '../../support/registry-server.ts';

const LIVE = new AbortController().signal;

let server: RegistryServer;
let client: HttpClient;

beforeEach(async () => {
  server = await RegistryServer.start();
  makeClient(150);
});
afterEach(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

function makeClient(rateWindowMs: number): void {
  client = new HttpClient({ idleTimeoutMs: 5000, minBytesPerSecond: 1000, rateWindowMs });
}

/** Sends so many bytes every ten milliseconds, for ever or so many times. */
function drip(bytes: number, times = Number.POSITIVE_INFINITY): void {
  server.on(/x/, (response) => {
    let left = times;
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) response.write(Buffer.alloc(bytes));
      else response.end();
      if (left <= 0) clearInterval(timer);
    }, 10);
    response.on('close', () => clearInterval(timer));
  });
}

async function read(pauseMs = 0): Promise<number> {
  const answer = await client.get(new URL(`http://${server.host}/x`), {}, LIVE);
  let size = 0;
  for await (const chunk of answer.chunks()) {
    size += chunk.byteLength;
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return size;
}

describe('a host that is never silent', () => {
  test('but sends a byte now and then is given up', async () => {
    drip(1);
    await expect(read()).rejects.toMatchObject({
      code: 'REGISTRY_TIMEOUT',
      message: expect.stringMatching(/is too slow: it sent \d+ bytes a second, and less than 1000 are not waited for$/),
    });
  });

  test('and sends enough may take as long as it takes', async () => {
    drip(1000, 60);
    expect(await read()).toBe(59_000);
  });

  test('is not blamed for a reader that takes its time', async () => {
    makeClient(500);
    const bytes = Buffer.alloc(3);
    server.on(/x/, (response) => {
      response.write(bytes);
      setTimeout(() => response.write(bytes), 20);
      setTimeout(() => response.end(bytes), 40);
    });
    expect(await read(300)).toBe(9);
  });

  test('is not blamed for a short answer', async () => {
    makeClient(4000);
    drip(1, 4);
    expect(await read()).toBe(3);
  });
});
