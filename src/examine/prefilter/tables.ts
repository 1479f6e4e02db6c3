import { CHARACTER_CLASSES, type CharacterClass, type Literal } from './literal.ts';

// The memory map of kernel.as.ts.
const CLASSES = 0x200;
const HEADS = 0x1000;
const RECORDS = 0x4000;
const RECORD_BYTES = 64;
const MAX_LITERALS = 1023;
const MAX_LITERAL_BYTES = 44;

/** Where the kernel writes its hits, behind all tables. */
export const HITS = 0x14000;

/**
 * Makes the beginning of the kernel's memory for a set of literals.
 * @throws RangeError for literals the kernel cannot take: that is a mistake in a rule, not in an input
 */
export function buildTables(literals: readonly Literal[]): Uint8Array {
  if (literals.length > MAX_LITERALS) throw new RangeError(`at most ${MAX_LITERALS} literals`);
  const bytes = new Uint8Array(HITS);
  const view = new DataView(bytes.buffer);
  writeClasses(view);
  writeMasks(bytes, assignBuckets(literals));
  for (const [index, literal] of literals.entries()) writeRecord(view, literal, index + 1);
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

function writeMasks(bytes: Uint8Array, buckets: readonly (readonly Literal[])[]): void {
  for (const [bucket, literals] of buckets.entries()) {
    for (const literal of literals) {
      for (let i = 0; i < 3; i += 1) {
        for (const byte of spellings(literal, i)) {
          const low = i * 32 + (byte & 15);
          const high = i * 32 + 16 + (byte >> 4);
          bytes[low] = (bytes[low] as number) | (1 << bucket);
          bytes[high] = (bytes[high] as number) | (1 << bucket);
        }
      }
    }
  }
}

/** length u8, ignoreCase u8, gate u8, -, classes u16, run u16, mask u32, word u32, text, …, next u16 */
function writeRecord(view: DataView, literal: Literal, index: number): void {
  const { text, gate, ignoreCase = false } = literal;
  if (!/^[\x20-\x7e]{3,}$/.test(text) || text.length > MAX_LITERAL_BYTES) {
    throw new RangeError(`${JSON.stringify(text)} is no literal of 3 to ${MAX_LITERAL_BYTES} ASCII characters`);
  }
  if (ignoreCase && text !== text.toLowerCase()) throw new RangeError(`${JSON.stringify(text)} is not lower-case`);
  const record = RECORDS + index * RECORD_BYTES;
  view.setUint8(record, text.length);
  view.setUint8(record + 1, ignoreCase ? 1 : 0);
  view.setUint8(record + 2, gate === undefined ? 0 : gate.follows === 'run' ? 1 : 2);
  if (gate?.follows === 'run') {
    view.setUint16(record + 4, classBit(gate.of), true);
    view.setUint16(record + 6, gate.atLeast, true);
  }
  let word = 0;
  let mask = 0;
  for (let i = 0; i < 4; i += 1) {
    const code = text.charCodeAt(i);
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
  const hash = Math.imul((word | 0x202020) & 0xffffff, 0x9e3779b1) >>> 20;
  view.setUint16(record + 62, view.getUint16(HEADS + hash * 2, true), true);
  view.setUint16(HEADS + hash * 2, index, true);
}

function classBit(name: CharacterClass): number {
  return 1 << Object.keys(CHARACTER_CLASSES).indexOf(name);
}

/** The bytes a literal's character may stand as. */
function spellings(literal: Literal, index: number): number[] {
  const character = literal.text.charAt(index);
  const texts = literal.ignoreCase === true ? new Set([character, character.toUpperCase()]) : [character];
  return [...texts].map((text) => text.charCodeAt(0));
}

/**
 * Spreads literals over the eight buckets of Teddy so that the nibble masks of a bucket let as few other
 * texts through as possible: literals that begin alike share one.
 */
function assignBuckets(literals: readonly Literal[]): Literal[][] {
  const groups = Map.groupBy(literals, (literal) => literal.text.slice(0, 2).toLowerCase());
  const buckets: Literal[][] = Array.from({ length: 8 }, () => []);
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    const costs = buckets.map((bucket) => looseness(bucket.concat(group)) - looseness(bucket));
    buckets[costs.indexOf(Math.min(...costs))]?.push(...group);
  }
  return buckets;
}

/** How many three-byte texts the masks of a bucket let through. */
function looseness(literals: readonly Literal[]): number {
  if (literals.length === 0) return 0;
  let product = 1;
  for (let i = 0; i < 3; i += 1) {
    const bytes = literals.flatMap((literal) => spellings(literal, i));
    product *= new Set(bytes.map((byte) => byte & 15)).size * new Set(bytes.map((byte) => byte >> 4)).size;
  }
  return product;
}
