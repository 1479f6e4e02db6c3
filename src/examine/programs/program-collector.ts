import type { Limits } from '../../core/index.ts';
import { type CrateBudget, MAX_CRATE_TRIES } from './crates.ts';
import { ElfReader } from './elf-reader.ts';
import { FOREIGN_HEAD_BYTES, readMachO, readPe } from './foreign.ts';
import { MarkFinder } from './mark-finder.ts';
import type { ProgramFacts } from './program-facts.ts';
import { readScript, SCRIPT_HEAD_BYTES } from './script.ts';

/** Bytes that tell what a file is. */
const MAGIC_BYTES = 4;
/** Shortest file that is looked at. */
const MIN_BYTES = 5;
/** What the facts of a program take besides its texts. */
const FACTS_BYTES = 200;
const EXECUTE_BITS = 0o111;
const SHARED_LIBRARY = /\.so(?:\.[\w.-]+)?$/;

/** Takes the beginning of a file, or all of it. */
interface FileReader {
  push(bytes: Uint8Array): void;
  skip(lengthBytes: number): void;
  end(): ProgramFacts | null;
}

/** Keeps what the programs of a layer say about themselves, as their content comes by once. */
export class ProgramCollector {
  readonly programs: ProgramFacts[] = [];
  /** Programs whose facts were not kept because there are too many. */
  dropped = 0;
  readonly #maxBytes: number;
  readonly #marks = new MarkFinder();
  readonly #crateBudget: CrateBudget = { triesLeft: MAX_CRATE_TRIES };
  #keptBytes = 0;
  #row = -1;
  #mode = 0;
  #path: Uint8Array = new Uint8Array(0);
  #sizeBytes = 0;
  /** Undefined until enough has come to tell what the file is, null where it is no program. */
  #reader: FileReader | null | undefined = null;
  #head: Uint8Array | undefined;

  constructor(limits: Pick<Limits, 'maxProgramFactBytes'>) {
    this.#maxBytes = limits.maxProgramFactBytes;
  }

  /** Whether there were more possible lists of crates than may be looked at. */
  get cratesExhausted(): boolean {
    return this.#crateBudget.triesLeft <= 0;
  }

  /** Starts a file. */
  begin(row: number, mode: number, path: Uint8Array, sizeBytes: number): void {
    this.#reader = sizeBytes < MIN_BYTES ? null : undefined;
    this.#head = undefined;
    this.#row = row;
    this.#mode = mode;
    this.#path = path;
    this.#sizeBytes = sizeBytes;
  }

  /** Takes the next bytes of the file. */
  content(bytes: Uint8Array): void {
    if (this.#reader === null) return;
    if (this.#reader !== undefined) {
      this.#reader.push(bytes);
      return;
    }
    const head = this.#head === undefined ? bytes : Buffer.concat([this.#head, bytes]);
    if (head.byteLength < MAGIC_BYTES) {
      this.#head = head.slice();
      return;
    }
    this.#reader = this.#choose(head);
    this.#reader?.push(head);
  }

  /** Takes zeros of a sparse file. */
  hole(lengthBytes: number): void {
    if (this.#reader === undefined) this.#reader = null;
    this.#reader?.skip(lengthBytes);
  }

  /** Says that the file is over. */
  finish(): void {
    const facts = this.#reader?.end() ?? null;
    this.#reader = null;
    if (facts === null) return;
    const bytes = FACTS_BYTES + textBytes(facts);
    if (this.#keptBytes + bytes > this.#maxBytes) {
      this.dropped += 1;
      return;
    }
    this.#keptBytes += bytes;
    this.programs.push(facts);
  }

  #choose(head: Uint8Array): FileReader | null {
    const row = this.#row;
    switch (head[0]) {
      case 0x7f:
        return head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46 ? this.#elf() : null;
      case 0x23:
        // A text that nobody may start is none.
        return head[1] === 0x21 && (this.#mode & EXECUTE_BITS) !== 0
          ? new HeadReader(SCRIPT_HEAD_BYTES, (bytes) => readScript(row, bytes))
          : null;
      case 0x4d:
        return head[1] === 0x5a ? new HeadReader(FOREIGN_HEAD_BYTES, (bytes) => readPe(row, bytes)) : null;
      case 0xca:
      case 0xce:
      case 0xcf:
      case 0xfe:
        return new HeadReader(FOREIGN_HEAD_BYTES, (bytes) => readMachO(row, bytes));
      default:
        return null;
    }
  }

  #elf(): ElfReader {
    this.#marks.begin();
    const name = Buffer.from(this.#path.subarray(this.#path.lastIndexOf(0x2f) + 1)).toString('latin1');
    return new ElfReader(
      {
        row: this.#row,
        sizeBytes: this.#sizeBytes,
        name,
        maybeStarted: (this.#mode & EXECUTE_BITS) !== 0 && !SHARED_LIBRARY.test(name),
      },
      this.#marks,
      this.#crateBudget,
    );
  }
}

/** Waits for the beginning of a file, and reads that. */
class HeadReader implements FileReader {
  readonly #maxBytes: number;
  readonly #read: (head: Uint8Array) => ProgramFacts | null;
  #head: Uint8Array = new Uint8Array(0);

  constructor(maxBytes: number, read: (head: Uint8Array) => ProgramFacts | null) {
    this.#maxBytes = maxBytes;
    this.#read = read;
  }

  push(bytes: Uint8Array): void {
    const missing = this.#maxBytes - this.#head.byteLength;
    if (missing > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, missing)]);
  }

  skip(lengthBytes: number): void {
    this.push(new Uint8Array(Math.min(lengthBytes, this.#maxBytes)));
  }

  end(): ProgramFacts | null {
    return this.#read(this.#head);
  }
}

function textBytes({ needed, runpath, interpreter, go, crates }: ProgramFacts): number {
  const texts = [...(needed ?? []), ...runpath, interpreter ?? ''].reduce((sum, text) => sum + 50 + text.length, 0);
  return (
    texts +
    (crates ?? []).reduce((sum, { name, version }) => sum + 200 + name.length + version.length, 0) +
    (go === null
      ? 0
      : 300 + go.dependencies.reduce((sum, { path, version }) => sum + 200 + path.length + version.length, 0))
  );
}
