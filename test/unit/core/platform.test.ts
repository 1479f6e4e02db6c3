import { describe, expect, test } from 'vitest';
import {
  formatPlatform,
  formatPlatformInFull,
  normalisePlatform,
  parsePlatform,
  platformMatches,
} from '../../../src/core/index.ts';

describe('platforms', () => {
  test.each([
    ['linux/amd64', 'linux/amd64'],
    ['amd64', 'linux/amd64'],
    ['LINUX/AMD64', 'linux/amd64'],
    [' linux/arm64 ', 'linux/arm64'],
    ['linux/x86_64', 'linux/amd64'],
    ['x86-64', 'linux/amd64'],
    ['linux/i386', 'linux/386'],
    ['i686', 'linux/386'],
    ['aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/arm/v7', 'linux/arm/v7'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['armhf', 'linux/arm/v7'],
    ['armel', 'linux/arm/v6'],
    ['windows/amd64', 'windows/amd64'],
    ['linux/riscv64', 'linux/riscv64'],
    ['constructor', 'linux/constructor'],
    ['__proto__', 'linux/__proto__'],
  ])('%s is %s', (text, name) => {
    expect(formatPlatform(parsePlatform(text))).toBe(name);
  });

  test.each(['', '/', 'linux/', '/amd64', 'linux//v7', 'linux/amd64/v1/x', 'linux amd64', 'linux/amd64\n/x', 'a:b'])(
    '%j is refused',
    (text) => {
      expect(() => parsePlatform(text)).toThrow(
        expect.objectContaining({ code: 'PLATFORM_INVALID', hint: expect.any(String) }),
      );
    },
  );

  test('the version of the system is kept, and no part of the name', () => {
    const platform = normalisePlatform({ os: 'windows', architecture: 'x86_64', osVersion: '10.0.20348' });
    expect(platform).toEqual({ os: 'windows', architecture: 'amd64', osVersion: '10.0.20348' });
    expect(formatPlatform(platform)).toBe('windows/amd64');
  });

  test('may be asked for with the version, as crane has it', () => {
    const platform = parsePlatform('windows/amd64:10.0.20348.1');
    expect(platform).toEqual({ os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.1' });
    expect(formatPlatformInFull(platform)).toBe('windows/amd64:10.0.20348.1');
    expect(formatPlatformInFull(parsePlatform('linux/arm/v7'))).toBe('linux/arm/v7');
  });

  test.each(['windows/amd64:', 'windows/amd64:1:2', 'amd64:10.0', 'windows/amd64:1/2', ':1'])(
    '%j is refused: it has no version, or one of nothing',
    (text) => {
      expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'PLATFORM_INVALID' }));
    },
  );

  test.each([
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/aarch64', 'linux/arm64', true],
    ['linux/arm', 'linux/arm/v6', true],
    ['linux/arm/v7', 'linux/arm/v6', false],
    ['linux/arm/v7', 'linux/arm', true],
    ['linux/arm/v6', 'linux/arm', false],
    ['linux/amd64', 'linux/arm64', false],
    ['linux/amd64', 'windows/amd64', false],
    ['linux/amd64/v3', 'linux/amd64', false],
  ])('who wants %s gets %s: %s', (wanted, offered, expected) => {
    const [os = '', architecture = '', variant] = offered.split('/');
    const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    expect(platformMatches(parsePlatform(wanted), platform)).toBe(expected);
  });
});
