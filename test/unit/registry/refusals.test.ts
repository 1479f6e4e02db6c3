import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderError } from '../../../src/cli/render-error.ts';
import { type AuditError, DEFAULT_LIMITS, parseReference } from '../../../src/core/index.ts';
import { Concealment, withoutSignatures } from '../../../src/registry/concealment.ts';
import { RegistryClient } from '../../../src/registry/index.ts';
import { RegistryServer, redirect, refuse } from '../../support/registry-server.ts';

const LIVE = new AbortController().signal;

let server: RegistryServer;
let client: RegistryClient;

beforeEach(async () => {
  server = await RegistryServer.start();
  client = new RegistryClient(parseReference(`${server.host}/acme/api:1`), {
    limits: DEFAULT_LIMITS,
    env: {},
    http: { idleTimeoutMs: 2000, sleep: async () => undefined },
  });
});
afterEach(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

async function refusal(): Promise<AuditError> {
  return client.manifest('1', LIVE).then(
    () => Promise.reject(new Error('it did not fail')),
    (error: AuditError) => error,
  );
}

describe('a registry that refuses more requests', () => {
  test.each<[Record<string, string>, string]>([
    [{}, ''],
    [{ 'retry-after': '4000' }, ' (retry after 4000 seconds)'],
    [{ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, ' (retry after Fri, 31 Dec 9999 23:59:59 GMT)'],
    [
      { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' },
      ' (100 requests in 6 hours are allowed, 0 are left)',
    ],
    [{ 'ratelimit-limit': '100', 'ratelimit-reset': '90' }, ' (100 requests are allowed, new ones in 90 seconds)'],
    [{ 'ratelimit-limit': 'lots', 'ratelimit-remaining': '-1', 'ratelimit-reset': 'x' }, ''],
    [{ 'retry-after': 'x'.repeat(500) }, ` (retry after ${'x'.repeat(40)})`],
  ])('is told with what it says of its limits: %j', async (headers, told) => {
    server.on(/./, refuse(429, 'TOOMANYREQUESTS', 'slow down', headers));
    expect(await refusal()).toMatchObject({
      code: 'REGISTRY_RATE_LIMITED',
      message: `${server.host} refuses more requests for now: TOOMANYREQUESTS slow down${told}`,
    });
  });
});

describe('what signs a URL', () => {
  test('is in no error, though the connection to the storage breaks', async () => {
    await using storage = await RegistryServer.start();
    storage.on(/./, (response) => response.socket?.destroy());
    server.on(/./, redirect(`http://${storage.host}/blob?X-Signature=very-secret#part`));
    const error = await refusal();
    expect(error.code).toBe('REGISTRY_UNREACHABLE');
    const shown = renderError(error, true);
    expect(shown).toContain('caused by: request to http://');
    expect(shown).not.toContain('very-secret');
  });

  test.each([
    ['see https://a.test/b/c?sig=secret&x=1#y.', 'see https://a.test/b/c'],
    ['"https://a.test?sig=secret"', '"https://a.test"'],
    ['https://user:secret@a.test/b', 'https://a.test/b'],
    ['via http://u:p@ss@proxy:1/x@y failed', 'via http://proxy:1/x@y failed'],
    ['no URL: a?b', 'no URL: a?b'],
  ])('is taken out of %j', (text, bare) => {
    expect(withoutSignatures(text)).toBe(bare);
  });
});

describe('a secret', () => {
  test('is concealed in every form in which it is sent', () => {
    const concealment = new Concealment();
    concealment.add('p"ss w+rd');
    concealment.add('p');
    concealment.add('');
    expect(concealment.conceal('a p"ss w+rd, p%22ss%20w%2Brd, p\\"ss w+rd b')).toBe('a ****, ****, **** b');
  });
});
