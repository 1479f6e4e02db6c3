import { DatabaseDamage } from './database-damage.ts';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const TABLE_INTERIOR = 0x05;
const TABLE_LEAF = 0x0d;
/** A b-tree of 2^32 pages is not deeper. */
const MAX_DEPTH = 40;
/** Largest row of the schema read. */
const MAX_SCHEMA_BYTES = 64 * 1024;

/** Whether bytes are a database of SQLite. */
export function isSqlite(bytes: Uint8Array): boolean {
  return bytes.byteLength >= HEADER_BYTES && Buffer.from(bytes.subarray(0, 16)).toString('latin1') === MAGIC;
}

type Value = Uint8Array | string | number | null;

/**
 * Values of the first column of bytes of each row of a table (https://www.sqlite.org/fileformat2.html). No SQL is
 * run: whatever the schema defines as views and triggers does nothing here.
 *
 * The attack: pages that point to each other in circles, or that thousands of rows share. Each page is read once.
 * @param onDamage told what cannot be read; the rest is
 */
export function* readSqliteBlobs(
  bytes: Uint8Array,
  table: string,
  onDamage: (message: string) => void,
): Generator<Uint8Array> {
  const database = new SqliteFile(bytes, onDamage);
  let root: number | undefined;
  for (const [type, name, , page] of database.rows(1, MAX_SCHEMA_BYTES)) {
    if (type === 'table' && name === table && typeof page === 'number') root ??= page;
  }
  if (root === undefined) throw new DatabaseDamage(`it has no table ${table}`);
  for (const row of database.rows(root, bytes.byteLength)) {
    const blob = row.find((value) => value instanceof Uint8Array);
    if (blob !== undefined) yield blob as Uint8Array;
  }
}

class SqliteFile {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #pageBytes: number;
  readonly #usableBytes: number;
  readonly #pages: number;
  readonly #used: Uint8Array;
  readonly #onDamage: (message: string) => void;

  constructor(bytes: Uint8Array, onDamage: (message: string) => void) {
    this.#bytes = bytes;
    this.#onDamage = onDamage;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const stated = this.#view.getUint16(16);
    this.#pageBytes = stated === 1 ? 65536 : stated;
    this.#usableBytes = this.#pageBytes - (bytes[20] as number);
    if (this.#pageBytes < 512 || (this.#pageBytes & (this.#pageBytes - 1)) !== 0 || this.#usableBytes < 480)
      throw new DatabaseDamage(`pages of ${this.#pageBytes} bytes cannot be`);
    this.#pages = Math.floor(bytes.byteLength / this.#pageBytes);
    this.#used = new Uint8Array(this.#pages + 1);
    const statedPages = this.#view.getUint32(28);
    if (statedPages > this.#pages) onDamage(`it has ${this.#pages} pages, and says that there are ${statedPages}`);
  }

  /** Rows of the table whose tree begins on a page, in order. */
  *rows(root: number, maxRowBytes: number): Generator<Value[]> {
    const pending: { page: number; depth: number }[] = [{ page: root, depth: 0 }];
    while (pending.length > 0) {
      const { page, depth } = pending.pop() as { page: number; depth: number };
      const start = this.#take(page);
      if (start === null) continue;
      const header = page === 1 ? start + HEADER_BYTES : start;
      const type = this.#bytes[header];
      if ((type !== TABLE_LEAF && type !== TABLE_INTERIOR) || depth > MAX_DEPTH) {
        this.#onDamage(`page ${page} is none of a table`);
        continue;
      }
      const cells = this.#view.getUint16(header + 3);
      const pointers = header + (type === TABLE_LEAF ? 8 : 12);
      if (pointers + cells * 2 > start + this.#pageBytes) {
        this.#onDamage(`page ${page} states ${cells} cells, more than it can hold`);
        continue;
      }
      if (type === TABLE_INTERIOR) {
        const children = [...this.#children(start, pointers, cells), this.#view.getUint32(header + 8)];
        for (const child of children.reverse()) pending.push({ page: child, depth: depth + 1 });
        continue;
      }
      for (let i = 0; i < cells; i += 1) {
        const row = this.#tryRow(start, this.#view.getUint16(pointers + i * 2), page, maxRowBytes);
        if (row !== null) yield row;
      }
    }
  }

  *#children(start: number, pointers: number, cells: number): Generator<number> {
    for (let i = 0; i < cells; i += 1) {
      const offset = this.#view.getUint16(pointers + i * 2);
      if (offset + 4 <= this.#pageBytes) yield this.#view.getUint32(start + offset);
    }
  }

  /** Where a page begins; null where it is not there or was read before. */
  #take(page: number): number | null {
    if (page < 1 || page > this.#pages) {
      this.#onDamage(`page ${page} is not there`);
      return null;
    }
    if (this.#used[page] !== 0) {
      this.#onDamage(`page ${page} is in more than one place`);
      return null;
    }
    this.#used[page] = 1;
    return (page - 1) * this.#pageBytes;
  }

  #tryRow(start: number, offset: number, page: number, maxRowBytes: number): Value[] | null {
    try {
      return readRecord(this.#payload(start, offset, maxRowBytes));
    } catch (error) {
      if (!(error instanceof DatabaseDamage)) throw error;
      this.#onDamage(`page ${page}: ${error.message}`);
      return null;
    }
  }

  /** The bytes of a row: on its page as far as they fit, the rest on a chain of others. */
  #payload(start: number, offset: number, maxRowBytes: number): Uint8Array {
    const end = start + this.#usableBytes;
    const length = readVarint(this.#bytes, start + offset, end);
    const rowId = readVarint(this.#bytes, length.end, end);
    const total = length.value;
    if (total > maxRowBytes) throw new DatabaseDamage(`a row of ${total} bytes is longer than it may be`);
    const most = this.#usableBytes - 35;
    const least = Math.floor(((this.#usableBytes - 12) * 32) / 255) - 23;
    const fitting = least + ((total - least) % (this.#usableBytes - 4));
    const local = total <= most ? total : fitting <= most ? fitting : least;
    if (rowId.end + local + (local < total ? 4 : 0) > end) throw new DatabaseDamage('a row lies outside of its page');
    const parts = [this.#bytes.subarray(rowId.end, rowId.end + local)];
    if (local === total) return parts[0] as Uint8Array;
    let left = total - local;
    let next = this.#view.getUint32(rowId.end + local);
    while (left > 0) {
      const at = this.#take(next);
      if (at === null) throw new DatabaseDamage('a row has no end');
      const part = Math.min(left, this.#usableBytes - 4);
      parts.push(this.#bytes.subarray(at + 4, at + 4 + part));
      left -= part;
      next = this.#view.getUint32(at);
    }
    return Buffer.concat(parts, total);
  }
}

/** Values of a row: types in front, then what they hold. */
function readRecord(bytes: Uint8Array): Value[] {
  const headerEnd = readVarint(bytes, 0, bytes.byteLength);
  if (headerEnd.value > bytes.byteLength) throw new DatabaseDamage('a row is cut short');
  const values: Value[] = [];
  let content = headerEnd.value;
  for (let at = headerEnd.end; at < headerEnd.value; ) {
    const type = readVarint(bytes, at, headerEnd.value);
    at = type.end;
    const length = lengthOf(type.value);
    if (content + length > bytes.byteLength) throw new DatabaseDamage('a row is cut short');
    values.push(toValue(type.value, bytes.subarray(content, content + length)));
    content += length;
  }
  return values;
}

function lengthOf(type: number): number {
  if (type >= 12) return (type - (type % 2 === 0 ? 12 : 13)) / 2;
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][type] as number;
}

function toValue(type: number, bytes: Uint8Array): Value {
  if (type >= 12) return type % 2 === 0 ? bytes : Buffer.from(bytes).toString('utf8');
  if (type === 8 || type === 9) return type - 8;
  // Whole numbers of up to six bytes are all that page numbers need.
  return type >= 1 && type <= 5 ? Buffer.from(bytes).readIntBE(0, bytes.byteLength) : null;
}

/** A number of one to nine bytes; the highest bit says that there are more. */
function readVarint(bytes: Uint8Array, at: number, end: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 9; i += 1) {
    if (at + i >= end) throw new DatabaseDamage('a number is cut short');
    const byte = bytes[at + i] as number;
    if (i === 8) return { value: value * 256 + byte, end: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  throw new DatabaseDamage('a number has no end');
}
