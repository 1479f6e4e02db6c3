import { describe, expect, test } from 'vitest';
import type { PackageKind } from '../../../src/examine/index.ts';
import { compareVersions } from '../../../src/system/compare-versions.ts';

/** Versions of each kind, lowest first, as the manager's own test suites and documentation order them. */
const ORDERED: readonly [PackageKind, readonly string[]][] = [
  [
    'dpkg',
    [
      '1.0~~',
      '1.0~~a',
      '1.0~',
      '1.0',
      '1.0-1',
      '1.0-1+b1',
      '1.0a',
      '1.0+dfsg-1',
      '1.0.1-1',
      '1.9-1',
      '1.10-1',
      '1:0.1-1',
    ],
  ],
  ['dpkg', ['2.36-9+deb12u7', '2.36-9+deb12u13', '2.41-1']],
  ['rpm', ['1.0~rc1-1', '1.0-1', '1.0^git1-1', '1.0a-1', '1.0.1-1', '1.0.10-1', '1.1-1', '5.10-1', '2:0.1-1']],
  ['rpm', ['1.0-9.el9', '1.0-10.el9']],
  ['pacman', ['1.0alpha-1', '1.0.1-1', '1.1-1', '1.1-2', '1:1.0-1']],
  [
    'apk',
    [
      '1.2.3_alpha1-r0',
      '1.2.3_beta-r0',
      '1.2.3_rc2-r0',
      '1.2.3-r0',
      '1.2.3-r9',
      '1.2.3-r10',
      '1.2.3_p1-r0',
      '1.2.3a-r0',
      '1.2.10-r0',
    ],
  ],
  [
    'npm',
    [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '2.0.0',
      '2.1.0',
      '2.1.1',
    ],
  ],
  ['golang', ['go1.9', 'go1.22', 'go1.22.1']],
  ['golang', ['v0.0.0-20240101000000-abcdefabcdef', 'v0.0.0-20250101000000-abcdefabcdef', 'v0.1.0']],
  ['pypi', ['1.9', '1.10', '2024.2.2']],
];

describe.each(ORDERED)('versions of %s', (kind, versions) => {
  test(`are in the order ${versions.join(' < ')}`, () => {
    for (const [i, low] of versions.entries()) {
      for (const [j, high] of versions.entries()) {
        expect(`${low} ${high} ${Math.sign(compareVersions(kind, low, high) ?? Number.NaN)}`).toBe(
          `${low} ${high} ${Math.sign(i - j)}`,
        );
      }
    }
  });
});

test.each<[PackageKind, string, string]>([
  ['pypi', '1.0rc1', '1.0'],
  ['maven', '1.0-SNAPSHOT', '1.0'],
  ['apk', 'nonsense', '1.0-r0'],
  ['npm', 'file:../x', '1.0.0'],
])('the order of %s %s and %s is not claimed to be known', (kind, a, b) => {
  expect(compareVersions(kind, a, b)).toBe(null);
});

test.each<[PackageKind, string, string]>([
  ['dpkg', '1.0', '1.00'],
  ['rpm', '1.0-1', '1_0-1'],
  ['npm', '1.0.0+a', '1.0.0+b'],
])('of %s, %s and %s are equal', (kind, a, b) => {
  expect(compareVersions(kind, a, b)).toBe(0);
});

test('versions of a megabyte are compared at once', () => {
  const long = '1.'.repeat(500_000);
  for (const kind of ['dpkg', 'rpm', 'apk', 'npm', 'pypi'] as const) compareVersions(kind, `${long}1`, `${long}2`);
});
