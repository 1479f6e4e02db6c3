import { DecompressionError } from '../../bytes/index.ts';
import { decodeBytes, type Limits } from '../../core/index.ts';
import { TarMemberReader } from '../../tar/index.ts';
import { ArReader } from './ar-reader.ts';
import { type ByteSink, NestedFormatError, NOWHERE } from './byte-sink.ts';
import { CompressedReader } from './compressed-reader.ts';
import { CpioReader } from './cpio-reader.ts';
import { formatOf, HEAD_BYTES, type NestedFormat, unreadFormatOf } from './format.ts';
import { type DeltaBudget, GitPackReader } from './git-pack-reader.ts';
import { RpmReader } from './rpm-reader.ts';
import { ScriptReader } from './script-reader.ts';
import { SqliteLogReader, SqliteReader } from './sqlite-reader.ts';
import { ZipReader } from './zip-reader.ts';
import { ZlibReader } from './zlib-reader.ts';

/** The limits of what is looked into. */
export type NestedLimits = Pick<
  Limits,
  | 'maxNestedDepth'
  | 'maxNestedBytes'
  | 'maxSlowNestedBytes'
  | 'maxNestedMembers'
  | 'maxGitDeltaBytes'
  | 'maxDatabaseBytes'
>;

/** What a {@link NestedExaminer} is told. */
export interface NestedOptions {
  readonly limits: NestedLimits;
  /** Takes the content of a member; `path` are the names of the members that lead to it. */
  open(path: readonly string[]): ByteSink;
  /** Told why something in an archive was not examined. */
  note(path: readonly string[], message: string): void;
}

/**
 * Looks into files that hold others: zip and what is built on it (jar, war, apk, wheels, office files), tar, cpio,
 * packages of Debian and RPM, what is compressed with gzip, zstd, xz or bzip2, git's objects and packs, in each other
 * to some depth; and into SQLite databases for values that are spread over pages. By their content: what a file is
 * called tells nothing.
 */
export class NestedExaminer {
  readonly #options: NestedOptions;
  #bytesLeft: number;
  #slowBytesLeft: number;
  #membersLeft: number;
  readonly #deltaBudget: DeltaBudget;
  #exhausted = false;

  constructor(options: NestedOptions) {
    const { limits } = options;
    this.#options = options;
    this.#bytesLeft = limits.maxNestedBytes;
    this.#slowBytesLeft = limits.maxSlowNestedBytes;
    this.#membersLeft = limits.maxNestedMembers;
    this.#deltaBudget = { bytesLeft: limits.maxGitDeltaBytes };
  }

  /** Whether limits kept anything from being examined. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Starts a file of the layer; `name` is asked for only where it holds others. */
  begin(name: () => string): ByteSink {
    return new Sniffer((head) => this.#reader(head, [], name));
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
    const inner = new Sniffer((head) => this.#reader(head, path, () => name));
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

  /** Counts what comes out of decompressors that are slow: a cache of packages would take longer than its image. */
  #slow(content: ByteSink): ByteSink {
    return {
      push: (bytes) => {
        this.#slowBytesLeft -= bytes.byteLength;
        if (this.#slowBytesLeft < 0) throw new NestedFormatError(this.#slowLimit);
        content.push(bytes);
      },
      end: () => content.end(),
    };
  }

  get #slowLimit(): string {
    const mebibytes = Math.round(this.#options.limits.maxSlowNestedBytes / 2 ** 20);
    return `what xz and bzip2 in one layer hold is read up to ${mebibytes} MiB only, unless all is asked for (--deep)`;
  }

  #reader(head: Uint8Array, path: readonly string[], name: () => string): ByteSink | null {
    const format = formatOf(head);
    if (format === null) {
      const unread = unreadFormatOf(head);
      if (unread !== null) this.#options.note(path, `${unread}, which is not read`);
      return null;
    }
    if (path.length >= this.#options.limits.maxNestedDepth) {
      const tooDeep = (): ByteSink => {
        this.#options.note(path, 'archives are nested deeper than the limit');
        return NOWHERE;
      };
      return format === 'script' ? new ScriptReader(tooDeep) : tooDeep();
    }
    if ((format === 'xz' || format === 'bzip2') && this.#slowBytesLeft <= 0) {
      this.#options.note(path, this.#slowLimit);
      return null;
    }
    // Two bytes are all that tell a zlib stream: what cannot be inflated never was one.
    const note = format === 'zlib' ? () => undefined : (message: string): void => this.#options.note(path, message);
    return new Tolerant(this.#make(format, path, name(), note), note);
  }

  #make(format: NestedFormat, path: readonly string[], name: string, note: (message: string) => void): ByteSink {
    const member = (inner: string): ByteSink => this.#member([...path, inner]);
    // Its bytes stand in the file as they are. Static libraries are half of what compilers bring.
    const plainMember = (inner: string): ByteSink => this.#member([...path, inner], true);
    switch (format) {
      case 'zip':
        return new ZipReader(member, note);
      case 'script':
        return new ScriptReader(() => new ZipReader(member, note));
      case 'gzip':
      case 'zstd':
        return new CompressedReader(format, member(innerName(name)));
      case 'xz':
      case 'bzip2':
        return new CompressedReader(format, this.#slow(member(innerName(name))));
      case 'zlib':
        return new ZlibReader(name, member);
      case 'ar':
        return new ArReader(plainMember);
      case 'cpio':
        return new CpioReader(member);
      case 'rpm':
        return new RpmReader(plainMember);
      case 'git-pack':
        return new GitPackReader(member, note, this.#deltaBudget);
      case 'sqlite':
        return new SqliteReader(member, note, this.#options.limits.maxDatabaseBytes);
      case 'sqlite-log':
        return new SqliteLogReader(member, note, this.#options.limits.maxDatabaseBytes);
      case 'tar':
        return tarReader(member);
    }
  }
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
  if (/\.(?:tgz|tzst|txz|tbz2?)$/i.test(base)) return base.replace(/\.[^.]+$/, '.tar');
  return /\.(?:gz|zst|xz|bz2)$/i.test(base) ? base.replace(/\.[^.]+$/, '') : '(decompressed)';
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
    else this.#head = new Uint8Array(head);
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
