import { describe, expect, test } from 'vitest';
import { ProgramCollector, type ProgramFacts } from '../../../../src/examine/programs/index.ts';
import { type ElfSpec, elf, goBuildInfo } from '../../../support/elf-writer.ts';

/** Reads a file that comes in pieces of some length. */
function factsOf(bytes: Uint8Array, pieceBytes = bytes.byteLength, mode = 0o755, name = 'bin/x'): ProgramFacts | null {
  const collector = new ProgramCollector({ maxProgramFactBytes: 1024 * 1024 });
  collector.begin(7, mode, Buffer.from(name), bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    const piece = Uint8Array.from(bytes.subarray(at, at + pieceBytes));
    collector.content(piece);
    // Its memory is used for something else afterwards.
    piece.fill(0xaa);
  }
  collector.finish();
  return collector.programs[0] ?? null;
}

const LOADER = '/lib64/ld-linux-x86-64.so.2';

describe('an ELF file', () => {
  test.each<[string, ElfSpec, Partial<ProgramFacts>]>([
    ['a static program', {}, { kind: 'executable', linking: 'static', needed: [], interpreter: null, bits: 64 }],
    [
      'a dynamic program',
      { interpreter: LOADER, needed: ['libtinfo.so.6', 'libc.so.6'], runpath: '$ORIGIN/../lib:/opt/lib' },
      {
        kind: 'executable',
        linking: 'dynamic',
        interpreter: LOADER,
        needed: ['libtinfo.so.6', 'libc.so.6'],
        runpath: ['$ORIGIN/../lib', '/opt/lib'],
      },
    ],
    ['a static program that is loaded anywhere', { pie: true }, { kind: 'executable', linking: 'static-pie' }],
    [
      'a library',
      { soname: 'libz.so.1', needed: ['libc.so.6'] },
      { kind: 'library', soname: 'libz.so.1', needed: ['libc.so.6'] },
    ],
    [
      'one whose names stand behind everything',
      { interpreter: LOADER, needed: ['libc.so.6'], stringsLast: true },
      { needed: ['libc.so.6'] },
    ],
    ['one with symbols', { symbols: true }, { stripped: false }],
    ['one without', {}, { stripped: true }],
    ['a core dump', { type: 'core' }, { kind: 'core' }],
    [
      'one of 32 bits',
      { bits: 32, machine: 40, needed: ['libc.so'] },
      { bits: 32, architecture: 'arm', needed: ['libc.so'] },
    ],
    ['one of the other byte order', { bigEndian: true, machine: 22 }, { architecture: 's390x' }],
    ['a little-endian POWER', { machine: 21 }, { architecture: 'ppc64le' }],
    ['one of 32 bits and the other order', { bits: 32, bigEndian: true, machine: 8 }, { architecture: 'mips' }],
    ['a machine that has no name here', { machine: 4242 }, { architecture: 'machine 4242' }],
    ['one packed by UPX', { behindHeaders: '\0\0\0\0UPX!' }, { packer: 'upx' }],
    ['one that only speaks of UPX', { texts: ['UPX!'] }, { packer: null }],
  ])('tells of %s', (_, spec, expected) => {
    expect(factsOf(elf(spec))).toMatchObject({ row: 7, format: 'elf', damage: null, ...expected });
  });

  test('is no program while it is to be linked', () => {
    expect(factsOf(elf({ type: 'relocatable' }))).toBeNull();
  });

  test.each([1, 3, 64, 500, 4096])('tells the same in pieces of %i bytes', (pieceBytes) => {
    const bytes = elf({
      interpreter: LOADER,
      needed: ['liba.so', 'libb.so'],
      texts: ['x'.repeat(9000), '@(#)Bash version 5.2.15(1)', 'BASH_VERSINFO'],
      data: goBuildInfo('go1.22.3', ['path\texample.com/x']),
      codeBytes: 20_000,
      symbols: true,
    });
    const whole = factsOf(bytes);
    expect(whole).toMatchObject({ needed: ['liba.so', 'libb.so'], identity: { name: 'bash', version: '5.2.15' } });
    expect(whole?.go?.version).toBe('go1.22.3');
    expect(factsOf(bytes, pieceBytes)).toEqual(whole);
  });
});

describe('hostile headers', () => {
  const patched = (change: (bytes: Buffer) => void, spec: ElfSpec = {}): Buffer => {
    const bytes = elf({ interpreter: LOADER, needed: ['libc.so.6'], ...spec });
    change(bytes);
    return bytes;
  };

  test.each<[string, Buffer, string | null]>([
    ['no class', patched((bytes) => bytes.writeUInt8(9, 4)), 'its ELF header names no class or byte order'],
    ['a header that is cut', elf().subarray(0, 40), 'its ELF header is cut'],
    [
      'program headers beyond the end',
      patched((bytes) => bytes.writeBigUInt64LE(0x7fffffffffffffffn, 32)),
      'its program headers are not in the file',
    ],
    ['no program headers', patched((bytes) => bytes.writeUInt16LE(0, 56)), 'its program headers are not in the file'],
    ['program headers of one byte', patched((bytes) => bytes.writeUInt16LE(1, 54)), 'nothing of it would be loaded'],
    [
      '65535 program headers',
      patched((bytes) => bytes.writeUInt16LE(0xffff, 56)),
      'its program headers are not in the file',
    ],
    [
      'a type that nobody starts',
      patched((bytes) => bytes.writeUInt16LE(77, 16)),
      'its ELF header names no type that can be started',
    ],
    [
      'program headers that are headers',
      patched((bytes) => bytes.writeBigUInt64LE(0n, 32)),
      'nothing of it would be loaded',
    ],
    ['section headers beyond the end', patched((bytes) => bytes.writeBigUInt64LE(0xffffffffffffn, 40)), null],
    ['65535 section headers', patched((bytes) => bytes.writeUInt16LE(0xffff, 60)), null],
  ])('%s do no harm', (_, bytes, damage) => {
    expect(factsOf(bytes)?.damage).toBe(damage);
    expect(factsOf(bytes, 33)).toEqual(factsOf(bytes));
  });

  test('a segment that states exabytes is read as far as the file goes', () => {
    // The first program header is the loader's name; 32 bytes into it stands its size.
    const bytes = patched((file) => file.writeBigUInt64LE(0x7fff_ffff_ffff_fff0n, 64 + 32));
    expect(factsOf(bytes)?.interpreter).toBe(LOADER);
  });

  test('every file that is cut anywhere, or has one byte changed in its headers, is read', () => {
    const bytes = elf({ interpreter: LOADER, needed: ['libc.so.6'], data: goBuildInfo('go1.22', []) });
    for (let length = 0; length < bytes.byteLength; length += 7) {
      expect(() => factsOf(bytes.subarray(0, length), 100)).not.toThrow();
    }
    for (let at = 4; at < 500; at += 1) {
      for (const value of [0, 0x7f, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        expect(() => factsOf(changed, 100)).not.toThrow();
      }
    }
  });

  test('facts of more programs than the limit are counted, not kept', () => {
    const collector = new ProgramCollector({ maxProgramFactBytes: 500 });
    const bytes = elf();
    for (let row = 0; row < 4; row += 1) {
      collector.begin(row, 0o755, Buffer.from('x'), bytes.byteLength);
      collector.content(bytes);
      collector.finish();
    }
    expect([collector.programs.length, collector.dropped]).toEqual([2, 2]);
  });

  test('a program stored as a sparse file is read with its holes', () => {
    const bytes = elf({ codeBytes: 8192, needed: ['libc.so.6'], texts: ['ZSH_EVAL_CONTEXT', 'ZSH_PATCHLEVEL'] });
    const hole = [1024, 5120] as const;
    const filled = Buffer.from(bytes).fill(0, ...hole);
    const collector = new ProgramCollector({ maxProgramFactBytes: 10_000 });
    collector.begin(7, 0o755, Buffer.from('bin/x'), bytes.byteLength);
    collector.content(bytes.subarray(0, hole[0]));
    collector.hole(hole[1] - hole[0]);
    collector.content(bytes.subarray(hole[1]));
    collector.finish();
    expect(collector.programs).toEqual([factsOf(filled)]);
    expect(collector.programs[0]).toMatchObject({ needed: ['libc.so.6'], identity: { name: 'zsh' } });
  });
});
