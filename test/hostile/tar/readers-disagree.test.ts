/** Records that one reader skips and another one creates: the evasions that the header guard is for. */
import { describe, expect, test } from 'vitest';
import { dir, file, type TarMemberSpec, writeMember, writeTar } from '../../support/tar-writer.ts';
import { collect, entryNamed, kinds, names } from '../../unit/tar/collect.ts';

const HEADER_ONLY: readonly (readonly [string, TarMemberSpec])[] = [
  ['hard link', { name: 'x', type: '1', linkName: 'target' }],
  ['symlink', { name: 'x', type: '2', linkName: 'target' }],
  ['character device', { name: 'x', type: '3' }],
  ['block device', { name: 'x', type: '4' }],
  ['directory', dir('x')],
  ['fifo', { name: 'x', type: '6' }],
];

describe('a file behind a record that states a size and has no content', () => {
  test.each(HEADER_ONLY)('%s: the file is seen', async (_, member) => {
    const hidden = writeMember(file('hidden', 'here'));
    const told = await collect(
      Buffer.concat([writeMember({ ...member, size: hidden.byteLength }), hidden, writeTar([file('next', 'n')])]),
    );
    expect(entryNamed(told, 'hidden').content).toBe('here');
    expect(names(told).slice(1)).toEqual(['hidden', 'next']);
    expect(told.entries[0]?.entry).toMatchObject({ sizeBytes: 0, storedBytes: 0 });
    expect(told.anomalies).toMatchObject([{ kind: 'size-on-header-only', sequence: 0, offset: 0, bytes: 1024 }]);
    expect(told.facts).toMatchObject({ entries: 3, failure: null });
  });

  test.each(HEADER_ONLY)('%s with the size in a PAX header: the file is seen', async (_, member) => {
    const told = await collect(writeTar([{ ...member, pax: { size: '1024' } }, file('hidden', 'here')]));
    expect(entryNamed(told, 'hidden').content).toBe('here');
    expect(kinds(told)).toContain('size-on-header-only');
  });

  test.each([
    ['negative', -1],
    ['2^60', 2 ** 60],
  ])('%s sizes do not end the reading: Go goes on behind them', async (_, size) => {
    const told = await collect(writeTar([{ name: 'x', type: '2', size }, file('hidden', 'here')]));
    expect(names(told)).toEqual(['x', 'hidden']);
    expect(kinds(told)).toEqual(['size-on-header-only']);
    expect(told.facts.failure).toBeNull();
  });

  test('nor does a size that is no number', async () => {
    const member: TarMemberSpec = { name: 'x', type: '2', patch: (header) => header.write('zzzz', 124) };
    const told = await collect(writeTar([member, file('hidden', 'here')]));
    expect(names(told)).toEqual(['x', 'hidden']);
    expect(kinds(told)).toEqual(['number-invalid']);
  });
});

describe('sizes that differ between the PAX header and the header', () => {
  test('the PAX size counts: content that looks like a file is content', async () => {
    const inner = writeMember(file('smuggled', 'never created'));
    const told = await collect(
      writeTar([file('outer', inner, { size: 0, pax: { size: `${inner.byteLength}` } }), file('next', 'n')]),
    );
    expect(names(told)).toEqual(['outer', 'next']);
    expect(told.anomalies).toMatchObject([{ kind: 'pax-size-mismatch', sequence: 0, bytes: inner.byteLength }]);
  });

  test('the PAX size counts: what the header calls content is a file', async () => {
    const inner = writeMember(file('smuggled', 'created'));
    const outer = writeMember(file('outer', '', { size: inner.byteLength, pax: { size: '0' } }));
    const told = await collect(Buffer.concat([outer, inner, writeTar([file('next', 'n')])]));
    expect(names(told)).toEqual(['outer', 'smuggled', 'next']);
    expect(kinds(told)).toEqual(['pax-size-mismatch']);
  });
});

describe('bytes where readers of files do not look', () => {
  test('behind the end marker: told to the last byte, and no entries', async () => {
    const behind = Buffer.concat([writeMember(file('late', 'hidden')), Buffer.from('odd')]);
    const told = await collect(Buffer.concat([writeTar([file('f', 'x')]), behind]));
    expect(names(told)).toEqual(['f']);
    expect(told.facts).toMatchObject({ entries: 1, failure: null });
    expect(told.anomalies).toEqual([
      {
        kind: 'data-after-end',
        sequence: null,
        offset: 2048,
        bytes: behind.byteLength,
        detail: `${behind.byteLength} bytes behind the end-of-archive marker`,
      },
    ]);
    expect(told.hidden).toEqual([{ region: 'after-end', offset: 2048, text: behind.toString('latin1') }]);
  });

  test('zeros behind the end marker are nothing to tell: GNU tar fills records of 10 KiB', async () => {
    const told = await collect(Buffer.concat([writeTar([file('f', 'x')]), Buffer.alloc(8192)]));
    expect(told.anomalies).toEqual([]);
    expect(told.hidden).toEqual([]);
  });

  test('in the padding behind content', async () => {
    const told = await collect(writeTar([file('f', 'hello', { padding: '\0\0hidden' }), file('next', 'n')]));
    expect(entryNamed(told, 'f').content).toBe('hello');
    expect(told.anomalies).toMatchObject([{ kind: 'data-in-padding', sequence: 0, offset: 519, bytes: 505 }]);
    expect(told.hidden).toMatchObject([{ region: 'padding', offset: 519 }]);
    expect(told.hidden[0]?.text).toMatch(/^hidden\0{499}$/);
  });

  test('behind a header that makes no sense', async () => {
    const broken = writeMember(file('x', 'secret', { badChecksum: true }));
    const told = await collect(Buffer.concat([writeTar([file('f', 'x')], broken), Buffer.from('tail')]));
    expect(names(told)).toEqual(['f']);
    expect(told.facts.failure).toEqual({
      reason: 'tar-damaged',
      message: 'no valid header at byte 1024 of the tar: the checksum does not hold',
      offset: 1024,
    });
    expect(told.hidden).toEqual([{ region: 'unparsed', offset: 1024, text: `${broken.toString('latin1')}tail` }]);
  });

  test('in a last block that is not whole', async () => {
    const told = await collect(Buffer.concat([writeMember(file('f', 'x')), Buffer.alloc(512), Buffer.from('hidden')]));
    expect(told.facts.failure).toMatchObject({ reason: 'blob-truncated', offset: 1542 });
    expect(told.hidden).toEqual([{ region: 'unparsed', offset: 1536, text: 'hidden' }]);
  });
});

describe('how a tar ends', () => {
  const member = writeMember(file('f', 'x'));

  test.each([
    ['two zero blocks', Buffer.concat([member, Buffer.alloc(1024)])],
    ['one zero block', Buffer.concat([member, Buffer.alloc(512)])],
    ['no end marker', member],
    ['no padding behind the last file', member.subarray(0, 513)],
    ['half of the padding', member.subarray(0, 700)],
  ])('%s is no damage', async (_, tar) => {
    const told = await collect(tar);
    expect(told.facts).toMatchObject({ entries: 1, failure: null });
    expect(told.entries[0]).toMatchObject({ content: 'x', complete: true });
    expect(told.anomalies).toEqual([]);
  });

  test.each([
    ['nothing at all', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(10_240)],
  ])('%s is an empty tar', async (_, tar) => {
    expect(await collect(tar)).toMatchObject({ entries: [], anomalies: [], facts: { entries: 0, failure: null } });
  });

  test('entries behind a single zero block are read and told: GNU tar goes on there', async () => {
    const told = await collect(Buffer.concat([member, Buffer.alloc(512), writeTar([file('behind', 'y')])]));
    expect(names(told)).toEqual(['f', 'behind']);
    expect(told.anomalies).toMatchObject([{ kind: 'lone-zero-block', offset: 1536 }]);
  });
});

describe('sizes that cannot be', () => {
  test.each([
    ['negative', file('x', '', { size: -1 })],
    ['past 2^53', file('x', '', { size: 2 ** 60 })],
    ['no number', file('x', '', { patch: (header) => header.write('12x', 124) })],
    ['negative in a PAX header', file('x', '', { pax: { size: '-1' } })],
    ['of an extended header', { name: 'x', type: 'x', size: -1 }],
    ['of a GNU long name', { name: 'x', type: 'L', size: 2 ** 60, format: 'gnu' }],
  ] satisfies [string, TarMemberSpec][])('%s: told, with everything in front and the bytes behind', async (_, bad) => {
    const broken = writeMember(bad);
    const told = await collect(Buffer.concat([writeMember(file('f', 'x')), broken, Buffer.from('behind')]));
    expect(names(told)).toEqual(['f']);
    expect(told.facts.failure).toMatchObject({ reason: 'tar-damaged' });
    expect(told.facts.failure?.message).toContain('impossible size');
    const unparsed = told.hidden.filter(({ region }) => region === 'unparsed');
    expect(unparsed.map(({ text }) => text).join('')).toContain(broken.subarray(-512).toString('latin1'));
    expect(unparsed.at(-1)?.text.endsWith('behind')).toBe(true);
  });

  test('a size past the end of the tar: the entry is told and not complete', async () => {
    const told = await collect(Buffer.concat([writeMember(file('x', 'hello', { size: 2 ** 40 }))]));
    expect(told.entries[0]).toMatchObject({ name: 'x', complete: false, entry: { sizeBytes: 2 ** 40 } });
    expect(told.facts.failure).toMatchObject({ reason: 'blob-truncated', message: 'the tar ends inside an entry' });
  });
});
