import { describe, expect, test } from 'vitest';
import { PackageBudget } from '../../../../src/examine/packages/package.ts';
import { parseRpmDatabase, type RpmPackages } from '../../../../src/examine/packages/rpm/index.ts';
import { berkeleyDb, ndb, rpmHeader } from '../../../support/rpm-database.ts';
import { sqliteDatabase } from './rpm-sqlite.ts';

const parse = (bytes: Uint8Array, budget = new PackageBudget(1e8), root = ''): RpmPackages =>
  parseRpmDatabase(bytes, { root, budget });

const BASH = {
  name: 'bash',
  version: '5.1.8',
  release: '9.el9',
  architecture: 'x86_64',
  license: 'GPLv3+',
  sourceRpm: 'bash-5.1.8-9.el9.src.rpm',
  files: ['/usr/bin/bash', '/usr/bin/sh', '/etc/skel/.bashrc'],
};
const VIM = { name: 'vim-minimal', epoch: 2, architecture: 'noarch', files: ['/usr/bin/vi'] };
/** Longer than a page of any size. */
const LARGE = {
  name: 'large',
  files: Array.from({ length: 6000 }, (_, i) => `/usr/share/large/folder-${i % 50}/a-file-with-a-name-${i}`),
};
const HEADERS = [BASH, VIM, LARGE].map(rpmHeader);

const FORMATS = [
  ['Berkeley DB', berkeleyDb(HEADERS)],
  ['Berkeley DB of a big-endian machine', berkeleyDb(HEADERS, { bigEndian: true })],
  ['Berkeley DB with small pages', berkeleyDb(HEADERS, { pageBytes: 512 })],
  ['NDB', ndb(HEADERS)],
  ['SQLite', sqliteDatabase(HEADERS)],
  ['SQLite with small pages', sqliteDatabase(HEADERS, 512)],
  ['SQLite with large pages', sqliteDatabase(HEADERS, 65536)],
] as const;

describe.each(FORMATS)('%s', (_, bytes) => {
  test('gives each package with what its header states', () => {
    const { packages, trouble } = parse(bytes);
    expect(trouble).toBeNull();
    expect(packages.map(({ files: _files, ...rest }) => rest)).toEqual([
      {
        name: 'bash',
        version: '5.1.8-9.el9',
        architecture: 'x86_64',
        source: 'bash',
        sourceVersion: '5.1.8-9.el9',
        license: 'GPLv3+',
        namespace: null,
        epoch: null,
      },
      expect.objectContaining({ name: 'vim-minimal', version: '1-1', architecture: 'noarch', epoch: 2, source: null }),
      expect.objectContaining({ name: 'large' }),
    ]);
  });

  test('gives the files of each, below the root that it is of', () => {
    const [bash, , large] = parse(bytes, undefined, 'mnt/').packages;
    expect(bash?.files).toBe('mnt/usr/bin/bash\0mnt/usr/bin/sh\0mnt/etc/skel/.bashrc\0');
    expect(large?.files?.split('\0').slice(0, -1)).toEqual(LARGE.files.map((path) => `mnt${path}`));
  });

  test('gives what is whole wherever it is cut, and tells that something is missing', () => {
    const whole = parse(bytes).packages.map(({ name }) => name);
    for (let length = 512; length < bytes.byteLength; length += Math.max(512, Math.floor(bytes.byteLength / 60))) {
      const { packages, trouble } = parse(bytes.subarray(0, length));
      expect(whole).toEqual(expect.arrayContaining(packages.map(({ name }) => name)));
      if (packages.length < whole.length) expect(trouble, `cut at ${length}`).not.toBeNull();
    }
  });

  test('is read to some end whatever bytes are changed', () => {
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 150; round += 1) {
      const broken = Buffer.from(bytes);
      for (let change = 0; change < 8; change += 1) {
        // Half of them where pages, slots and counts are described.
        const at = change % 2 === 0 ? random(Math.min(8192, broken.byteLength)) : random(broken.byteLength);
        broken[at] = random(256);
      }
      expect(parse(broken).packages.length).toBeLessThan(20);
    }
  });
});

describe('a database of rpm', () => {
  test('that is an empty file has no packages', () => {
    expect(parse(Buffer.alloc(0))).toEqual({ packages: [], trouble: null });
  });

  test('that is something else is told', () => {
    expect(parse(Buffer.from('not a database at all')).trouble).toMatch(/none of the formats/);
  });

  test('has a header of half a megabyte among thousands of others', () => {
    const many = Array.from({ length: 800 }, (_, i) => rpmHeader({ name: `p${i}` }));
    const { packages, trouble } = parse(sqliteDatabase([...many, rpmHeader(LARGE), ...many]));
    expect([packages.length, trouble]).toEqual([1601, null]);
  });

  test('keeps the other packages where one header is broken', () => {
    const broken = rpmHeader(VIM);
    broken.writeUInt32BE(0xffffff, 4);
    const { packages, trouble } = parse(ndb([rpmHeader(BASH), broken, rpmHeader(LARGE)]));
    expect(packages.map(({ name }) => name)).toEqual(['bash', 'large']);
    expect(trouble).toMatch(/states \d+ entries and 16777215 bytes/);
  });

  test('with an absurd count of files has those that are there', () => {
    const header = rpmHeader(BASH);
    // The count of base names, in the last but one entry of the index.
    const entries = header.readUInt32BE(0);
    header.writeUInt32BE(0xffffffff, 8 + (entries - 2) * 16 + 12);
    const { packages } = parse(ndb([header]));
    expect(packages[0]?.files).toBe('usr/bin/bash\0usr/bin/sh\0etc/skel/.bashrc\0');
  });
});

describe('a hostile database', () => {
  test('of Berkeley DB whose pages go round in circles comes to an end', () => {
    const bytes = berkeleyDb([rpmHeader(LARGE)]);
    // The second page of the long value says that the first is next.
    bytes.writeUInt32LE(2, 3 * 4096 + 16);
    expect(parse(bytes)).toEqual({ packages: [], trouble: expect.stringMatching(/more than one value/) });
  });

  test('of Berkeley DB whose items share one long value reads it once', () => {
    const bytes = berkeleyDb([rpmHeader(LARGE), rpmHeader(BASH), rpmHeader(VIM)]);
    const items = bytes.readUInt16LE(4096 + 20);
    for (let item = 3; item < items; item += 2) {
      const offset = 4096 + bytes.readUInt16LE(4096 + 26 + item * 2);
      bytes.writeUInt32LE(2, offset + 4);
      bytes.writeUInt32LE(rpmHeader(LARGE).byteLength, offset + 8);
    }
    const { packages, trouble } = parse(bytes);
    expect(packages.map(({ name }) => name)).toEqual(['large']);
    expect(trouble).toMatch(/more than one value, and 1 more/);
  });

  test('of Berkeley DB with pages of a size that cannot be is told', () => {
    const bytes = berkeleyDb([rpmHeader(BASH)]);
    bytes.writeUInt32LE(3, 20);
    expect(parse(bytes).trouble).toMatch(/pages of 3 bytes/);
  });

  test('of rpm’s own format whose slots share one header reads no more than it has', () => {
    const bytes = ndb(Array.from({ length: 200 }, () => rpmHeader(LARGE)));
    for (let slot = 1; slot < 200; slot += 1) {
      bytes.copy(bytes, 32 + slot * 16, 32, 48);
    }
    const { packages } = parse(bytes);
    expect(packages.length).toBeLessThanOrEqual(200);
    const one = bytes.subarray(0, 4096 + rpmHeader(LARGE).byteLength + 64);
    expect(parse(Buffer.from(one)).trouble).toBe('packages share their bytes');
  });

  test('of SQLite whose tree is its own child comes to an end', () => {
    const bytes = sqliteDatabase(Array.from({ length: 400 }, (_, i) => rpmHeader({ name: `p${i}` })));
    const whole = parse(bytes).packages.length;
    for (let page = 1; page < bytes.byteLength / 4096; page += 1) {
      if (bytes[page * 4096] !== 5) continue;
      bytes.writeUInt32BE(page + 1, page * 4096 + 8);
    }
    const { packages, trouble } = parse(bytes);
    expect(packages.length).toBeLessThan(whole);
    expect(trouble).toMatch(/in more than one place/);
  });

  test('of SQLite without the table is told', () => {
    const bytes = sqliteDatabase([]);
    expect(parse(Buffer.from(bytes.toString('latin1').replaceAll('Packages', 'Pakcages'), 'latin1')).trouble).toBe(
      'it has no table Packages',
    );
  });

  test('whose files would be a thousand times its size is cut at the limit', () => {
    const folder = `/${'d'.repeat(4000)}`;
    const header = rpmHeader({ name: 'x', files: Array.from({ length: 50_000 }, (_, i) => `${folder}/${i}`) });
    const budget = new PackageBudget(1_000_000);
    const [one] = parse(ndb([header]), budget).packages;
    expect(header.byteLength).toBeLessThan(1_000_000);
    expect(one?.files?.length).toBeLessThanOrEqual(1_000_000);
    expect(budget.exhausted).toBe(true);
  });

  test('with paths that no system can have leaves them out', () => {
    const [one] = parse(ndb([rpmHeader({ name: 'x', files: [`/${'d'.repeat(5000)}/a`, '/b'] })])).packages;
    expect(one?.files).toBe('b\0');
  });
});
