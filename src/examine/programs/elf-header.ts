/** Reads the header and the program headers of an ELF file (gABI 4.2, "Object Files" and "Program Loading"). */

/** Types of segment. */
export const SEGMENT = { load: 1, dynamic: 2, interpreter: 3, note: 4 } as const;

const EXECUTABLE = 1;
const WRITABLE = 2;

/** Most program headers read: real files have some fifteen. */
const MAX_SEGMENTS = 512;
/** Most section headers looked at; a file of -ffunction-sections has tens of thousands, but is no program. */
const MAX_SECTION_BYTES = 512 * 1024;

/** Numbers of machines (gABI registry), spelled as Go and image configurations do. */
const MACHINES: Readonly<Record<number, string>> = {
  2: 'sparc',
  3: '386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  43: 'sparc64',
  50: 'ia64',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  247: 'bpf',
  258: 'loong64',
};

/** A part of an ELF file and where it goes in memory. */
export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly sizeBytes: number;
  readonly executable: boolean;
  readonly writable: boolean;
}

/** What an ELF file's header says. Offsets and sizes are as stated: they may lie outside the file. */
export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  readonly type: 'relocatable' | 'executable' | 'shared' | 'core' | 'other';
  readonly architecture: string;
  readonly entry: number;
  readonly segmentsFrom: number;
  readonly segmentsTo: number;
  readonly segmentBytes: number;
  readonly sectionsFrom: number;
  readonly sectionsTo: number;
  readonly sectionBytes: number;
}

/** Length of the longest header. */
export const ELF_HEADER_BYTES = 64;

const TYPES: readonly ElfHeader['type'][] = ['other', 'relocatable', 'executable', 'shared', 'core'];

/** Reads an ELF header; a sentence where it makes no sense. */
export function readElfHeader(head: Uint8Array): ElfHeader | string {
  const bits = head[4] === 1 ? 32 : head[4] === 2 ? 64 : null;
  if (bits === null || (head[5] !== 1 && head[5] !== 2)) return 'its ELF header names no class or byte order';
  if (head.byteLength < (bits === 64 ? 64 : 52)) return 'its ELF header is cut';
  const view = new ElfView(head, bits, head[5] === 2);
  const wide = bits === 64;
  const number = view.half(18);
  const segmentsFrom = view.word(wide ? 32 : 28);
  const sectionsFrom = view.word(wide ? 40 : 32);
  const [segmentBytes, segments, sectionBytes, sections] = [0, 2, 4, 6].map((at) =>
    view.half((wide ? 54 : 42) + at),
  ) as [number, number, number, number];
  return {
    bits,
    bigEndian: head[5] === 2,
    type: TYPES[view.half(16)] ?? 'other',
    architecture: architectureOf(number, bits, head[5] === 2),
    entry: view.word(24),
    segmentsFrom,
    segmentsTo: segmentsFrom + segmentBytes * Math.min(segments, MAX_SEGMENTS),
    segmentBytes,
    sectionsFrom,
    sectionsTo: sectionsFrom + Math.min(sectionBytes * sections, MAX_SECTION_BYTES),
    sectionBytes,
  };
}

function architectureOf(machine: number, bits: 32 | 64, bigEndian: boolean): string {
  const name = MACHINES[machine];
  if (name === undefined) return `machine ${machine}`;
  if (name === 'mips') return `mips${bits === 64 ? '64' : ''}${bigEndian ? '' : 'le'}`;
  if (name === 'ppc64' && !bigEndian) return 'ppc64le';
  if (name === 'riscv64' && bits === 32) return 'riscv32';
  if (name === 'arm' && bigEndian) return 'armbe';
  return name;
}

/** Reads a table of program headers. */
export function readSegments(header: ElfHeader, table: Uint8Array): Segment[] {
  const view = new ElfView(table, header.bits, header.bigEndian);
  const wide = header.bits === 64;
  const segments: Segment[] = [];
  if (header.segmentBytes < (wide ? 56 : 32)) return segments;
  for (let at = 0; at + header.segmentBytes <= table.byteLength; at += header.segmentBytes) {
    const flags = view.int(at + (wide ? 4 : 24));
    segments.push({
      type: view.int(at),
      offset: view.word(at + (wide ? 8 : 4)),
      address: view.word(at + (wide ? 16 : 8)),
      sizeBytes: view.word(at + (wide ? 32 : 16)),
      executable: (flags & EXECUTABLE) !== 0,
      writable: (flags & WRITABLE) !== 0,
    });
  }
  return segments;
}

/** Whether a table of section headers has a symbol table (SHT_SYMTAB): `strip` takes it away. */
export function hasSymbolTable(header: ElfHeader, table: Uint8Array): boolean {
  if (header.sectionBytes < (header.bits === 64 ? 64 : 40)) return false;
  const view = new ElfView(table, header.bits, header.bigEndian);
  for (let at = 0; at + header.sectionBytes <= table.byteLength; at += header.sectionBytes) {
    if (view.int(at + 4) === 2) return true;
  }
  return false;
}

/** What the dynamic section of an ELF file says. */
export interface DynamicSection {
  /** Offsets of names in the string table. */
  readonly needed: readonly number[];
  readonly soname: number | null;
  readonly runpaths: readonly number[];
  /** Where the string table is in memory. */
  readonly strings: number | null;
  readonly stringsBytes: number;
  /** DF_1_PIE: a program, not a library. */
  readonly isProgram: boolean;
}

const TAG = {
  needed: 1,
  strings: 5,
  stringsBytes: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  flags1: 0x6ffffffb,
} as const;
const DF_1_PIE = 0x08000000;
/** Most libraries read of one file. */
const MAX_NEEDED = 512;

/** Reads a dynamic section (gABI, "Dynamic Section"). */
export function readDynamic({ bits, bigEndian }: ElfHeader, table: Uint8Array): DynamicSection {
  const view = new ElfView(table, bits, bigEndian);
  const step = bits / 4;
  const needed: number[] = [];
  const runpaths: number[] = [];
  let soname: number | null = null;
  let strings: number | null = null;
  let stringsBytes = 0;
  let isProgram = false;
  for (let at = 0; at + step <= table.byteLength; at += step) {
    const tag = view.word(at);
    const value = view.word(at + step / 2);
    if (tag === 0) break;
    if (tag === TAG.needed && needed.length < MAX_NEEDED) needed.push(value);
    else if (tag === TAG.soname) soname = value;
    else if ((tag === TAG.rpath || tag === TAG.runpath) && runpaths.length < 4) runpaths.push(value);
    else if (tag === TAG.strings) strings = value;
    else if (tag === TAG.stringsBytes) stringsBytes = value;
    else if (tag === TAG.flags1) isProgram = Math.floor(value / DF_1_PIE) % 2 === 1;
  }
  return { needed, soname, runpaths, strings, stringsBytes, isProgram };
}

/** Where an address of the memory stands in the file; null where nothing of the file goes there. */
export function offsetOf(segments: readonly Segment[], address: number): number | null {
  for (const { type, address: from, offset, sizeBytes } of segments) {
    if (type === SEGMENT.load && address >= from && address < from + sizeBytes) return offset + (address - from);
  }
  return null;
}

/** Numbers of an ELF file, in its byte order. Those beyond 2^53 lose digits: no file is that long. */
class ElfView {
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #wide: boolean;

  constructor(bytes: Uint8Array, bits: 32 | 64, bigEndian: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = !bigEndian;
    this.#wide = bits === 64;
  }

  half(at: number): number {
    return this.#view.getUint16(at, this.#littleEndian);
  }

  int(at: number): number {
    return this.#view.getUint32(at, this.#littleEndian);
  }

  /** An address, an offset or a size: as wide as the file's class. */
  word(at: number): number {
    return this.#wide ? Number(this.#view.getBigUint64(at, this.#littleEndian)) : this.int(at);
  }
}
