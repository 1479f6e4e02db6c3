import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { NestedExaminer } from '../../../../src/examine/nested/nested-examiner.ts';
import { isInstalled } from '../../../support/installed-programs.ts';
import { dir, file, symlink, writeTar } from '../../../support/tar-writer.ts';
import { arArchive, type ZipMember, zipArchive } from './archive-writer.ts';

interface Examined {
  /** Content by the path of members that leads to it. */
  readonly files: Record<string, string>;
  readonly notes: string[];
  readonly exhausted: boolean;
}

function examine(
  bytes: Uint8Array,
  more: { name?: string; chunkBytes?: number; maxDepth?: number; maxBytes?: number; maxMembers?: number } = {},
): Examined {
  const { name = 'app/archive', chunkBytes = bytes.byteLength } = more;
  const files: Record<string, string> = {};
  const notes: string[] = [];
  const examiner = new NestedExaminer({
    maxDepth: more.maxDepth ?? 8,
    maxBytes: more.maxBytes ?? 1e9,
    maxMembers: more.maxMembers ?? 1e6,
    open: (path) => {
      const parts: Buffer[] = [];
      return {
        push: (piece) => parts.push(Buffer.from(piece)),
        end: () => {
          files[path.join(' > ')] = Buffer.concat(parts).toString('latin1');
        },
      };
    },
    note: (path, message) => notes.push([...path, message].join(' > ')),
  });
  const sink = examiner.begin(() => name);
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) sink.push(bytes.slice(at, at + chunkBytes));
  sink.end();
  return { files, notes, exhausted: examiner.exhausted };
}

const LONG = 'a line of text that goes on\n'.repeat(5000);
const MEMBERS: readonly ZipMember[] = [
  { name: 'META-INF/', content: '' },
  { name: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\n' },
  { name: 'stored.txt', content: 'as it is', method: 'stored' },
  { name: 'empty', content: '', method: 'stored' },
  { name: 'long.txt', content: LONG },
];
const contents = (members: readonly ZipMember[]): Record<string, string> =>
  Object.fromEntries(members.map(({ name, content }) => [name, content.toString()]));

describe('members of a zip', () => {
  test.each<[string, Parameters<typeof zipArchive>[1]]>([
    ['with sizes in front', {}],
    ['with sizes behind, as streaming writers do', { descriptor: 'signed' }],
    ['with sizes behind and no signature', { descriptor: 'unsigned' }],
    ['with 64-bit sizes behind', { descriptor: 'zip64' }],
    ['with 64-bit sizes in front', { zip64: true }],
  ])('are examined %s, in chunks of any size', (_, options) => {
    const members = options?.descriptor === undefined ? MEMBERS : MEMBERS.filter(({ method }) => method !== 'stored');
    const zip = zipArchive(members, options);
    for (const chunkBytes of [1, 13, 511, 512, 4096, zip.byteLength]) {
      const { files, notes } = examine(zip, { chunkBytes });
      expect(notes).toEqual([]);
      expect(files).toEqual(contents(members));
    }
  });

  test('that cannot be read are told, and the others are examined', () => {
    const zip = zipArchive([
      { name: 'locked', content: 'x'.repeat(20), encrypted: true },
      { name: 'odd', content: 'y'.repeat(20), method: 'stored', methodNumber: 12 },
      { name: 'open', content: 'z' },
    ]);
    expect(examine(zip)).toMatchObject({
      files: { open: 'z' },
      notes: ['locked is encrypted', 'odd is compressed with method 12'],
    });
  });

  test('in front of damage are examined, and the damage is told', () => {
    const zip = zipArchive(MEMBERS);
    const at = zip.indexOf('long.txt') + 'long.txt'.length;
    zip.fill(0xff, at, at + 40);
    const { files, notes } = examine(zip);
    expect(files).toMatchObject({ 'stored.txt': 'as it is' });
    expect(notes).toHaveLength(1);
  });
});

describe('files in files', () => {
  const inner = zipArchive([{ name: 'c.properties', content: 'password=x' }]);

  test('a jar in a war in a tar in gzip', () => {
    const war = zipArchive([{ name: 'WEB-INF/lib/in.jar', content: inner }]);
    const tgz = gzipSync(writeTar([dir('deploy'), file('deploy/outer.war', war), symlink('current', 'deploy')]));
    const { files, notes } = examine(tgz, { name: 'srv/release.tar.gz', chunkBytes: 100 });
    expect(notes).toEqual([]);
    expect(files).toMatchObject({
      'release.tar > deploy/outer.war > WEB-INF/lib/in.jar > c.properties': 'password=x',
    });
  });

  test.each([
    ['gzip', gzipSync('text'), 'logs/a.log.gz', 'a.log'],
    ['zstd', zstdCompressSync(Buffer.from('text')), 'logs/a.zst', 'a'],
    ['gzip under another name', gzipSync('text'), 'logs/a', '(decompressed)'],
    ['zlib, as git keeps its objects', deflateSync(Buffer.from('text')), '.git/objects/ab/cdef', '(inflated)'],
  ])('%s', (_, bytes, name, member) => {
    expect(examine(bytes, { name })).toMatchObject({ files: { [member]: 'text' }, notes: [] });
  });

  test('a Debian package', () => {
    const deb = arArchive([
      ['debian-binary', Buffer.from('2.0\n')],
      ['control.tar.gz', gzipSync(writeTar([file('./control', 'Package: x\n')]))],
      ['data.tar.zst', zstdCompressSync(writeTar([file('./etc/x.conf', 'key=1\n')]))],
    ]);
    for (const chunkBytes of [1, 61, deb.byteLength]) {
      expect(examine(deb, { chunkBytes }).files).toMatchObject({
        'control.tar.gz > control.tar > ./control': 'Package: x\n',
        'data.tar.zst > data.tar > ./etc/x.conf': 'key=1\n',
      });
    }
  });
});

test('what is compressed with xz or bzip2 is told', () => {
  const xz = Buffer.concat([Buffer.from([0xfd]), Buffer.from('7zXZ\0 and so on, and so on')]);
  expect(examine(xz, { name: 'x/data.tar.xz' }).notes).toEqual(['compressed with xz, which is not read']);
  const bz = Buffer.from('BZh91AY&SY and so on, and so on');
  expect(examine(arArchive([['data.tar.bz2', bz]])).notes).toEqual([
    'data.tar.bz2 > compressed with bzip2, which is not read',
  ]);
});

describe('a pack of git', () => {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-git-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]): string =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout;
  const hasGit = isInstalled('git');

  test.skipIf(!hasGit)('gives what every version of a file added, also one that no branch reaches', () => {
    mkdirSync(join(folder, 'sub'));
    git('init', '-q', '-b', 'main');
    const commit = (text: string): void => {
      writeFileSync(join(folder, 'sub', 'config'), text);
      git('add', '-A');
      git('commit', '-qm', 'change');
    };
    commit(`${LONG}first=1\n`);
    commit(`${LONG}secret=only-in-one-commit\n`);
    commit(`${LONG}third=3\n`);
    git('repack', '-adq', '--depth=50');
    const packs = join(folder, '.git', 'objects', 'pack');
    const pack = readFileSync(join(packs, readdirSync(packs).find((name) => name.endsWith('.pack')) as string));
    for (const chunkBytes of [1, 100, pack.byteLength]) {
      const { files, notes } = examine(pack, { chunkBytes });
      expect(notes).toEqual([]);
      expect(Object.keys(files).filter((name) => name.startsWith('commit'))).toHaveLength(3);
      expect(Object.values(files).some((text) => text.includes('secret=only-in-one-commit'))).toBe(true);
    }
  });
});

describe('limits', () => {
  test('of depth: what is nested deeper is told', () => {
    let bytes: Buffer = Buffer.from('text');
    for (let i = 0; i < 5; i += 1) bytes = gzipSync(bytes);
    const { files, notes } = examine(bytes, { maxDepth: 3 });
    expect(Object.keys(files)).toHaveLength(3);
    expect(notes[0]).toContain('nested deeper than the limit');
  });

  test('of bytes: a bomb stops there', () => {
    const bomb = zipArchive([{ name: 'a', content: Buffer.alloc(50_000_000) }]);
    const { exhausted, notes } = examine(bomb, { maxBytes: 1_000_000 });
    expect(exhausted).toBe(true);
    expect(notes).toEqual(['the archives of this layer hold more than the limit']);
  });

  test('of members', () => {
    const zip = zipArchive(Array.from({ length: 50 }, (_, i) => ({ name: `f${i}`, content: 'x' })));
    const { files, exhausted } = examine(zip, { maxMembers: 10 });
    expect([Object.keys(files).length, exhausted]).toEqual([10, true]);
  });

  test('an archive that holds itself is no trouble', () => {
    const quine = gzipSync(gzipSync(gzipSync('end')));
    expect(examine(quine).notes).toEqual([]);
  });
});

describe('what is no archive', () => {
  test.each([
    ['a text', Buffer.from('PKI is not a zip\n')],
    ['a text that begins like zlib', Buffer.from('x\u005e2 is the square\n')],
    ['gzip’s magic and nothing else', Buffer.from([0x1f, 0x8b, 8])],
    ['zeros', Buffer.alloc(2000)],
    ['one byte', Buffer.from('P')],
    ['nothing', Buffer.alloc(0)],
  ])('is left alone: %s', (_, bytes) => {
    expect(Object.values(examine(bytes).files).filter((text) => text !== '')).toEqual([]);
  });

  test('bytes flipped anywhere in an archive do no harm', () => {
    const zip = zipArchive([{ name: 'a', content: gzipSync(writeTar([file('x', 'y'.repeat(600))])) }]);
    for (let at = 0; at < zip.byteLength; at += 1) {
      const bytes = Buffer.from(zip);
      bytes[at] = (bytes[at] as number) ^ 0x55;
      expect(() => examine(bytes, { maxBytes: 1e6 })).not.toThrow();
      expect(() => examine(zip.subarray(0, at))).not.toThrow();
    }
  });
});

test('deflate in a zip is raw', () => {
  expect(zipArchive([{ name: 'a', content: LONG }]).includes(deflateRawSync(LONG))).toBe(true);
});
