/**
 * What Go's archive/tar reads, which is what containerd and Docker create. Whatever Go tells of a tar, honest
 * or not, must be told by us as well: what it sees and we do not is an evasion.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  dir,
  file,
  paxRecords,
  symlink,
  type TarMemberSpec,
  writeGnuLong,
  writeMember,
  writePax,
  writeTar,
} from '../support/tar-writer.ts';
import { collect } from '../unit/tar/collect.ts';
import { BORDERS, EVERY_KIND } from '../unit/tar/kinds.ts';

/** A line of list.go. */
interface GoLine {
  readonly name: string;
  readonly link: string;
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly digest: string;
  readonly error: string;
}

const MASKS = [0xff, 0x01, 0x30, 0x80];
const END_OF_FILE = 'end of file';
/** Go says 0 for files of the oldest kind, and 5 for its folders. */
const GO_TYPES: Readonly<Record<string, string>> = { file: '0', directory: '5' };
/** The tests have a home of their own; what Go has compiled before is in the real one. */
const environment = { ...process.env, GOCACHE: join(userInfo().homedir, '.cache', 'go-build'), GOFLAGS: '-mod=mod' };

const go = ['go', '/usr/local/go/bin/go'].find((path) => spawnSync(path, ['version']).status === 0);
if (go === undefined) process.stderr.write('differential tests against archive/tar are skipped: there is no go\n');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'go-tar-'));
  if (go === undefined) return;
  const source = join(import.meta.dirname, 'list.go');
  execFileSync(go, ['build', '-o', join(folder, 'list'), source], { env: environment });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Go tells of each tar, in one run. */
function listWithGo(tars: readonly Buffer[]): GoLine[][] {
  const paths = tars.map((tar, i) => {
    const path = join(folder, `${i}.tar`);
    writeFileSync(path, tar);
    return path;
  });
  const output = execFileSync(join(folder, 'list'), paths, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const lists: GoLine[][] = [[]];
  for (const line of output.trimEnd().split('\n')) {
    const parsed = JSON.parse(line) as GoLine;
    if (parsed.type === END_OF_FILE) lists.push([]);
    else lists.at(-1)?.push(parsed);
  }
  return lists.slice(0, tars.length);
}

/** Compares; tells whether Go read the tar to its end. */
async function compare(tar: Buffer, lines: readonly GoLine[]): Promise<boolean> {
  const told = await collect(tar, { chunkBytes: 1000 });
  const whole = lines.filter(({ error }) => error === '');
  const expected = whole.map(({ error: _, ...line }) => line);
  const seen = told.entries.slice(0, whole.length).map(({ entry, digest }) => ({
    name: Buffer.from(entry.name).toString('base64'),
    link: Buffer.from(entry.linkName).toString('base64'),
    type: (entry.typeFlag === '\0' ? GO_TYPES[entry.kind] : undefined) ?? entry.typeFlag,
    size: entry.kind === 'file' || entry.kind === 'unknown' ? entry.sizeBytes : 0,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtime: Math.floor(entry.mtime),
    digest,
  }));
  const headerOnly = '123456';
  expect(seen).toEqual(
    expected.map((line) => ({
      ...line,
      size: headerOnly.includes(line.type) ? 0 : line.size,
      mode: line.mode & 0o7777,
    })),
  );
  const toItsEnd = whole.length === lines.length;
  if (toItsEnd) expect([told.facts.failure, told.entries.length]).toEqual([null, whole.length]);
  return toItsEnd;
}

function rawPax(records: string): Buffer {
  return writeMember({ name: 'PaxHeaders/0', type: 'x', content: records });
}

const NEXT = writeTar([file('next', 'n')]);

const TRICKY: readonly (readonly [string, Buffer])[] = [
  ['a link with a size', writeTar([{ ...symlink('s', 't'), size: 1024 }, file('hidden', 'h')])],
  ['a link with a negative size', writeTar([{ ...symlink('s', 't'), size: -1 }, file('hidden', 'h')])],
  ['a folder with a PAX size', writeTar([dir('d', { pax: { size: '4096' } }), file('hidden', 'h')])],
  ['a PAX size with a plus sign', writeTar([file('f', 'x'.repeat(600), { size: 5, pax: { size: '+600' } })])],
  ['a PAX size with zeros', writeTar([file('f', 'x'.repeat(600), { size: 5, pax: { size: `${'0'.repeat(30)}600` } })])],
  ['a PAX length with a plus sign', Buffer.concat([rawPax('+20 path=other-name\n'), NEXT])],
  ['a PAX length with zeros', Buffer.concat([rawPax('0000000000000030 path=other-n\n'), NEXT])],
  ['an empty GNU long name', Buffer.concat([writeGnuLong('L', ''), writeGnuLong('K', ''), NEXT])],
  [
    'a PAX header in front of a global one',
    Buffer.concat([writePax('x', { path: 'p' }), writePax('g', { a: 'b' }), NEXT]),
  ],
  ['a GNU name in front of a global header', Buffer.concat([writeGnuLong('L', 'p'), writePax('g', { a: 'b' }), NEXT])],
  ['a global header that sets a path', Buffer.concat([writePax('g', { path: 'p', size: '0' }), NEXT])],
  ['two PAX headers', Buffer.concat([writePax('x', { path: 'p' }), writePax('x', { uid: '5' }), NEXT])],
  ['a GNU name and a PAX path', Buffer.concat([writeGnuLong('L', 'gnu'), writePax('x', { path: 'pax' }), NEXT])],
  ['an old folder with a size', writeTar([{ name: 'old/', type: '\0', size: 1024 }, file('hidden', 'h')])],
  [
    'a folder by its PAX path',
    writeTar([{ name: 'old', type: '\0', size: 1024, pax: { path: 'd/' } }, file('h', 'h')]),
  ],
  ['GNU times that are a prefix', writeTar([file('f', '', { format: 'gnu', prefix: 'prefix' })])],
  ['no end', writeMember(file('f', 'x')).subarray(0, 513)],
  ['one zero block', Buffer.concat([writeMember(file('f', 'x')), Buffer.alloc(512)])],
  ['data behind the end', Buffer.concat([NEXT, NEXT])],
];

describe.runIf(go !== undefined)('what Go reads, we read', () => {
  test('of honest and dishonest members', async () => {
    const lists = listWithGo(TRICKY.map(([, tar]) => tar));
    const refused: string[] = [];
    for (const [i, [title, tar]] of TRICKY.entries()) {
      if (!(await compare(tar, lists[i] ?? []))) refused.push(title);
    }
    expect(refused).toEqual([]);
  });

  test('of every kind of member', async () => {
    const tars = BORDERS.slice(0, -1).map((border, i) => Buffer.from(EVERY_KIND.subarray(border, BORDERS[i + 1])));
    const lists = listWithGo(tars);
    let read = 0;
    for (const [i, tar] of tars.entries()) if (await compare(tar, lists[i] ?? [])) read += 1;
    // Go refuses the malformed PAX header, and nothing else of these.
    expect(read).toBe(tars.length - 1);
  });

  test('of members with any byte of their headers wrong', async () => {
    const tars: Buffer[] = [];
    for (const [i, border] of BORDERS.slice(0, -1).entries()) {
      for (let at = i % 7; at < 512; at += 7) {
        if (at >= 148 && at < 156) continue;
        const tar = Buffer.concat([EVERY_KIND.subarray(border, BORDERS[i + 1]), NEXT]);
        tar[at] = (tar[at] as number) ^ (MASKS[at % MASKS.length] as number);
        tar.fill(0x20, 148, 156);
        const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
        tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
        tars.push(tar);
      }
    }
    const lists = listWithGo(tars);
    let read = 0;
    for (const [i, tar] of tars.entries()) if (await compare(tar, lists[i] ?? [])) read += 1;
    expect(read).toBeGreaterThan(tars.length / 4);
  });

  test('of members put together by chance', async () => {
    const pick = fc.constantFrom;
    const number = pick('0', '5', '+5', '05', '600', '-1', '', 'x', '1024', '9223372036854775807');
    const record = fc.oneof(
      fc.tuple(pick('size', 'uid', 'mtime', 'GNU.sparse.realsize', 'GNU.sparse.numblocks'), number),
      fc.tuple(pick('path', 'linkpath', 'GNU.sparse.name'), pick('', 'p', '/a/../b', 'folder/', 'ä')),
      fc.tuple(pick('GNU.sparse.major'), pick('0', '1', '2')),
      fc.tuple(pick('GNU.sparse.minor'), pick('0', '1')),
      fc.tuple(pick('GNU.sparse.map'), pick('0,5', '1,2', '', '0,0', '3,2,1,1')),
    );
    const extended = fc.oneof(
      fc.array(record, { maxLength: 5 }).map((records) => writePax('x', Object.fromEntries(records))),
      fc.array(record, { maxLength: 2 }).map((records) => writePax('g', Object.fromEntries(records))),
      fc.array(record, { maxLength: 2 }).map((records) => rawPax(`+${paxRecords(Object.fromEntries(records))}`)),
      fc
        .tuple(pick('L' as const, 'K' as const), pick('', 'long', 'folder/'))
        .map(([type, name]) => writeGnuLong(type, name)),
    );
    const member = fc
      .record({
        name: pick('f', 'folder/', '', 'ä'),
        type: pick('0', '\0', '1', '2', '3', '5', '6', '7', 'S', 'Z'),
        content: pick('', 'hello', '1\n0\n5\n'.padEnd(512, '\0').concat('hello'), 'x'.repeat(600)),
        size: pick(undefined, undefined, undefined, 0, 5, 1024, -1),
        format: pick('ustar' as const, 'gnu' as const, 'v7' as const),
        linkName: pick('', 'target'),
      })
      .map(({ size, ...spec }): TarMemberSpec => ({ ...spec, ...(size === undefined ? {} : { size }) }))
      .map(writeMember);
    const zeros = fc.constant(Buffer.alloc(512));
    const tar = fc
      .array(
        fc.oneof({ weight: 4, arbitrary: member }, { weight: 4, arbitrary: extended }, { weight: 1, arbitrary: zeros }),
        {
          minLength: 1,
          maxLength: 6,
        },
      )
      .map((pieces) => Buffer.concat([...pieces, NEXT]));
    const tars = fc.sample(tar, { numRuns: 1500, seed: 31 });
    const lists = listWithGo(tars);
    let read = 0;
    for (const [i, bytes] of tars.entries()) if (await compare(bytes, lists[i] ?? [])) read += 1;
    expect(read).toBeGreaterThan(100);
  });
});
