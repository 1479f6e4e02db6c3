import { describe, expect, test } from 'vitest';
import { readPassword } from '../../../src/cli/read-password.ts';

async function* input(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array | string> {
  yield* chunks;
}

describe('a password on standard input', () => {
  test.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret\n'],
    [' with spaces \n', ' with spaces '],
    ['ü\n', 'ü'],
  ])('%j is %j', async (text, password) => {
    expect(await readPassword(input(text))).toBe(password);
  });

  test('may come in pieces, cut through a character', async () => {
    const bytes = Buffer.from('pässword\n');
    expect(await readPassword(input(bytes.subarray(0, 2), bytes.subarray(2)))).toBe('pässword');
  });

  test.each([
    ['nothing', '', 'it is empty'],
    ['a newline', '\n', 'it is empty'],
    ['an image', 'x'.repeat(64 * 1024 + 1), 'it is too long'],
  ])('is not %s', async (_, text, why) => {
    await expect(readPassword(input(text))).rejects.toMatchObject({
      code: 'USAGE_INVALID',
      message: `standard input holds no password: ${why}`,
    });
  });

  test('is not typed at a terminal, where everybody could read it', async () => {
    await expect(readPassword(Object.assign(input('secret'), { isTTY: true }))).rejects.toMatchObject({
      code: 'USAGE_INVALID',
    });
  });
});
