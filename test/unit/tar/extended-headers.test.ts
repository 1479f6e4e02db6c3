import { describe, expect, test } from 'vitest';
import { file, paxRecords, symlink, writeGnuLong, writeMember, writePax, writeTar } from '../../support/tar-writer.ts';
import { collect, entryNamed, kinds, names } from './collect.ts';

const END = Buffer.alloc(1024);

/** A tar of pieces: members, extended headers, anything. */
function tarOf(...pieces: Buffer[]): Buffer {
  return Buffer.concat([...pieces, END]);
}

/** A PAX header with these bytes as its records. */
function rawPax(records: string | Buffer): Buffer {
  return writeMember({ name: 'PaxHeaders/0', type: 'x', content: records });
}

describe('PAX records', () => {
  test('path, link target, owner, time and extended attributes', async () => {
    const path = `${'deep/'.repeat(60)}ä.txt`;
    const told = await collect(
      writeTar([
        file('short', 'hello', {
          pax: {
            path,
            uid: '3000000000',
            gid: '3000000001',
            mtime: '1700000000.25',
            'SCHILY.xattr.security.capability': Uint8Array.of(1, 0, 0, 2, 0),
            comment: 'nobody reads this',
          },
        }),
        { ...symlink('link', 'short target'), pax: { linkpath: 'l'.repeat(200) } },
      ]),
    );
    expect(told.entries[0]).toMatchObject({
      name: path,
      content: 'hello',
      entry: { uid: 3_000_000_000, gid: 3_000_000_001, mtime: 1_700_000_000.25 },
    });
    expect(told.entries[0]?.entry.xattrs.map(({ name, value }) => [name, ...value])).toEqual([
      ['security.capability', 1, 0, 0, 2, 0],
    ]);
    expect(told.entries[1]?.linkName).toBe('l'.repeat(200));
    expect(told.anomalies).toEqual([]);
  });

  test('they describe the next entry and no other', async () => {
    const told = await collect(writeTar([file('a', '', { pax: { path: 'A', uid: '7' } }), file('b', '')]));
    expect(told.entries.map(({ name, entry }) => [name, entry.uid])).toEqual([
      ['A', 7],
      ['b', 0],
    ]);
  });

  test('an empty value means: as in the header', async () => {
    const told = await collect(writeTar([file('kept', 'x', { uid: 5, pax: { path: '', uid: '', size: '' } })]));
    expect(told.entries[0]).toMatchObject({ name: 'kept', content: 'x', entry: { uid: 5 } });
    expect(told.anomalies).toEqual([]);
  });

  test('of a record given twice the last one counts', async () => {
    const records = Buffer.concat([paxRecords({ path: 'first' }), paxRecords({ path: 'second' })]);
    expect(names(await collect(tarOf(rawPax(records), writeMember(file('x', '')))))).toEqual(['second']);
  });

  test('of two PAX headers the last one counts, as in Go', async () => {
    const told = await collect(
      tarOf(writePax('x', { path: 'first', uid: '9' }), writePax('x', { gid: '8' }), writeMember(file('own', ''))),
    );
    expect(told.entries[0]).toMatchObject({ name: 'own', entry: { uid: 0, gid: 8 } });
  });

  test('a name that is no UTF-8 keeps its bytes', async () => {
    const told = await collect(writeTar([file('x', '', { pax: { path: Uint8Array.of(0x61, 0xff) } })]));
    expect([...(told.entries[0]?.entry.name ?? [])]).toEqual([0x61, 0xff]);
  });

  test.each([
    ['a plus sign', '+600'],
    ['zeros in front', '000000000000000000000000600'],
  ])('a size with %s is read as Go reads it', async (_, size) => {
    // A reader that threw it away would take the size of the header, and content for headers.
    const content = 'x'.repeat(600);
    const member = file('f', content, { size: 5, pax: { size } });
    const told = await collect(writeTar([member, file('next', 'n')]));
    expect(told.entries.map(({ name, content }) => [name, content])).toEqual([
      ['f', content],
      ['next', 'n'],
    ]);
    expect(kinds(told)).toEqual(['pax-size-mismatch']);
  });

  test('a size equal to that of the header is no anomaly', async () => {
    const told = await collect(writeTar([file('f', 'hello', { pax: { size: '5' } })]));
    expect(told.anomalies).toEqual([]);
  });

  test.each([
    ['size', '5x'],
    ['size', '99999999999999999999'],
    ['uid', 'root'],
    ['gid', '1.5'],
    ['mtime', 'yesterday'],
    ['mtime', '99999999999999999999.5'],
  ])('the record %s=%s is told, and the header counts', async (key, value) => {
    const told = await collect(
      writeTar([file('f', 'hello', { uid: 4, gid: 4, mtime: 4, pax: { [key]: value } }), file('next', 'n')]),
    );
    expect(told.entries[0]).toMatchObject({ content: 'hello', entry: { uid: 4, gid: 4, mtime: 4 } });
    expect(names(told)).toEqual(['f', 'next']);
    expect(told.anomalies.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['number-invalid', `the PAX record ${key} is no number`],
    ]);
  });

  test.each(['+20 path=other-name\n', '0000000000000030 path=other-n\n'])(
    '%j is applied, as in Go',
    async (records) => {
      expect(Number.parseInt(records, 10)).toBe(records.length);
      const told = await collect(tarOf(rawPax(records), writeMember(file('x', ''))));
      expect(names(told)).toEqual([records.slice(records.indexOf('=') + 1, -1)]);
      expect(told.anomalies).toEqual([]);
    },
  );
});

describe('PAX headers that make no sense are ignored and told', () => {
  test.each([
    ['no length', 'path=x\n'],
    ['a length that is no number', 'x1 path=x\n'],
    ['a negative length', '-9 path=x\n'],
    ['a length of zero', '0 path=x\n'],
    ['a length that ends inside the record', '8 path=x\n'],
    ['a length past the end', '99 path=x\n'],
    ['a length past every number', `${'9'.repeat(400)} path=x\n`],
    ['no equals sign', '8 pathx\n'],
    ['an empty key', '5 =x\n'],
    ['a NUL in a path', '10 path=\0x\n'],
    ['a NUL in a key', '10 a\0b=xyz\n'],
    ['only blanks', '          '],
    ['a good record and then garbage', '10 path=x\ngarbage'],
    ['sparse records out of order', '26 GNU.sparse.numbytes=1\n'],
    ['a comma in a sparse record', '28 GNU.sparse.offset=1,2,3,4\n'],
  ])('%s', async (_, records) => {
    const told = await collect(tarOf(writeMember(file('before', '')), rawPax(records), writeMember(file('own', 'x'))));
    expect(names(told)).toEqual(['before', 'own']);
    expect(told.anomalies).toMatchObject([{ kind: 'pax-invalid', sequence: null, offset: 512, bytes: records.length }]);
    expect(told.facts.failure).toBeNull();
  });
});

describe('GNU long names', () => {
  test('of entries and of link targets', async () => {
    const long = 'n'.repeat(300);
    const target = 't'.repeat(300);
    const told = await collect(
      tarOf(writeGnuLong('L', long), writeGnuLong('K', target), writeMember(symlink('short', 'short'))),
    );
    expect(told.entries[0]).toMatchObject({ name: long, linkName: target });
    expect(told.anomalies).toEqual([]);
  });

  test('they end at the first NUL', async () => {
    const told = await collect(tarOf(writeGnuLong('L', 'name\0behind'), writeMember(file('x', ''))));
    expect(names(told)).toEqual(['name']);
  });

  test('an empty one changes nothing, as in Go', async () => {
    // Otherwise the file would be taken for the root directory and be gone.
    const told = await collect(
      tarOf(
        writeGnuLong('L', ''),
        writeGnuLong('K', ''),
        writeMember(symlink('own', 'target')),
        writeMember({ name: '././@LongLink', type: 'L', format: 'gnu' }),
        writeMember(file('f', '', { pax: { path: 'pax' } })),
      ),
    );
    expect(told.entries.map(({ name, linkName }) => [name, linkName])).toEqual([
      ['own', 'target'],
      ['pax', ''],
    ]);
    expect(told.anomalies).toEqual([]);
  });

  test('a GNU name and a PAX path that differ are told; the GNU name counts, as in Go', async () => {
    const told = await collect(tarOf(writeGnuLong('L', 'gnu'), writeMember(file('x', '', { pax: { path: 'pax' } }))));
    expect(names(told)).toEqual(['gnu']);
    expect(told.anomalies).toMatchObject([{ kind: 'name-conflict', sequence: 0, detail: 'GNU gnu, PAX pax' }]);
  });

  test('a GNU name and a PAX path that agree are not', async () => {
    const told = await collect(tarOf(writeGnuLong('L', 'same'), writeMember(file('x', '', { pax: { path: 'same' } }))));
    expect(told.anomalies).toEqual([]);
  });
});

describe('PAX global headers', () => {
  test('a comment is nothing to tell', async () => {
    const told = await collect(tarOf(writePax('g', { comment: 'a commit' }), writeMember(file('f', ''))));
    expect(names(told)).toEqual(['f']);
    expect(told.anomalies).toEqual([]);
  });

  test('names, sizes and owners in it are told and not applied', async () => {
    const told = await collect(
      tarOf(
        writePax('g', { path: 'other', size: '0', uid: '0', 'GNU.sparse.major': '1' }),
        writeMember(file('f', 'hello', { uid: 5 })),
        writeMember(file('g', '')),
      ),
    );
    expect(names(told)).toEqual(['f', 'g']);
    expect(entryNamed(told, 'f')).toMatchObject({ content: 'hello', entry: { uid: 5 } });
    expect(told.anomalies).toMatchObject([
      {
        kind: 'global-header-override',
        offset: 0,
        sequence: null,
        detail: 'a PAX global header sets path, size, uid, GNU.sparse.major',
      },
    ]);
  });

  test.each([
    ['PAX path', writePax('x', { path: 'visible' })],
    ['GNU name', writeGnuLong('L', 'visible')],
  ])('one between a %s and its entry makes Go forget the former: so do we, and tell', async (_, header) => {
    const told = await collect(tarOf(header, writePax('g', { comment: 'c' }), writeMember(file('created', 'x'))));
    expect(names(told)).toEqual(['created']);
    expect(told.anomalies).toMatchObject([{ kind: 'global-header-override', offset: header.byteLength }]);
  });
});

describe('extended headers as places to hide', () => {
  test('their bytes are told', async () => {
    const told = await collect(writeTar([file('f', '', { pax: { comment: 'in the comment' } })]));
    const [hidden] = told.hidden;
    expect(told.hidden).toMatchObject([{ region: 'extended-header', offset: 0 }]);
    expect(hidden?.text.slice(512)).toBe('26 comment=in the comment\n');
  });

  test('so is the header that they come with, whose name is nobody’s', async () => {
    const told = await collect(tarOf(rawPax(paxRecords({ path: 'f' })), writeMember(file('g', ''))));
    expect(told.hidden[0]?.text).toMatch(/^PaxHeaders/);
  });

  test('so is what fills the padding behind them', async () => {
    const header = writeMember({ name: 'x', type: 'x', content: '9 path=n\n', padding: 'hidden' });
    const told = await collect(tarOf(header, writeMember(file('f', ''))));
    expect(names(told)).toEqual(['n']);
    expect(told.anomalies).toMatchObject([{ kind: 'data-in-padding', offset: 521, bytes: 503, sequence: null }]);
    expect(told.hidden.find(({ region }) => region === 'padding')?.text).toMatch(/^hidden\0+$/);
  });

  test('one past the limit is told and not kept; its bytes are told all the same', async () => {
    const records = paxRecords({ path: 'never', comment: 'c'.repeat(3000) });
    const told = await collect(tarOf(rawPax(records), writeMember(file('own', 'x'))), { maxExtendedHeaderBytes: 2048 });
    expect(names(told)).toEqual(['own']);
    expect(told.anomalies).toMatchObject([{ kind: 'extended-header-too-large', offset: 0, bytes: records.length }]);
    expect(told.hidden[0]?.text.slice(512)).toBe(records.toString('latin1'));
  });

  test('one that describes nothing is no damage', async () => {
    const told = await collect(tarOf(writeMember(file('f', '')), writePax('x', { path: 'nobody' })));
    expect(names(told)).toEqual(['f']);
    expect(told.facts.failure).toBeNull();
  });
});
