import { decodeBytes } from '../../../core/index.ts';
import { type PackageFacts, type ParseContext, toPackage } from '../package.ts';
import { FileListBuilder } from '../stanzas.ts';
import { DatabaseDamage } from './database-damage.ts';

/** Tags of a header that are read (rpm, `include/rpm/rpmtag.h`). */
const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  license: 1014,
  architecture: 1022,
  oldFileNames: 1027,
  sourceRpm: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
} as const;
const WANTED: ReadonlySet<number> = new Set(Object.values(TAG));

const INDEX_ENTRY_BYTES = 16;
const PREAMBLE_BYTES = 8;
/** Most entries of an index, as rpm has it (`lib/header.c`, hdrchkTags). */
const MAX_ENTRIES = 0xffff;
/** Longest name, version or license that is looked at. */
const MAX_TEXT_BYTES = 4096;
const STRING = 6;
const INT32 = 4;
const STRING_ARRAY = 8;
const TRANSLATED_STRING = 9;

interface IndexEntry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/**
 * Reads the header of an installed package as it stands in the database: counts, an index and data, all big-endian
 * (rpm, `lib/header.c`).
 * @throws DatabaseDamage
 */
export function parseRpmHeader(bytes: Uint8Array, context: ParseContext): PackageFacts {
  const header = new Header(bytes);
  const name = header.text(TAG.name);
  if (name === '') throw new DatabaseDamage('a header has no name');
  const release = header.text(TAG.release);
  const source = header.text(TAG.sourceRpm);
  return toPackage({
    name,
    version: release === '' ? header.text(TAG.version) : `${header.text(TAG.version)}-${release}`,
    architecture: header.text(TAG.architecture),
    epoch: header.number(TAG.epoch),
    license: header.text(TAG.license),
    source: source.replace(/-[^-]*-[^-]*\.(?:no)?src\.rpm$/, ''),
    sourceVersion: /-([^-]*-[^-]*)\.(?:no)?src\.rpm$/.exec(source)?.[1] ?? null,
    files: header.files(new FileListBuilder(context)),
  });
}

class Header {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #index = new Map<number, IndexEntry>();
  readonly #dataStart: number;
  readonly #dataEnd: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.byteLength < PREAMBLE_BYTES) throw new DatabaseDamage('a header is cut short');
    const entries = this.#view.getUint32(0);
    const dataBytes = this.#view.getUint32(4);
    this.#dataStart = PREAMBLE_BYTES + entries * INDEX_ENTRY_BYTES;
    this.#dataEnd = this.#dataStart + dataBytes;
    if (entries > MAX_ENTRIES || this.#dataEnd > bytes.byteLength)
      throw new DatabaseDamage(`a header states ${entries} entries and ${dataBytes} bytes, and has fewer`);
    for (let at = PREAMBLE_BYTES; at < this.#dataStart; at += INDEX_ENTRY_BYTES) {
      const tag = this.#view.getUint32(at);
      if (!WANTED.has(tag) || this.#index.has(tag)) continue;
      this.#index.set(tag, {
        type: this.#view.getUint32(at + 4),
        offset: this.#view.getUint32(at + 8),
        count: this.#view.getUint32(at + 12),
      });
    }
  }

  text(tag: number): string {
    const entry = this.#index.get(tag);
    if (entry === undefined || ![STRING, STRING_ARRAY, TRANSLATED_STRING].includes(entry.type)) return '';
    if (entry.count === 0) return '';
    // A part of a long text would keep all of it.
    const at = this.#dataStart + entry.offset;
    const bytes = this.#bytes.subarray(at, Math.min(this.#dataEnd, at + MAX_TEXT_BYTES));
    const end = bytes.indexOf(0);
    return decodeBytes(end < 0 ? bytes : bytes.subarray(0, end)).trim();
  }

  number(tag: number): number | null {
    return this.#numbers(this.#index.get(tag))[0] ?? null;
  }

  files(files: FileListBuilder): string {
    const old = this.#index.get(TAG.oldFileNames);
    if (old?.type === STRING_ARRAY) for (const path of this.#texts(old)) files.add(path);
    const names = this.#index.get(TAG.baseNames);
    const directories = this.#index.get(TAG.directoryNames);
    if (names?.type !== STRING_ARRAY || directories?.type !== STRING_ARRAY) return files.finish();
    const directoryNames = this.#texts(directories);
    const indexes = this.#numbers(this.#index.get(TAG.directoryIndexes));
    for (const [i, name] of this.#texts(names).entries()) {
      const directory = directoryNames[indexes[i] ?? -1];
      // A file in a folder that is not listed is nowhere.
      if (directory !== undefined) files.add(`${directory}${name}`);
    }
    return files.finish();
  }

  /** The attack: a count of four milliards; there are no more texts than bytes. */
  #texts({ offset, count }: IndexEntry): string[] {
    const texts: string[] = [];
    let at = this.#dataStart + offset;
    while (texts.length < count && at < this.#dataEnd) {
      const end = this.#bytes.indexOf(0, at);
      const to = end < 0 || end > this.#dataEnd ? this.#dataEnd : end;
      texts.push(decodeBytes(this.#bytes.subarray(at, to)));
      at = to + 1;
    }
    return texts;
  }

  #numbers(entry: IndexEntry | undefined): number[] {
    if (entry?.type !== INT32) return [];
    const start = this.#dataStart + entry.offset;
    const count = Math.min(entry.count, Math.floor((this.#dataEnd - start) / 4));
    return Array.from({ length: Math.max(0, count) }, (_, i) => this.#view.getUint32(start + i * 4));
  }
}
