import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  baseName,
  cleanPath,
  cleanPathBytes,
  decodeBytes,
  encodeBytes,
  hasUndecodableBytes,
  parentPath,
  ROOT,
  undecodableBase64,
} from '../../../src/core/index.ts';

/** Names made of the pieces that matter, and of anything. */
const roughName = fc.oneof(
  fc
    .array(fc.constantFrom('/', '//', '.', '..', '...', 'a', 'b c', '.a', '..a', 'ä', './', '../'), { maxLength: 8 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

describe('cleaning a name', () => {
  test.each([
    ['etc/passwd', 'etc/passwd', false, false],
    ['./etc/passwd', 'etc/passwd', false, false],
    ['etc/', 'etc', false, false],
    ['/etc/passwd', 'etc/passwd', true, false],
    ['//etc', 'etc', true, false],
    ['/', '', true, false],
    ['', '', false, false],
    ['.', '', false, false],
    ['./', '', false, false],
    ['..', '', false, true],
    ['../etc/shadow', 'etc/shadow', false, true],
    ['/../etc', 'etc', true, true],
    ['a/../b', 'b', false, false],
    ['a/../../b', 'b', false, true],
    ['a/..', '', false, false],
    ['a//b', 'a/b', false, false],
    ['a/./b', 'a/b', false, false],
    ['a/.', 'a', false, false],
    ['a//', 'a', false, false],
    ['.//a', 'a', false, false],
    ['./../a', 'a', false, true],
    ['...', '...', false, false],
    ['..a/.b/c..', '..a/.b/c..', false, false],
    [' a / b ', ' a / b ', false, false],
    ['a\\..\\b', 'a\\..\\b', false, false],
    ['a\nb', 'a\nb', false, false],
  ])('%j is %j', (name, path, absolute, escapes) => {
    const expected = { path, absolute, escapes };
    expect(cleanPath(name)).toEqual(expected);
    const inBytes = cleanPathBytes(Buffer.from(name));
    expect({ ...inBytes, path: decodeBytes(inBytes.path) }).toEqual(expected);
  });

  test('is what containerd does: path.Clean below the root', () => {
    fc.assert(
      fc.property(roughName, (name) => {
        expect(`/${cleanPath(name).path}`).toBe(posix.resolve('/', `./${name}`));
      }),
      { numRuns: 2000, seed: 11 },
    );
  });

  test('is the same for texts and for bytes', () => {
    const bytes = fc.oneof(
      roughName.map((name) => encodeBytes(name.toWellFormed())),
      fc
        .array(fc.constantFrom(0x2f, 0x2e, 0x61, 0xff, 0xc3, 0xa4, 0x00), { maxLength: 12 })
        .map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(bytes, (name) => {
        const inBytes = cleanPathBytes(name);
        expect({ ...inBytes, path: decodeBytes(inBytes.path) }).toEqual(cleanPath(decodeBytes(name)));
      }),
      { numRuns: 3000, seed: 13 },
    );
  });

  test('leaves nothing to clean', () => {
    fc.assert(
      fc.property(roughName, (name) => {
        const { path } = cleanPath(name);
        expect(cleanPath(path)).toEqual({ path, absolute: false, escapes: false });
        expect(path.split('/').some((part) => part === '.' || part === '..')).toBe(false);
      }),
      { numRuns: 1000, seed: 17 },
    );
  });
});

describe('bytes that are no UTF-8', () => {
  test.each([
    ['ASCII', [0x61, 0x62], 'ab'],
    ['UTF-8', [0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80], 'ä€😀'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ['Latin-1', [0x61, 0xe4, 0x62], 'a\udce4b'],
    ['an overlong slash', [0xc0, 0xaf], '\udcc0\udcaf'],
    ['a surrogate in UTF-8', [0xed, 0xb3, 0xa4], '\udced\udcb3\udca4'],
    ['past the last character', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
    ['a sequence that is cut', [0x61, 0xe2, 0x82], 'a\udce2\udc82'],
    ['a sequence that is broken', [0xe2, 0x61, 0xac], '\udce2a\udcac'],
  ])('%s', (_, bytes, text) => {
    expect(decodeBytes(Uint8Array.from(bytes))).toBe(text);
    expect([...encodeBytes(text)]).toEqual(bytes);
  });

  test('no byte is lost and no two names become one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = decodeBytes(bytes);
        expect([...encodeBytes(text)]).toEqual([...bytes]);
        expect(hasUndecodableBytes(text)).toBe(!Buffer.from(Buffer.from(bytes).toString()).equals(bytes));
      }),
      { numRuns: 2000, seed: 19 },
    );
  });

  test('are given in Base64 beside the text', () => {
    expect(undecodableBase64('a\udcff')).toBe(Buffer.from([0x61, 0xff]).toString('base64'));
    expect(undecodableBase64('aä')).toBeNull();
  });
});

describe('parts of a path', () => {
  test.each([
    ['a/b/c', 'c', 'a/b'],
    ['a', 'a', ''],
    ['', '', ''],
  ])('%j ends with %j in %j', (path, base, parent) => {
    expect(baseName(path)).toBe(base);
    expect(parentPath(path)).toBe(parent);
  });

  test('the root is the empty path', () => {
    expect(ROOT).toBe('');
  });
});
