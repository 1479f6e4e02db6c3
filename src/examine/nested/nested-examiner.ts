import { DecompressionError } from '../../bytes/index.ts';
import { decodeBytes } from '../../core/index.ts';
import { looksLikeTar, TarMemberReader } from '../../tar/index.ts';
import { ArReader } from './ar-reader.ts';
import { type ByteSink, NestedFormatError, NOWHERE } from './byte-sink.ts';
import { CompressedReader, ZlibReader } from './compressed-reader.ts';
import { GitPackReader } from './git-pack-reader.ts';
import { ZipReader } from './zip-reader.ts';

/** Bytes that tell what a file is: a tar has its mark behind 257 bytes, and a checksum over 512. */
const HEAD_BYTES = 512;

/** What a {@link NestedExaminer} is told. */
export interface NestedOptions {
  /** Deepest nesting that is followed. */
  readonly maxDepth: number;
  /** Most bytes taken out of the archives of one layer. */
  readonly maxBytes: number;
  /** Most members of the archives of one layer. */
  readonly maxMembers: number;
  /** Takes the content of a member; `path` are the names of the members that lead to it. */
  open(path: readonly string[]): ByteSink;
  /** Told why something in an archive was not examined. */
  note(path: readonly string[], message: string): void;
}

/**
 * Looks into files that hold others: zip and what is built on it (jar, war, apk, wheels, office files), tar, gzip,
 * zstd, ar (Debian packages), git's objects and packs, in each other to some depth. By their content: what a file is
 * called tells nothing.
 */
export class NestedExaminer {
  readonly #options: NestedOptions;
  #bytesLeft: number;
  #membersLeft: number;
  #exhausted = false;

  constructor(options: NestedOptions) {
    this.#options = options;
    this.#bytesLeft = options.maxBytes;
    this.#membersLeft = options.maxMembers;
  }

  /** Whether limits kept anything from being examined. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Starts a file of the layer; `name` is asked for only where it holds others. */
  begin(name: () => string): ByteSink {
    return new Sniffer((head) => (formatOf(head) === null ? null : this.#reader(head, [], name())));
  }

  /** @param plain whether the member's bytes stand in the archive as they are, where they have been searched already */
  #member(path: readonly string[], plain = false): ByteSink {
    if (this.#membersLeft <= 0 || this.#bytesLeft <= 0) {
      this.#exhausted = true;
      return NOWHERE;
    }
    this.#membersLeft -= 1;
    const content = plain ? NOWHERE : this.#options.open(path);
    const name = path.at(-1) as string;
    const inner = new Sniffer((head) => this.#reader(head, path, name));
    return {
      push: (bytes) => {
        if (!plain) this.#spend(bytes.byteLength);
        content.push(bytes);
        inner.push(bytes);
      },
      end: () => {
        content.end();
        inner.end();
      },
    };
  }

  /** The attack: archives in archives that expand without end. */
  #spend(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft >= 0) return;
    this.#exhausted = true;
    throw new NestedFormatError('the archives of this layer hold more than the limit');
  }

  #reader(head: Uint8Array, path: readonly string[], name: string): ByteSink | null {
    if (path.length >= this.#options.maxDepth) {
      if (formatOf(head) !== null) this.#options.note(path, 'archives are nested deeper than the limit');
      return null;
    }
    const reader = this.#make(head, path, name);
    if (reader === null) return null;
    // Two bytes are all that tell a zlib stream: what cannot be inflated never was one.
    const isGuess = formatOf(head) === 'zlib';
    return new Tolerant(reader, isGuess ? () => undefined : (message) => this.#options.note(path, message));
  }

  #make(head: Uint8Array, path: readonly string[], name: string): ByteSink | null {
    const member = (inner: string): ByteSink => this.#member([...path, inner]);
    const format = formatOf(head);
    switch (format) {
      case 'zip':
        return new ZipReader(member, (message) => this.#options.note(path, message));
      case 'gzip':
      case 'zstd':
        return new CompressedReader(head[0] === 0x1f ? 'gzip' : 'zstd', member(innerName(name)));
      case 'zlib':
        return new ZlibReader(member('(inflated)'));
      case 'ar':
        // Static libraries: half of what compilers bring.
        return new ArReader((inner) => this.#member([...path, inner], true));
      case 'git-pack':
        return new GitPackReader(member);
      case 'tar':
        return tarReader(member);
      case 'xz':
      case 'bzip2':
        this.#options.note(path, `compressed with ${format}, which is not read`);
        return null;
      case null:
        return null;
    }
  }
}

type NestedFormat = 'zip' | 'gzip' | 'zstd' | 'zlib' | 'xz' | 'bzip2' | 'ar' | 'git-pack' | 'tar';

function formatOf(head: Uint8Array): NestedFormat | null {
  const magic = Buffer.from(head.subarray(0, 8)).toString('latin1');
  if (magic.startsWith('PK\u0003\u0004')) return 'zip';
  if (magic.startsWith('\u001f\u008b\u0008')) return 'gzip';
  if (magic.startsWith('\u0028\u00b5\u002f\u00fd')) return 'zstd';
  if (magic.startsWith('\u00fd7zXZ\u0000')) return 'xz';
  if (/^BZh[1-9]1AY/.test(magic)) return 'bzip2';
  if (magic === '!<arch>\n') return 'ar';
  if (magic.startsWith('PACK\u0000\u0000\u0000')) return 'git-pack';
  if (head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] as number) && head.byteLength > 2) return 'zlib';
  return head[0] !== 0 && looksLikeTar(head) ? 'tar' : null;
}

/** A tar's files; links, folders and devices have nothing to look into. */
function tarReader(member: (name: string) => ByteSink): ByteSink {
  let current: ByteSink = NOWHERE;
  const reader = new TarMemberReader({
    begin: (entry) => {
      current = entry.kind === 'file' ? member(decodeBytes(entry.name)) : NOWHERE;
    },
    content: (bytes) => current.push(bytes),
    finish: () => current.end(),
  });
  return { push: (bytes) => reader.push(bytes), end: () => reader.end() };
}

/** What a compressed file holds is called like it, without the ending. */
function innerName(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (/\.(?:tgz|tzst)$/i.test(base)) return base.replace(/\.[^.]+$/, '.tar');
  return /\.(?:gz|zst)$/i.test(base) ? base.replace(/\.[^.]+$/, '') : '(decompressed)';
}

/** Waits for enough bytes to tell what a file is, then hands them and all others to its reader, if it has one. */
class Sniffer implements ByteSink {
  readonly #choose: (head: Uint8Array) => ByteSink | null;
  #head: Uint8Array | null = new Uint8Array(0);
  #reader: ByteSink | null = null;

  constructor(choose: (head: Uint8Array) => ByteSink | null) {
    this.#choose = choose;
  }

  push(bytes: Uint8Array): void {
    if (this.#head === null) {
      this.#reader?.push(bytes);
      return;
    }
    const head = this.#head.byteLength === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    if (head.byteLength >= HEAD_BYTES) this.#start(head);
    else this.#head = head.slice();
  }

  end(): void {
    if (this.#head !== null && this.#head.byteLength > 0) this.#start(this.#head);
    this.#reader?.end();
    this.#reader = null;
  }

  #start(head: Uint8Array): void {
    this.#head = null;
    this.#reader = this.#choose(head);
    this.#reader?.push(head);
  }
}

/** Lets what is broken in an archive end the reading of that archive, and of nothing else. */
class Tolerant implements ByteSink {
  readonly #reader: ByteSink;
  readonly #note: (message: string) => void;
  #broken = false;

  constructor(reader: ByteSink, note: (message: string) => void) {
    this.#reader = reader;
    this.#note = note;
  }

  push(bytes: Uint8Array): void {
    if (!this.#broken) this.#try(() => this.#reader.push(bytes));
  }

  end(): void {
    // Members that are open get their end in any case: their content up to here is to be judged.
    this.#try(() => this.#reader.end());
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof NestedFormatError || error instanceof DecompressionError)) throw error;
      if (!this.#broken) this.#note(error.message);
      this.#broken = true;
    }
  }
}
