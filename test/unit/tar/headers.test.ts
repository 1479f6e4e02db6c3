import { describe, expect, test } from 'vitest';
import {
  base256,
  dir,
  file,
  hardlink,
  symlink,
  type TarMemberSpec,
  writeMember,
  writeTar,
} from '../../support/tar-writer.ts';
import { collect, entryNamed, kinds, names } from './collect.ts';

describe('what a header says', () => {
  test.each([
    ['ustar', file('a/b.txt', 'hello', { mode: 0o4755, uid: 12, gid: 34, mtime: 99 })],
    ['gnu', file('a/b.txt', 'hello', { mode: 0o4755, uid: 12, gid: 34, mtime: 99, format: 'gnu' })],
    ['v7', file('a/b.txt', 'hello', { mode: 0o4755, uid: 12, gid: 34, mtime: 99, format: 'v7' })],
  ] as const)('is read in %s', async (_, member) => {
    const told = await collect(writeTar([member]));
    expect(told.facts).toMatchObject({ entries: 1, failure: null });
    expect(told.anomalies).toEqual([]);
    expect(told.entries[0]).toMatchObject({
      name: 'a/b.txt',
      content: 'hello',
      complete: true,
      entry: { kind: 'file', mode: 0o4755, uid: 12, gid: 34, mtime: 99, sizeBytes: 5, storedBytes: 5, sequence: 0 },
    });
  });

  test.each([
    ['0', 'file'],
    ['\0', 'file'],
    ['1', 'hardlink'],
    ['2', 'symlink'],
    ['3', 'character-device'],
    ['4', 'block-device'],
    ['5', 'directory'],
    ['6', 'fifo'],
    ['7', 'file'],
  ])('type %j is a %s', async (type, kind) => {
    const told = await collect(writeTar([{ name: 'x', type, linkName: 'target' }, file('next', 'n')]));
    expect(told.entries.map(({ entry }) => entry.kind)).toEqual([kind, 'file']);
    expect(told.entries[0]?.linkName).toBe('target');
  });

  test('type 7 is read as a file, and told: runtimes refuse it', async () => {
    const told = await collect(writeTar([file('contiguous', 'data', { type: '7' })]));
    expect(entryNamed(told, 'contiguous').content).toBe('data');
    expect(told.anomalies).toEqual([
      { kind: 'contiguous-file', sequence: 0, offset: 0, bytes: null, detail: 'type 7' },
    ]);
  });

  test('a record of an unknown type is an entry with content, and told', async () => {
    const told = await collect(writeTar([file('odd', 'data', { type: 'Z' }), file('next', 'n')]));
    expect(told.entries.map(({ name, content, entry }) => [name, content, entry.kind])).toEqual([
      ['odd', 'data', 'unknown'],
      ['next', 'n', 'file'],
    ]);
    expect(kinds(told)).toEqual(['type-unknown']);
  });

  test('device numbers belong to devices only', async () => {
    const told = await collect(
      writeTar([{ name: 'dev/null', type: '3', device: [1, 3] }, file('plain', '', { device: [1, 3] })]),
    );
    expect(told.entries.map(({ entry }) => [entry.deviceMajor, entry.deviceMinor])).toEqual([
      [1, 3],
      [0, 0],
    ]);
  });

  test('links keep the target as it stands there', async () => {
    const told = await collect(writeTar([symlink('s', '../../etc/passwd'), hardlink('h', '/abs')]));
    expect(told.entries.map(({ linkName }) => linkName)).toEqual(['../../etc/passwd', '/abs']);
  });

  test('an old file whose name ends with a slash is a directory, a modern one is not', async () => {
    const told = await collect(
      writeTar([{ name: 'old/', type: '\0', size: 1024 }, file('inside', 'x'), { name: 'modern/', type: '0' }]),
    );
    expect(told.entries.map(({ name, entry }) => [name, entry.kind])).toEqual([
      ['old/', 'directory'],
      ['inside', 'file'],
      ['modern/', 'file'],
    ]);
    expect(kinds(told)).toEqual(['size-on-header-only']);
  });
});

describe('names', () => {
  test('a name of exactly 100 bytes has no NUL and is whole', async () => {
    const name = 'n'.repeat(100);
    expect(names(await collect(writeTar([file(name, 'x')])))).toEqual([name]);
  });

  test.each([
    ['ustar', 'ustar', 'prefix/name'],
    ['v7', 'v7', 'name'],
    ['gnu, where times have the place of the prefix', 'gnu', 'prefix/name'],
  ] as const)('the prefix of %s', async (_, format, expected) => {
    // GNU times that are no numbers are a prefix written by Go before 1.8: Go reads it still.
    expect(names(await collect(writeTar([file('name', 'x', { format, prefix: 'prefix' })])))).toEqual([expected]);
  });

  test('GNU times are no prefix', async () => {
    const member = file('name', 'x', { format: 'gnu', prefix: '14727044720\x0014727044720' });
    expect(names(await collect(writeTar([member])))).toEqual(['name']);
  });

  test('a GNU time that fits no 64 bits makes both of them a prefix, as in Go', async () => {
    const patch = (header: Buffer): void => {
      header.write('123\0', 345);
      header.fill(0xff, 357, 369);
      header[357] = 0xbf;
    };
    expect(names(await collect(writeTar([file('name', 'x', { format: 'gnu', patch })])))).toEqual(['123/name']);
  });

  test('the prefix of star ends at 131 bytes', async () => {
    const patch = (header: Buffer): void => {
      header.write('p'.repeat(155), 345);
      header.write('tar\0', 508);
    };
    expect(names(await collect(writeTar([file('name', 'x', { patch })])))).toEqual([`${'p'.repeat(131)}/name`]);
  });

  test.each([
    ['absolute', '/etc/passwd'],
    ['climbing', 'a/../../etc/shadow'],
    ['with control characters', 'a\x1b]0;x\x07b'],
    ['empty', ''],
  ])('an %s name is given as it stands there', async (_, name) => {
    const told = await collect(writeTar([file(name, 'x'), file('next', 'y')]));
    expect(names(told)).toEqual([name, 'next']);
  });

  test('two names that are no UTF-8 stay two names', async () => {
    const told = await collect(writeTar([file(Uint8Array.of(0x61, 0xff), ''), file(Uint8Array.of(0x61, 0xfe), '')]));
    expect(told.entries.map(({ entry }) => [...entry.name])).toEqual([
      [0x61, 0xff],
      [0x61, 0xfe],
    ]);
    expect(new Set(names(told)).size).toBe(2);
  });

  test('the same path twice is two entries', async () => {
    const told = await collect(writeTar([file('same', 'first'), file('same', 'second')]));
    expect(told.entries.map(({ content }) => content)).toEqual(['first', 'second']);
  });
});

describe('numbers', () => {
  const sized = (write: (header: Buffer) => void): TarMemberSpec => file('f', 'hello', { patch: write });

  test.each([
    ['octal with a NUL', (h: Buffer) => h.write('00000000005\0', 124)],
    ['octal with a blank', (h: Buffer) => h.write('00000000005 ', 124)],
    ['octal with blanks in front', (h: Buffer) => h.write('          5 ', 124)],
    ['octal in all twelve bytes', (h: Buffer) => h.write('000000000005', 124)],
    ['octal that ends at its first NUL', (h: Buffer) => h.write('5\0garbage!!!', 124)],
    ['base-256', (h: Buffer) => base256(h, 124, 12, 5n)],
  ])('a size in %s', async (_, write) => {
    const told = await collect(writeTar([sized((header) => void write(header)), file('next', 'n')]));
    expect(told.entries.map(({ name, content }) => [name, content])).toEqual([
      ['f', 'hello'],
      ['next', 'n'],
    ]);
    expect(told.anomalies).toEqual([]);
  });

  test('an empty size field is zero', async () => {
    const told = await collect(writeTar([file('f', '', { patch: (h) => h.fill(0, 124, 136) }), file('next', 'n')]));
    expect(names(told)).toEqual(['f', 'next']);
  });

  test('negative times and large owners in base-256', async () => {
    const patch = (header: Buffer): void => {
      base256(header, 136, 12, -86_400n);
      base256(header, 108, 8, 4_294_967_294n);
    };
    const told = await collect(writeTar([file('f', '', { patch })]));
    expect(told.entries[0]?.entry).toMatchObject({ mtime: -86_400, uid: 4_294_967_294 });
    expect(told.anomalies).toEqual([]);
  });

  test('an owner that is no number reads as 0, and is told', async () => {
    const told = await collect(writeTar([file('f', 'x', { patch: (h) => h.write('root\0\0\0\0', 108) })]));
    expect(entryNamed(told, 'f').entry.uid).toBe(0);
    expect(told.anomalies.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['number-invalid', 'the field uid is no number'],
    ]);
  });

  test('a checksum of signed bytes holds as well', async () => {
    const tar = writeTar([file(Uint8Array.of(0xe4, 0xf6, 0xfc), 'x')]);
    const signed = tar.subarray(0, 512).reduce((sum, byte, i) => {
      if (i >= 148 && i < 156) return sum + 0x20;
      return sum + (byte >= 0x80 ? byte - 0x100 : byte);
    }, 0);
    tar.write(`${signed.toString(8).padStart(6, '0')}\0 `, 148);
    const told = await collect(tar);
    expect(told.facts).toMatchObject({ entries: 1, failure: null });
  });
});

describe('places', () => {
  test('headers and contents are told with their offsets', async () => {
    const first = writeMember(file('long', 'x'.repeat(600), { pax: { path: 'renamed' } }));
    const told = await collect(Buffer.concat([first, writeTar([dir('d'), file('f', 'y')])]));
    expect(told.entries.map(({ name, entry }) => [name, entry.headerOffset, entry.contentOffset])).toEqual([
      ['renamed', 1024, 1536],
      ['d/', 2560, 3072],
      ['f', 3072, 3584],
    ]);
  });
});
