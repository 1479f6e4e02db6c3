import { describe, expect, test } from 'vitest';
import { file, type TarMemberSpec, writeHeader, writeMember, writeTar } from '../../support/tar-writer.ts';
import { collect, entryNamed, kinds, names } from './collect.ts';

type Segment = readonly [offset: number, length: number];

/** What the file `ab` at 1000 and `cd` at 3000 of 5000 bytes is in a container. */
const WHOLE = `${'\0'.repeat(1000)}ab${'\0'.repeat(1998)}cd${'\0'.repeat(1998)}`;
const SEGMENTS: readonly Segment[] = [
  [1000, 2],
  [3000, 2],
];

function octal(value: number): string {
  return `${value.toString(8).padStart(11, '0')}\0`;
}

/** A file in the old GNU format: four segments in the header, 21 in each extension block. */
function oldSparse(
  segments: readonly Segment[],
  stored: string,
  sizeBytes: number,
  extensions: readonly (readonly Segment[])[] = [],
): Buffer {
  const header = writeHeader(
    file('sparse', '', {
      type: 'S',
      format: 'gnu',
      patch: (block) => {
        segments.forEach(([offset, length], i) => {
          block.write(`${octal(offset)}${octal(length)}`, 386 + i * 24);
        });
        if (extensions.length > 0) block[482] = 1;
        block.write(octal(sizeBytes), 483);
      },
    }),
    stored.length,
  );
  const blocks = extensions.map((more, n) => {
    const block = Buffer.alloc(512);
    more.forEach(([offset, length], i) => {
      block.write(`${octal(offset)}${octal(length)}`, i * 24);
    });
    if (n < extensions.length - 1) block[504] = 1;
    return block;
  });
  const content = Buffer.alloc(Math.ceil(stored.length / 512) * 512);
  content.write(stored);
  return Buffer.concat([header, ...blocks, content]);
}

function tarOf(...pieces: Buffer[]): Buffer {
  return Buffer.concat([...pieces, writeTar([file('next', 'n')])]);
}

/** A file in PAX format 1.0, where the content begins with the map. */
function sparse10(map: string, stored: string, more: Partial<TarMemberSpec> = {}): TarMemberSpec {
  const padded = map.padEnd(Math.ceil(map.length / 512) * 512, '\0');
  return file('GNUSparseFile.0/sparse', padded + stored, {
    pax: {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 'sparse',
      'GNU.sparse.realsize': '5000',
    },
    ...more,
  });
}

describe('sparse files are told as they are in a container', () => {
  const pax01 = {
    'GNU.sparse.size': '5000',
    'GNU.sparse.numblocks': '2',
    'GNU.sparse.name': 'sparse',
    'GNU.sparse.map': '1000,2,3000,2',
  };
  const pax00 = Buffer.concat(
    [
      'GNU.sparse.size=5000',
      'GNU.sparse.numblocks=2',
      'GNU.sparse.offset=1000',
      'GNU.sparse.numbytes=2',
      'GNU.sparse.offset=3000',
      'GNU.sparse.numbytes=2',
    ].map((record) => Buffer.from(`${record.length + 4} ${record}\n`)),
  );

  test.each([
    ['old GNU', oldSparse(SEGMENTS, 'abcd', 5000)],
    ['old GNU with an extension block', oldSparse([[1000, 2]], 'abcd', 5000, [[[3000, 2]]])],
    ['old GNU with an empty extension block', oldSparse(SEGMENTS, 'abcd', 5000, [[]])],
    [
      'PAX 0.0',
      Buffer.concat([writeMember({ name: 'x', type: 'x', content: pax00 }), writeMember(file('sparse', 'abcd'))]),
    ],
    ['PAX 0.1', writeMember(file('GNUSparseFile.0/x', 'abcd', { pax: pax01 }))],
    ['PAX 1.0', writeMember(sparse10('2\n1000\n2\n3000\n2\n', 'abcd'))],
  ])('%s', async (_, member) => {
    const told = await collect(tarOf(member));
    const sparse = entryNamed(told, 'sparse');
    expect(sparse.content).toBe(WHOLE);
    expect(sparse).toMatchObject({ complete: true, dataBytes: 4, holeBytes: 4996, entry: { sizeBytes: 5000 } });
    expect(names(told)).toEqual(['sparse', 'next']);
    expect(kinds(told).filter((kind) => kind !== 'old-gnu-sparse')).toEqual([]);
  });

  test('a file of one hole stores nothing', async () => {
    const told = await collect(tarOf(oldSparse([[5000, 0]], '', 5000)));
    expect(entryNamed(told, 'sparse')).toMatchObject({ dataBytes: 0, holeBytes: 5000, complete: true });
  });

  test('a name among the PAX records is not that of an old GNU sparse file, as in Go', async () => {
    const pax = writeMember({ name: 'x', type: 'x', content: '27 GNU.sparse.name=another\n' });
    expect(names(await collect(tarOf(pax, oldSparse(SEGMENTS, 'abcd', 5000))))).toEqual(['sparse', 'next']);
  });

  test('an unknown version is no sparse file', async () => {
    const pax = { 'GNU.sparse.major': '2', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'other' };
    const told = await collect(tarOf(writeMember(file('plain', 'abcd', { pax }))));
    expect(entryNamed(told, 'plain').content).toBe('abcd');
  });
});

describe('sparse maps that make no sense', () => {
  test.each([
    ['segments out of order', [SEGMENTS[1], SEGMENTS[0]] as Segment[], 5000],
    ['segments on top of each other', [[0, 3] as const, [2, 1] as const], 5000],
    ['a segment past the end', [[4999, 2] as const], 5000],
    ['a file that is smaller than its segments', SEGMENTS, 100],
  ])('old GNU, %s: the bytes are read as they are stored', async (_, segments, sizeBytes) => {
    const told = await collect(tarOf(oldSparse(segments, 'abcd', sizeBytes)));
    expect(entryNamed(told, 'sparse')).toMatchObject({ content: 'abcd', holeBytes: 0 });
    expect(kinds(told)).toEqual(['old-gnu-sparse', 'sparse-map-invalid']);
    expect(names(told)).toEqual(['sparse', 'next']);
  });

  test('old GNU, numbers that are none: read as stored, extension blocks and all', async () => {
    const member = oldSparse([[0, 4]], 'abcd', 4, [[]]);
    member.write('x', 386);
    const header = Buffer.from(member.subarray(0, 512));
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    member.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const told = await collect(tarOf(member));
    expect(entryNamed(told, 'sparse').content).toBe('abcd');
    expect(kinds(told)).toEqual(['old-gnu-sparse', 'sparse-map-invalid']);
    expect(names(told)).toEqual(['sparse', 'next']);
  });

  test.each([
    ['an odd number of numbers', '1000,2,3000'],
    ['what is no number', '1000,x'],
    ['a negative number', '-1,2'],
    ['fewer segments than stated', '1000,4'],
  ])('PAX 0.1, %s', async (_, map) => {
    const pax = { 'GNU.sparse.size': '5000', 'GNU.sparse.numblocks': '2', 'GNU.sparse.map': map };
    const told = await collect(tarOf(writeMember(file('sparse', 'abcd', { pax }))));
    expect(entryNamed(told, 'sparse').content).toBe('abcd');
    expect(kinds(told)).toEqual(['sparse-map-invalid']);
  });

  test.each([
    ['no number', 'x\n'],
    ['a number that is too long', `${'1'.repeat(30)}\n`],
    ['more segments than there are bytes', '500000\n1\n'],
    ['absurdly many segments', '99999999999\n1\n'],
    ['no line at all', ''],
    ['segments past the end', '1\n4999\n2\n'],
  ])('PAX 1.0, %s: all stored bytes are told', async (_, map) => {
    const member = sparse10(map, 'abcd');
    const told = await collect(tarOf(writeMember(member)));
    expect(entryNamed(told, 'sparse').content).toBe(member.content);
    expect(kinds(told)).toEqual(['sparse-map-invalid']);
    expect(names(told)).toEqual(['sparse', 'next']);
  });
});

describe('sparse files as places to hide', () => {
  test.each([
    ['old GNU', oldSparse([[0, 2]], 'abHIDDEN', 2), 514],
    [
      'PAX 0.1',
      writeMember(
        file('sparse', 'abHIDDEN', {
          pax: { 'GNU.sparse.size': '2', 'GNU.sparse.numblocks': '1', 'GNU.sparse.map': '0,2' },
        }),
      ),
      1538,
    ],
    ['PAX 1.0', writeMember(sparse10('1\n0\n2\n', 'abHIDDEN')), 2050],
  ])('%s: bytes stored that the map has no place for are told', async (_, member, offset) => {
    const told = await collect(tarOf(member));
    expect(entryNamed(told, 'sparse').content.replaceAll('\0', '')).toBe('ab');
    expect(told.anomalies.find(({ kind }) => kind === 'sparse-map-invalid')?.detail).toBe(
      'the sparse map has no place for 6 bytes that are stored',
    );
    expect(told.hidden).toContainEqual({ region: 'padding', offset, text: 'HIDDEN' });
    expect(names(told)).toEqual(['sparse', 'next']);
  });

  test('bytes that the map states and nobody stored are told', async () => {
    const told = await collect(tarOf(oldSparse([[0, 8]], 'abcd', 10)));
    expect(entryNamed(told, 'sparse').content).toBe('abcd\0\0\0\0\0\0');
    expect(told.anomalies.at(-1)?.detail).toBe('the sparse map states 4 bytes that are not stored; they read as zeros');
  });

  test('bytes between a map of PAX 1.0 and its data are told', async () => {
    const member = sparse10(`2\n1000\n2\n3000\n2\n${'\0'.repeat(10)}HIDDEN`, 'abcd');
    const told = await collect(tarOf(writeMember(member)));
    expect(entryNamed(told, 'sparse').content).toBe(WHOLE);
    expect(kinds(told)).toEqual(['data-in-padding']);
    expect(told.hidden.find(({ region }) => region === 'padding')?.text).toContain('HIDDEN');
  });

  test('extension blocks are told', async () => {
    const member = oldSparse(SEGMENTS, 'abcd', 5000, [[]]);
    member.write('HIDDEN', 600);
    const told = await collect(tarOf(member));
    expect(told.hidden).toMatchObject([{ region: 'extended-header', offset: 512 }]);
    expect(told.hidden[0]?.text).toContain('HIDDEN');
  });

  test('extension blocks without end are not followed without end', async () => {
    const header = oldSparse(SEGMENTS, '', 5000, [[], []]).subarray(0, 512);
    const block = Buffer.alloc(512);
    block.write('HIDDEN', 100);
    block[504] = 1;
    const tar = Buffer.concat([header, ...Array.from({ length: 3000 }, () => block)]);
    const told = await collect(tar);
    expect(told.facts).toMatchObject({ entries: 0, failure: { reason: 'tar-damaged' } });
    // Everything behind the limit is told as what nobody could read.
    const told3000 = told.hidden.reduce((sum, { text }) => sum + text.split('HIDDEN').length - 1, 0);
    expect(told3000).toBe(3000);
  });
});
