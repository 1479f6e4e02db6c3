import { decodeBytes, type Limits } from '../core/index.ts';
import { essentialText, isCrontab } from './system-text.ts';

/** Files of a system that rules read: small, and at fixed places. */
const SYSTEM_FILES: ReadonlySet<string> = new Set([
  'etc/passwd',
  'etc/group',
  'etc/shadow',
  'etc/shells',
  'etc/sudoers',
  'etc/ld.so.preload',
  'etc/os-release',
  'usr/lib/os-release',
]);

const SUDOERS = /^etc\/sudoers\.d\/[^/.~]+$/;

function isSystemFile(path: string): boolean {
  return SYSTEM_FILES.has(path) || isCrontab(path) || SUDOERS.test(path);
}

/** The text of a system file. */
export interface SystemFile {
  readonly row: number;
  readonly path: string;
  /** As much of it as rules need, and no secret. Decoded as UTF-8; broken bytes stand as U+FFFD. */
  readonly text: string;
}

/**
 * Keeps the text of system files as their content passes.
 * Whether one of them is the one that a container sees is for the filesystem to say.
 */
export class SystemFileCollector {
  readonly files: SystemFile[] = [];
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
    if (!isSystemFile(path)) return;
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
    this.files.push({ row, path, text: essentialText(path, text) });
  }
}

/** Longest path of a system file: `var/lib/dpkg/status.d/` and the name of a package. */
const MAX_PATH_BYTES = 300;
const ETC = [...Buffer.from('etc/')];
const LIB = [...Buffer.from('lib/')];
const CRON = [...Buffer.from('var/spool/cron/')];

/** A quick no for nearly every file: system files are in `etc/`, `lib/`, `usr/lib/` and `var/lib/`. */
function mayBeSystemFile(path: Uint8Array): boolean {
  const has = (at: number, text: readonly number[]): boolean => text.every((byte, i) => path[at + i] === byte);
  return path.byteLength <= MAX_PATH_BYTES && (has(4, LIB) || has(0, ETC) || has(0, LIB) || has(0, CRON));
}
