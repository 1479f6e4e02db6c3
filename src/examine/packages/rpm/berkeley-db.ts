import { DatabaseDamage } from './database-damage.ts';

/** Magic of a hash database, at byte 12 (Berkeley DB, `dbinc/db_page.h`). */
const HASH_MAGIC = 0x00061561;
const MAGIC_OFFSET = 12;
const METADATA_BYTES = 72;
const PAGE_HEADER_BYTES = 26;

const UNSORTED_HASH_PAGE = 2;
const OVERFLOW_PAGE = 7;
const HASH_METADATA_PAGE = 8;
const HASH_PAGE = 13;

const KEY_OR_DATA = 1;
const OFF_PAGE = 3;

/** Whether bytes are a hash database of Berkeley DB, in either byte order. */
export function isBerkeleyDb(bytes: Uint8Array): boolean {
  return bytes.byteLength >= METADATA_BYTES && byteOrder(bytes) !== null;
}

function byteOrder(bytes: Uint8Array): 'little' | 'big' | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(MAGIC_OFFSET, true) === HASH_MAGIC) return 'little';
  return view.getUint32(MAGIC_OFFSET, false) === HASH_MAGIC ? 'big' : null;
}

/**
 * Values of a hash database of Berkeley DB: rpm's `Packages` up to RHEL 8 and its kin. Every hash page is read,
 * whichever bucket it is of. Values that do not fit on a page are chains of overflow pages.
 *
 * The attack: chains that run in circles, or that thousands of values share. Each page is read once.
 * @param onDamage told what cannot be read; the rest is
 */
export function* readBerkeleyDb(bytes: Uint8Array, onDamage: (message: string) => void): Generator<Uint8Array> {
  const little = byteOrder(bytes) === 'little';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pageBytes = view.getUint32(20, little);
  if (bytes[25] !== HASH_METADATA_PAGE) throw new DatabaseDamage('the first page is not that of a hash database');
  if (pageBytes < 512 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0)
    throw new DatabaseDamage(`pages of ${pageBytes} bytes cannot be`);
  if (bytes[24] !== 0) throw new DatabaseDamage('it is encrypted');
  const lastPage = view.getUint32(32, little);
  const pages = Math.floor(bytes.byteLength / pageBytes);
  if (lastPage >= pages) onDamage(`it has ${pages} pages, and says that there are ${lastPage + 1}`);
  const used = new Uint8Array(pages);
  for (let page = 1; page < pages; page += 1) {
    const start = page * pageBytes;
    const type = bytes[start + 25];
    if (type !== UNSORTED_HASH_PAGE && type !== HASH_PAGE) continue;
    const items = view.getUint16(start + 20, little);
    if (PAGE_HEADER_BYTES + items * 2 > pageBytes) {
      onDamage(`page ${page} states ${items} items, more than it can hold`);
      continue;
    }
    // Keys stand at even, their values at odd places.
    for (let item = 1; item < items; item += 2) {
      try {
        const value = readItem(page, item);
        if (value !== null) yield value;
      } catch (error) {
        if (!(error instanceof DatabaseDamage)) throw error;
        onDamage(error.message);
      }
    }
  }

  function readItem(page: number, item: number): Uint8Array | null {
    const start = page * pageBytes;
    const offset = view.getUint16(start + PAGE_HEADER_BYTES + item * 2, little);
    // Items fill a page from its end: one ends where the one before it begins.
    const before = view.getUint16(start + PAGE_HEADER_BYTES + (item - 1) * 2, little);
    if (offset + 1 > pageBytes) throw new DatabaseDamage(`an item of page ${page} lies outside of it`);
    const type = bytes[start + offset];
    if (type === KEY_OR_DATA) {
      if (before <= offset || before > pageBytes) throw new DatabaseDamage(`an item of page ${page} has no end`);
      const value = bytes.subarray(start + offset + 1, start + before);
      // A counter of four bytes, and no header.
      return value.byteLength < 16 ? null : value;
    }
    if (type !== OFF_PAGE) return null;
    if (offset + 12 > pageBytes) throw new DatabaseDamage(`an item of page ${page} lies outside of it`);
    return readChain(view.getUint32(start + offset + 4, little), view.getUint32(start + offset + 8, little));
  }

  function readChain(first: number, lengthBytes: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let page = first; page !== 0; ) {
      if (page >= pages) throw new DatabaseDamage(`page ${page} is not there`);
      if (used[page] !== 0) throw new DatabaseDamage(`page ${page} is part of more than one value`);
      used[page] = 1;
      const start = page * pageBytes;
      if (bytes[start + 25] !== OVERFLOW_PAGE) throw new DatabaseDamage(`page ${page} is none of a long value`);
      const partBytes = view.getUint16(start + 22, little);
      if (PAGE_HEADER_BYTES + partBytes > pageBytes)
        throw new DatabaseDamage(`page ${page} says that it holds ${partBytes} bytes`);
      parts.push(bytes.subarray(start + PAGE_HEADER_BYTES, start + PAGE_HEADER_BYTES + partBytes));
      length += partBytes;
      page = view.getUint32(start + 16, little);
    }
    if (length !== lengthBytes)
      throw new DatabaseDamage(`a value of ${lengthBytes} bytes has ${length} of them on its pages`);
    return Buffer.concat(parts, length);
  }
}
