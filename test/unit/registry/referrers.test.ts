import { describe, expect, test } from 'vitest';
import type { Digest } from '../../../src/core/index.ts';
import { nextPage, referrersTag } from '../../../src/registry/referrers.ts';

const PAGE = new URL('https://registry.test/v2/acme/api/referrers/sha256:1?n=2');

describe('the next page of a list', () => {
  test.each<[string | null, string | null]>([
    [null, null],
    ['', null],
    ['</v2/next>; rel="next"', 'https://registry.test/v2/next'],
    ['<?last=7>; rel="next"', 'https://registry.test/v2/acme/api/referrers/sha256:1?last=7'],
    ['</a>; rel=next', 'https://registry.test/a'],
    ['</a>;REL="NEXT"; title="x"', 'https://registry.test/a'],
    ['</a>; rel="prev", </b>; rel="next"', 'https://registry.test/b'],
    ['</a>; rel="prev"', null],
    ['</a>; rel="nextish"', null],
    ['/a; rel="next"', null],
    ['</a', null],
  ])('is, by %j, %j', (link, next) => {
    expect(nextPage(link, PAGE)?.href ?? null).toBe(next);
  });

  test.each([
    'https://evil.test/',
    '//evil.test/',
    'http://registry.test/',
    'https://u:p@registry.test/',
    'https://[/',
  ])('is refused at %s', (target) => {
    expect(() => nextPage(`<${target}>; rel="next"`, PAGE)).toThrow('goes on elsewhere');
  });

  test('is looked for in a header of any length', () => {
    expect(nextPage('<'.repeat(100_000), PAGE)).toBeNull();
    expect(nextPage(`<${'a'.repeat(100_000)}`, PAGE)).toBeNull();
  });
});

test.each([
  [`sha256:${'a'.repeat(64)}`, `sha256-${'a'.repeat(64)}`],
  [`sha512:${'b'.repeat(128)}`, `sha512-${'b'.repeat(64)}`],
])('the tag of %s is %s', (digest, tag) => {
  expect(referrersTag(digest as Digest)).toBe(tag);
});
