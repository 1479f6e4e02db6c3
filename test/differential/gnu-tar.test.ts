/** What the real GNU tar writes, compared with a walk of the folder it was written from. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanPath } from '../../src/core/index.ts';
import { collect } from '../unit/tar/collect.ts';

const isGnuTar = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar') === true;
if (!isGnuTar) process.stderr.write('differential tests are skipped: tar is not GNU tar\n');

/** What both sides say of a member. */
interface Seen {
  readonly kind: string;
  readonly mode: number;
  readonly mtime: number;
  readonly target: string;
  readonly sizeBytes: number;
  readonly digest: string;
}

let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'gnu-tar-'));
  folder = join(root, 'tree');
  mkdirSync(join(folder, 'etc/empty folder'), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  writeFileSync(join(folder, 'etc/empty'), '');
  writeFileSync(join(folder, 'etc/block'), 'b'.repeat(512));
  writeFileSync(join(folder, 'etc/large'), 'l'.repeat(300_000));
  writeFileSync(join(folder, 'etc/ä€😀'), 'UTF-8');
  writeFileSync(join(folder, 'etc/ leading and trailing '), 'blanks');
  writeFileSync(join(folder, 'etc/back\\slash'), 'backslash');
  chmodSync(join(folder, 'etc/large'), 0o4751);
  symlinkSync('../etc/passwd', join(folder, 'link'));
  symlinkSync('/nowhere/at/all', join(folder, 'dangling'));
  linkSync(join(folder, 'etc/passwd'), join(folder, 'hard'));
  utimesSync(join(folder, 'etc/block'), 1, 1);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Adds names and targets that no header field can hold. */
function addLongNames(): void {
  const deep = join(folder, ...Array.from({ length: 12 }, (_, i) => `a folder with a long name ${i}`));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'n'.repeat(200)), 'long name');
  symlinkSync('t'.repeat(300), join(deep, 'long target'));
  linkSync(join(deep, 'n'.repeat(200)), join(deep, 'hard link to a long name'));
}

/** Adds a file of holes, with more segments than one header or one extension block can state. */
function addSparseFile(): void {
  const path = join(folder, 'sparse');
  const descriptor = openSync(path, 'w');
  for (let i = 0; i < 40; i += 1) writeSync(descriptor, `segment ${i}`, i * 65_536 + 4096);
  closeSync(descriptor);
  truncateSync(path, 41 * 65_536);
}

function walk(at = ''): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const name of readdirSync(join(folder, at))) {
    const path = at === '' ? name : `${at}/${name}`;
    const full = join(folder, path);
    const stats = lstatSync(full);
    const content = stats.isFile() ? readFileSync(full) : Buffer.alloc(0);
    seen.set(path, {
      kind: stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'symlink' : 'file',
      mode: stats.mode & 0o7777,
      mtime: Math.floor(stats.mtimeMs / 1000),
      target: stats.isSymbolicLink() ? readlinkSync(full) : '',
      sizeBytes: content.byteLength,
      digest: createHash('sha256').update(content).digest('hex'),
    });
    if (stats.isDirectory()) for (const [inner, value] of walk(path)) seen.set(inner, value);
  }
  return seen;
}

/** Reads a tar; hard links stand as the file they lead to. */
async function readBack(tar: Buffer): Promise<{ seen: Map<string, Seen>; kinds: Set<string>; hardlinks: number }> {
  const told = await collect(tar);
  expect(told.facts.failure).toBeNull();
  const seen = new Map<string, Seen>();
  let hardlinks = 0;
  for (const { entry, name, linkName, digest, complete } of told.entries) {
    const { path } = cleanPath(name);
    if (path === '') continue;
    expect(complete).toBe(true);
    const { kind, mode, mtime, sizeBytes } = entry;
    if (kind === 'hardlink') {
      hardlinks += 1;
      seen.set(path, seen.get(cleanPath(linkName).path) as Seen);
    } else {
      seen.set(path, { kind, mode, mtime: Math.floor(mtime), target: linkName, sizeBytes, digest });
    }
  }
  return { seen, kinds: new Set(told.anomalies.map(({ kind }) => kind)), hardlinks };
}

function gnuTar(...options: string[]): Buffer {
  return execFileSync('tar', ['-C', folder, ...options, '-cf', '-', '.'], { maxBuffer: 64 * 1024 * 1024 });
}

describe.runIf(isGnuTar)('what GNU tar writes is read as it was', () => {
  test.each(['v7', 'oldgnu', 'gnu', 'ustar', 'pax', 'posix'])('in the format %s', async (format) => {
    const { seen, kinds, hardlinks } = await readBack(gnuTar(`--format=${format}`));
    expect(seen).toEqual(walk());
    expect(hardlinks).toBe(1);
    expect(kinds).toEqual(new Set());
  });

  test('with no padding to whole records', async () => {
    const { seen } = await readBack(gnuTar('--format=gnu', '--blocking-factor=1'));
    expect(seen).toEqual(walk());
  });

  describe('with long names', () => {
    beforeAll(addLongNames);

    test.each(['oldgnu', 'gnu', 'pax'])('in the format %s', async (format) => {
      const { seen, kinds, hardlinks } = await readBack(gnuTar(`--format=${format}`));
      expect(seen).toEqual(walk());
      expect(hardlinks).toBe(2);
      expect(kinds).toEqual(new Set());
    });
  });

  describe('with sparse files', () => {
    beforeAll(addSparseFile);

    test.each([
      ['old GNU', '--format=gnu', '0.0', ['old-gnu-sparse']],
      ['PAX 0.0', '--format=pax', '0.0', []],
      ['PAX 0.1', '--format=pax', '0.1', []],
      ['PAX 1.0', '--format=pax', '1.0', []],
    ])('in the format %s', async (_, format, version, anomalies) => {
      const tar = gnuTar(format, '--sparse', `--sparse-version=${version}`);
      // Or the test would be about plain files.
      expect(tar.byteLength).toBeLessThan(statSync(join(folder, 'sparse')).size);
      const { seen, kinds } = await readBack(tar);
      expect(seen).toEqual(walk());
      expect(kinds).toEqual(new Set(anomalies));
    });
  });
});
