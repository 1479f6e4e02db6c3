/** Packages, cpio archives and members in compressions that node:zlib does not have. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { SAMPLE_BZIP2, SAMPLE_TEXT, SAMPLE_XZ, SAMPLE_XZ_X86 } from '../../../support/compressed-samples.ts';
import { isInstalled } from '../../../support/installed-programs.ts';
import { file, writeTar } from '../../../support/tar-writer.ts';
import { xzStored } from '../../../support/xz-writer.ts';
import { arArchive, cpioArchive, rpmPackage, zipArchive } from './archive-writer.ts';
import { examine } from './examine-bytes.ts';

const CHUNKS = [1, 61, 512, 1 << 20];

describe('a compressed file', () => {
  test.each([
    ['xz', SAMPLE_XZ, 'logs/a.log.xz', 'a.log'],
    ['bzip2', SAMPLE_BZIP2, 'logs/a.bz2', 'a'],
    ['xz under another name', SAMPLE_XZ, 'logs/a', '(decompressed)'],
    ['bzip2, named as a tar', SAMPLE_BZIP2, 'a.tbz2', 'a.tar'],
    ['zstd behind a frame to be skipped', zstdBehindSkipped(SAMPLE_TEXT), 'a.zst', 'a'],
  ])('%s', (_, bytes, name, member) => {
    for (const chunkBytes of CHUNKS)
      expect(examine(bytes, { name, chunkBytes })).toMatchObject({ files: { [member]: SAMPLE_TEXT }, notes: [] });
  });

  test.each([
    ['xz', SAMPLE_XZ, 'the xz stream ends too early'],
    ['bzip2', SAMPLE_BZIP2, 'the bzip2 stream ends too early'],
  ])('%s that was cut is told', (_, bytes, message) => {
    expect(examine(bytes.subarray(0, bytes.byteLength - 20)).notes).toEqual([message]);
  });

  test('that was filtered for processors is told', () => {
    expect(examine(SAMPLE_XZ_X86).notes).toEqual(['the xz uses filters that are not read']);
  });
});

describe('a member of a zip', () => {
  test.each([
    ['bzip2', 12, SAMPLE_BZIP2],
    ['zstd', 93, zstdCompressSync(SAMPLE_TEXT)],
    ['xz', 95, SAMPLE_XZ],
  ])('compressed with %s', (_, methodNumber, content) => {
    const zip = zipArchive([
      { name: 'a.txt', content, method: 'stored', methodNumber },
      { name: 'b.txt', content: 'behind' },
    ]);
    for (const chunkBytes of CHUNKS)
      expect(examine(zip, { chunkBytes })).toEqual({
        files: { 'a.txt': SAMPLE_TEXT, 'b.txt': 'behind' },
        notes: [],
        exhausted: false,
      });
  });
});

describe('a Debian package', () => {
  const data = writeTar([file('./etc/x.conf', 'key=1\n')]);
  const control = writeTar([file('./control', 'Package: x\n'), file('./postinst', '#!/bin/sh\n')]);

  test.each([
    ['gz', gzipSync],
    ['xz', xzStored],
    ['zst', zstdCompressSync],
  ] as const)('with members in %s is read completely', (ending, compress) => {
    const deb = arArchive([
      ['debian-binary', Buffer.from('2.0\n')],
      [`control.tar.${ending}`, compress(control)],
      [`data.tar.${ending}`, compress(data)],
    ]);
    for (const chunkBytes of CHUNKS) {
      const { files, notes } = examine(deb, { chunkBytes });
      expect(notes).toEqual([]);
      expect(files).toMatchObject({
        [`control.tar.${ending} > control.tar > ./control`]: 'Package: x\n',
        [`control.tar.${ending} > control.tar > ./postinst`]: '#!/bin/sh\n',
        [`data.tar.${ending} > data.tar > ./etc/x.conf`]: 'key=1\n',
      });
    }
  });

  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-deb-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.skipIf(!isInstalled('dpkg-deb')).each(['none', 'gzip', 'xz', 'zstd'])('as dpkg-deb -Z%s makes it', (kind) => {
    const root = join(folder, kind);
    mkdirSync(join(root, 'DEBIAN'), { recursive: true });
    mkdirSync(join(root, 'opt'));
    chmodSync(join(root, 'DEBIAN'), 0o755);
    writeFileSync(
      join(root, 'DEBIAN', 'control'),
      'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n',
    );
    writeFileSync(join(root, 'opt', 'settings'), SAMPLE_TEXT.repeat(3000));
    const path = join(folder, `${kind}.deb`);
    const { status, stderr } = spawnSync('dpkg-deb', [`-Z${kind}`, '--build', '--root-owner-group', root, path]);
    // Older ones have no zstd.
    if (status !== 0 && kind === 'zstd') return;
    expect([status, String(stderr)]).toMatchObject([0, expect.anything()]);
    const { files, notes } = examine(readFileSync(path));
    expect(notes).toEqual([]);
    expect(Object.entries(files).find(([name]) => name.endsWith('./opt/settings'))?.[1]).toBe(SAMPLE_TEXT.repeat(3000));
    expect(Object.keys(files).some((name) => name.endsWith('./control'))).toBe(true);
  });
});

describe('a cpio archive', () => {
  const members = [
    { name: '.', content: '', mode: 0o40755 },
    { name: 'etc/shadow', content: 'root:x\n' },
    { name: 'etc/link', content: 'shadow', mode: 0o120777 },
    { name: 'odd', content: 'x'.repeat(4095) },
  ];
  const files = { 'etc/shadow': 'root:x\n', odd: 'x'.repeat(4095) };

  test.each(['newc', 'crc', 'odc'] as const)('%s', (form) => {
    for (const chunkBytes of CHUNKS)
      expect(examine(cpioArchive(members, form), { chunkBytes })).toMatchObject({ files, notes: [] });
  });

  test('and what follows it, as in what a kernel starts with', () => {
    const early = cpioArchive([{ name: 'kernel/microcode', content: 'code' }]);
    const main = zstdCompressSync(cpioArchive(members));
    for (const chunkBytes of CHUNKS) {
      const { files: found, notes } = examine(Buffer.concat([early, Buffer.alloc(512), main]), { chunkBytes });
      expect(notes).toEqual([]);
      expect(found).toMatchObject({
        'kernel/microcode': 'code',
        '(next archive) > (decompressed) > etc/shadow': 'root:x\n',
      });
    }
  });

  test.each([
    ['sizes that are no numbers', 54, 'zzzzzzzz'],
    ['a name longer than any', 94, 'ffffffff'],
    ['no name', 94, '00000000'],
  ])('with %s is told, and what stands in front is examined', (_, at, text) => {
    const good = cpioArchive([{ name: 'good', content: 'ok' }]).subarray(0, 116 + 4);
    const bad = cpioArchive([{ name: 'bad', content: 'x' }]);
    bad.write(text, at, 'latin1');
    expect(examine(Buffer.concat([good, bad]))).toMatchObject({
      files: { good: 'ok' },
      notes: ['a header of the cpio archive is broken'],
    });
  });

  test('whose member says it has four gigabytes ends where the file ends', () => {
    const bad = cpioArchive([{ name: 'bad', content: 'x' }]);
    bad.write('ffffffff', 54, 'latin1');
    expect(examine(bad).files['bad']?.length).toBeLessThan(bad.byteLength);
  });
});

describe('a package of RPM', () => {
  const payload = cpioArchive([{ name: './etc/x.conf', content: 'key=1\n' }]);

  test.each([
    ['gzip', gzipSync(payload), 'payload.cpio.gz > payload.cpio > ./etc/x.conf'],
    ['xz', xzStored(payload), 'payload.cpio.xz > payload.cpio > ./etc/x.conf'],
    ['zstd', zstdCompressSync(payload), 'payload.cpio.zst > payload.cpio > ./etc/x.conf'],
    ['nothing', payload, 'payload.cpio > ./etc/x.conf'],
  ])('compressed with %s', (_, compressed, path) => {
    for (const chunkBytes of CHUNKS) {
      const { files, notes } = examine(rpmPackage(compressed), { chunkBytes });
      expect(notes).toEqual([]);
      expect(files[path]).toBe('key=1\n');
    }
  });

  test('whose payload is in an unknown format is told', () => {
    expect(examine(rpmPackage(Buffer.from(']\0\0\u0080\0 and so on and on'))).notes).toEqual([
      'the payload of the RPM package is in a format that is not read',
    ]);
  });

  test('with a broken header is told', () => {
    const bytes = rpmPackage(payload);
    bytes.writeUInt32BE(0xffffffff, 96 + 8);
    expect(examine(bytes).notes).toEqual(['a header of the RPM package is broken']);
  });
});

describe('what is recognised and not read is told', () => {
  test.each([
    ['a 7z archive', '7z\u00bc\u00af\u0027\u001c'],
    ['a rar archive', 'Rar!\u001a\u0007\u0001\u0000'],
    ['compressed with lz4', '\u0004\u0022\u004d\u0018'],
    ['compressed with lzip', 'LZIP\u0001'],
    ['a cabinet', 'MSCF\u0000\u0000\u0000\u0000'],
    ['a squashfs', 'hsqs'],
  ])('%s', (what, magic) => {
    const bytes = Buffer.from(`${magic} and so on, and so on`, 'latin1');
    expect(examine(bytes).notes).toEqual([`${what}, which is not read`]);
    expect(examine(arArchive([['x', bytes]])).notes).toEqual([`x > ${what}, which is not read`]);
  });
});

function zstdBehindSkipped(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]), zstdCompressSync(text)]);
}
