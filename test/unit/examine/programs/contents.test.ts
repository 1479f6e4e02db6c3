/** What programs say of the packages that they are of, were built from, or are themselves. */
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { withoutOverlap } from '../../../../src/examine/programs/elf-contents.ts';
import { ProgramCollector, type ProgramFacts } from '../../../../src/examine/programs/index.ts';
import { crateList, elf, packageNote } from '../../../support/elf-writer.ts';

interface File {
  readonly name?: string;
  readonly pieceBytes?: number;
  readonly mode?: number;
}

function collectorOf(files: readonly (readonly [bytes: Uint8Array, file: File])[]): ProgramCollector {
  const collector = new ProgramCollector({ maxProgramFactBytes: 1024 * 1024 });
  for (const [row, [bytes, { name = 'bin/x', pieceBytes = bytes.byteLength, mode = 0o755 }]] of files.entries()) {
    collector.begin(row, mode, Buffer.from(name), bytes.byteLength);
    for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
      const piece = Uint8Array.from(bytes.subarray(at, at + pieceBytes));
      collector.content(piece);
      // Its memory is used for something else afterwards.
      piece.fill(0xaa);
    }
    collector.finish();
  }
  return collector;
}

const factsOf = (bytes: Uint8Array, file: File = {}): ProgramFacts | undefined =>
  collectorOf([[bytes, file]]).programs[0];

const CRATES = Array.from({ length: 60 }, (_, i) => ({
  ...{ name: `crate-${i}`, version: `1.${i}.0`, source: 'crates.io' },
  ...(i === 7 ? { kind: 'build' } : {}),
}));
const NEEDED = CRATES.filter(({ kind }) => kind === undefined).map(({ name, version, source }) => ({
  name,
  version,
  source,
}));
const list = crateList(CRATES);
/** In the first four kilobytes stands what says where the rest is. */
const BEHIND_HEAD = { codeBytes: 6000 } as const;
/** Bytes that begin like compressed data, and are none. */
const bait = Buffer.from('x\u009cabc x\u0001\u0005 x\u00da\u00b5\u0092 x\u005e\u0084 xyz', 'latin1').toString('latin1');

describe('the crates of a Rust program', () => {
  test.each<[string, Uint8Array]>([
    ['behind all that is loaded', Buffer.concat([elf({ interpreter: '/lib/ld.so', ...BEHIND_HEAD }), list])],
    [
      'with other sections behind it',
      Buffer.concat([elf(BEHIND_HEAD), Buffer.from(bait, 'latin1'), list, Buffer.alloc(5000, 0x78)]),
    ],
    ['among what is only read', elf({ ...BEHIND_HEAD, texts: [bait, list.toString('latin1'), 'x'.repeat(2000)] })],
    ['of a program that is loaded anywhere', elf({ ...BEHIND_HEAD, pie: true, texts: [list.toString('latin1')] })],
  ])('%s are found, whatever the pieces', (_, bytes) => {
    for (const pieceBytes of [bytes.byteLength, 4096, 1000, 321, 320, 319, 17, 1])
      expect(factsOf(bytes, { pieceBytes })?.crates).toEqual(NEEDED);
  });

  test('are none where nothing, or something else, is compressed', () => {
    expect(factsOf(elf({ texts: [bait] }))?.crates).toBeNull();
    const other = Buffer.concat([elf(), crateList([]).subarray(0, 2), Buffer.from('{"packages":[')]);
    expect(factsOf(other)?.crates).toBeNull();
  });

  test('one alone is found at the very end', () => {
    const one = crateList([{ name: 'a', version: '1.0.0', source: 'local', root: true }]);
    expect(factsOf(Buffer.concat([elf(), one]))?.crates).toEqual([{ name: 'a', version: '1.0.0', source: 'local' }]);
  });

  test('are not looked for in the code and in what changes', () => {
    expect(factsOf(elf({ data: list }))?.crates).toBeNull();
  });

  test('wherever the list is cut, or changed, reading comes to an end', () => {
    const program = elf();
    for (let length = 0; length < list.byteLength - 8; length += 3) {
      const facts = factsOf(Buffer.concat([program, list.subarray(0, length)]));
      expect(facts?.crates).toBeNull();
    }
    for (let at = 2; at < list.byteLength; at += 1) {
      const broken = Buffer.concat([program, list]);
      broken[program.byteLength + at] = (broken[program.byteLength + at] as number) ^ 0x55;
      expect(factsOf(broken)?.crates?.length ?? 0).toBeLessThanOrEqual(CRATES.length);
    }
  });

  test('that are none are passed over', () => {
    const packages = [null, 7, [], {}, { name: 7, version: '1' }, { name: 'a' }] as object[];
    const broken = deflateSync('{"packages":[{"name":');
    expect(factsOf(Buffer.concat([elf(), crateList(packages)]))?.crates).toEqual([]);
    expect(factsOf(Buffer.concat([elf(), broken]))?.crates).toBeNull();
  });

  test('a bomb of compressed zeros behind the right beginning is not unpacked', () => {
    const bomb = crateList([{ name: 'a'.repeat(200_000_000) }]);
    expect(factsOf(Buffer.concat([elf(), bomb]))?.crates).toBeNull();
  });

  test('a layer of nothing but beginnings is left at the limit, and that is told', () => {
    const beginnings = Buffer.concat([elf(), Buffer.from('x\u009c\u0005'.repeat(20_000), 'latin1')]);
    const honest: readonly [Uint8Array, File] = [Buffer.concat([elf(), list]), {}];
    const collector = collectorOf([honest, ...Array.from({ length: 6 }, () => [beginnings, {}] as const), honest]);
    expect(collector.cratesExhausted).toBe(true);
    expect(collector.programs.map(({ crates }) => crates?.length ?? null)).toEqual([59, ...Array(7).fill(null)]);
    expect(collectorOf([honest, honest]).cratesExhausted).toBe(false);
  });
});

describe('the note of a package', () => {
  const note = { type: 'rpm', name: 'coreutils', version: '9.3-5.fc39', architecture: 'x86_64', osCpe: 'cpe:/o:x' };
  const read = { type: 'rpm', name: 'coreutils', version: '9.3-5.fc39', architecture: 'x86_64' };

  test.each([
    ['a program', elf({ interpreter: '/lib/ld.so', notes: packageNote(note) })],
    ['a library', elf({ soname: 'liba.so', notes: packageNote(note) })],
    ['one of 32 bits and the other byte order', elf({ bits: 32, bigEndian: true, notes: packageNote(note, true) })],
  ])('is read from %s', (_, bytes) => {
    for (const pieceBytes of [bytes.byteLength, 100, 1]) expect(factsOf(bytes, { pieceBytes })?.note).toEqual(read);
  });

  test('that is cut or changed is read to some end', () => {
    const whole = packageNote(note);
    for (let length = 0; length < whole.byteLength - 4; length += 1)
      expect(factsOf(elf({ notes: whole.subarray(0, length) }))?.note).toBeNull();
    for (let at = 0; at < whole.byteLength; at += 1) {
      const broken = Buffer.from(whole);
      broken[at] = 0xff;
      expect(factsOf(elf({ notes: broken }))?.damage).toBeNull();
    }
  });

  test.each([[{}], [{ name: 7 }], [[]]])('%j is none', (content) => {
    expect(factsOf(elf({ notes: packageNote(content) }))?.note).toBeNull();
  });
});

describe('a well-known program', () => {
  test.each([
    ['usr/local/bin/python3.12', '\u00003.12.4\u0000', 'python', '3.12.4'],
    ['usr/local/lib/libpython3.12.so.1.0', 'x\u00003.12.0rc2\u0000', 'python', '3.12.0rc2'],
    ['usr/local/bin/node', 'https://nodejs.org/node.js/v22.9.0', 'node', '22.9.0'],
    ['usr/local/bin/ruby', 'ruby 3.3.0rc1 (2023-12-11 master a49643340e) [x86_64-linux]', 'ruby', '3.3.0rc1'],
    ['usr/local/bin/php', 'X-Powered-By: PHP/8.3.1-dev', 'php', '8.3.1-dev'],
    ['usr/local/bin/perl', '/usr/local/lib/perl5/5.38.2', 'perl', '5.38.2'],
    ['usr/sbin/nginx', 'nginx version: nginx/1.27.0\n', 'nginx', '1.27.0'],
    ['usr/local/apache2/bin/httpd', 'Apache/2.4.62 (Unix)', 'httpd', '2.4.62'],
    ['usr/local/sbin/haproxy', ' version 2.9.1-f72603c, released 2023/12/15', 'haproxy', '2.9.1'],
    ['usr/bin/memcached', 'memcached 1.6.31', 'memcached', '1.6.31'],
    ['usr/local/bin/postgres', 'PostgreSQL 9.1. PostgreSQL 16.4 on x86_64-pc-linux-musl', 'postgresql', '16.4'],
    ['usr/sbin/mariadbd', '11.4.2-MariaDB', 'mariadb', '11.4.2'],
    ['usr/sbin/mysqld', '/build/mysql-8.4.0/sql', 'mysql', '8.4.0'],
    ['usr/local/bin/redis-server', 'A7.2.5buildkitsandbox-1715850021000000000\u0000', 'redis', '7.2.5'],
    ['usr/bin/redis-check-rdb', 'A7.0.151790282056000000000\u0000', 'redis', '7.0.15'],
    ['usr/local/lib/libcrypto.so.3', 'OpenSSL 3.3.1 4 Jun 2024', 'openssl', '3.3.1'],
    ['usr/local/lib/libcurl.so.4.8.0', 'libcurl/8.9.1', 'curl', '8.9.1'],
    ['lib/libz.so.1.3.1', ' deflate 1.3.1 Copyright 1995-2024 ', 'zlib', '1.3.1'],
    ['lib64/libc.so.6', 'GNU C Library (GNU libc) stable release version 2.39.', 'glibc', '2.39'],
  ])('%s tells its version', (name, text, product, version) => {
    const bytes = elf({ interpreter: '/lib/ld.so', texts: ['x'.repeat(900), text, 'x'.repeat(900)] });
    for (const pieceBytes of [bytes.byteLength, 300, 7, 1])
      expect(factsOf(bytes, { name, pieceBytes })?.product).toEqual({ name: product, version });
  });

  test.each([
    ['usr/bin/node', 'just a program'],
    ['usr/bin/nginx', 'nginx version: nginx/'],
    ['usr/bin/python3.12', '\u00003.11.2\u0000'],
    ['usr/bin/other', 'node.js/v22.9.0'],
  ])('%s with other texts tells none', (name, text) => {
    expect(factsOf(elf({ texts: [text] }), { name })?.product).toBeNull();
  });

  test('of nothing but beginnings of versions is read to its end', () => {
    const text = 'PostgreSQL 9.1. '.repeat(50_000);
    expect(factsOf(elf({ texts: [text] }), { name: 'bin/postgres' })?.product).toBeNull();
  });
});

test('segments that share bytes are searched once', () => {
  const segment = (offset: number, sizeBytes: number) => ({
    ...{ type: 1, address: 0, executable: false, writable: false },
    ...{ offset, sizeBytes },
  });
  const ranges = withoutOverlap([
    segment(50, 100),
    segment(0, 100),
    segment(0, 100),
    segment(20, 10),
    segment(200, 0),
    segment(160, 5),
  ]);
  expect(ranges.map(({ offset, sizeBytes }) => [offset, sizeBytes])).toEqual([
    [0, 100],
    [100, 50],
    [160, 5],
  ]);
});
