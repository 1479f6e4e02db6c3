/** Lets SQLite itself write a database as rpm's. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The bytes of a database with a table of headers, between others. */
export function sqliteDatabase(values: readonly Uint8Array[], pageBytes = 4096): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-sqlite-'));
  try {
    const path = join(folder, 'rpmdb.sqlite');
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA page_size = ${pageBytes}`);
    database.exec('CREATE TABLE Basenames (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)');
    database.exec('CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)');
    database.exec('CREATE INDEX Basenames_key_idx ON Basenames(key ASC)');
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
    const name = database.prepare('INSERT INTO Basenames VALUES (?, ?, 0)');
    database.exec('BEGIN');
    for (const [i, value] of values.entries()) {
      insert.run(value);
      for (let n = 0; n < 5; n += 1) name.run(`name ${i} ${n}`, i);
    }
    database.exec('COMMIT');
    database.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
