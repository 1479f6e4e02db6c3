import { decodeBytes, type Limits } from '../core/index.ts';
import { type PackageDatabase, packageDatabaseAt, parsePackageDatabase } from './packages/index.ts';

/** Files of a system that rules read: small, and at fixed places. */
const SYSTEM_FILES: ReadonlySet<string> = new Set([
  'etc/passwd',
  'etc/group',
  'etc/shells',
  'etc/os-release',
  'usr/lib/os-release',
]);

/** The text of a system file. */
export interface SystemFile {
  readonly row: number;
  readonly path: string;
  /** Decoded as UTF-8; broken bytes stand as U+FFFD. */
  readonly text: string;
}

/**
 * Keeps the text of system files as their content passes, and reads package databases out of it.
 * Whether one of them is the one that a container sees is for the filesystem to say.
 */
export class SystemFileCollector {
  readonly files: SystemFile[] = [];
  readonly databases: PackageDatabase[] = [];
  /** Files that were too large to keep, with their sizes. */
  readonly skipped: { path: string; sizeBytes: number }[] = [];
  readonly #limits: Pick<Limits, 'maxSystemFileBytes' | 'maxSystemFilesBytes'>;
  #keptBytes = 0;
  #parts: Uint8Array[] | undefined;
  #path = '';

  constructor(limits: Pick<Limits, 'maxSystemFileBytes' | 'maxSystemFilesBytes'>) {
    this.#limits = limits;
  }

  /** Says that a file begins. */
  begin(pathBytes: Uint8Array, sizeBytes: number): void {
    this.#parts = undefined;
    if (!mayBeSystemFile(pathBytes)) return;
    const path = decodeBytes(pathBytes);
    if (!SYSTEM_FILES.has(path) && packageDatabaseAt(path) === undefined) return;
    if (sizeBytes > this.#limits.maxSystemFileBytes || this.#keptBytes + sizeBytes > this.#limits.maxSystemFilesBytes) {
      this.skipped.push({ path, sizeBytes });
      return;
    }
    this.#keptBytes += sizeBytes;
    this.#parts = [];
    this.#path = path;
  }

  /** Takes content of the file that began. */
  content(bytes: Uint8Array): void {
    this.#parts?.push(bytes.slice());
  }

  /** Says that the file is over. */
  finish(row: number): void {
    if (this.#parts === undefined) return;
    const path = this.#path;
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = undefined;
    const kind = packageDatabaseAt(path);
    if (kind === undefined) this.files.push({ row, path, text });
    else this.databases.push({ kind, row, packages: parsePackageDatabase(kind, text) });
  }
}

/** Longest path of a system file: `var/lib/dpkg/status.d/` and the name of a package. */
const MAX_PATH_BYTES = 300;
const ETC = [...Buffer.from('etc/')];
const LIB = [...Buffer.from('lib/')];

/** A quick no for nearly every file: system files are in `etc/`, `lib/`, `usr/lib/` and `var/lib/`. */
function mayBeSystemFile(path: Uint8Array): boolean {
  const has = (at: number, text: readonly number[]): boolean => text.every((byte, i) => path[at + i] === byte);
  return path.byteLength <= MAX_PATH_BYTES && (has(4, LIB) || has(0, ETC) || has(0, LIB));
}
