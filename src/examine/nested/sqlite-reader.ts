import type { ByteSink, OpenMember } from './byte-sink.ts';
import { PageStore } from './page-store.ts';

const HEADER_BYTES = 100;
const MIN_PAGE_BYTES = 512;
const MAX_PAGE_BYTES = 65_536;
/** Bytes of a page that the format keeps at least. */
const MIN_USABLE_BYTES = 480;
const INDEX_INTERIOR = 2;
const INDEX_LEAF = 10;
const TABLE_LEAF = 13;
const POINTER_BYTES = 4;
/**
 * Values that a page may be part of: one that is live, and some whose rows were deleted before the page was used again.
 * The attack: a million rows that all go on in the same pages.
 */
const MAX_USES = 4;

/** Keeps a whole file in memory, as far as the limit allows, and reads it when it is over. */
abstract class KeptFile implements ByteSink {
  protected readonly open: OpenMember;
  protected readonly note: (message: string) => void;
  protected readonly pages: PageStore;
  readonly #what: string;
  readonly #minBytes: number;

  /**
   * @param what is kept, for sentences
   * @param maxBytes largest file that is kept
   * @param minBytes shortest that is read
   */
  constructor(
    { open, note, maxBytes }: { open: OpenMember; note: (message: string) => void; maxBytes: number },
    what: string,
    minBytes: number,
  ) {
    this.open = open;
    this.note = note;
    this.pages = new PageStore(maxBytes);
    this.#what = what;
    this.#minBytes = minBytes;
  }

  push(bytes: Uint8Array): void {
    this.pages.add(bytes);
  }

  end(): void {
    try {
      if (this.pages.isOver) this.note(`${this.#what} is larger than the limit: values were searched page by page`);
      else if (this.pages.sizeBytes >= this.#minBytes) this.read();
    } finally {
      this.pages.close();
    }
  }

  protected abstract read(): void;
}

/**
 * Reads an SQLite database (https://www.sqlite.org/fileformat2.html) for the values that are longer than a page: what
 * spills over is spread over pages that may be anywhere in the file, and what stands on a border of two is seen by
 * nobody who searches the file as it is. All pages are looked at, those that are no longer in use as well; values
 * within one page are in the file as they are, and are not given again.
 */
export class SqliteReader extends KeptFile {
  /** @param maxBytes largest database that is kept in memory for this */
  constructor(open: OpenMember, note: (message: string) => void, maxBytes: number) {
    super({ open, note, maxBytes }, 'the database', HEADER_BYTES);
  }

  protected override read(): void {
    const header = this.pages.bytes(0, HEADER_BYTES) as Uint8Array;
    const stated = ((header[16] as number) << 8) | (header[17] as number);
    const pageBytes = stated === 1 ? MAX_PAGE_BYTES : stated;
    const usableBytes = pageBytes - (header[20] as number);
    if (!isPageSize(pageBytes) || usableBytes < MIN_USABLE_BYTES) {
      this.note('the header of the database is broken: values were searched page by page');
      return;
    }
    const count = Math.ceil(this.pages.sizeBytes / pageBytes);
    const values = new SpilledValues(this.open, {
      pageAt: (slot) => this.pages.bytes(slot * pageBytes, pageBytes),
      slotOf: (number) => (number <= count ? number - 1 : undefined),
      slots: count,
      usableBytes,
      sizeBytes: this.pages.sizeBytes,
    });
    for (let number = 1; number <= count; number += 1) {
      values.give(number - 1, number === 1 ? HEADER_BYTES : 0, `page ${number}`);
    }
  }
}

const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * Reads SQLite's write-ahead log ("The WAL File Format" in the description of the format) as {@link SqliteReader} reads
 * the database: pages of transactions, one behind the other, that have not gone into it yet, or were rolled back.
 */
export class SqliteLogReader extends KeptFile {
  /** @param maxBytes largest log that is kept in memory for this */
  constructor(open: OpenMember, note: (message: string) => void, maxBytes: number) {
    super({ open, note, maxBytes }, 'the log of a database', LOG_HEADER_BYTES + 1);
  }

  protected override read(): void {
    const header = this.pages.bytes(0, LOG_HEADER_BYTES) as Uint8Array;
    const pageBytes = new DataView(header.buffer, header.byteOffset).getUint32(8);
    if (!isPageSize(pageBytes)) {
      this.note('the header of a database’s log is broken: values were searched page by page');
      return;
    }
    const frameBytes = FRAME_HEADER_BYTES + pageBytes;
    const frames = Math.floor((this.pages.sizeBytes - LOG_HEADER_BYTES) / frameBytes);
    /** The frames with the latest version of each page so far. */
    const latest = new Map<number, number>();
    const values = new SpilledValues(this.open, {
      pageAt: (frame) => this.pages.bytes(LOG_HEADER_BYTES + frame * frameBytes + FRAME_HEADER_BYTES, pageBytes),
      slotOf: (number) => latest.get(number),
      slots: frames,
      usableBytes: pageBytes,
      sizeBytes: this.pages.sizeBytes,
    });
    for (let first = 0; first < frames; ) {
      // All pages of a transaction are there before one of them is looked at.
      const numbers: number[] = [];
      for (let isLast = false; first + numbers.length < frames && !isLast; ) {
        const offset = LOG_HEADER_BYTES + (first + numbers.length) * frameBytes;
        const frame = this.pages.bytes(offset, FRAME_HEADER_BYTES) as Uint8Array;
        const view = new DataView(frame.buffer, frame.byteOffset);
        latest.set(view.getUint32(0), first + numbers.length);
        numbers.push(view.getUint32(0));
        isLast = view.getUint32(4) !== 0;
      }
      for (const number of numbers) {
        values.give(first, number === 1 ? HEADER_BYTES : 0, `frame ${first + 1}`);
        first += 1;
      }
    }
  }
}

function isPageSize(bytes: number): boolean {
  return bytes >= MIN_PAGE_BYTES && bytes <= MAX_PAGE_BYTES && (bytes & (bytes - 1)) === 0;
}

/** A row or key that goes on in other pages. */
interface SpilledValue {
  /** Which of the page's cells it is, from 0. */
  readonly cell: number;
  readonly local: Uint8Array;
  readonly bytes: number;
  readonly firstPage: number;
}

/** Where pages are: in slots, of which each has one page, or one version of it. */
interface Pages {
  pageAt(slot: number): Uint8Array | undefined;
  slotOf(number: number): number | undefined;
  readonly slots: number;
  /** Bytes of a page that are used for content. */
  readonly usableBytes: number;
  readonly sizeBytes: number;
}

class SpilledValues {
  readonly #open: OpenMember;
  readonly #pages: Pages;
  readonly #uses: Uint8Array;

  constructor(open: OpenMember, pages: Pages) {
    this.#open = open;
    this.#pages = pages;
    this.#uses = new Uint8Array(pages.slots);
  }

  /** Gives the values that begin in a page and go on in others; none where it is no page of a tree. */
  give(slot: number, start: number, name: string): void {
    for (const value of this.#spilled(slot, start)) {
      const member = this.#open(`${name}, cell ${value.cell}`);
      try {
        for (const part of this.#partsOf(value)) member.push(part);
      } finally {
        member.end();
      }
    }
  }

  *#spilled(slot: number, start: number): Generator<SpilledValue> {
    const page = this.#pages.pageAt(slot);
    if (page === undefined) return;
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    const kind = view.getUint8(start);
    if (kind !== INDEX_INTERIOR && kind !== INDEX_LEAF && kind !== TABLE_LEAF) return;
    const pointers = start + (kind === INDEX_INTERIOR ? 12 : 8);
    const cells = Math.min(view.getUint16(start + 3), Math.floor((page.byteLength - pointers) / 2));
    for (let cell = 0; cell < cells; cell += 1) {
      const at = view.getUint16(pointers + cell * 2);
      if (at < pointers) continue;
      const value = this.#cellAt(page, at, kind, cell);
      if (value !== undefined) yield value;
    }
  }

  /** A value from its beginning, as far as its pages can be followed. */
  *#partsOf({ local, bytes, firstPage }: SpilledValue): Generator<Uint8Array> {
    yield local;
    let left = bytes - local.byteLength;
    for (let number = firstPage; left > 0 && number > 1; ) {
      const slot = this.#pages.slotOf(number);
      const page = slot === undefined ? undefined : this.#pages.pageAt(slot);
      if (slot === undefined || page === undefined) return;
      const uses = this.#uses[slot] as number;
      if (uses >= MAX_USES) return;
      this.#uses[slot] = uses + 1;
      const part = page.subarray(POINTER_BYTES, Math.min(this.#pages.usableBytes, POINTER_BYTES + left));
      yield part;
      left -= part.byteLength;
      number = new DataView(page.buffer, page.byteOffset).getUint32(0);
    }
  }

  #cellAt(page: Uint8Array, at: number, kind: number, cell: number): SpilledValue | undefined {
    const size = readNumber(page, kind === INDEX_INTERIOR ? at + POINTER_BYTES : at);
    const start = kind === TABLE_LEAF ? readNumber(page, size.end).end : size.end;
    const local = this.#localBytes(size.value, kind);
    // Longer than all there is: this is no cell.
    if (local === size.value || size.value > this.#pages.sizeBytes) return undefined;
    if (start + local + POINTER_BYTES > page.byteLength) return undefined;
    const firstPage = new DataView(page.buffer, page.byteOffset).getUint32(start + local);
    if (firstPage < 2 || this.#pages.slotOf(firstPage) === undefined) return undefined;
    return { cell, local: page.subarray(start, start + local), bytes: size.value, firstPage };
  }

  /** How much of a value stands in its cell ("B-tree Pages" in the description of the format). */
  #localBytes(bytes: number, kind: number): number {
    const usable = this.#pages.usableBytes;
    const most = kind === TABLE_LEAF ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
    if (bytes <= most) return bytes;
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const local = least + ((bytes - least) % (usable - POINTER_BYTES));
    return local <= most ? local : least;
  }
}

/** A number in SQLite's own form: seven bits a byte, the highest first, and eight of the ninth. */
function readNumber(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 8; i += 1) {
    const byte = bytes[at + i] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) return { value, end: at + i + 1 };
  }
  return { value: value * 256 + (bytes[at + 8] ?? 0), end: at + 9 };
}
