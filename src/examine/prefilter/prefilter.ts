import { KERNEL_BASE64 } from './kernel-wasm.ts';
import type { Literal } from './literal.ts';
import { MASKED_BYTES, type Placement } from './placement.ts';
import { buildTables, HITS } from './tables.ts';

const RESUME = 0x100;
const INPUT = 0x30000;
/** Bytes of the previous chunk that are scanned again in front of the next one. */
const OVERLAP = 64;
/** Bytes scanned in one call. */
const CAPACITY = 1024 * 1024;
/** The kernel reads a little past the end of its input. */
const SLACK = 128;
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
  constructor(literals: readonly Literal[], placements?: readonly Placement[]) {
    this.#literals = literals;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((INPUT + OVERLAP + CAPACITY + SLACK) / 65536) });
    this.#kernel = new WebAssembly.Instance(kernelModule(), { env: { memory } }).exports as unknown as Kernel;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#bytes.set(tablesOf(literals, placements));
  }

  /** Starts a new stream: nothing matches across the border. */
  reset(): void {
    this.#overlap = 0;
    this.#position = 0;
  }

  /** Scans the next bytes of the stream; `last` says that they are the last. */
  scan(chunk: Uint8Array, last: boolean, onHit: OnHit): void {
    for (let at = 0; at < chunk.byteLength; at += CAPACITY) {
      const isLast = last && at + CAPACITY >= chunk.byteLength;
      this.#scanPart(chunk.byteLength <= CAPACITY ? chunk : chunk.subarray(at, at + CAPACITY), isLast, onHit);
      if (isLast) return;
      this.#keepOverlap(Math.min(CAPACITY, chunk.byteLength - at));
    }
  }

  #scanPart(part: Uint8Array, last: boolean, onHit: OnHit): void {
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
        const span = spanOf(this.#literals[literal] as Literal);
        // What was all there in the overlap was reported with the chunk before; what is not yet, is with the next.
        if (position + span > input && (last || position + span <= end)) {
          onHit(literal, this.#position + position - input);
        }
      }
      const resume = this.#view.getUint32(RESUME, true);
      if (resume === SCANNED_ALL) break;
      from = start + resume;
    }
  }

  /** Puts the end of what was scanned in front of the place for what comes next. */
  #keepOverlap(scannedBytes: number): void {
    const input = INPUT + OVERLAP;
    const end = input + scannedBytes;
    const keep = Math.min(OVERLAP, this.#overlap + scannedBytes);
    this.#bytes.copyWithin(input - keep, end - keep, end);
    this.#overlap = keep;
    this.#position += scannedBytes;
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
}

/** Bytes that the kernel's masks may look at for a literal: of a short one, also what its gate says of the next. */
function spanOf({ text, gate }: Literal): number {
  return gate?.follows === 'run' ? Math.max(text.length, MASKED_BYTES) : text.length;
}

let compiled: WebAssembly.Module | undefined;

/** The compiled kernel, made once in each thread. */
function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  return compiled;
}

const known = new WeakMap<readonly Literal[], Uint8Array>();

/** The tables of a set of literals, made once: every layer has a prefilter of its own. */
function tablesOf(literals: readonly Literal[], placements: readonly Placement[] | undefined): Uint8Array {
  const before = known.get(literals);
  if (before !== undefined) return before;
  const tables = buildTables(literals, placements);
  known.set(literals, tables);
  return tables;
}
