import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { decodeBytes, systemErrorCode } from '../core/index.ts';

/** Bytes read at a time. */
const READ_BYTES = 256 * 1024;

/** One thing in a folder. Paths are bytes, below the folder, as systems have them. */
export type FolderEntry =
  | {
      readonly kind: 'file';
      readonly path: Uint8Array;
      readonly sizeBytes: number;
      /** Its bytes, each chunk in the memory of the one before. Throws where reading fails. */
      read(): Iterable<Uint8Array>;
    }
  | { readonly kind: 'link'; readonly path: Uint8Array; readonly target: Uint8Array }
  /** A device, a pipe, a socket: nothing that a folder holds. */
  | { readonly kind: 'special'; readonly path: Uint8Array; readonly what: string }
  | { readonly kind: 'unreadable'; readonly path: Uint8Array; readonly message: string };

const SLASH = Buffer.from('/');

/**
 * Everything in a folder and below, in the order of the names' bytes. Links are told and not followed. The attack: a
 * link to a folder above makes the walk endless, one to `/etc` makes it read what is not in the folder.
 */
export function* walkFolder(root: string): Generator<FolderEntry> {
  const base = Buffer.from(root.endsWith('/') ? root : `${root}/`);
  const open = [listFolder(base, Buffer.alloc(0))];
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    const next = folder.next();
    if (next.done === true) open.pop();
    else if (next.value.kind === 'folder') open.push(listFolder(base, Buffer.concat([next.value.path, SLASH])));
    else yield next.value;
  }
}

/** What is in one folder, which ends with a slash or is the walk's own. */
function* listFolder(
  base: Buffer,
  folder: Buffer,
): Generator<FolderEntry | { readonly kind: 'folder'; readonly path: Buffer }, void> {
  let names: Buffer[];
  try {
    names = readdirSync(Buffer.concat([base, folder]), { encoding: 'buffer' });
  } catch (error) {
    yield unreadable(folder.byteLength === 0 ? Buffer.from('.') : folder.subarray(0, -1), error);
    return;
  }
  for (const name of names.sort(Buffer.compare)) {
    const path = Buffer.concat([folder, name]);
    yield toEntry(path, Buffer.concat([base, path]));
  }
}

function toEntry(path: Buffer, place: Buffer): FolderEntry | { readonly kind: 'folder'; readonly path: Buffer } {
  try {
    const stats = lstatSync(place);
    if (stats.isDirectory()) return { kind: 'folder', path };
    if (stats.isSymbolicLink()) {
      return { kind: 'link', path, target: readlinkSync(place, { encoding: 'buffer' }) };
    }
    if (!stats.isFile()) return { kind: 'special', path, what: whatIs(stats) };
    return { kind: 'file', path, sizeBytes: stats.size, read: () => readRegularFile(place) };
  } catch (error) {
    return unreadable(path, error);
  }
}

function whatIs(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/**
 * The attack: what was a file when it was looked at is a link or a pipe when it is opened, and leads elsewhere or never
 * answers.
 */
function* readRegularFile(place: Buffer): Generator<Uint8Array> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const descriptor = openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('it is no file any more');
    const memory = new Uint8Array(READ_BYTES);
    for (;;) {
      const bytes = readSync(descriptor, memory, 0, READ_BYTES, null);
      if (bytes === 0) return;
      yield memory.subarray(0, bytes);
    }
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(path: Uint8Array, error: unknown): FolderEntry {
  return { kind: 'unreadable', path, message: `${decodeBytes(path)} cannot be read: ${describe(error)}` };
}

function describe(error: unknown): string {
  return systemErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
}
