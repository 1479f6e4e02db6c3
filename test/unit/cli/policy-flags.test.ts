import { describe, expect, test } from 'vitest';
import { toPolicyOptions } from '../../../src/cli/policy-flags.ts';

const update = { 'update-trusted-root': true } as const;

describe('flags of the policy', () => {
  test('say which file, for which image, and that nothing is asked', () => {
    expect(toPolicyOptions({ config: 'a.toml', 'policy-for': 'ghcr.io/acme/api' }, 'layout', {})).toEqual({
      config: 'a.toml',
      policyFor: 'ghcr.io/acme/api',
      reference: 'layout',
      updateRoot: undefined,
    });
  });

  test('say whom to ask for the trusted root, and where it is kept', () => {
    const { updateRoot } = toPolicyOptions({ ...update, 'tuf-mirror': 'https://a.test' }, 'x', {
      XDG_CACHE_HOME: '/c',
    });
    expect(updateRoot).toEqual({ mirror: 'https://a.test', root: undefined, cache: '/c/layer-audit/tuf' });
  });

  test('keep it in no folder that is relative, which may be the audited repository’s', () => {
    const cacheWith = (env: Record<string, string>): string | undefined =>
      toPolicyOptions(update, 'x', env).updateRoot?.cache;
    expect(cacheWith({ XDG_CACHE_HOME: 'cache', HOME: '/h' })).toBe('/h/.cache/layer-audit/tuf');
    expect(cacheWith({ XDG_CACHE_HOME: '', HOME: 'h' })).toMatch(/^\/.*\.cache\/layer-audit\/tuf$/);
  });

  test.each(['tuf-mirror', 'tuf-root'] as const)('--%s asks nobody by itself', (flag) => {
    expect(() => toPolicyOptions({ [flag]: 'x' }, 'x', {})).toThrow(`--${flag} wants --update-trusted-root`);
  });
});
