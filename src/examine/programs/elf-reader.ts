import { decodeBytes } from '../../core/index.ts';
import type { CrateBudget } from './crates.ts';
import { ContentFinder, withoutOverlap } from './elf-contents.ts';
import {
  type DynamicSection,
  ELF_HEADER_BYTES,
  type ElfHeader,
  hasSymbolTable,
  offsetOf,
  readDynamic,
  readElfHeader,
  readSegments,
  SEGMENT,
  type Segment,
} from './elf-header.ts';
import { GO_HEADER_BYTES, GO_MAGIC, GO_MAX_BYTES, readGoBuild } from './go-build.ts';
import { KeptRanges } from './kept-ranges.ts';
import type { MarkFinder } from './mark-finder.ts';
import { identify, identifyGo } from './marks.ts';
import { type PackageNote, readPackageNote } from './package-note.ts';
import { bareFacts, type ProgramFacts } from './program-facts.ts';

const KIB = 1024;
/** Most bytes kept of one file. */
const MAX_KEPT_BYTES = 6 * 1024 * KIB;
/** Kept of the beginning: header, program headers, and UPX's mark behind them. */
const HEAD_BYTES = 4 * KIB;
/** Largest string table kept in case that it holds the names of libraries. */
const MAX_STRING_BYTES = 1024 * KIB;
const MAX_DYNAMIC_BYTES = 64 * KIB;
/** Most of a program that is searched for what it is: shells have some hundred kilobytes of texts. */
const MAX_SEARCHED_BYTES = 4 * 1024 * KIB;
const MAX_NOTE_BYTES = 16 * KIB;
/** Most segments of notes looked at: real files have three. */
const MAX_NOTE_SEGMENTS = 8;
const MAX_PATH_BYTES = 4096;
const MAX_NAME_BYTES = 256;
/** Behind the loader of UPX stand its mark and some numbers. */
const PACKER_TAIL_BYTES = 64;
const UPX_MARK = Buffer.from('UPX!');

/** What an {@link ElfReader} is told of the file. */
export interface ElfFile {
  readonly row: number;
  readonly sizeBytes: number;
  /** The last part of its path. */
  readonly name: string;
  /** Whether its mode or its name says that it is started, not loaded by another program. */
  readonly maybeStarted: boolean;
}

/**
 * Reads an ELF file that comes by once, from its beginning to its end. The program headers, at the beginning, say
 * where the rest is; section headers and most of what the dynamic loader reads come at the end. Whatever the headers
 * state, at most {@link MAX_KEPT_BYTES} are kept.
 */
export class ElfReader {
  readonly #file: ElfFile;
  readonly #marks: MarkFinder;
  readonly #kept = new KeptRanges(MAX_KEPT_BYTES);
  readonly #contents: ContentFinder;
  readonly #crateBudget: CrateBudget;
  #header: ElfHeader | undefined;
  #segments: readonly Segment[] = [];
  #dynamic: DynamicSection | undefined;
  #searched: readonly Segment[] = [];
  #searchedBytes = 0;
  #goAt: number | undefined;
  /** End of what was searched for Go's mark before, and where that end is. */
  #tail: Uint8Array = new Uint8Array(0);
  #tailEnd = -1;
  #damage: string | null = null;
  #done = false;
  #facts: ProgramFacts | null = null;

  constructor(file: ElfFile, marks: MarkFinder, crateBudget: CrateBudget) {
    this.#file = file;
    this.#marks = marks;
    this.#crateBudget = crateBudget;
    this.#contents = new ContentFinder(file.name);
    this.#kept.want(0, Math.min(HEAD_BYTES, file.sizeBytes));
    this.#kept.want(Math.max(HEAD_BYTES, file.sizeBytes - PACKER_TAIL_BYTES), file.sizeBytes);
  }

  push(bytes: Uint8Array): void {
    if (this.#done) return;
    const from = this.#kept.position;
    this.#kept.push(bytes);
    this.#plan();
    this.#search(bytes, from);
    this.#contents.push(bytes, from);
    this.#readDynamic();
    if (this.#kept.position >= this.#file.sizeBytes) this.#finish();
    this.#kept.forget();
  }

  /** Takes zeros that are not stored. */
  skip(lengthBytes: number): void {
    if (this.#done) return;
    this.#kept.skip(lengthBytes);
    this.#plan();
    if (this.#kept.position >= this.#file.sizeBytes) this.#finish();
  }

  /** What the file said; null for what is no program: parts of one, to be linked. */
  end(): ProgramFacts | null {
    this.#finish();
    return this.#facts;
  }

  /** Reads the headers as soon as they are there, and asks for what they point to. */
  #plan(): void {
    if (this.#segments.length > 0 || this.#damage !== null) return;
    const { sizeBytes } = this.#file;
    if (this.#header === undefined) {
      if (this.#kept.position < Math.min(HEAD_BYTES, sizeBytes)) return;
      const header = readElfHeader(this.#kept.readUpTo(0, ELF_HEADER_BYTES));
      if (typeof header === 'string') {
        this.#damage = header;
        return;
      }
      this.#header = header;
      if (header.type === 'relocatable') {
        this.#done = true;
        return;
      }
      if (header.segmentsTo > sizeBytes || header.segmentsTo <= header.segmentsFrom) {
        this.#damage = 'its program headers are not in the file';
        return;
      }
      this.#kept.want(header.segmentsFrom, header.segmentsTo);
      this.#kept.want(header.sectionsFrom, Math.min(header.sectionsTo, sizeBytes));
    }
    const table = this.#kept.read(this.#header.segmentsFrom, this.#header.segmentsTo);
    if (table === null) return;
    this.#segments = readSegments(this.#header, table);
    if (!this.#segments.some(({ type, sizeBytes: size }) => type === SEGMENT.load && size > 0)) {
      if (this.#header.type !== 'core') this.#damage = 'nothing of it would be loaded';
      return;
    }
    this.#want(this.#header);
  }

  #want({ type, entry }: ElfHeader): void {
    if (type === 'core') return;
    const { sizeBytes } = this.#file;
    const loads = this.#segments.filter((segment) => segment.type === SEGMENT.load);
    const dynamic = this.#segment(SEGMENT.dynamic);
    const interpreter = this.#segment(SEGMENT.interpreter);
    if (interpreter !== undefined) this.#kept.want(interpreter.offset, endOf(interpreter, MAX_PATH_BYTES, sizeBytes));
    for (const note of this.#segments.filter((one) => one.type === SEGMENT.note).slice(0, MAX_NOTE_SEGMENTS))
      this.#kept.want(note.offset, endOf(note, MAX_NOTE_BYTES, sizeBytes));
    if (dynamic !== undefined) {
      this.#kept.want(dynamic.offset, endOf(dynamic, MAX_DYNAMIC_BYTES, sizeBytes));
      // The names of libraries stand in front of the code, and what says where comes behind it.
      const first = loads.find(({ offset }) => offset === 0);
      const end = Math.min(dynamic.offset, first?.sizeBytes ?? 0, MAX_STRING_BYTES, sizeBytes);
      if (end > HEAD_BYTES && sizeBytes > this.#kept.position) this.#kept.want(0, end);
    }
    const isStarted = interpreter !== undefined || type === 'executable' || (entry !== 0 && this.#file.maybeStarted);
    if (!isStarted) return;
    this.#contents.lookForCrates(loads, sizeBytes, this.#crateBudget);
    const readOnly = loads.filter(({ executable }) => !executable);
    this.#searched = withoutOverlap(readOnly.some(({ writable }) => !writable) ? readOnly : loads);
  }

  #segment(type: number): Segment | undefined {
    return this.#segments.find((segment) => segment.type === type);
  }

  /** Searches the parts of a piece that hold texts and data for marks of programs, and of Go. */
  #search(bytes: Uint8Array, pieceFrom: number): void {
    const pieceTo = pieceFrom + bytes.byteLength;
    for (const { offset, sizeBytes, writable } of this.#searched) {
      const from = Math.max(offset, pieceFrom);
      const to = Math.min(offset + sizeBytes, pieceTo);
      if (from >= to) continue;
      const part = bytes.subarray(from - pieceFrom, to - pieceFrom);
      if (writable || this.#searched.length === 1) this.#searchGo(part, from, offset + sizeBytes);
      if (this.#searchedBytes >= MAX_SEARCHED_BYTES) continue;
      this.#searchedBytes += part.byteLength;
      this.#marks.search(part, from, this.#kept);
    }
  }

  #searchGo(part: Uint8Array, from: number, segmentEnd: number): void {
    if (this.#goAt !== undefined) return;
    // The mark may stand across the border of pieces: its beginning is gone, but known.
    const before = this.#tailEnd === from ? this.#tail : new Uint8Array(0);
    const border = Buffer.concat([before, part.subarray(0, GO_MAGIC.byteLength - 1)]);
    const across = before.byteLength === 0 ? -1 : border.indexOf(GO_MAGIC);
    if (across >= 0) this.#foundGo(from - before.byteLength + across, from, segmentEnd);
    const text = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    for (let at = text.indexOf(GO_MAGIC); at >= 0; at = text.indexOf(GO_MAGIC, at + 1)) {
      this.#foundGo(from + at, from + at, segmentEnd);
    }
    const end = part.byteLength < GO_MAGIC.byteLength ? Buffer.concat([before, part]) : part;
    this.#tail = end.slice(-(GO_MAGIC.byteLength - 1));
    this.#tailEnd = from + part.byteLength;
  }

  #foundGo(at: number, keptFrom: number, segmentEnd: number): void {
    // Elsewhere it is a constant of a program that reads this itself.
    if (this.#goAt !== undefined || at % 16 !== 0) return;
    this.#goAt = at;
    this.#kept.want(keptFrom, Math.min(at + GO_MAX_BYTES, segmentEnd, this.#file.sizeBytes));
  }

  #goBuild(): ProgramFacts['go'] {
    if (this.#goAt === undefined) return null;
    const end = Math.min(this.#goAt + GO_MAX_BYTES, this.#file.sizeBytes);
    for (let missing = 0; missing < GO_MAGIC.byteLength; missing += 1) {
      const rest = this.#kept.readUpTo(this.#goAt + missing, end);
      if (rest.byteLength < GO_HEADER_BYTES) continue;
      return readGoBuild(missing === 0 ? rest : Buffer.concat([GO_MAGIC.subarray(0, missing), rest]));
    }
    return null;
  }

  /** Reads the dynamic section when it has come, and asks for its strings where these are still to come. */
  #readDynamic(): void {
    const segment = this.#segment(SEGMENT.dynamic);
    if (this.#dynamic !== undefined || segment === undefined || this.#header === undefined) return;
    const table = this.#kept.read(segment.offset, endOf(segment, MAX_DYNAMIC_BYTES, this.#file.sizeBytes));
    if (table === null) return;
    this.#dynamic = readDynamic(this.#header, table);
    const { strings, stringsBytes } = this.#dynamic;
    const from = strings === null ? null : offsetOf(this.#segments, strings);
    if (from !== null && from + stringsBytes > this.#kept.position) {
      this.#kept.want(from, Math.min(from + Math.min(stringsBytes, MAX_STRING_BYTES), this.#file.sizeBytes));
    }
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    const bare = bareFacts(this.#file.row, 'elf');
    const header = this.#header;
    if (header === undefined) {
      this.#facts = { ...bare, damage: this.#damage ?? 'its ELF header is cut' };
      return;
    }
    const facts = { ...bare, architecture: header.architecture, bits: header.bits };
    if (header.type === 'core') {
      this.#facts = { ...facts, kind: 'core' };
      return;
    }
    if (this.#segments.length === 0) this.#damage ??= 'its program headers are cut';
    if (header.type === 'other') this.#damage ??= 'its ELF header names no type that can be started';
    const dynamic = this.#dynamic;
    const interpreter = this.#interpreter();
    const soname = dynamic?.soname == null ? null : this.#name(dynamic.soname);
    const isProgram = interpreter !== null || header.type === 'executable' || dynamic?.isProgram === true;
    const needed = this.#needed();
    const go = this.#goBuild();
    this.#facts = {
      ...facts,
      kind: isProgram ? 'executable' : 'library',
      linking: interpreter !== null || !isProgram ? 'dynamic' : header.type === 'executable' ? 'static' : 'static-pie',
      interpreter,
      needed,
      soname,
      runpath: (dynamic?.runpaths ?? [])
        .flatMap((name) => this.#name(name)?.split(':') ?? [])
        .filter((path) => path !== ''),
      stripped: this.#stripped(header),
      packer: this.#isPacked(header) ? 'upx' : null,
      identity: (go === null ? null : identifyGo(go)) ?? identify(this.#marks.found, this.#marks.behind(this.#kept)),
      go,
      ...this.#contents.finish(),
      note: this.#note(header),
      damage: this.#damage,
    };
  }

  #note({ bigEndian }: ElfHeader): PackageNote | null {
    for (const segment of this.#segments.filter(({ type }) => type === SEGMENT.note).slice(0, MAX_NOTE_SEGMENTS)) {
      const bytes = this.#kept.readUpTo(segment.offset, endOf(segment, MAX_NOTE_BYTES, this.#file.sizeBytes));
      const note = readPackageNote(bytes, bigEndian);
      if (note !== null) return note;
    }
    return null;
  }

  #interpreter(): string | null {
    const segment = this.#segment(SEGMENT.interpreter);
    if (segment === undefined) return null;
    const bytes = this.#kept.readUpTo(segment.offset, endOf(segment, MAX_PATH_BYTES, this.#file.sizeBytes));
    return textIn(bytes);
  }

  /** Names of libraries; null where one of them, or where they stand, could not be read. */
  #needed(): readonly string[] | null {
    if (this.#segment(SEGMENT.dynamic) === undefined) return this.#damage === null ? [] : null;
    const names = this.#dynamic?.needed.map((name) => this.#name(name));
    return names === undefined || names.includes(null) ? null : (names as string[]);
  }

  #name(at: number): string | null {
    const strings = this.#dynamic?.strings;
    const from = strings == null ? null : offsetOf(this.#segments, strings);
    if (from === null) return null;
    const bytes = this.#kept.readUpTo(from + at, from + at + MAX_NAME_BYTES);
    return bytes.byteLength === 0 || !bytes.includes(0) ? null : textIn(bytes);
  }

  #stripped({ sectionsFrom, sectionsTo }: ElfHeader): boolean | null {
    if (sectionsTo <= sectionsFrom || sectionsFrom === 0) return true;
    const table = this.#kept.read(sectionsFrom, sectionsTo);
    return table === null || this.#header === undefined ? null : !hasSymbolTable(this.#header, table);
  }

  /** UPX writes its mark behind the program headers, and once more at the end (upx, src/p_lx_elf.cpp). */
  #isPacked({ segmentsTo }: ElfHeader): boolean {
    const { sizeBytes } = this.#file;
    const behindHeaders = Buffer.from(this.#kept.readUpTo(segmentsTo, segmentsTo + 12));
    const tail = Buffer.from(this.#kept.readUpTo(Math.max(0, sizeBytes - PACKER_TAIL_BYTES), sizeBytes));
    return behindHeaders.includes(UPX_MARK) || tail.includes(UPX_MARK);
  }
}

function endOf({ offset, sizeBytes }: Segment, atMost: number, fileBytes: number): number {
  return Math.min(offset + Math.min(sizeBytes, atMost), fileBytes);
}

function textIn(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  const text = decodeBytes(end < 0 ? bytes : bytes.subarray(0, end));
  return text === '' ? null : text;
}
