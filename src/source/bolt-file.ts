import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AuditError } from '../core/index.ts';
import { unreadable } from './directory-files.ts';

/** What stands under a key: a value, or more keys. */
export type BoltEntry = { readonly value: Buffer } | { readonly bucket: BoltBucket };

const MAGIC = 0xed0cdaed;
const VERSION = 2;
const HEADER_BYTES = 16;
const ELEMENT_BYTES = 16;
const META_BYTES = 64;
const BRANCH = 0x01;
const LEAF = 0x02;
const BUCKET_ELEMENT = 0x01;
/** Deepest tree followed, buckets in buckets included; containerd's has five buckets of two or three pages each. */
const MAX_DEPTH = 64;
/**
 * Most bytes of pages and keys gone through. The attack: pages and buckets that hold each other make a small file an
 * endless tree.
 */
const MAX_WALKED_BYTES = 256 * 1024 * 1024;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/**
 * Reads a bolt database (go.etcd.io/bbolt: page.go, meta.go), one page at a time, without its lock: whoever owns the
 * file may be running. bolt never writes over pages of the last transaction, so what is read is consistent as long as
 * {@link isUnchanged} says so.
 */
export class BoltFile implements Disposable {
  readonly #descriptor: number;
  readonly #path: string;
  readonly #sizeBytes: number;
  readonly #pageBytes: number;
  readonly #root: bigint;
  readonly #transaction: bigint;
  #bytesLeft = MAX_WALKED_BYTES;

  /** @throws AuditError `SOURCE_UNREADABLE`, `SOURCE_NOT_FOUND`, `DOCUMENT_INVALID` */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#descriptor = openSync(path, 'r');
    } catch (error) {
      throw unreadable(path, error);
    }
    try {
      this.#sizeBytes = fstatSync(this.#descriptor).size;
      const meta = this.#meta();
      this.#pageBytes = meta.pageBytes;
      this.#root = meta.root;
      this.#transaction = meta.transaction;
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  /** The bucket that holds all others. */
  get root(): BoltBucket {
    return new BoltBucket((visit) => this.#walk(this.#root, 0, visit));
  }

  /** Whether no transaction was written since the file was opened. */
  isUnchanged(): boolean {
    return this.#meta().transaction === this.#transaction;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  /** The younger of the two meta pages: a transaction that was cut off leaves one of them broken. */
  #meta(): { pageBytes: number; root: bigint; transaction: bigint } {
    const first = this.#read(0, HEADER_BYTES + META_BYTES);
    const sizes = new Set([4096, 8192, 16_384, 65_536]);
    if (isMeta(first)) sizes.add(first.readUInt32LE(HEADER_BYTES + 8));
    const metas = [first, ...[...sizes].map((size) => this.#read(size, HEADER_BYTES + META_BYTES))].filter(isMeta);
    const [newest] = metas.sort((a, b) => (transactionOf(a) < transactionOf(b) ? 1 : -1));
    if (newest === undefined) throw this.#broken('it has no valid meta page');
    const pageBytes = newest.readUInt32LE(HEADER_BYTES + 8);
    if (pageBytes < 512 || pageBytes > 65_536) throw this.#broken(`its pages have ${pageBytes} bytes`);
    return { pageBytes, root: newest.readBigUInt64LE(HEADER_BYTES + 16), transaction: transactionOf(newest) };
  }

  #walk(page: bigint, depth: number, visit: Visit): void {
    if (depth > MAX_DEPTH) throw this.#broken('its pages are nested too deep');
    this.#walkPage(this.#page(page), depth, visit);
  }

  #walkPage(page: Buffer, depth: number, visit: Visit): void {
    if (page.byteLength < HEADER_BYTES) throw this.#broken('a page is too small');
    const flags = page.readUInt16LE(8);
    const count = page.readUInt16LE(10);
    if ((flags & (BRANCH | LEAF)) === 0) throw this.#broken('a page of its tree is none');
    for (let i = 0; i < count; i += 1) {
      const at = HEADER_BYTES + i * ELEMENT_BYTES;
      const element = this.#slice(page, at, ELEMENT_BYTES);
      if ((flags & BRANCH) !== 0) {
        this.#walk(element.readBigUInt64LE(8), depth + 1, visit);
        continue;
      }
      const start = at + element.readUInt32LE(4);
      const key = this.#slice(page, start, element.readUInt32LE(8));
      this.#spend(ELEMENT_BYTES + key.byteLength);
      const value = this.#slice(page, start + key.byteLength, element.readUInt32LE(12));
      const isBucket = (element.readUInt32LE(0) & BUCKET_ELEMENT) !== 0;
      visit(key.toString('utf8'), isBucket ? { bucket: this.#bucket(value, depth + 1) } : { value });
    }
  }

  /** A bucket of its own pages, or one so small that its only page is its value. */
  #bucket(value: Buffer, depth: number): BoltBucket {
    const root = this.#slice(value, 0, HEADER_BYTES).readBigUInt64LE(0);
    return new BoltBucket((visit) => {
      if (root !== 0n) this.#walk(root, depth, visit);
      else if (depth > MAX_DEPTH) throw this.#broken('its buckets are nested too deep');
      else this.#walkPage(this.#slice(value, HEADER_BYTES, value.byteLength - HEADER_BYTES), depth, visit);
    });
  }

  #page(id: bigint): Buffer {
    this.#spend(this.#pageBytes);
    const offset = Number(id) * this.#pageBytes;
    const head = this.#slice(this.#read(offset, this.#pageBytes), 0, this.#pageBytes);
    const bytes = (head.readUInt32LE(12) + 1) * this.#pageBytes;
    if (bytes > MAX_PAGE_BYTES) throw this.#broken('a page is too large');
    this.#spend(bytes - this.#pageBytes);
    return bytes === this.#pageBytes ? head : this.#slice(this.#read(offset, bytes), 0, bytes);
  }

  #spend(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) throw this.#broken(`more than ${MAX_WALKED_BYTES} bytes would have to be gone through`);
  }

  #slice(bytes: Buffer, at: number, length: number): Buffer {
    if (at + length > bytes.byteLength || length < 0) throw this.#broken('an element leads out of its page');
    return bytes.subarray(at, at + length);
  }

  /** Bytes of the file, fewer where it ends before. */
  #read(offset: number, length: number): Buffer {
    if (offset >= this.#sizeBytes) return Buffer.alloc(0);
    const buffer = Buffer.alloc(Math.min(length, this.#sizeBytes - offset));
    try {
      return buffer.subarray(0, readSync(this.#descriptor, buffer, 0, buffer.byteLength, offset));
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  #broken(why: string): AuditError {
    return new AuditError('DOCUMENT_INVALID', `${this.#path} is no bolt database that can be read: ${why}`);
  }
}

type Visit = (key: string, entry: BoltEntry) => void;

/** Keys of a bolt database, in their order. */
export class BoltBucket {
  readonly #walk: (visit: Visit) => void;

  constructor(walk: (visit: Visit) => void) {
    this.#walk = walk;
  }

  /** Calls back for every key. */
  forEach(visit: Visit): void {
    this.#walk(visit);
  }

  /** The bucket under a key. */
  bucket(key: string): BoltBucket | undefined {
    const entry = this.#find(key);
    return entry !== undefined && 'bucket' in entry ? entry.bucket : undefined;
  }

  /** The value under a key. */
  value(key: string): Buffer | undefined {
    const entry = this.#find(key);
    return entry !== undefined && 'value' in entry ? entry.value : undefined;
  }

  #find(wanted: string): BoltEntry | undefined {
    let found: BoltEntry | undefined;
    this.#walk((key, entry) => {
      if (key === wanted) found = entry;
    });
    return found;
  }
}

function isMeta(page: Buffer): boolean {
  if (page.byteLength < HEADER_BYTES + META_BYTES) return false;
  const meta = page.subarray(HEADER_BYTES, HEADER_BYTES + META_BYTES);
  return (
    meta.readUInt32LE(0) === MAGIC &&
    meta.readUInt32LE(4) === VERSION &&
    meta.readBigUInt64LE(META_BYTES - 8) === fnv1a(meta.subarray(0, META_BYTES - 8))
  );
}

function transactionOf(page: Buffer): bigint {
  return page.readBigUInt64LE(HEADER_BYTES + 48);
}

/** FNV-1a of 64 bits, bolt's checksum of a meta page. */
function fnv1a(bytes: Uint8Array): bigint {
  let value = 0xcbf29ce484222325n;
  for (const byte of bytes) value = ((value ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value;
}
