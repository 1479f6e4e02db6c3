/** Files that hold others, cut and damaged at every place: each is examined as far as it goes, and nothing throws. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { SAMPLE_BZIP2, SAMPLE_XZ, SAMPLE_XZ_BLOCKS } from '../../support/compressed-samples.ts';
import { file, writeTar } from '../../support/tar-writer.ts';
import { xzStored } from '../../support/xz-writer.ts';
import { arArchive, cpioArchive, rpmPackage, zipArchive } from '../../unit/examine/nested/archive-writer.ts';
import { examine } from '../../unit/examine/nested/examine-bytes.ts';
import { gitDelta, gitName, gitPack, type PackObject } from '../../unit/examine/nested/git-writer.ts';
import { bytesInUse, cuts, type Damaged, flips, gaps, NOT_FOR_PEOPLE, SWEEP_TIMEOUT_MS } from './cases.ts';

const MIB = 1024 * 1024;
const LIMITS = { maxNestedBytes: 16 * MIB, maxNestedMembers: 10_000, maxGitDeltaBytes: 8 * MIB };
let ran = 0;
afterAll(() => console.log(`sweep of files in files: ${ran} cases`));

function check({ how, bytes }: Damaged): void {
  ran += 1;
  const { files, notes } = examine(bytes, { ...LIMITS, chunkBytes: ran % 3 === 0 ? 100 + (ran % 997) : 65_536 });
  for (const note of notes) if (NOT_FOR_PEOPLE.test(note)) expect.fail(`${how}: ${note}`);
  let given = 0;
  for (const content of Object.values(files)) given += content.length;
  // One piece more than the limit: it is what the limit was noticed by.
  if (given > LIMITS.maxNestedBytes + MIB) expect.fail(`${how}: gives ${given} bytes`);
}

const text = 'some text that goes on, '.repeat(40);
const cpio = cpioArchive([
  { name: 'etc/a', content: text },
  { name: 'etc/b', content: 'x' },
]);
const before = 'user=alice\npassword=correct-horse\n';
const after = `user=bob\npassword=correct-horse\nmore=1\n`;
const delta = gitDelta(before.length, after.length, ['user=bob', [10, 24], 'more=1\n']);
const objects: PackObject[] = [
  { kind: 'reference-delta', base: gitName('blob', before), delta },
  { kind: 'blob', content: Buffer.from(before) },
  { kind: 'offset-delta', base: 1, delta },
  { kind: 'tree', content: Buffer.from(text) },
];

/** A database with values over several pages, or the log of one that is in use. */
function database(log: boolean): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-sweep-'));
  try {
    const connection = new DatabaseSync(join(folder, 'x.db'));
    if (log) connection.exec('PRAGMA journal_mode = WAL');
    connection.exec('PRAGMA page_size = 512; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT UNIQUE)');
    for (let i = 0; i < 4; i += 1) connection.prepare('INSERT INTO t VALUES (?, ?)').run(i, `${i} ${text.repeat(2)}`);
    // The log is removed with the last connection.
    const bytes = log ? readFileSync(join(folder, 'x.db-wal')) : null;
    connection.close();
    return bytes ?? readFileSync(join(folder, 'x.db'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each([
  ['xz', SAMPLE_XZ],
  ['xz of many blocks', SAMPLE_XZ_BLOCKS],
  ['bzip2', Buffer.concat([SAMPLE_BZIP2, SAMPLE_BZIP2])],
  ['cpio', cpio],
  ['cpio with octal numbers', cpioArchive([{ name: 'a', content: text }], 'odc')],
  ['a package of RPM', rpmPackage(gzipSync(cpio))],
  [
    'a Debian package',
    arArchive([
      ['control.tar.zst', zstdCompressSync(writeTar([file('./control', text)]))],
      ['data.tar.xz', xzStored(writeTar([file('./a', text)]))],
    ]),
  ],
  ['a pack of git', gitPack(objects).bytes],
  ['an object of git', deflateSync(Buffer.from(`blob ${text.length}\0${text}`))],
  ['an SQLite database', database(false)],
  ['a log of an SQLite database', database(true)],
  [
    'a zip of streams',
    zipArchive([
      { name: 'a', content: SAMPLE_XZ, method: 'stored', methodNumber: 95 },
      { name: 'b', content: SAMPLE_BZIP2, method: 'stored', methodNumber: 12 },
      { name: 'c', content: gitPack(objects).bytes },
    ]),
  ],
] as const)('%s', (_, bytes) => {
  test.each([
    ['cut off at any place', () => cuts(bytes, 700)],
    ['with any byte changed', () => flips(bytes, 1200)],
    ['with bytes overwritten or left out', () => gaps(bytes, 300, 10)],
  ] as const)(
    '%s',
    async (__, cases) => {
      const inUse = await bytesInUse();
      for (const one of cases()) check(one);
      expect((await bytesInUse()) - inUse).toBeLessThan(64 * MIB);
    },
    SWEEP_TIMEOUT_MS,
  );
});

test(
  'made of nothing but beginnings, in any order',
  () => {
    const heads = [
      SAMPLE_XZ.subarray(0, 24),
      SAMPLE_BZIP2.subarray(0, 20),
      cpio.subarray(0, 115),
      rpmPackage(Buffer.from('x')).subarray(0, 130),
      gitPack(objects).bytes.subarray(0, 40),
      Buffer.from('PK\u0003\u0004'),
      gzipSync('x').subarray(0, 12),
    ];
    for (let first = 0; first < heads.length; first += 1) {
      for (let i = 0; i < 300; i += 1) {
        const parts = Array.from({ length: 20 }, (_, k) => heads[(first + k * i * 7 + k) % heads.length] as Buffer);
        check({ how: `beginnings ${first} ${i}`, bytes: Buffer.concat([heads[first] as Buffer, ...parts]), at: 0 });
      }
    }
  },
  SWEEP_TIMEOUT_MS,
);
