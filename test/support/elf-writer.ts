/** Writes small ELF files, honest ones as linkers make them: enough for what reads headers, not for a processor. */
import { deflateSync } from 'node:zlib';

/** What to write. */
export interface ElfSpec {
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  /** Number of the machine; 62 is x86-64. */
  readonly machine?: number;
  readonly type?: 'relocatable' | 'executable' | 'shared' | 'core';
  /** The loader of a dynamic program. */
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly runpath?: string;
  /** A program that may be loaded anywhere (DF_1_PIE). */
  readonly pie?: boolean;
  /** Texts in its read-only data. */
  readonly texts?: readonly string[];
  /** Bytes of its data. */
  readonly data?: Uint8Array;
  readonly symbols?: boolean;
  /** A segment of notes, as {@link packageNote} makes one. */
  readonly notes?: Uint8Array;
  /** Behind the program headers. */
  readonly behindHeaders?: string;
  /** Bytes of code. */
  readonly codeBytes?: number;
  /** Puts the names of libraries behind everything, as patchelf does. */
  readonly stringsLast?: boolean;
}

const TYPES = { relocatable: 1, executable: 2, shared: 3, core: 4 } as const;
const BASE = 0x400000;
const TAG = { needed: 1, strings: 5, stringsBytes: 10, soname: 14, runpath: 29, flags1: 0x6ffffffb } as const;

/** An ELF file. */
export function elf(spec: ElfSpec = {}): Buffer {
  const wide = (spec.bits ?? 64) === 64;
  const write = new Writer(wide, spec.bigEndian === true);
  const isDynamic = [spec.needed, spec.soname, spec.interpreter, spec.pie].some((one) => one !== undefined);
  const strings = Buffer.from(`\0${[...(spec.needed ?? []), spec.soname ?? '', spec.runpath ?? ''].join('\0')}\0`);
  const nameAt = (name: string): number => strings.indexOf(`\0${name}\0`) + 1;
  const notes = Buffer.from(spec.notes ?? '');
  const segmentCount =
    4 + (isDynamic ? 1 : 0) + (spec.interpreter === undefined ? 0 : 1) + (spec.notes === undefined ? 0 : 1);
  const headerBytes = wide ? 64 : 52;
  const segmentBytes = wide ? 56 : 32;

  const behind = Buffer.from(spec.behindHeaders ?? '');
  const interpreter = Buffer.from(spec.interpreter === undefined ? '' : `${spec.interpreter}\0`);
  const firstStrings = spec.stringsLast === true ? Buffer.alloc(0) : strings;
  const notesAt = headerBytes + segmentCount * segmentBytes + behind.byteLength;
  const interpreterAt = notesAt + notes.byteLength;
  const firstEnd = interpreterAt + interpreter.byteLength + firstStrings.byteLength;
  const codeAt = align(firstEnd);
  const code = Buffer.alloc(spec.codeBytes ?? 16, 0x90);
  const textsAt = align(codeAt + code.byteLength);
  const texts = Buffer.from(`${(spec.texts ?? []).join('\0')}\0`, 'latin1');
  const dataAt = align(textsAt + texts.byteLength);
  const lastStrings = spec.stringsLast === true ? strings : Buffer.alloc(0);
  const stringsAt = spec.stringsLast === true ? -1 : interpreterAt + interpreter.byteLength;

  const dynamicOf = (at: number): Buffer =>
    Buffer.concat(
      [
        ...(spec.needed ?? []).map((name) => [TAG.needed, nameAt(name)]),
        ...(spec.soname === undefined ? [] : [[TAG.soname, nameAt(spec.soname)]]),
        ...(spec.runpath === undefined ? [] : [[TAG.runpath, nameAt(spec.runpath)]]),
        [TAG.strings, BASE + at],
        [TAG.stringsBytes, strings.byteLength],
        ...(spec.pie === true ? [[TAG.flags1, 0x08000000]] : []),
        [0, 0],
      ].map(([tag = 0, value = 0]) => Buffer.concat([write.word(tag), write.word(value)])),
    );
  const dynamicBytes = isDynamic ? dynamicOf(0).byteLength : 0;
  const blobAt = align(dataAt + dynamicBytes);
  const blob = Buffer.from(spec.data ?? '');
  const lastAt = blobAt + blob.byteLength;
  const dynamic = isDynamic ? dynamicOf(stringsAt < 0 ? lastAt : stringsAt) : Buffer.alloc(0);
  const dataEnd = lastAt + lastStrings.byteLength;
  const sectionsAt = align(dataEnd);
  const sections = spec.symbols === true ? [0, 1, 2] : [0, 1];

  const segments = [
    ...(spec.interpreter === undefined ? [] : [write.segment(3, 4, interpreterAt, interpreter.byteLength)]),
    write.segment(1, 4, 0, firstEnd),
    write.segment(1, 5, codeAt, code.byteLength),
    write.segment(1, 4, textsAt, texts.byteLength),
    write.segment(1, 6, dataAt, dataEnd - dataAt),
    ...(isDynamic ? [write.segment(2, 6, dataAt, dynamic.byteLength)] : []),
    ...(spec.notes === undefined ? [] : [write.segment(4, 4, notesAt, notes.byteLength)]),
  ];
  const isShared = spec.interpreter !== undefined || spec.soname !== undefined || spec.pie === true;
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, spec.bigEndian === true ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    write.half(TYPES[spec.type ?? (isShared ? 'shared' : 'executable')]),
    write.half(spec.machine ?? 62),
    write.int(1),
    write.word(BASE + codeAt),
    write.word(headerBytes),
    write.word(sectionsAt),
    write.int(0),
    ...[headerBytes, segmentBytes, segmentCount, wide ? 64 : 40, sections.length, 0].map((one) => write.half(one)),
  ]);
  const file = Buffer.alloc(sectionsAt + sections.length * (wide ? 64 : 40));
  let at = 0;
  for (const part of [header, ...segments, behind, notes, interpreter, firstStrings]) at += part.copy(file, at);
  code.copy(file, codeAt);
  texts.copy(file, textsAt);
  dynamic.copy(file, dataAt);
  blob.copy(file, blobAt);
  lastStrings.copy(file, lastAt);
  for (const [i, type] of sections.entries()) write.int(type).copy(file, sectionsAt + i * (wide ? 64 : 40) + 4);
  return file;
}

/** What the Go linker writes: `path`, `mod`, `dep` lines behind a version (debug/buildinfo). */
export function goBuildInfo(version: string, lines: readonly string[]): Buffer {
  const info = `0w\u00af\u000c\u0092t\b\u0002A\u00e1\u00c1\u0007\u00e6\u00d6\u0018\u00e6${lines.join('\n')}\n\u00f92C1\u0086\u0018 r\u0000\u0082B\u0010A\u0016\u00d8\u00f2`;
  const text = (value: Buffer): Buffer => Buffer.concat([varint(value.byteLength), value]);
  const head = Buffer.concat([Buffer.from('\u00ff Go buildinf:', 'latin1'), Buffer.from([8, 2]), Buffer.alloc(16)]);
  return Buffer.concat([head, text(Buffer.from(version)), text(Buffer.from(info, 'latin1')), Buffer.alloc(16)]);
}

/** Notes of a program, the last of which says what package it is of. */
export function packageNote(content: object, bigEndian = false): Buffer {
  const note = (type: number, owner: string, text: Buffer): Buffer => {
    const head = Buffer.alloc(12);
    for (const [i, value] of [owner.length, text.byteLength, type].entries()) {
      if (bigEndian) head.writeUInt32BE(value, i * 4);
      else head.writeUInt32LE(value, i * 4);
    }
    return Buffer.concat([
      head,
      ...[Buffer.from(owner), text].map((part) => Buffer.concat([part, Buffer.alloc(-part.byteLength & 3)])),
    ]);
  };
  const json = Buffer.from(`${JSON.stringify(content)}\0`);
  return Buffer.concat([note(3, 'GNU\0', Buffer.alloc(20, 7)), note(0xcafe1a7e, 'FDO\0', json)]);
}

/** What cargo-auditable links into programs. */
export function crateList(packages: readonly object[]): Buffer {
  return deflateSync(JSON.stringify({ packages }), { level: 7 });
}

/** Texts that only a shell or a multi-call program holds, as in the real ones. */
export const PROGRAM_TEXTS = {
  bash: ['BASH_VERSINFO', '@(#)Bash version 5.2.15(1) release GNU'],
  dash: ['OPTIND=1', 'PS4=+ ', 'Syntax error: %s'],
  busybox: ['BusyBox v1.36.1 (2024-06-10 07:11:47 UTC)', ' multi-call binary.\n', 'OPTIND=1', 'PS4=+ '],
  busyboxWithoutShell: ['BusyBox v1.36.1 (2024-06-10 07:11:47 UTC)', ' multi-call binary.\n'],
  zsh: ['ZSH_EVAL_CONTEXT', 'ZSH_PATCHLEVEL'],
  mksh: ['KSH_VERSION=@(#)MIRBSD KSH R59 2023/04/29'],
} as const;

function align(at: number): number {
  return Math.ceil(at / 16) * 16;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

class Writer {
  readonly #wide: boolean;
  readonly #bigEndian: boolean;

  constructor(wide: boolean, bigEndian: boolean) {
    this.#wide = wide;
    this.#bigEndian = bigEndian;
  }

  half(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.#bigEndian) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }

  int(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.#bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  }

  word(value: number): Buffer {
    if (!this.#wide) return this.int(value);
    const bytes = Buffer.alloc(8);
    if (this.#bigEndian) bytes.writeBigUInt64BE(BigInt(value));
    else bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  }

  segment(type: number, flags: number, offset: number, sizeBytes: number): Buffer {
    const place = [offset, BASE + offset, BASE + offset, sizeBytes, sizeBytes].map((value) => this.word(value));
    return this.#wide
      ? Buffer.concat([this.int(type), this.int(flags), ...place, this.word(16)])
      : Buffer.concat([this.int(type), ...place, this.int(flags), this.int(16)]);
  }
}
