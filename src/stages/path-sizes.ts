import type { EntryPath } from '../core/index.ts';
import { type BytesFate, type Filesystem, type FilesystemEntry, fateOfBytes } from '../filesystem/index.ts';
import { TopList } from './top-list.ts';
import { reachablePath } from './waste.ts';

/** A version of a regular file, and what became of its bytes. */
export interface SizedFile {
  readonly entry: FilesystemEntry;
  readonly fate: BytesFate;
}

/** A folder of the final filesystem: what a container reaches below it. */
export interface FolderSize {
  readonly path: EntryPath;
  readonly bytes: number;
  readonly files: number;
  /** Bytes by the layer that holds them, largest first. */
  readonly layers: readonly { readonly index: number; readonly bytes: number }[];
  /** Folders in it, largest first; small ones are left out. */
  readonly folders: readonly FolderSize[];
}

/** Deepest folders of a tree. The attack: a million files, each two thousand folders deep. */
const MAX_DEPTH = 8;
/** Folders below this share of everything are left out. */
const MIN_SHARE = 0.01;

/** The largest regular files of all layers, hidden ones included, largest first. */
export function largestFiles(filesystem: Filesystem, limit: number): SizedFile[] {
  const top = new TopList<FilesystemEntry>(limit);
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    for (let row = 0; row < table.applicableLength; row += 1) {
      if (table.kind(row) !== 'file') continue;
      const bytes = table.sizeBytes(row);
      if (bytes > 0 && top.wants(bytes)) top.add(bytes, filesystem.entry(layerIndex, row));
    }
  }
  return top.items().map((entry) => ({ entry, fate: fateOfBytes(entry) }));
}

interface Folder {
  bytes: number;
  files: number;
  readonly layers: Float64Array;
}

/** The folders of the final filesystem that hold at least a hundredth of it, `limit` in each at most. */
export function folderTree(filesystem: Filesystem, limit: number): FolderSize {
  const folders = new Map<string, Folder>();
  const folderAt = (path: string): Folder => {
    let folder = folders.get(path);
    if (folder === undefined) {
      folder = { bytes: 0, files: 0, layers: new Float64Array(filesystem.tables.length) };
      folders.set(path, folder);
    }
    return folder;
  };
  const root = folderAt('');
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    for (let row = 0; row < table.applicableLength; row += 1) {
      if (table.kind(row) !== 'file') continue;
      const entry = filesystem.entry(layerIndex, row);
      if (!filesystem.isContentLive(entry)) continue;
      const bytes = table.sizeBytes(row);
      for (const path of foldersOf(reachablePath(entry))) {
        const folder = folderAt(path);
        folder.bytes += bytes;
        folder.files += 1;
        folder.layers[layerIndex] = (folder.layers[layerIndex] as number) + bytes;
      }
    }
  }
  const children = new Map<string, string[]>();
  for (const [path, { bytes }] of folders) {
    if (path === '' || bytes < root.bytes * MIN_SHARE || bytes === 0) continue;
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [path]);
    else siblings.push(path);
  }
  return toFolderSize('', folders, children, limit);
}

/** The folders above a file, the root first. */
function* foldersOf(path: string): Iterable<string> {
  yield '';
  for (let slash = path.indexOf('/'), depth = 1; slash >= 0 && depth <= MAX_DEPTH; depth += 1) {
    yield path.slice(0, slash);
    slash = path.indexOf('/', slash + 1);
  }
}

function toFolderSize(
  path: string,
  folders: ReadonlyMap<string, Folder>,
  children: ReadonlyMap<string, readonly string[]>,
  limit: number,
): FolderSize {
  const { bytes, files, layers } = folders.get(path) as Folder;
  const largest = [...(children.get(path) ?? [])].sort(
    (a, b) => (folders.get(b) as Folder).bytes - (folders.get(a) as Folder).bytes || (a < b ? -1 : 1),
  );
  return {
    path: path as EntryPath,
    bytes,
    files,
    layers: [...layers]
      .map((share, index) => ({ index, bytes: share }))
      .filter((layer) => layer.bytes > 0)
      .sort((a, b) => b.bytes - a.bytes || a.index - b.index),
    folders: largest.slice(0, limit).map((child) => toFolderSize(child, folders, children, limit)),
  };
}
