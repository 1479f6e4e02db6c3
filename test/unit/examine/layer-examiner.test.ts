import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/core/index.ts';
import { EntryTable, examineLayer, type LayerRecord } from '../../../src/examine/index.ts';
import { sha256 } from '../../support/image-builder.ts';
import {
  dir,
  file,
  hardlink,
  opaque,
  paxRecords,
  symlink,
  type TarMemberSpec,
  whiteout,
  writeMember,
  writeTar,
} from '../../support/tar-writer.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;

async function examine(tar: Uint8Array, limits: Partial<Limits> = {}): Promise<LayerRecord> {
  const job = {
    location: 'stream',
    expectedDigest: null,
    expectedDiffId: null,
    limits: { ...DEFAULT_LIMITS, ...limits },
    fingerprintKey: Buffer.from('key'),
  } as const;
  return (await examineLayer(job, [Uint8Array.from(tar)])).record;
}

const members = (...list: TarMemberSpec[]): Promise<LayerRecord> => examine(writeTar(list));

describe('the table of entries', () => {
  test('has kind, path, attributes and content digest of every entry', async () => {
    const record = await members(
      dir('app', { mode: 0o750, uid: 10, gid: 20 }),
      file('app/a', 'hello', { mode: 0o4755, uid: 1, gid: 2, mtime: 1_600_000_000 }),
      symlink('app/s', 'a'),
      hardlink('app/h', 'app/a'),
      { name: 'dev/null', type: '3', device: [1, 3] },
      { name: 'dev/sda', type: '4', device: [8, 0] },
      { name: 'run/pipe', type: '6' },
      whiteout('etc/gone'),
      opaque('var'),
      file('.wh..wh.plnk', ''),
    );
    const table = new EntryTable(record.columns);
    expect(Array.from({ length: table.length }, (_, row) => [table.kind(row), table.path(row)])).toEqual([
      ['directory', 'app'],
      ['file', 'app/a'],
      ['symlink', 'app/s'],
      ['hardlink', 'app/h'],
      ['character-device', 'dev/null'],
      ['block-device', 'dev/sda'],
      ['fifo', 'run/pipe'],
      ['whiteout', 'etc/.wh.gone'],
      ['opaque', 'var/.wh..wh..opq'],
      ['aufs-metadata', '.wh..wh.plnk'],
    ]);
    expect([table.mode(1), table.uid(1), table.gid(1), table.sizeBytes(1), table.mtime(1)]).toEqual([
      0o4755, 1, 2, 5, 1_600_000_000,
    ]);
    expect(table.contentDigest(1)).toBe(createHash('sha256').update('hello').digest('hex'));
    expect(table.contentDigest(0)).toBeNull();
    expect([table.linkTarget(2), table.linkTarget(3)]).toEqual(['a', 'app/a']);
    expect(record.devices).toEqual([
      { row: 4, major: 1, minor: 3 },
      { row: 5, major: 8, minor: 0 },
    ]);
    expect(record.contentBytes).toBe(5);
    expect(record.gaps).toEqual([]);
  });

  test('grows to many thousands of entries', async () => {
    const list = Array.from({ length: 5000 }, (_, i) => file(`d/${i}`, `${i}`));
    const record = await members(...list);
    const table = new EntryTable(record.columns);
    expect(table.length).toBe(5000);
    expect(table.path(4999)).toBe('d/4999');
    expect(table.contentDigest(4999)).toBe(createHash('sha256').update('4999').digest('hex'));
  });

  test('keeps names that are no UTF-8 apart from each other', async () => {
    const record = await members(file(Buffer.from([0x61, 0xff]), 'x'), file(Buffer.from([0x61, 0xfe]), 'y'));
    const table = new EntryTable(record.columns);
    expect([table.path(0), table.path(1)]).toEqual(['a\udcff', 'a\udcfe']);
  });

  test.each([
    ['./a/b', 'a/b', undefined],
    ['a//b/./c/', 'a/b/c', undefined],
    ['/etc/passwd', 'etc/passwd', 'absolute-path'],
    ['../../etc/passwd', 'etc/passwd', 'escaping-path'],
    ['a/../../b', 'b', 'escaping-path'],
    ['a/../b', 'b', undefined],
    ['...', '...', undefined],
    ['a/.hidden/..b', 'a/.hidden/..b', undefined],
    ['./', '', undefined],
    [' a ', ' a ', undefined],
  ])('cleans %s to %s', async (name, path, anomaly) => {
    const record = await members(file(name, 'x'));
    expect(new EntryTable(record.columns).path(0)).toBe(path);
    expect(Object.keys(record.anomalyCounts)).toEqual(anomaly === undefined ? [] : [anomaly]);
  });

  test('has the diffID of exactly the bytes that came', async () => {
    const tar = Buffer.concat([writeTar([file('a', 'x')]), Buffer.from('trailing')]);
    expect((await examine(tar)).diffId).toBe(sha256(tar));
  });
});

describe('secrets are searched for in', () => {
  const carriers: [string, Buffer, object][] = [
    ['content', writeTar([file('a', `x ${TOKEN} y`)]), { carrier: { kind: 'content', row: 0 }, byteRange: [2, 42] }],
    [
      'names',
      writeTar([dir('d'), file(`d/${TOKEN}.txt`, '')]),
      { carrier: { kind: 'path', row: 1 }, byteRange: [2, 42] },
    ],
    ['link targets', writeTar([symlink('l', `/run/${TOKEN}`)]), { carrier: { kind: 'link', row: 0 } }],
    [
      'padding',
      writeTar([file('a', 'x', { padding: ` ${TOKEN} ` })]),
      { carrier: { kind: 'hidden', region: 'padding' }, byteRange: [514, 554] },
    ],
    [
      'what stands behind the end',
      Buffer.concat([writeTar([file('a', 'x')]), Buffer.from(TOKEN)]),
      { carrier: { kind: 'hidden', region: 'after-end' } },
    ],
    [
      'extended attributes',
      writeTar([file('a', 'x', { pax: { 'SCHILY.xattr.user.note': TOKEN } })]),
      { carrier: { kind: 'xattr', row: 0, name: 'user.note' }, byteRange: [0, 40] },
    ],
    [
      'extended attributes as libarchive writes them',
      writeTar([
        file('a', 'x'),
        file('b', 'x', { pax: { 'LIBARCHIVE.xattr.user.a%20note': Buffer.from(`k=${TOKEN}`).toString('base64') } }),
      ]),
      { carrier: { kind: 'xattr', row: 1, name: 'user.a note' }, byteRange: [2, 42] },
    ],
    [
      'other PAX records',
      writeTar([file('a', 'x', { pax: { comment: TOKEN } })]),
      { carrier: { kind: 'hidden', region: 'extended-header' } },
    ],
    ['content of a whiteout', writeTar([file('.wh.a', TOKEN)]), { carrier: { kind: 'content', row: 0 } }],
    [
      'what cannot be read as a tar',
      Buffer.concat([writeMember(file('a', 'x')), Buffer.alloc(512, `${TOKEN} `)]),
      { carrier: { kind: 'hidden', region: 'unparsed' } },
    ],
  ];

  test.each(carriers)('%s', async (_, tar, expected) => {
    const record = await examine(tar);
    expect(record.secrets[0]).toMatchObject({ detector: 'github-token', ...expected });
    expect(JSON.stringify(record)).not.toContain(TOKEN);
  });

  test('names one by one: two names that make a token only together hold none', async () => {
    const record = await members(file(`x${TOKEN.slice(0, 20)}`, ''), file(TOKEN.slice(20), ''));
    expect(record.secrets).toEqual([]);
  });
});

describe('system files', () => {
  test('are kept with their text, and package databases read', async () => {
    const record = await members(
      file('etc/passwd', 'root:x:0:0::/root:/bin/sh\n'),
      file('usr/lib/os-release', 'ID=debian\n'),
      file(
        'var/lib/dpkg/status',
        'Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\nStatus: deinstall ok config-files\nVersion: 2\n',
      ),
      file('var/lib/dpkg/status.d/base', 'Package: base\nVersion: 3\n'),
      file('var/lib/dpkg/status.d/base.md5sums', 'd41d8cd98f00b204e9800998ecf8427e  x\n'),
      file('lib/apk/db/installed', 'P:musl\nV:1.2\nA:x86_64\n\nP:busybox\nV:1.36\nA:x86_64\n'),
      file('home/etc/passwd', 'not:the:one\n'),
    );
    expect(record.systemFiles.map(({ path, row }) => [path, row])).toEqual([
      ['etc/passwd', 0],
      ['usr/lib/os-release', 1],
    ]);
    expect(
      record.packageDatabases.map(({ kind, row, packages }) => [kind, row, packages.map(({ name }) => name)]),
    ).toEqual([
      ['dpkg', 2, ['a']],
      ['dpkg', 3, ['base']],
      ['apk', 5, ['musl', 'busybox']],
    ]);
  });

  test('that are too large are a gap', async () => {
    const tar = writeTar([file('etc/passwd', 'x'.repeat(2000))]);
    const record = await examine(tar, { maxSystemFileBytes: 1000 });
    expect(record.systemFiles).toEqual([]);
    expect(record.gaps).toEqual([
      { reason: 'budget-exceeded', bytes: 2000, message: 'etc/passwd is too large to be read as a system file' },
    ]);
  });

  test('that take the parser’s worst case are read in a moment', async () => {
    const blank = `Package:${' '.repeat(3_000_000)}x\n`;
    const record = await members(
      file('var/lib/dpkg/status', `${blank}\n${'\n \n'.repeat(500_000)}Package: last\nVersion: 1\n`),
    );
    expect(record.packageDatabases[0]?.packages.map(({ name }) => name.trim())).toEqual(['x', 'last']);
  });
});

describe('limits', () => {
  test('of entries: the rest is a gap', async () => {
    const tar = writeTar(Array.from({ length: 50 }, (_, i) => file(`f${i}`, 'x')));
    const record = await examine(tar, { maxEntries: 20 });
    expect(record.columns.length).toBe(20);
    expect(record.gaps).toEqual([
      expect.objectContaining({ reason: 'budget-exceeded', message: expect.stringContaining('30 entries') }),
    ]);
  });

  test('of holes: a sparse file of a petabyte costs nothing, and its digest is unknown', async () => {
    const pax = {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 'big',
      'GNU.sparse.realsize': String(2 ** 50),
    };
    const map = Buffer.alloc(512);
    map.write('1\n0\n3\n');
    const record = await members(file('GNUSparseFile.0/big', Buffer.concat([map, Buffer.from('abc')]), { pax }));
    const table = new EntryTable(record.columns);
    expect([table.path(0), table.sizeBytes(0), table.contentDigest(0)]).toEqual(['big', 2 ** 50, null]);
    expect(record.gaps).toEqual([
      expect.objectContaining({ reason: 'budget-exceeded', message: expect.stringContaining('holes') }),
    ]);
  });

  test('of extended attributes: the rest is a gap', async () => {
    const tar = writeTar(
      Array.from({ length: 10 }, (_, i) => file(`f${i}`, 'x', { pax: { 'SCHILY.xattr.user.x': 'y'.repeat(100) } })),
    );
    const record = await examine(tar, { maxXattrBytes: 500 });
    expect(record.xattrs).toHaveLength(5);
    expect(record.gaps[0]?.message).toContain('5 extended attributes');
  });

  test('of anomalies: some of each kind are kept and all counted', async () => {
    const tar = writeTar(Array.from({ length: 30 }, (_, i) => file(`/abs${i}`, 'x')));
    const record = await examine(tar, { maxAnomaliesPerKind: 5 });
    expect(record.anomalies).toHaveLength(5);
    expect(record.anomalyCounts).toEqual({ 'absolute-path': 30 });
  });
});

test('a file hidden behind a symlink that states a size is examined like any other', async () => {
  const hidden = writeMember(file('app/hidden', `key ${TOKEN}\n`));
  const tar = writeTar([
    { ...symlink('app/link', 'target'), size: hidden.byteLength },
    file('app/hidden', `key ${TOKEN}\n`),
  ]);
  const record = await examine(tar);
  const table = new EntryTable(record.columns);
  expect([table.path(0), table.path(1)]).toEqual(['app/link', 'app/hidden']);
  expect(record.secrets[0]).toMatchObject({ detector: 'github-token', carrier: { kind: 'content', row: 1 } });
  expect(record.anomalies).toEqual([expect.objectContaining({ kind: 'size-on-header-only', sequence: 0 })]);
});

test('paxRecords of the tar writer state their own length', () => {
  expect(paxRecords({ path: 'x'.repeat(90) }).toString()).toBe(`99 path=${'x'.repeat(90)}\n`);
  expect(paxRecords({ path: 'x'.repeat(91) }).toString()).toBe(`101 path=${'x'.repeat(91)}\n`);
});
