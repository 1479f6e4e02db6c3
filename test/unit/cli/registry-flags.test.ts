import { describe, expect, test } from 'vitest';
import { toRegistryOptions } from '../../../src/cli/index.ts';
import type { RegistryFlags } from '../../../src/cli/registry-flags.ts';

async function options(flags: RegistryFlags, text = 'secret\n', stdinIsImage = false): Promise<unknown> {
  const stdin = (async function* () {
    yield text;
  })();
  return toRegistryOptions(flags, { env: { A: 'b' }, stdin, stdinIsImage });
}

describe('flags for registries', () => {
  test('are all left out at first', async () => {
    expect(await options({})).toEqual({ env: { A: 'b' }, anonymous: false, plainHttp: false, certificates: {} });
  });

  test('become options', async () => {
    const flags = {
      username: 'alice',
      'password-stdin': true,
      'plain-http': true,
      'registry-ca': 'ca.pem',
      'registry-cert': 'cert.pem',
      'registry-key': 'key.pem',
    };
    expect(await options(flags)).toEqual({
      env: { A: 'b' },
      anonymous: false,
      plainHttp: true,
      certificates: { ca: 'ca.pem', certificate: 'cert.pem', key: 'key.pem' },
      login: { username: 'alice', password: 'secret' },
    });
  });

  test.each<[string, RegistryFlags, boolean]>([
    ['--password-stdin wants --username', { 'password-stdin': true }, false],
    ['--username wants --password-stdin', { username: 'alice' }, false],
    ['--username is empty', { username: '', 'password-stdin': true }, false],
    ['contradict each other', { username: 'alice', 'password-stdin': true, anonymous: true }, false],
    ['both want standard input', { username: 'alice', 'password-stdin': true }, true],
    ['--registry-key wants --registry-cert', { 'registry-key': 'key.pem' }, false],
  ])('that make no sense together are refused: %s', async (message, flags, stdinIsImage) => {
    await expect(options(flags, 'secret', stdinIsImage)).rejects.toMatchObject({
      code: 'USAGE_INVALID',
      message: expect.stringContaining(message),
    });
  });
});
