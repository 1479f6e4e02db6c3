/** Tells programs of Windows and macOS, and what they are for, by their first bytes. */
import { bareFacts, type ProgramFacts } from './program-facts.ts';

/** How much of a file is looked at. */
export const FOREIGN_HEAD_BYTES = 4096;

/** Machines of PE files (PE format, "Machine Types"), spelled as Go does. */
const PE_MACHINES: Readonly<Record<number, string>> = { 332: '386', 34404: 'amd64', 43620: 'arm64', 452: 'arm' };
const PE_LIBRARY = 0x2000;
/** Length of a section header, and most of them looked at. */
const SECTION_BYTES = 40;
const MAX_SECTIONS = 96;

/** Reads the headers of a PE file; null where it is none: MS-DOS programs begin with the same two bytes. */
export function readPe(row: number, head: Uint8Array): ProgramFacts | null {
  if (head.byteLength < 64) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const at = view.getUint32(0x3c, true);
  if (at + 24 > head.byteLength || view.getUint32(at, true) !== 0x00004550) return null;
  const machine = view.getUint16(at + 4, true);
  const sections = at + 24 + view.getUint16(at + 20, true);
  const sectionCount = Math.min(view.getUint16(at + 6, true), MAX_SECTIONS);
  const names = Buffer.from(head.subarray(sections, sections + sectionCount * SECTION_BYTES)).toString('latin1');
  const magic = at + 26 <= head.byteLength ? view.getUint16(at + 24, true) : 0;
  return {
    ...bareFacts(row, 'pe'),
    kind: (view.getUint16(at + 22, true) & PE_LIBRARY) === 0 ? 'executable' : 'library',
    architecture: PE_MACHINES[machine] ?? `machine ${machine}`,
    bits: magic === 0x20b ? 64 : magic === 0x10b ? 32 : null,
    packer: names.includes('UPX0\0') && names.includes('UPX1\0') ? 'upx' : null,
  };
}

/** Processors of Mach-O files (mach/machine.h). */
const MACH_PROCESSORS: Readonly<Record<number, string>> = {
  7: '386',
  16777223: 'amd64',
  12: 'arm',
  16777228: 'arm64',
  18: 'ppc',
  16777234: 'ppc64',
};
const MACH_EXECUTABLE = 2;
/** Java classes begin with the same four bytes as files for several processors; then comes a version from 43 on. */
const MAX_FAT = 40;

/** Reads the header of a Mach-O file; null where it is none. */
export function readMachO(row: number, head: Uint8Array): ProgramFacts | null {
  if (head.byteLength < 28) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const magic = view.getUint32(0);
  if (magic === 0xcafebabe || magic === 0xcafebabf) {
    const count = view.getUint32(4);
    return count === 0 || count > MAX_FAT ? null : bareFacts(row, 'mach-o');
  }
  const littleEndian = magic === 0xcefaedfe || magic === 0xcffaedfe;
  if (!littleEndian && magic !== 0xfeedface && magic !== 0xfeedfacf) return null;
  const processor = view.getUint32(4, littleEndian);
  return {
    ...bareFacts(row, 'mach-o'),
    kind: view.getUint32(12, littleEndian) === MACH_EXECUTABLE ? 'executable' : 'library',
    architecture: MACH_PROCESSORS[processor] ?? `machine ${processor}`,
    bits: magic === 0xfeedfacf || magic === 0xcffaedfe ? 64 : 32,
  };
}
