import { describe, expect, test } from 'vitest';
import { readShell, runsDownload } from '../../../src/rules/shell-text.ts';

const words = (text: string): string[] => readShell(text).map((call) => call.words.join(' '));

describe('the text of a RUN instruction', () => {
  test.each([
    [
      'one call behind the other',
      'apt-get update && apt-get install -y jq; rm -rf /x',
      ['apt-get update', 'apt-get install -y jq', 'rm -rf /x'],
    ],
    ['lines and what joins them', 'make \\\n  all\nmake install', ['make all', 'make install']],
    ['ends of pipes', 'cat a | sort |& uniq || true', ['cat a', 'sort', 'uniq', 'true']],
    ['what is in parentheses', '(cd /a && make) && echo $(id -u)', ['cd /a', 'make', 'id -u', 'echo']],
    ['words of the shell in front', 'if ! grep -q a b; then exec make; fi', ['grep -q a b', 'make', 'fi']],
    ['quotes, and separators in them', `echo 'a; b' "c && d" e\\ f`, ['echo a; b c && d e f']],
    ['quotes within a word', `npm config set "strict-ssl"='false'`, ['npm config set strict-ssl=false']],
    ['an escaped quote', `echo "a\\"b" c`, ['echo a"b c']],
    ['redirections', 'make >log 2>&1 && echo done', ['make >log 2>&1', 'echo done']],
    ['comments', 'make # all of it; rm -rf /\necho a#b', ['make', 'echo a#b']],
    ['a quote that never ends', `echo 'a; rm`, ['echo a; rm']],
    ['parentheses that never end', 'a (b (c', ['c', 'b', 'a']],
    ['parentheses that never began', 'a ) b', ['a', 'b']],
    ['nothing', '  ;; \n', []],
  ])('is read with %s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('has variables apart from the programs that they are set for', () => {
    expect(readShell(`A=1 B="x y" env C=3 git clone x; export D=4 E`)).toMatchObject([
      { words: ['git', 'clone', 'x'], variables: ['A=1', 'B=x y', 'C=3'] },
      { words: ['export', 'D=4', 'E'], variables: ['D=4'] },
    ]);
  });

  test('says what sudo runs', () => {
    expect(readShell('sudo -E -H make; make')).toMatchObject([
      { words: ['make'], sudo: true },
      { words: ['make'], sudo: false },
    ]);
  });

  test('is read in one pass, however often it begins anew', () => {
    expect(readShell('curl '.repeat(200_000))[0]?.words).toHaveLength(200_000);
    expect(readShell('$('.repeat(100_000))).toHaveLength(1);
    expect(readShell('a|'.repeat(100_000))).toHaveLength(100_000);
    expect(readShell('"'.repeat(100_001))).toHaveLength(1);
    expect(readShell('x $(a) '.repeat(100_000))).toHaveLength(100_001);
    expect(readShell(`a | ${'b '.repeat(300_000)}`)).toHaveLength(2);
  });
});

describe('a download that is run as it comes', () => {
  test.each([
    'curl -fsSL https://x.test | sh',
    'curl x | sudo -E bash -s -- --yes',
    'wget -qO- x | python3 -',
    'sh -c "$(curl -fsSL x)"',
    'bash <(curl -s x)',
    'sh -c $(wget -qO- x)',
    'bash -c "`curl -s x`"',
    'true && (curl -s x | env A=1 sh)',
  ])('%s', (text) => {
    expect(runsDownload(readShell(text))).toBe(true);
  });

  test.each([
    'curl -o a x && sh a',
    'curl x | tar -xz',
    'curl x | tee a | wc; sh b',
    'echo curl | sh',
    'sh -c "echo curl x"',
    'curl x || sh fallback.sh',
    'VERSION=$(curl -s x) && make',
    'echo "$(curl -s x)"',
  ])('is not: %s', (text) => {
    expect(runsDownload(readShell(text))).toBe(false);
  });
});
