import { KERNEL_BASE64 } from './kernel-wasm.ts';
import { CHARACTER_CLASSES, type CharacterClass, type Literal } from './literal.ts';

// The memory map of kernel.as.ts.
const RESUME = 0xf0;
const CLASSES = 0x200;
const HEADS = 0x1000;
const RECORDS = 0x4000;
const RECORD_BYTES = 64;
const HITS = 0x14000;
const INPUT = 0x20000;
/** Bytes of the previous chunk that are scanned again in front of the next one. */
const OVERLAP = 64;
/** Bytes scanned in one call. */
const CAPACITY = 1024 * 1024;
/** The kernel reads a little past the end of its input. */
const SLACK = 64;
const MAX_LITERALS = 1023;
const MAX_LITERAL_BYTES = 44;
const SCANNED_ALL = 0xffffffff;

interface Kernel {
  scan(start: number, from: number, end: number): number;
  countLines(from: number, end: number): number;
}

/**
 * Called with the index of a literal and where it stands in the stream. It may stand a few bytes before the
 * chunk being scanned.
 */
export type OnHit = (literal: number, offset: number) => void;

/**
 * Finds any of a set of literals in a stream of bytes, at more than a gigabyte a second; see kernel.as.ts.
 * One instance scans one stream at a time.
 */
export class Prefilter {
  readonly #literals: readonly Literal[];
  readonly #kernel: Kernel;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #overlap = 0;
  #position = 0;

  /**
   * @throws RangeError for literals the kernel cannot take: that is a mistake in a rule, not in an input
   */
  constructor(literals: readonly Literal[]) {
    if (literals.length > MAX_LITERALS) throw new RangeError(`at most ${MAX_LITERALS} literals`);
    this.#literals = literals;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((INPUT + OVERLAP + CAPACITY + SLACK) / 65536) });
    const module = new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    this.#kernel = instance.exports as unknown as Kernel;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#writeClasses();
    this.#writeMasks(assignBuckets(literals));
    for (const [index, literal] of literals.entries()) this.#writeRecord(literal, index + 1);
  }

  /** Starts a new stream: nothing matches across the border. */
  reset(): void {
    this.#overlap = 0;
    this.#position = 0;
  }

  /** Scans the next bytes of the stream. */
  scan(chunk: Uint8Array, onHit: OnHit): void {
    for (let at = 0; at < chunk.byteLength; at += CAPACITY) {
      this.#scanPart(chunk.byteLength <= CAPACITY ? chunk : chunk.subarray(at, at + CAPACITY), onHit);
    }
  }

  #scanPart(part: Uint8Array, onHit: OnHit): void {
    const input = INPUT + OVERLAP;
    const end = input + part.byteLength;
    const start = input - this.#overlap;
    this.#bytes.set(part, input);
    let from = start;
    for (;;) {
      const hits = this.#kernel.scan(start, from, end);
      for (let i = 0; i < hits; i += 1) {
        const position = start + this.#view.getUint32(HITS + i * 8, true);
        const literal = this.#view.getUint32(HITS + i * 8 + 4, true) - 1;
        // What ended within the overlap was reported with the chunk before.
        const length = (this.#literals[literal] as Literal).text.length;
        if (position + length > input) onHit(literal, this.#position + position - input);
      }
      const resume = this.#view.getUint32(RESUME, true);
      if (resume === SCANNED_ALL) break;
      from = start + resume;
    }
    this.#position += part.byteLength;
    const keep = Math.min(OVERLAP, this.#overlap + part.byteLength);
    this.#bytes.copyWithin(input - keep, end - keep, end);
    this.#overlap = keep;
  }

  /** How many line feeds there are in bytes of any length. */
  countLines(bytes: Uint8Array): number {
    let lines = 0;
    for (let at = 0; at < bytes.byteLength; at += CAPACITY) {
      const part = bytes.subarray(at, at + CAPACITY);
      const input = INPUT + OVERLAP;
      this.#bytes.set(part, input);
      lines += this.#kernel.countLines(input, input + part.byteLength);
    }
    return lines;
  }

  #writeClasses(): void {
    for (let byte = 0; byte < 0x80; byte += 1) {
      let classes = 0;
      for (const [bit, pattern] of Object.values(CHARACTER_CLASSES).entries()) {
        if (pattern.test(String.fromCharCode(byte))) classes |= 1 << bit;
      }
      this.#view.setUint16(CLASSES + byte * 2, classes, true);
    }
  }

  #writeMasks(buckets: readonly (readonly Literal[])[]): void {
    for (const [bucket, literals] of buckets.entries()) {
      for (const literal of literals) {
        for (let i = 0; i < 3; i += 1) {
          for (const byte of spellings(literal, i)) {
            const low = i * 32 + (byte & 15);
            const high = i * 32 + 16 + (byte >> 4);
            this.#bytes[low] = (this.#bytes[low] as number) | (1 << bucket);
            this.#bytes[high] = (this.#bytes[high] as number) | (1 << bucket);
          }
        }
      }
    }
  }

  /** length u8, ignoreCase u8, gate u8, -, classes u16, run u16, mask u32, word u32, text, …, next u16 */
  #writeRecord(literal: Literal, index: number): void {
    const { text, gate, ignoreCase = false } = literal;
    if (!/^[\x20-\x7e]{3,}$/.test(text) || text.length > MAX_LITERAL_BYTES) {
      throw new RangeError(`${JSON.stringify(text)} is no literal of 3 to ${MAX_LITERAL_BYTES} ASCII characters`);
    }
    if (ignoreCase && text !== text.toLowerCase()) throw new RangeError(`${JSON.stringify(text)} is not lower-case`);
    const record = RECORDS + index * RECORD_BYTES;
    const view = this.#view;
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
    const best = buckets.reduce((chosen, bucket) =>
      looseness([...bucket, ...group]) - looseness(bucket) < looseness([...chosen, ...group]) - looseness(chosen) ? bucket : chosen,
    );
    best.push(...group);
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
