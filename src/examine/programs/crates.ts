import { DecompressionError, SyncStream } from '../../bytes/index.ts';

/** A crate that a Rust program was built from. */
export interface RustCrate {
  readonly name: string;
  readonly version: string;
  /** `crates.io`, `git`, `local` or `registry`. */
  readonly source: string;
}

/** How many beginnings of compressed data may be tried, in all programs of a layer. */
export interface CrateBudget {
  triesLeft: number;
}

/**
 * Most tries in a layer: some hundred milliseconds. A gigabyte of programs needs a tenth of it.
 *
 * The attack: a program that is nothing but beginnings of zlib streams.
 */
export const MAX_CRATE_TRIES = 100_000;

/** Bytes that a try is made with: enough for the tables of a block and the first characters behind them. */
const TRY_BYTES = 320;
const BEGINNING = '{"packages":[';
/** Longest list of crates read; that of a program with a thousand crates has 150 kB. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
const MAX_CRATES = 20_000;
/** Compressed bytes inflated at a time: deflate expands 1032 times. */
const SLICE_BYTES = 16 * 1024;
const ZLIB = 0x78;
/** Second bytes of a zlib header, by the level of compression. */
const LEVELS: ReadonlySet<number> = new Set([0x01, 0x5e, 0x9c, 0xda]);
const ZLIB_HEADER_BYTES = 2;

/**
 * Finds the list of crates that cargo-auditable links into programs: JSON, compressed with zlib, in a section of its own
 * that nothing points to before the section headers at the end of the file (github.com/rust-secure-code/cargo-auditable,
 * PARSING.md). So it is told by its beginning, once inflated.
 */
export class CrateFinder {
  readonly #budget: CrateBudget;
  #inflate: SyncStream | undefined;
  /** The last bytes of the piece before, in which no try was made for want of what follows. */
  #tail: Uint8Array = new Uint8Array(0);
  #end = -1;
  #state: 'searching' | 'reading' | 'over' = 'searching';
  /** Bytes of the header that are still to come. */
  #skip = 0;
  #list: Buffer[] = [];
  #listBytes = 0;

  constructor(budget: CrateBudget) {
    this.#budget = budget;
  }

  /** Takes a part of the file where the list may be; parts come in order. */
  search(part: Uint8Array, offset: number): void {
    if (this.#state === 'over') return;
    if (offset !== this.#end) this.#breakOff();
    this.#end = offset + part.byteLength;
    if (this.#state === 'reading') {
      this.#read(part);
      return;
    }
    const border = Buffer.concat([this.#tail, part.subarray(0, TRY_BYTES)]);
    const inTail = this.#find(
      border,
      part.byteLength < TRY_BYTES ? border.byteLength - TRY_BYTES : this.#tail.byteLength,
    );
    if (inTail >= 0) {
      this.#start(border.subarray(inTail, Math.max(inTail, this.#tail.byteLength)));
      this.#read(part.subarray(Math.max(0, inTail - this.#tail.byteLength)));
      return;
    }
    const at = this.#find(part, part.byteLength - TRY_BYTES);
    if (at >= 0) {
      this.#start(part.subarray(at));
      return;
    }
    this.#tail = new Uint8Array((part.byteLength < TRY_BYTES ? border : part).subarray(-TRY_BYTES));
  }

  /** The crates, by name and version; null for a program without a list. */
  finish(): RustCrate[] | null {
    this.#breakOff();
    this.#inflate?.close();
    this.#state = 'over';
    return this.#listBytes === 0 ? null : parseCrates(Buffer.concat(this.#list));
  }

  /** What was kept of a part that does not go on: shorter beginnings may be in it. */
  #breakOff(): void {
    if (this.#state === 'searching') {
      const at = this.#find(this.#tail, this.#tail.byteLength - ZLIB_HEADER_BYTES);
      if (at >= 0) this.#start(this.#tail.subarray(at));
    }
    if (this.#state === 'reading') this.#state = 'over';
    this.#tail = new Uint8Array(0);
  }

  /** Where a list begins in front of a limit; negative where none does. */
  #find(bytes: Uint8Array, limit: number): number {
    for (let at = bytes.indexOf(ZLIB); at >= 0 && at < limit; at = bytes.indexOf(ZLIB, at + 1)) {
      // The third kind of block does not exist.
      if (!LEVELS.has(bytes[at + 1] as number) || ((bytes[at + 2] as number) & 6) === 6) continue;
      if (this.#budget.triesLeft <= 0) return -1;
      this.#budget.triesLeft -= 1;
      if (this.#begins(bytes.subarray(at + ZLIB_HEADER_BYTES, at + TRY_BYTES))) return at;
    }
    return -1;
  }

  #begins(compressed: Uint8Array): boolean {
    this.#inflate ??= new SyncStream('deflate');
    this.#inflate.reset();
    let text = '';
    try {
      this.#inflate.push(compressed, (piece) => {
        if (text.length < BEGINNING.length) text += Buffer.from(piece.subarray(0, BEGINNING.length)).toString('latin1');
      });
    } catch (error) {
      if (!(error instanceof DecompressionError)) throw error;
    }
    return text.startsWith(BEGINNING);
  }

  #start(bytes: Uint8Array): void {
    this.#inflate?.reset();
    this.#state = 'reading';
    this.#skip = ZLIB_HEADER_BYTES;
    this.#read(bytes);
  }

  #read(bytes: Uint8Array): void {
    const skipped = Math.min(this.#skip, bytes.byteLength);
    this.#skip -= skipped;
    try {
      for (let at = skipped; at < bytes.byteLength && this.#state === 'reading'; at += SLICE_BYTES) {
        const slice = bytes.subarray(at, at + SLICE_BYTES);
        const taken = this.#inflate?.push(slice, (piece) => this.#keep(piece)) ?? 0;
        if (taken < slice.byteLength || this.#listBytes > MAX_LIST_BYTES) this.#state = 'over';
      }
    } catch (error) {
      if (!(error instanceof DecompressionError)) throw error;
      this.#state = 'over';
    }
  }

  #keep(piece: Uint8Array): void {
    this.#listBytes += piece.byteLength;
    if (this.#listBytes <= MAX_LIST_BYTES) this.#list.push(Buffer.from(piece));
  }
}

/** Reads the list: crates that were needed for building only are not in the program. */
function parseCrates(json: Buffer): RustCrate[] | null {
  let packages: unknown;
  try {
    packages = (JSON.parse(json.toString('utf8')) as { packages?: unknown } | null)?.packages;
  } catch {
    return null;
  }
  if (!Array.isArray(packages)) return null;
  const crates: RustCrate[] = [];
  for (const one of packages.slice(0, MAX_CRATES) as unknown[]) {
    if (typeof one !== 'object' || one === null) continue;
    const { name, version, source, kind } = one as Record<string, unknown>;
    if (typeof name !== 'string' || typeof version !== 'string' || kind === 'build') continue;
    crates.push({
      name: name.slice(0, 200),
      version: version.slice(0, 100),
      source: typeof source === 'string' ? source.slice(0, 100) : '',
    });
  }
  return crates;
}
