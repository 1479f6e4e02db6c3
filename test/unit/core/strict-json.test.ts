import { describe, expect, test } from 'vitest';
import { parseStrictJsonValue, StrictJsonError } from '../../../src/core/index.ts';

const LIMITS = { maxDepth: 10, maxValues: 100 };
const parse = (text: string | Uint8Array): unknown => parseStrictJsonValue(Buffer.from(text as string), LIMITS);
const failure = (text: string | Uint8Array): StrictJsonError => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof StrictJsonError) return error;
    throw error;
  }
  throw new Error('it was parsed');
};

describe('strict JSON', () => {
  test.each([
    ['an object', '{"a":[1,"x",null,true]}'],
    ['a text that looks like more', '{"a":"{\\"b\\":[[[[[[[[[[[[","c":"\\\\"}'],
    ['the same name in other objects', '{"a":{"b":1},"c":{"b":2},"b":[{"b":3},{"b":4}]}'],
    ['a value that is like a name', '{"a":"b","b":"a"}'],
    ['a text alone', '"x"'],
    ['as many values as are allowed', `[${Array.from({ length: 99 }, (_, i) => i).join(',')}]`],
    ['as deep as is allowed', `${'['.repeat(10)}${']'.repeat(10)}`],
  ])('takes %s', (_, text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test.each<[string, string, RegExp, boolean]>([
    ['a name twice', '{"a":1,"a":2}', /has the name "a" twice/, false],
    ['a name twice, written in two ways', '{"a":1,"\\u0061":2}', /has the name "a" twice/, false],
    ['a name twice, far inside', '[{"x":[{"a":{},"b":1,"a":{}}]}]', /has the name "a" twice/, false],
    ['what is no JSON', '{"a":}', /is no JSON/, false],
    ['a text that never ends', '{"a":"', /is no JSON/, false],
    ['a backslash at the end', '{"a":"\\', /is no JSON/, false],
    ['more behind it', '{} {}', /is no JSON/, false],
    ['nothing', '', /is no JSON/, false],
    ['too deep nesting', '['.repeat(11), /is nested more than 10 deep/, true],
    [
      'too deep nesting in what is no JSON at all',
      '}{'.repeat(2) + '{'.repeat(50_000),
      /is nested more than 10 deep/,
      true,
    ],
    ['too many values', `[${'1,'.repeat(100)}1]`, /has more than 100 values/, true],
    ['too many values, each nearly nothing', '{},'.repeat(200), /has more than 100 values/, true],
  ])('refuses %s', (_, text, message, isBound) => {
    expect(failure(text).message).toMatch(message);
    expect(failure(text).isBound).toBe(isBound);
  });

  test('refuses what is no UTF-8, and a byte order mark', () => {
    expect(failure(Buffer.from([0x22, 0xff, 0x22])).message).toBe('is no UTF-8');
    expect(failure(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])).message).toBe('is no JSON');
  });
});
