/** Tars that are damaged in the middle, read on behind the damage. */
import { describe, expect, test } from 'vitest';
import {
  dir,
  file,
  hardlink,
  symlink,
  type TarMemberSpec,
  writeGnuLong,
  writeMember,
  writePax,
  writeTar,
} from '../../support/tar-writer.ts';
import { type Collected, collect, names } from './collect.ts';

const CHUNKS = [1, 100, 511, 512, 513, 700, 4096, 65_536];
const END = Buffer.alloc(1024);
const A = file('a', 'in front of the damage');
const B = file('b', 'behind the damage');
const C = dir('c');

/** Reads with salvage in chunks of all sizes, which must all tell the same. */
async function salvage(tar: Uint8Array, holes: readonly number[] = []): Promise<Collected> {
  const first = await collect(tar, { salvage: true, holes });
  for (const chunkBytes of CHUNKS) {
    expect(await collect(tar, { salvage: true, holes, chunkBytes })).toEqual(first);
  }
  return first;
}

/** Names, those behind damage marked by `?`, incomplete ones by `…`. */
function story(told: Collected): string[] {
  return told.entries.map(({ name, entry, complete }) => `${name}${entry.salvaged ? '?' : ''}${complete ? '' : '…'}`);
}

function damaged(spec: TarMemberSpec): Buffer {
  const member = writeMember(spec);
  // A letter of the name, without the checksum knowing.
  member[1] = (member[1] as number) ^ 0x20;
  return member;
}

describe('behind a header whose checksum does not hold', () => {
  test('reading goes on with the next header, and says what was left out', async () => {
    const lost = damaged(file('lost', 'x'.repeat(700)));
    const told = await salvage(Buffer.concat([writeMember(A), lost, writeMember(B), writeMember(C), END]));
    expect(story(told)).toEqual(['a', 'b?', 'c/?']);
    expect(told.entries[1]).toMatchObject({ content: 'behind the damage', entry: { headerOffset: 1024 + 1536 } });
    expect(told.facts).toMatchObject({
      entries: 3,
      failure: { reason: 'tar-damaged', offset: 1024 },
      damages: [{ offset: 1024, bytes: 1536 }],
    });
    expect(told.facts.damages[0]?.message).toBe(
      'no valid header at byte 1024 of the tar: the checksum does not hold; 1536 bytes were not understood, ' +
        'up to what looks like a header at byte 2560, where reading went on',
    );
  });

  test('all that was left out is told as bytes', async () => {
    const lost = damaged(file('lost', 'x'.repeat(700)));
    const told = await salvage(Buffer.concat([writeMember(A), lost, writeMember(B), END]));
    expect(told.hidden).toEqual([{ region: 'unparsed', offset: 1024, text: lost.toString('latin1') }]);
  });

  test.each([
    ['ustar', writeMember(B)],
    ['GNU', writeMember({ ...B, format: 'gnu' })],
    ['v7', writeMember({ ...B, format: 'v7' })],
    ['a symbolic link', writeMember(symlink('b', 'a'))],
    ['a hard link', writeMember(hardlink('b', 'a'))],
    ['a PAX header', Buffer.concat([writePax('x', { path: 'b' }), writeMember(file('short', 'x'))])],
    ['a GNU long name', Buffer.concat([writeGnuLong('L', 'b'), writeMember(file('short', 'x', { format: 'gnu' }))])],
  ])('the next header may be of %s', async (_, next) => {
    const told = await salvage(Buffer.concat([writeMember(A), damaged(file('lost', '')), next, END]));
    expect(story(told)).toEqual(['a', 'b?']);
  });

  test.each([
    ['text', Buffer.from('0001234 '.repeat(64))],
    ['random bytes', Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 7919 + 13) % 256))],
    ['zeros', Buffer.alloc(512)],
    ['a header of a type that nobody writes', writeMember({ name: 'b', type: 'Q' })],
    [
      'a v7 header with bytes where there are none',
      writeMember({ ...C, format: 'v7', patch: (h) => h.fill(1, 300, 310) }),
    ],
    ['a header with a size that is no number', writeMember({ ...C, patch: (h) => h.fill(0x7a, 124, 130) })],
    ['a header without a name', writeMember({ ...C, name: '' })],
  ])('%s is not taken for one', async (_, block) => {
    const told = await salvage(
      Buffer.concat([writeMember(A), damaged(file('lost', '')), block.subarray(0, 512), writeMember(B), END]),
    );
    expect(story(told)).toEqual(['a', 'b?']);
    expect(told.facts.damages).toMatchObject([{ offset: 1024, bytes: 1024 }]);
  });

  test('an end marker ends nothing: it may be that of a tar that was a file', async () => {
    const inner = damaged(file('inner.tar', writeTar([file('in', 'x')])));
    const told = await salvage(Buffer.concat([writeMember(A), inner, writeMember(B), END]));
    expect(story(told)).toEqual(['a', 'in?', 'b?']);
    expect(told.facts.damages.length).toBe(1);
    expect(told.anomalies).toEqual([]);
  });

  test('several damaged parts are each told', async () => {
    const told = await salvage(
      Buffer.concat([writeMember(A), damaged(file('lost', '')), writeMember(B), damaged(C), writeMember(C), END]),
    );
    expect(story(told)).toEqual(['a', 'b?', 'c/?']);
    expect(told.facts.damages).toMatchObject([
      { offset: 1024, bytes: 512 },
      { offset: 1024 + 512 + 1024, bytes: 512 },
    ]);
  });

  test('nothing that can be read is told to the end', async () => {
    const rest = Buffer.concat([damaged(file('lost', 'x')), Buffer.alloc(300, 0x61)]);
    const told = await salvage(Buffer.concat([writeMember(A), rest]));
    expect(story(told)).toEqual(['a']);
    expect(told.facts.damages).toMatchObject([{ offset: 1024, bytes: rest.byteLength }]);
    expect(told.facts.damages[0]?.message).toContain('to the end of the tar');
    expect(told.hidden).toEqual([{ region: 'unparsed', offset: 1024, text: rest.toString('latin1') }]);
  });

  test('an extended header in front of the damage is not given to the entry behind it', async () => {
    const told = await salvage(
      Buffer.concat([writePax('x', { path: 'secret-name' }), damaged(file('lost', '')), writeMember(B), END]),
    );
    expect(names(told)).toEqual(['b']);
  });

  test('an entry behind the damage may be cut', async () => {
    const tar = Buffer.concat([
      writeMember(A),
      damaged(C),
      writeMember(file('last', 'z'.repeat(600))).subarray(0, 800),
    ]);
    const told = await salvage(tar);
    expect(story(told)).toEqual(['a', 'last?…']);
    expect(told.entries[1]?.content).toBe('z'.repeat(288));
    expect(told.facts.failure).toMatchObject({ reason: 'tar-damaged', offset: 1024 });
  });

  test('without salvage, reading ends there', async () => {
    const tar = Buffer.concat([writeMember(A), damaged(C), writeMember(B), END]);
    const told = await collect(tar);
    expect(story(told)).toEqual(['a']);
    expect(told.facts.damages).toMatchObject([{ offset: 1024, bytes: tar.byteLength - 1024 }]);
  });
});

describe('other damage that reading goes on behind', () => {
  test.each([
    ['an impossible size', writeMember({ name: 'x', patch: (h) => h.fill(0x7a, 124, 130) })],
    [
      'an extended header of an impossible size',
      writeMember({ name: 'x', type: 'x', patch: (h) => h.fill(0xff, 124, 130) }),
    ],
    [
      'a sparse map that is broken',
      Buffer.concat([
        writeMember({ name: 's', type: 'S', format: 'gnu', patch: (h) => h.fill(1, 482, 483) }),
        Buffer.alloc(512, 0x7a),
      ]),
    ],
  ])('%s', async (_, broken) => {
    const told = await salvage(Buffer.concat([writeMember(A), broken, writeMember(B), END]));
    expect(story(told)).toEqual(['a', 'b?']);
    expect(told.facts.damages.length).toBe(1);
  });
});

describe('where bytes of the tar are missing', () => {
  const long = file('long', 'l'.repeat(5000));

  test('the entry is cut, and the next header is found wherever it stands', async () => {
    const whole = Buffer.concat([writeMember(A), writeMember(long), writeMember(B), END]);
    for (const missing of [1, 100, 512, 1000]) {
      const hole = 1024 + 512 + 2000;
      const told = await salvage(Buffer.concat([whole.subarray(0, hole), whole.subarray(hole + missing)]), [hole]);
      expect(story(told)).toEqual(['a', 'long…', 'b?']);
      expect(told.entries[1]?.content).toBe('l'.repeat(2000));
      expect(told.entries[2]?.content).toBe('behind the damage');
      expect(told.facts.damages).toMatchObject([{ offset: hole }]);
    }
  });

  test('only the header is missing: the content behind it is no entry', async () => {
    const whole = Buffer.concat([writeMember(A), writeMember(long), writeMember(B), END]);
    const told = await salvage(Buffer.concat([whole.subarray(0, 1024), whole.subarray(1024 + 512)]), [1024]);
    expect(story(told)).toEqual(['a', 'b?']);
    expect(told.facts.damages).toMatchObject([{ offset: 1024, bytes: 5120 }]);
  });

  test('in padding, the file is complete', async () => {
    const whole = Buffer.concat([writeMember(A), writeMember(B), END]);
    const hole = 512 + 100;
    const told = await salvage(Buffer.concat([whole.subarray(0, hole), whole.subarray(1024)]), [hole]);
    expect(story(told)).toEqual(['a', 'b?']);
    expect(told.facts.damages).toEqual([]);
  });

  test('in front of everything, in a header and twice in one file', async () => {
    const whole = Buffer.concat([writeMember(A), writeMember(long), writeMember(B), END]);
    expect(story(await salvage(whole, [0]))).toEqual(['a?', 'long?', 'b?']);
    expect(story(await salvage(whole, [1024 + 100]))).toEqual(['a', 'b?']);
    expect(story(await salvage(whole, [2000, 3000]))).toEqual(['a', 'long…', 'b?']);
  });

  test('at the end of the tar nothing is lost', async () => {
    const whole = writeTar([A, B]);
    expect(await salvage(whole, [2048])).toMatchObject({ facts: { entries: 2, failure: null, damages: [] } });
  });
});

test('the damaged parts told are limited, and the rest is added up', async () => {
  const pair = Buffer.concat([damaged(file('lost', '')), writeMember(dir('d'))]);
  const told = await collect(Buffer.concat(Array.from({ length: 300 }, () => pair)), { salvage: true });
  expect(told.entries.length).toBe(300);
  expect(told.facts.damages.length).toBe(101);
  expect(told.facts.damages.at(-1)).toMatchObject({ bytes: 200 * 512 });
  expect(told.facts.damages.at(-1)?.message).toContain('200 more parts');
});
