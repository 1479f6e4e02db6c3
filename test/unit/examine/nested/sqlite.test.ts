import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { auditRecipe } from '../../../support/audit-recipe.ts';
import { file } from '../../../support/tar-writer.ts';
import { examine } from './examine-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'layer-audit-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let databases = 0;

/** The bytes of a database after some work on it. */
function database(work: (database: DatabaseSync) => void): Buffer {
  databases += 1;
  const path = join(folder, `${databases}.db`);
  const connection = new DatabaseSync(path);
  // No power fails here.
  connection.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY');
  work(connection);
  connection.close();
  return readFileSync(path);
}

/** A text in which every part can be told from every other. */
function longText(bytes: number, seed = 0): string {
  return Array.from({ length: Math.ceil(bytes / 10) }, (_, i) => `${seed}-${String(i).padStart(7, '0')} `)
    .join('')
    .slice(0, bytes);
}

/** A table of long texts, some of which were written, deleted, and written again. */
function filled(pageBytes: number, reserved = 0): Buffer {
  return database((connection) => {
    connection.exec(`PRAGMA page_size = ${pageBytes}; BEGIN`);
    connection.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)');
    const insert = connection.prepare('INSERT INTO t VALUES (?, ?)');
    for (let i = 0; i < 30; i += 1) insert.run(i * 1000, longText(reserved + i * 997, i));
    for (let i = 0; i < 30; i += 3) connection.exec(`DELETE FROM t WHERE id = ${i * 1000}`);
    // Into pages that were used before, which are in no order.
    insert.run(7, longText(50_000, 99));
    connection.exec('COMMIT');
  });
}

const valuesOf = (files: Record<string, string>): string[] => Object.values(files);

describe('a value that is spread over pages is put together', () => {
  test.each([512, 1024, 4096, 32_768, 65_536])('with pages of %i bytes', (pageBytes) => {
    const bytes = filled(pageBytes);
    for (const chunkBytes of [1000, bytes.byteLength]) {
      const { files, notes } = examine(bytes, { chunkBytes, name: 'x.db' });
      expect(notes).toEqual([]);
      for (const i of [1, 4, 14, 29]) {
        const text = longText(i * 997, i);
        if (text.length > pageBytes) expect(valuesOf(files).some((value) => value.includes(text))).toBe(true);
      }
      if (pageBytes < 50_000) expect(valuesOf(files).some((value) => value.includes(longText(50_000, 99)))).toBe(true);
    }
  });

  test('in the key of an index', () => {
    const bytes = database((connection) => {
      connection.exec('PRAGMA page_size = 1024; CREATE TABLE t (text TEXT PRIMARY KEY) WITHOUT ROWID');
      const insert = connection.prepare('INSERT INTO t VALUES (?)');
      for (let i = 0; i < 50; i += 1) insert.run(longText(3000, i));
    });
    const { files } = examine(bytes);
    for (let i = 0; i < 50; i += 1)
      expect(valuesOf(files).some((value) => value.includes(longText(3000, i)))).toBe(true);
  });

  test('under the page and the cell in which it begins', () => {
    const bytes = database((connection) => {
      connection.exec('CREATE TABLE t (text TEXT)');
      connection.prepare('INSERT INTO t VALUES (?)').run('short');
      connection.prepare('INSERT INTO t VALUES (?)').run(longText(10_000));
    });
    expect(Object.keys(examine(bytes).files)).toEqual(['page 2, cell 1']);
  });
});

describe('a log of transactions that have not gone into the database', () => {
  /** The log of a database while it is in use: it is removed with the last connection. */
  function logOf(work: (database: DatabaseSync) => void): Buffer {
    databases += 1;
    const path = join(folder, `${databases}.db`);
    const connection = new DatabaseSync(path);
    connection.exec('PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    work(connection);
    const log = readFileSync(`${path}-wal`);
    connection.close();
    return log;
  }

  test('gives every version of a value that is spread over pages', () => {
    const log = logOf((connection) => {
      connection.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)');
      connection.prepare('INSERT INTO t VALUES (?, ?)').run(1, longText(5000, 1));
      connection.prepare('UPDATE t SET text = ?').run(longText(6000, 2));
      connection.exec('DELETE FROM t');
      connection.prepare('INSERT INTO t VALUES (?, ?)').run(2, longText(3000, 3));
    });
    for (const chunkBytes of [1, 4096, log.byteLength]) {
      const { files, notes } = examine(log, { chunkBytes });
      expect(notes).toEqual([]);
      for (const text of [longText(5000, 1), longText(6000, 2), longText(3000, 3)])
        expect(Object.entries(files).some(([name, value]) => name.startsWith('frame ') && value.includes(text))).toBe(
          true,
        );
    }
  });

  test('that is too large, or broken, is told', () => {
    const log = logOf((connection) => connection.exec('CREATE TABLE t (text TEXT)'));
    expect(examine(log, { maxDatabaseBytes: 1000 }).notes).toEqual([
      'the log of a database is larger than the limit: values were searched page by page',
    ]);
    log.writeUInt32BE(1000, 8);
    expect(examine(log).notes).toEqual(['the header of a database’s log is broken: values were searched page by page']);
  });
});

test('values within a page are not given again', () => {
  const bytes = database((connection) => {
    connection.exec('CREATE TABLE t (text TEXT)');
    for (let i = 0; i < 500; i += 1) connection.prepare('INSERT INTO t VALUES (?)').run(longText(200, i));
  });
  expect(examine(bytes)).toEqual({ files: {}, notes: [], exhausted: false });
});

describe('a secret in a database is found', () => {
  const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
  const other = `ghp_${'Z9y8X7w6V5u4T3s2R1q0'.repeat(2).slice(0, 36)}`;
  const placesOf = async (bytes: Buffer): Promise<unknown[]> => {
    const report = await auditRecipe({
      config: { User: '1' },
      steps: [{ createdBy: 'COPY . /', members: [file('var/lib/x.db', bytes)] }],
    });
    return report.findings
      .filter(({ rule }) => rule === 'secrets/github-token')
      .flatMap(({ evidence }) => evidence)
      .map(({ nestedPath }) => nestedPath);
  };

  test('where it stands on the border of two pages', async () => {
    const withTokenAt = (offset: number): Buffer =>
      database((connection) => {
        connection.exec('PRAGMA page_size = 4096; CREATE TABLE t (text TEXT)');
        connection
          .prepare('INSERT INTO t VALUES (?)')
          .run(`${longText(offset)}token=${token} ${longText(9000 - offset)}`);
      });
    let bytes = withTokenAt(0);
    for (let offset = 20; bytes.includes(token) && offset < 4200; offset += 20) bytes = withTokenAt(offset);
    expect(bytes.includes(token)).toBe(false);
    expect(await placesOf(bytes)).toEqual([['page 2, cell 0']]);
  });

  test('where its row was deleted', async () => {
    const bytes = database((connection) => {
      connection.exec('CREATE TABLE t (text TEXT)');
      connection.exec(`INSERT INTO t VALUES ('token=${token}')`);
      connection.exec(`INSERT INTO t VALUES ('${longText(30_000)} token=${other} ')`);
      connection.exec('DELETE FROM t');
    });
    expect(bytes.includes(token)).toBe(true);
    expect((await placesOf(bytes)).length).toBeGreaterThanOrEqual(2);
  });
});

describe('a database that is no good', () => {
  test('because it is too large to be kept is told', () => {
    const bytes = filled(4096);
    expect(examine(bytes, { maxDatabaseBytes: 10_000 })).toMatchObject({
      files: {},
      notes: ['the database is larger than the limit: values were searched page by page'],
    });
  });

  test.each([
    ['0', 0],
    ['100', 100],
    ['513', 513],
  ])('because it says that pages have %s bytes is told', (_, pageBytes) => {
    const bytes = filled(4096);
    bytes.writeUInt16BE(pageBytes, 16);
    expect(examine(bytes).notes).toEqual(['the header of the database is broken: values were searched page by page']);
  });

  test('because its pages go in circles comes to an end', () => {
    const bytes = filled(512);
    // Every page says that it goes on in page 3, whatever it is.
    for (let at = 512; at < bytes.byteLength; at += 512) {
      if (![2, 5, 10, 13].includes(bytes[at] as number)) bytes.writeUInt32BE(3, at);
    }
    const { files } = examine(bytes);
    const given = valuesOf(files).reduce((sum, value) => sum + value.length, 0);
    expect(given).toBeLessThan(5 * bytes.byteLength);
  });

  test('because all its cells are one long value gives no more than four times what it has', () => {
    const pages = 2000;
    const bytes = Buffer.alloc(pages * 512);
    filled(512).copy(bytes, 0, 0, 512);
    for (let page = 1; page < pages; page += 1) {
      const at = page * 512;
      if (page % 2 === 0) {
        bytes.writeUInt32BE(((page + 2) % pages) + 1, at);
        continue;
      }
      // A leaf of a hundred cells, all the same: 965,739 bytes, of which 39 are here and the others from page 3 on.
      bytes[at] = 13;
      bytes.writeUInt16BE(100, at + 3);
      for (let cell = 0; cell < 100; cell += 1) bytes.writeUInt16BE(300, at + 8 + cell * 2);
      Buffer.from([0xba, 0xf8, 0x6b, 1]).copy(bytes, at + 300);
      bytes.writeUInt32BE(3, at + 300 + 4 + 39);
    }
    const { files, notes } = examine(bytes);
    expect(notes).toEqual([]);
    const given = valuesOf(files).reduce((sum, value) => sum + value.length, 0);
    // What stands in the cells themselves comes on top.
    expect(given).toBeGreaterThan(bytes.byteLength);
    expect(given).toBeLessThan(4 * bytes.byteLength + 39 * 100 * pages);
  });
});
