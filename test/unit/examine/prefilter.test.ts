import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Literal, Prefilter } from '../../../src/examine/prefilter/index.ts';

type Hit = readonly [literal: number, offset: number];

/** What the prefilter should find, the slow way. */
function plainMatcher(literals: readonly Literal[], data: Buffer): Hit[] {
  const hits: Hit[] = [];
  const text = data.toString('latin1');
  for (const [index, literal] of literals.entries()) {
    for (let at = 0; at <= text.length - literal.text.length; at += 1) {
      const slice = text.slice(at, at + literal.text.length);
      const matches = literal.ignoreCase === true ? slice.toLowerCase() === literal.text : slice === literal.text;
      if (matches) hits.push([index, at]);
    }
  }
  return hits.sort(byOffset);
}

function byOffset(a: Hit, b: Hit): number {
  return a[1] - b[1] || a[0] - b[0];
}

function scanChunks(literals: readonly Literal[], chunks: readonly Uint8Array[]): Hit[] {
  const prefilter = new Prefilter(literals);
  const hits: Hit[] = [];
  for (const [i, chunk] of chunks.entries()) {
    prefilter.scan(chunk, i === chunks.length - 1, (literal, offset) => hits.push([literal, offset]));
  }
  return hits.sort(byOffset);
}

function cut(data: Buffer, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < data.byteLength; at += size) chunks.push(data.subarray(at, at + size));
  return chunks;
}

describe('literals without a gate', () => {
  // A small alphabet, so that literals overlap, nest and repeat.
  const literalText = fc.string({ unit: fc.constantFrom('a', 'b', '_', '-', '/'), minLength: 3, maxLength: 9 });
  const literals = fc.uniqueArray(fc.record({ text: literalText, ignoreCase: fc.boolean() }), {
    minLength: 1,
    maxLength: 40,
    selector: ({ text, ignoreCase }) => `${text} ${ignoreCase}`,
  });
  const data = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '_', '-', '/', '\0', 'é'), maxLength: 400 });

  test('are found wherever a plain matcher finds them, however the bytes are cut', () => {
    fc.assert(
      fc.property(literals, data, fc.integer({ min: 1, max: 70 }), (wanted, text, size) => {
        const bytes = Buffer.from(text);
        expect(scanChunks(wanted, cut(bytes, size))).toEqual(plainMatcher(wanted, bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('are found at every offset of a vector', () => {
    for (let offset = 0; offset < 50; offset += 1) {
      const data = Buffer.alloc(60, 'x');
      data.write('needle', offset);
      expect(scanChunks([{ text: 'needle' }], [data])).toEqual([[0, offset]]);
    }
  });

  test('are found across borders of chunks of a megabyte', () => {
    const wanted: Literal[] = [{ text: 'needle' }];
    const data = Buffer.alloc(2 * 1024 * 1024 + 100, 'x');
    const places = [0, 1024 * 1024 - 3, 2 * 1024 * 1024 - 6, data.byteLength - 6];
    for (const place of places) data.write('needle', place);
    expect(scanChunks(wanted, [data]).map(([, offset]) => offset)).toEqual(places);
    expect(scanChunks(wanted, cut(data, 65_537)).map(([, offset]) => offset)).toEqual(places);
  });

  test('are all reported where there are more than the kernel keeps at once', () => {
    const data = Buffer.from('abc'.repeat(30_000));
    expect(scanChunks([{ text: 'abc' }], [data])).toHaveLength(30_000);
  });

  test('end with the stream: nothing matches across two streams', () => {
    const prefilter = new Prefilter([{ text: 'secret' }]);
    const hits: number[] = [];
    prefilter.scan(Buffer.from('xxsec'), true, (_, offset) => hits.push(offset));
    prefilter.reset();
    prefilter.scan(Buffer.from('retxx'), true, (_, offset) => hits.push(offset));
    expect(hits).toEqual([]);
  });
});

describe('gates', () => {
  const find = (literal: Literal, text: string): number[] =>
    scanChunks([literal], [Buffer.from(text)]).map(([, offset]) => offset);

  test('a run must be as long as asked', () => {
    const literal: Literal = { text: 'ghp_', gate: { follows: 'run', of: 'word', atLeast: 5 } };
    expect(find(literal, 'ghp_1234 ghp_12345 ghp_a-bcd!')).toEqual([9]);
  });

  test('a run that the end of the bytes cuts off is let through: what follows may come with the next chunk', () => {
    const literal: Literal = { text: 'ghp_', gate: { follows: 'run', of: 'word', atLeast: 5 } };
    expect(find(literal, 'ghp_12')).toEqual([0]);
  });

  test('a URL must have a user, a colon and a password in front of its host', () => {
    const literal: Literal = { text: '://', gate: { follows: 'userinfo' } };
    const text = 'a://user:pass@host b://host:80/x c://user@host d://a b:c@d e://u:p@h ';
    expect(find(literal, text)).toEqual([1, text.indexOf('e://') + 1]);
  });

  test('a password longer than any honest one is not looked through without end', () => {
    const literal: Literal = { text: '://', gate: { follows: 'userinfo' } };
    expect(find(literal, `x://u:${'p'.repeat(1000)}@h `)).toEqual([]);
  });
});

describe('literals that the kernel cannot take', () => {
  test.each([
    ['ab', 'too short'],
    ['x'.repeat(45), 'too long'],
    ['café', 'no ASCII'],
  ])('%s is refused: %s', (text) => {
    expect(() => new Prefilter([{ text }])).toThrow(RangeError);
  });

  test('an upper-case literal that ignores case is refused', () => {
    expect(() => new Prefilter([{ text: 'ABC', ignoreCase: true }])).toThrow(RangeError);
  });
});

test('line feeds are counted in any number of bytes', () => {
  const prefilter = new Prefilter([{ text: 'abc' }]);
  for (const length of [0, 1, 15, 16, 17, 1000, 1024 * 1024 + 5]) {
    const bytes = Buffer.alloc(length, 'x');
    for (let at = 0; at < length; at += 7) bytes[at] = 0x0a;
    expect(prefilter.countLines(bytes)).toBe(Math.ceil(length / 7));
  }
});
