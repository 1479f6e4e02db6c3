import { describe, expect, test } from 'vitest';
import { listMembers, looksLikeTar, type MemberList } from '../../../src/tar/index.ts';
import {
  dir,
  file,
  hardlink,
  symlink,
  writeGnuLong,
  writeMember,
  writePax,
  writeTar,
} from '../../support/tar-writer.ts';

function list(tar: Buffer, limits: { maxMembers?: number; maxExtendedBytes?: number } = {}): MemberList {
  return listMembers((offset, length) => tar.subarray(offset, offset + length), tar.byteLength, {
    maxMembers: 1000,
    maxExtendedBytes: 1024 * 1024,
    ...limits,
  });
}

describe('listing the members of an archive', () => {
  test('tells names cleaned, kinds, targets, and where the content stands', () => {
    const tar = writeTar([
      dir('./blobs'),
      file('./blobs/one', 'hello'),
      symlink('link', 'blobs/one'),
      hardlink('hard', 'blobs/one'),
      file('x', 'renamed', { pax: { path: 'a//b/../c' } }),
    ]);
    const { members, damage } = list(tar);
    expect(damage).toBeNull();
    expect(members.map(({ name, kind, linkName, sizeBytes }) => [name, kind, linkName, sizeBytes])).toEqual([
      ['blobs', 'directory', '', 0],
      ['blobs/one', 'file', '', 5],
      ['link', 'symlink', 'blobs/one', 0],
      ['hard', 'hardlink', 'blobs/one', 0],
      ['a/c', 'file', '', 7],
    ]);
    for (const [name, text] of [
      ['blobs/one', 'hello'],
      ['a/c', 'renamed'],
    ]) {
      const member = members.find((candidate) => candidate.name === name);
      expect(tar.toString('latin1', member?.offset, (member?.offset ?? 0) + (member?.sizeBytes ?? 0))).toBe(text);
    }
  });

  test('applies GNU long names, and ignores empty ones', () => {
    const long = 'n'.repeat(200);
    const tar = Buffer.concat([
      writeGnuLong('L', long),
      writeGnuLong('K', long),
      writeMember(symlink('s', 's')),
      writeGnuLong('L', ''),
      writeTar([file('own', '')]),
    ]);
    expect(list(tar).members.map(({ name, linkName }) => [name, linkName])).toEqual([
      [long, long],
      ['own', ''],
    ]);
  });

  test('reads no content and no extended header past the limit', () => {
    const read: number[] = [];
    const tar = writeTar([file('x', 'c'.repeat(5000), { pax: { comment: 'c'.repeat(3000) } })]);
    const readAt = (offset: number, length: number): Buffer => {
      read.push(length);
      return tar.subarray(offset, offset + length);
    };
    listMembers(readAt, tar.byteLength, { maxMembers: 10, maxExtendedBytes: 1000 });
    expect(new Set(read)).toEqual(new Set([512]));
  });

  test('finds the member behind a link that states a size', () => {
    const tar = writeTar([{ ...symlink('evil', 'x'), size: 1024 }, file('manifest.json', '{}')]);
    expect(list(tar).members.map(({ name }) => name)).toEqual(['evil', 'manifest.json']);
  });

  test('forgets what stands in front of a global header, as Go does', () => {
    const tar = Buffer.concat([
      writePax('x', { path: 'visible' }),
      writePax('g', { comment: 'c' }),
      writeTar([file('created', '')]),
    ]);
    expect(list(tar).members.map(({ name }) => name)).toEqual(['created']);
  });
});

describe('archives that are broken are listed as far as they go', () => {
  const good = writeMember(file('good', 'hello'));

  test.each([
    [
      'a checksum that does not hold',
      writeMember(file('x', '', { badChecksum: true })),
      'no valid header at byte 1024',
    ],
    ['an impossible size', writeMember(file('x', '', { size: -5 })), 'impossible size'],
    ['a size that is no number', writeMember(file('x', '', { patch: (h) => h.write('zzz', 124) })), 'impossible size'],
    [
      'an extended header of no size',
      writeMember({ name: 'x', type: 'x', patch: (h) => h.write('zzz', 124) }),
      'impossible size',
    ],
    ['an extended header past the end', writeMember({ name: 'x', type: 'x', size: 1e6 }), 'impossible size'],
    ['content past the end', writeMember(file('x', '', { size: 1e6 })), 'ends inside a member'],
  ])('%s', (_, broken, damage) => {
    const listed = list(Buffer.concat([good, broken, Buffer.alloc(1024)]));
    expect(listed.members[0]?.name).toBe('good');
    expect(listed.damage).toContain(damage);
  });

  test('too many members', () => {
    const listed = list(writeTar([file('a', ''), file('b', ''), file('c', '')]), { maxMembers: 2 });
    expect(listed.members.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(listed.damage).toBe('more than 2 members');
  });

  test('a cut at every byte never throws, and lists the members in front of it', () => {
    const tar = writeTar([file('a', 'x'.repeat(600)), dir('d'), file('b', '', { pax: { path: 'B' } })]);
    const whole = list(tar).members;
    for (let length = 0; length < tar.byteLength; length += 7) {
      const cut = list(tar.subarray(0, length)).members;
      expect(cut).toEqual(whole.slice(0, cut.length));
      const inFront = whole.filter(({ offset, sizeBytes }) => offset + sizeBytes <= length);
      expect(cut.length).toBeGreaterThanOrEqual(inFront.length);
    }
  });
});

describe('telling a tar by its first block', () => {
  test.each([
    ['a tar', writeTar([file('a', '')]), true],
    ['an empty tar', Buffer.alloc(1024), true],
    ['less than a block', Buffer.alloc(511), false],
    ['text', Buffer.from('x'.repeat(600)), false],
  ])('%s: %s', (_, head, expected) => {
    expect(looksLikeTar(head)).toBe(expected);
  });
});
