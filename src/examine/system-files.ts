import type { Limits } from '../core/index.ts';
import { packageDatabaseAt, type PackageDatabase, parsePackageDatabase } from './packages/index.ts';

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

  constructor(limits: Pick<Limits, 'maxSystemFileBytes' | 'maxSystemFilesBytes'>) {
    this.#limits = limits;
  }

  /** Says that a file begins. */
  begin(path: string, sizeBytes: number): void {
    this.#parts = undefined;
    if (!SYSTEM_FILES.has(path) && packageDatabaseAt(path) === undefined) return;
    if (sizeBytes > this.#limits.maxSystemFileBytes || this.#keptBytes + sizeBytes > this.#limits.maxSystemFilesBytes) {
      this.skipped.push({ path, sizeBytes });
      return;
    }
    this.#keptBytes += sizeBytes;
    this.#parts = [];
  }

  /** Takes content of the file that began. */
  content(bytes: Uint8Array): void {
    this.#parts?.push(bytes.slice());
  }

  /** Says that the file is over. */
  finish(row: number, path: string): void {
    if (this.#parts === undefined) return;
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = undefined;
    const kind = packageDatabaseAt(path);
    if (kind === undefined) this.files.push({ row, path, text });
    else this.databases.push({ kind, row, packages: parsePackageDatabase(kind, text) });
  }
}
