import { describe, expect, test } from 'vitest';
import { wantsAscii } from '../../../src/cli/output.ts';

describe('which letters a terminal has', () => {
  test.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ LANG: 'C' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, true],
    [{ LANG: 'de_DE.UTF-8' }, false],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'POSIX' }, true],
    [{ LANG: 'C', LC_CTYPE: 'en_US.utf8' }, false],
    [{ LANG: 'C', LC_ALL: '' }, true],
  ])('with %j: ASCII only is %s', (env, ascii) => {
    expect(wantsAscii(env, undefined)).toBe(ascii);
  });

  test('does not matter for files', () => {
    expect(wantsAscii({ LANG: 'C' }, 'report.txt')).toBe(false);
  });
});
