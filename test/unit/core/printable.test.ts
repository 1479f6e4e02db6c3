import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBytes, printable } from '../../../src/core/index.ts';

describe('text out of an image', () => {
  test.each([
    ['plain text', 'etc/passwd', 'etc/passwd'],
    ['letters of any script', 'größe/日本語/עברית/😀', 'größe/日本語/עברית/😀'],
    ['an emoji of several characters but for its joiners', '👩\u200d💻', '👩\\u{200d}💻'],
    ['a backslash', 'a\\x1b', 'a\\x1b'],
    ['a line break', 'a\nb\r', 'a\\x0ab\\x0d'],
    ['a tab', 'a\tb', 'a\\x09b'],
    ['NUL', 'a\0b', 'a\\x00b'],
    ['DEL', 'a\x7f', 'a\\x7f'],
    ['an escape sequence that sets the window’s title', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
    ['an escape sequence that clears the screen', '\x1b[2J', '\\x1b[2J'],
    ['a C1 control that begins an escape sequence', '\x9b2J\x9d', '\\x9b2J\\x9d'],
    ['a bidirectional override', 'gpj.\u202eexe', 'gpj.\\u{202e}exe'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['bidirectional marks', '\u200e\u200f\u061c', '\\u{200e}\\u{200f}\\u{61c}'],
    ['line and paragraph separators', 'a\u2028\u2029', 'a\\u{2028}\\u{2029}'],
    ['characters of no width', 'a\u200bb\u2060c\ufeff', 'a\\u{200b}b\\u{2060}c\\u{feff}'],
    ['a soft hyphen', 'a\u00adb', 'a\\xadb'],
    ['tag characters', '\u{e0041}\u{e007f}', '\\u{e0041}\\u{e007f}'],
    ['annotations', '\ufff9a\ufffb', '\\u{fff9}a\\u{fffb}'],
    ['a byte that is no UTF-8', decodeBytes(Uint8Array.of(0x61, 0xff, 0x80)), 'a\\xff\\x80'],
    ['half of a surrogate pair', '\ud83d', '\\u{d83d}'],
  ])('%s', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test('never brings a control, a format character or half a character to the terminal', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.nat({ max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
    );
    fc.assert(
      fc.property(text, (any) => {
        const shown = printable(any);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(printable(shown)).toBe(shown);
      }),
      { numRuns: 1000, seed: 23 },
    );
  });
});
