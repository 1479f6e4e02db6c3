import { CHARACTER_CLASSES, type CharacterClass, type Literal } from './literal.ts';
import { MASKED_BYTES, type Placement, placeLiterals, spellings } from './placement.ts';

// The memory map of kernel.as.ts.
const CLASSES = 0x200;
const HEADS = 0x1000;
const SHORT_HEADS = 0x3000;
const RECORDS = 0x4000;
const RECORD_BYTES = 64;
/** Most literals that one set may have. */
export const MAX_LITERALS = 2047;
const MAX_LITERAL_BYTES = 44;

/** Where the kernel writes its hits, behind all tables. */
export const HITS = 0x24000;
const KNOWN = 0x2c000;
/** Where the tables end. */
const END = 0x30000;

/**
 * Makes the beginning of the kernel's memory for a set of literals.
 * @param placements where to look for each; worked out where not given, which takes a moment
 * @throws RangeError for literals the kernel cannot take: that is a mistake in a rule, not in an input
 */
export function buildTables(
  literals: readonly Literal[],
  placements: readonly Placement[] = placeLiterals(literals),
): Uint8Array {
  if (literals.length > MAX_LITERALS) throw new RangeError(`at most ${MAX_LITERALS} literals`);
  const bytes = new Uint8Array(END);
  const view = new DataView(bytes.buffer);
  writeClasses(view);
  for (const [index, literal] of literals.entries()) {
    const placement = placements[index] as Placement;
    writeMasks(bytes, literal, placement);
    writeRecord(view, literal, placement.window, index + 1);
    writeKnown(bytes, literal, placement.window);
  }
  return bytes;
}

function writeClasses(view: DataView): void {
  for (let byte = 0; byte < 0x80; byte += 1) {
    let classes = 0;
    for (const [bit, pattern] of Object.values(CHARACTER_CLASSES).entries()) {
      if (pattern.test(String.fromCharCode(byte))) classes |= 1 << bit;
    }
    view.setUint16(CLASSES + byte * 2, classes, true);
  }
}

function writeMasks(bytes: Uint8Array, literal: Literal, { bucket, window }: Placement): void {
  // Eight buckets to a table: a bit for each.
  const table = (bucket >> 3) * MASKED_BYTES;
  for (let i = 0; i < MASKED_BYTES; i += 1) {
    for (const byte of spellings(literal, window + i)) {
      const low = (table + i) * 32 + (byte & 15);
      const high = (table + i) * 32 + 16 + (byte >> 4);
      bytes[low] = (bytes[low] as number) | (1 << (bucket & 7));
      bytes[high] = (bytes[high] as number) | (1 << (bucket & 7));
    }
  }
}

/** Sets the bits of all four bytes that a literal's window may stand as; upper and lower case have one hash. */
function writeKnown(bytes: Uint8Array, literal: Literal, window: number): void {
  const folded = Array.from({ length: MASKED_BYTES }, (_, i) => [
    ...new Set(spellings(literal, window + i).map((byte) => byte | 0x20)),
  ]);
  const [a = [], b = [], c = [], d = []] = folded;
  for (const first of a) {
    for (const second of b) {
      for (const third of c) {
        for (const fourth of d) {
          const word = first | (second << 8) | (third << 16) | (fourth << 24);
          const hash = Math.imul(word, 0x9e3779b1) >>> 15;
          const at = KNOWN + (hash >>> 3);
          bytes[at] = (bytes[at] as number) | (1 << (hash & 7));
        }
      }
    }
  }
}

/** length u8, ignoreCase u8, gate u8, window u8, classes u16, run u16, mask u32, word u32, text, …, next u16 */
function writeRecord(view: DataView, literal: Literal, window: number, index: number): void {
  const { text, gate, ignoreCase = false } = literal;
  if (!/^[\x20-\x7e]{3,}$/.test(text) || text.length > MAX_LITERAL_BYTES) {
    throw new RangeError(`${JSON.stringify(text)} is no literal of 3 to ${MAX_LITERAL_BYTES} ASCII characters`);
  }
  if (ignoreCase && text !== text.toLowerCase()) throw new RangeError(`${JSON.stringify(text)} is not lower-case`);
  const record = RECORDS + index * RECORD_BYTES;
  view.setUint8(record, text.length);
  view.setUint8(record + 1, ignoreCase ? 1 : 0);
  view.setUint8(record + 2, gate === undefined ? 0 : gate.follows === 'run' ? 1 : 2);
  view.setUint8(record + 3, window);
  if (gate?.follows === 'run') {
    view.setUint16(record + 4, classBit(gate.of), true);
    view.setUint16(record + 6, gate.atLeast, true);
  }
  let word = 0;
  let mask = 0;
  for (let i = 0; i < 4; i += 1) {
    const code = text.charCodeAt(window + i);
    if (Number.isNaN(code)) {
      mask |= 0xff << (8 * i);
      word |= 0xff << (8 * i);
    } else {
      word |= code << (8 * i);
      if (ignoreCase && code >= 0x61 && code <= 0x7a) mask |= 0x20 << (8 * i);
    }
  }
  view.setUint32(record + 8, mask, true);
  view.setUint32(record + 12, word, true);
  for (let i = 0; i < text.length; i += 1) view.setUint8(record + 16 + i, text.charCodeAt(i));
  const folded = word | 0x20202020;
  const head =
    text.length > 3
      ? HEADS + (Math.imul(folded, 0x9e3779b1) >>> 20) * 2
      : SHORT_HEADS + (Math.imul(folded & 0xffffff, 0x9e3779b1) >>> 21) * 2;
  view.setUint16(record + 62, view.getUint16(head, true), true);
  view.setUint16(head, index, true);
}

function classBit(name: CharacterClass): number {
  return 1 << Object.keys(CHARACTER_CLASSES).indexOf(name);
}
