import { describe, expect, test } from 'vitest';
import { ProxyRules } from '../../../src/registry/proxy.ts';

const P = 'http://proxy.test:3128/';

function proxyOf(env: Record<string, string>, url = 'https://ghcr.io/v2/'): string | undefined {
  return new ProxyRules(env).proxyFor(new URL(url))?.href;
}

describe('the proxy of a URL', () => {
  test.each<[string, Record<string, string>, string, string | undefined]>([
    ['none', {}, 'https://ghcr.io/', undefined],
    ['HTTPS_PROXY', { HTTPS_PROXY: P }, 'https://ghcr.io/', P],
    ['not HTTPS_PROXY', { HTTPS_PROXY: P }, 'http://ghcr.io/', undefined],
    ['HTTP_PROXY', { HTTP_PROXY: P }, 'http://ghcr.io/', P],
    ['not HTTP_PROXY', { HTTP_PROXY: P }, 'https://ghcr.io/', undefined],
    ['https_proxy', { https_proxy: P }, 'https://ghcr.io/', P],
    ['the one in capitals', { https_proxy: 'http://other.test/', HTTPS_PROXY: P }, 'https://ghcr.io/', P],
    ['ALL_PROXY', { ALL_PROXY: P }, 'https://ghcr.io/', P],
    ['all_proxy', { all_proxy: P }, 'http://ghcr.io/', P],
    ['not ALL_PROXY', { ALL_PROXY: 'http://other.test/', HTTPS_PROXY: P }, 'https://ghcr.io/', P],
    ['none where it is empty', { HTTPS_PROXY: '', ALL_PROXY: ' ' }, 'https://ghcr.io/', undefined],
    ['one without a scheme', { HTTPS_PROXY: 'proxy.test:3128' }, 'https://ghcr.io/', P],
    ['one that speaks TLS', { HTTPS_PROXY: 'https://proxy.test:3128' }, 'https://ghcr.io/', 'https://proxy.test:3128/'],
    ['none for this machine', { ALL_PROXY: P }, 'http://localhost:5000/', undefined],
    ['none for its addresses', { ALL_PROXY: P }, 'http://127.0.0.1:5000/', undefined],
    ['none for its addresses', { ALL_PROXY: P }, 'http://[::1]:5000/', undefined],
  ])('is %s: %j, %s', (_, env, url, proxy) => {
    expect(proxyOf(env, url)).toBe(proxy);
  });

  test.each([
    ['socks5://u:secret@proxy.test', 'socks5://'],
    ['http://', 'not the address'],
    ['http://u:secret@', 'not the address'],
    ['http://u:secret@proxy test', 'not the address'],
  ])('that makes no sense is an error that does not quote it: %s', (value, why) => {
    const run = (): unknown => proxyOf({ HTTPS_PROXY: value });
    expect(run).toThrow(expect.objectContaining({ code: 'USAGE_INVALID' }) as Error);
    expect(run).toThrow(why);
    expect(run).not.toThrow(/secret/);
  });
});

describe('NO_PROXY', () => {
  test.each<[string, string, boolean]>([
    ['*', 'https://ghcr.io/', true],
    ['ghcr.io', 'https://ghcr.io/', true],
    ['GHCR.io', 'https://ghcr.io/', true],
    ['ghcr.io', 'https://ghcr.io./', true],
    ['ghcr.io', 'https://sub.ghcr.io/', true],
    ['ghcr.io', 'https://evil-ghcr.io/', false],
    ['ghcr.io', 'https://ghcr.io.example.com/', false],
    ['.ghcr.io', 'https://sub.ghcr.io/', true],
    ['.ghcr.io', 'https://ghcr.io/', false],
    ['*.ghcr.io', 'https://a.b.ghcr.io/', true],
    ['*.ghcr.io', 'https://ghcr.io/', false],
    ['a, ghcr.io ,b', 'https://ghcr.io/', true],
    ['a b', 'https://ghcr.io/', false],
    ['ghcr.io:443', 'https://ghcr.io/', true],
    ['ghcr.io:443', 'https://ghcr.io:5000/', false],
    ['ghcr.io:5000', 'https://ghcr.io:5000/', true],
    ['ghcr.io', 'https://ghcr.io:5000/', true],
    ['.ghcr.io:5000', 'https://a.ghcr.io:5000/', true],
    ['10.0.0.1', 'https://10.0.0.1:5000/', true],
    ['10.0.0.1:5000', 'https://10.0.0.1:5000/', true],
    ['10.0.0.1:80', 'https://10.0.0.1:5000/', false],
    ['10.0.0.1', 'https://10.0.0.10/', false],
    ['10.0.0.0/8', 'https://10.200.3.4/', true],
    ['10.0.0.0/8', 'https://11.0.0.1/', false],
    ['10.0.0.0/8', 'https://10.example.com/', false],
    ['10.0.0.0/99', 'https://10.0.0.1/', false],
    ['fd00::/8', 'https://[fd12::1]/', true],
    ['fd12::1', 'https://[fd12::1]:5000/', true],
    ['[fd12::1]:5000', 'https://[fd12::1]:5000/', true],
    ['[fd12::1]:5000', 'https://[fd12::1]/', false],
    ['', 'https://ghcr.io/', false],
    [',,', 'https://ghcr.io/', false],
    ['https://ghcr.io', 'https://ghcr.io/', false],
    [':443', 'https://ghcr.io/', false],
  ])('%j leaves %s out: %j', (list, url, isLeftOut) => {
    expect(proxyOf({ ALL_PROXY: P, NO_PROXY: list }, url) === undefined).toBe(isLeftOut);
  });

  test('may be written small', () => {
    expect(proxyOf({ HTTPS_PROXY: P, no_proxy: 'ghcr.io' })).toBeUndefined();
  });
});
