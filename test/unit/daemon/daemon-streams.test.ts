import { describe, expect, test } from 'vitest';
import { cutAt, type DaemonRecipe, endedAt, failedAt, silentAfter } from '../../support/docker-daemon.ts';
import { errorOf } from '../source/open.ts';
import { daemon, IMAGE, NAME, never, saved, start } from './client.ts';

describe('an archive that does not come to its end', () => {
  test.each<readonly [string, DaemonRecipe['send'], string]>([
    ['because the connection breaks', cutAt(100_000), 'DAEMON_UNREACHABLE'],
    ['because the connection breaks before it begins', cutAt(0), 'DAEMON_UNREACHABLE'],
    ['because the daemon fails', failedAt(100_000, 'no space left'), 'DAEMON_FAILED'],
    ['because the daemon fails behind its end', failedAt(Number.POSITIVE_INFINITY, 'late'), 'DAEMON_FAILED'],
  ])('%s is one coded error', async (_, send, code) => {
    const error = await errorOf(saved(await start(send === undefined ? {} : { send })));
    expect(error.code).toBe(code);
  });

  test('because its stated length is longer is one coded error', async () => {
    const answer: DaemonRecipe['answer'] = (path, response) => {
      if (!path.endsWith('/get')) return false;
      response.writeHead(200, { 'content-type': 'application/x-tar', 'content-length': '1000' });
      response.write('short', () => response.destroy());
      return true;
    };
    expect((await errorOf(saved(await start({ answer })))).code).toBe('DAEMON_UNREACHABLE');
  });

  test('but ends properly is given as it is: the archive itself tells what is missing', async () => {
    expect((await saved(await start({ send: endedAt(1000) }))).byteLength).toBe(1000);
  });

  test.each<readonly [string, DaemonRecipe]>([
    ['before it begins', { answer: (path) => path.endsWith('/get') }],
    ['in its middle', { send: silentAfter(1000) }],
    ['with the first answer', { answer: () => true }],
  ])('because the daemon falls silent %s ends by itself', async (_, recipe) => {
    const client = await start(recipe, { patience: { smallMs: 200, saveMs: 200, idleMs: 200 } });
    const error = await errorOf(saved(client));
    expect(error.code).toBe('DAEMON_TIMEOUT');
    await expect.poll(() => daemon().connections()).toBe(0);
  });

  test('because a small answer drips without end ends by itself', async () => {
    const client = await start(
      {
        answer: (path, response) => {
          if (!path.endsWith('/json')) return false;
          const timer = setInterval(() => response.write(' '), 20);
          response.on('close', () => clearInterval(timer));
          return true;
        },
      },
      { patience: { smallMs: 300, saveMs: 300, idleMs: 300 } },
    );
    expect((await errorOf(saved(client))).code).toBe('DAEMON_TIMEOUT');
  });
});

describe('whoever stops the audit', () => {
  test.each<readonly [string, DaemonRecipe]>([
    ['before an answer', { answer: () => true }],
    ['in the middle of an archive', { send: silentAfter(1000) }],
  ])('%s is not kept waiting', async (_, recipe) => {
    const controller = new AbortController();
    const stopped = new Error('stopped');
    const client = await start(recipe);
    const work = saved(client, controller.signal);
    setTimeout(() => controller.abort(stopped), 100);
    await expect(work).rejects.toBe(stopped);
    await expect.poll(() => daemon().connections()).toBe(0);
  });

  test('before it began sends nothing', async () => {
    const client = await start({});
    await expect(saved(client, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(daemon().requests).toEqual([]);
  });
});

test('a slow reader slows the daemon down', async () => {
  const save = Buffer.alloc(64 * 1024 * 1024);
  let taken = 0;
  const client = await start({
    images: [{ ...IMAGE, save }],
    send: (response) => {
      const more = (error?: Error | null): void => {
        if (error != null || taken >= save.byteLength) return;
        taken += 65536;
        response.write(save.subarray(0, 65536), more);
      };
      more();
    },
  });
  const chunks = client.save(await client.inspect(NAME, never), NAME, never);
  await chunks.next();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(8 * 1024 * 1024);
  await chunks.return(undefined);
  await expect.poll(() => daemon().connections()).toBe(0);
});
