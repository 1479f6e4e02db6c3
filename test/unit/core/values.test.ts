import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AuditError,
  DEFAULT_LIMITS,
  digestAlgorithm,
  formatBytes,
  formatCount,
  isDigest,
  parseDiffId,
  parseDigest,
  plainBytes,
  SEVERITIES,
  SecretText,
  severityRank,
  shortDigest,
  systemErrorCode,
} from '../../../src/core/index.ts';

const SHA256 = `sha256:${'0123456789abcdef'.repeat(4)}`;
const SHA512 = `sha512:${'0123456789abcdef'.repeat(8)}`;

describe('digests', () => {
  test.each([
    [SHA256, 'sha256'],
    [SHA512, 'sha512'],
  ])('%s is one', (text, algorithm) => {
    expect(parseDigest(text)).toBe(text);
    expect(digestAlgorithm(parseDiffId(text))).toBe(algorithm);
  });

  test.each([
    ['nothing', ''],
    ['upper case', SHA256.toUpperCase()],
    ['upper-case hex', `sha256:${'A'.repeat(64)}`],
    ['a digit too few', SHA256.slice(0, -1)],
    ['a digit too many', `${SHA256}0`],
    ['a line break at its end', `${SHA256}\n`],
    ['the length of another algorithm', SHA256.replace('256', '512')],
    ['an algorithm nobody should trust', `md5:${'0'.repeat(32)}`],
    ['no algorithm', '0'.repeat(64)],
    ['a path', `sha256:../../../../etc/passwd${'0'.repeat(43)}`],
  ])('%s is none', (_, text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ name: 'AuditError', code: 'DIGEST_INVALID' }));
    expect(() => parseDiffId(text)).toThrow(AuditError);
  });

  test.each([undefined, null, 5, {}, [SHA256]])('%j is none', (value) => {
    expect(isDigest(value)).toBe(false);
  });

  test('a refusal does not repeat megabytes', () => {
    const refuse = (): void => void parseDigest('x'.repeat(1_000_000));
    expect(refuse).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{1,200}$/) }));
  });

  test('are shortened for people', () => {
    expect(shortDigest(SHA256)).toBe('sha256:0123456789ab');
    expect(shortDigest('no digest at all, and long')).toBe('no digest at all, a');
  });
});

describe('sizes and counts for people', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1049, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [83_886_080, '84 MB'],
    [999_600_000_000, '1.0 TB'],
    [2 ** 53, '9007.2 TB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('%i is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  test('a size is never shown as a thousand of its unit', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_000_000_000 }), (bytes) => {
        expect(Number.parseFloat(formatBytes(bytes))).toBeLessThan(1000);
      }),
      { seed: 29 },
    );
  });
});

describe('secrets', () => {
  const value = `s3cr3t-${'x'.repeat(10)}`;
  const secret = new SecretText(value, 's3cr****');

  test('come out only where they are revealed', () => {
    expect(secret.reveal()).toBe(value);
  });

  test.each([
    ['a template', `${secret}`],
    ['concatenation', `a${String(secret)}`],
    ['JSON', JSON.stringify({ secret, list: [secret] })],
    ['inspection', inspect({ secret }, { depth: 9, showHidden: true })],
    ['inspection of everything', inspect(new Error('x', { cause: secret }), { showHidden: true })],
    ['their members', JSON.stringify(Object.entries(secret))],
    ['a spread', JSON.stringify({ ...secret })],
  ])('and not in %s', (_, shown) => {
    expect(shown).not.toContain(value);
    expect(shown).toContain('s3cr****');
  });
});

describe('severities', () => {
  test('go from the worst to none', () => {
    expect(SEVERITIES.map(severityRank)).toEqual([0, 1, 2, 3, 4]);
    expect(severityRank('critical')).toBeLessThan(severityRank('info'));
  });
});

describe('limits', () => {
  test.each(Object.entries(DEFAULT_LIMITS))('%s is a positive whole number', (_, limit) => {
    expect(Number.isSafeInteger(limit) && limit > 0).toBe(true);
  });

  test('the grace of a ratio is below the size of a layer', () => {
    expect(DEFAULT_LIMITS.ratioGraceBytes).toBeLessThan(DEFAULT_LIMITS.maxLayerBytes);
    expect(DEFAULT_LIMITS.maxExpansionRatio).toBeLessThan(1032);
  });
});

describe('plain bytes', () => {
  test('share the memory of a Buffer, and their slice is a copy', () => {
    const buffer = Buffer.from('xabc').subarray(1);
    const plain = plainBytes(buffer);
    const copy = plain.slice(0, 1);
    buffer[0] = 0x7a;
    expect([plain[0], copy[0], plain.byteLength]).toEqual([0x7a, 0x61, 3]);
    expect(plainBytes(plain)).toBe(plain);
  });
});

describe('errors', () => {
  test('carry code, hint and cause', () => {
    const cause = new Error('underneath');
    expect(new AuditError('USAGE_INVALID', 'no', { hint: 'try', cause })).toMatchObject({
      name: 'AuditError',
      code: 'USAGE_INVALID',
      hint: 'try',
      cause,
    });
    expect('cause' in new AuditError('USAGE_INVALID', 'no')).toBe(false);
  });

  test.each([
    [Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
    [Object.assign(new Error('x'), { code: 5 }), undefined],
    [new Error('x'), undefined],
    ['ENOENT', undefined],
    [undefined, undefined],
  ])('the system’s code of %s is %s', (error, code) => {
    expect(systemErrorCode(error)).toBe(code);
  });
});
