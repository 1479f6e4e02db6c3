import { describe, expect, test } from 'vitest';
import { ErrorTail } from '../../../src/daemon/error-tail.ts';

function messageOf(text: string, pieceBytes: number): string | null {
  const tail = new ErrorTail();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) tail.push(bytes.subarray(at, at + pieceBytes));
  return tail.message();
}

const ERROR = '{"errorDetail":{"message":"no space left"},"error":"no space left on device"}';

describe('an error behind an archive', () => {
  test.each([1, 7, 100, 100_000])('is found however it is cut (pieces of %d bytes)', (pieceBytes) => {
    expect(messageOf(`${'x'.repeat(20_000)}${ERROR}\r\n`, pieceBytes)).toBe('no space left');
  });

  test('may be all there is', () => {
    expect(messageOf(ERROR, 1000)).toBe('no space left');
  });

  test('may have its text in either place', () => {
    expect(messageOf('{"errorDetail":null,"error":"old way"}', 1000)).toBe('old way');
  });

  test.each([
    ['nothing', ''],
    ['zeros, as archives end', '\0'.repeat(10_000)],
    ['an error and then zeros: that was a file of the image', `${ERROR}${'\0'.repeat(1024)}`],
    ['half an error', ERROR.slice(0, 40)],
    ['an error that says nothing', '{"errorDetail":{"code":1}}'],
    ['other JSON', '{"error":"x"}'],
    ['one longer than errors are', `{"errorDetail":{"message":"${'x'.repeat(10_000)}"}}`],
  ])('is not seen in %s', (_, text) => {
    expect(messageOf(text, 512)).toBeNull();
  });
});
