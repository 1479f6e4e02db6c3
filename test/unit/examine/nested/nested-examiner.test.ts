import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SAMPLE_BZIP2, SAMPLE_TEXT, SAMPLE_XZ, ZEROS_XZ } from '../../../support/compressed-samples.ts';
import { dir, file, symlink, writeTar } from '../../../support/tar-writer.ts';
import { arArchive, type ZipMember, zipArchive } from './archive-writer.ts';
import { examine } from './examine-bytes.ts';

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
      { name: 'odd', content: 'y'.repeat(20), method: 'stored', methodNumber: 98 },
      { name: 'open', content: 'z' },
    ]);
    expect(examine(zip)).toMatchObject({
      files: { open: 'z' },
      notes: ['locked is encrypted', 'odd is compressed with method 98'],
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

describe('an archive behind a script that starts it', () => {
  const zip = zipArchive([{ name: 'app.properties', content: 'password=x' }]);
  const behind = (script: string): Buffer => Buffer.concat([Buffer.from(script, 'latin1'), zip]);

  test.each([
    ['an executable jar', '#!/bin/bash\nexec java -jar "$0" "$@"\nexit 0\n'],
    ['a long one, with the magic of archives in its text', `#!/bin/sh\n# PK\u0003\u0004 ${'x'.repeat(60_000)}\n`],
    ['a zipapp of Python', '#!/usr/bin/env python3\n'],
  ])('%s is looked into', (_, script) => {
    for (const chunkBytes of [1 << 20, 512, 31, 1])
      expect(examine(behind(script), { chunkBytes })).toMatchObject({
        files: { 'app.properties': 'password=x' },
        notes: [],
      });
  });

  test('is not waited for without end', () => {
    expect(examine(behind(`#!/bin/sh\n${'x'.repeat(100_000)}`), { chunkBytes: 1000 })).toMatchObject({
      files: {},
      notes: [],
    });
  });

  test('a script without one is left alone, also where nothing may be nested any deeper', () => {
    const script = `#!/bin/sh\necho PK\u0003\u0004${'x'.repeat(600)}\n`;
    const nested = zipArchive([{ name: 'run.sh', content: script }]);
    expect(examine(Buffer.from(script, 'latin1'))).toEqual({ files: {}, notes: [], exhausted: false });
    expect(examine(nested, { maxNestedDepth: 1 }).notes).toEqual([]);
    expect(
      examine(zipArchive([{ name: 'a.jar', content: behind('#!/bin/sh\n') }]), { maxNestedDepth: 1 }).notes,
    ).toEqual(['a.jar > archives are nested deeper than the limit']);
  });
});

describe('limits', () => {
  test('of depth: what is nested deeper is told', () => {
    let bytes: Buffer = Buffer.from('text');
    for (let i = 0; i < 5; i += 1) bytes = gzipSync(bytes);
    const { files, notes } = examine(bytes, { maxNestedDepth: 3 });
    expect(Object.keys(files)).toHaveLength(3);
    expect(notes[0]).toContain('nested deeper than the limit');
  });

  test('of bytes: a bomb stops there', () => {
    const bomb = zipArchive([{ name: 'a', content: Buffer.alloc(50_000_000) }]);
    const { exhausted, notes } = examine(bomb, { maxNestedBytes: 1_000_000 });
    expect(exhausted).toBe(true);
    expect(notes).toEqual(['the archives of this layer hold more than the limit']);
  });

  test('of members', () => {
    const zip = zipArchive(Array.from({ length: 50 }, (_, i) => ({ name: `f${i}`, content: 'x' })));
    const { files, exhausted } = examine(zip, { maxNestedMembers: 10 });
    expect([Object.keys(files).length, exhausted]).toEqual([10, true]);
  });

  test('an archive that holds itself is no trouble', () => {
    const quine = gzipSync(gzipSync(gzipSync('end')));
    expect(examine(quine).notes).toEqual([]);
  });
});

describe('what xz and bzip2 hold', () => {
  const two = writeTar([file('a.xz', SAMPLE_XZ), file('b.bz2', SAMPLE_BZIP2)]);

  test('is examined', () => {
    const { files, notes } = examine(two);
    expect(files).toMatchObject({ 'a.xz > a': SAMPLE_TEXT, 'b.bz2 > b': SAMPLE_TEXT });
    expect(notes).toEqual([]);
  });

  test('is examined up to a limit of its own, which is told of each file behind it', () => {
    const { files, notes } = examine(two, { maxSlowNestedBytes: SAMPLE_TEXT.length });
    expect(files).toMatchObject({ 'a.xz > a': SAMPLE_TEXT });
    expect(files).not.toHaveProperty(['b.bz2 > b']);
    expect(notes).toEqual([expect.stringMatching(/^b\.bz2 > what xz and bzip2 in one layer hold .*\(--deep\)$/)]);
  });

  test('is given as far as the limit allows', () => {
    const { notes } = examine(ZEROS_XZ, { maxSlowNestedBytes: 1024 * 1024 });
    expect(notes).toEqual([expect.stringContaining('up to 1 MiB only')]);
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
      expect(() => examine(bytes, { maxNestedBytes: 1e6 })).not.toThrow();
      expect(() => examine(zip.subarray(0, at))).not.toThrow();
    }
  });
});

test('deflate in a zip is raw', () => {
  expect(zipArchive([{ name: 'a', content: LONG }]).includes(deflateRawSync(LONG))).toBe(true);
});
