import type { EntryPath } from '../core/index.ts';
import type { LayerRecord } from '../examine/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';

/** A filesystem, and the records of the layers it was folded from; null for layers that were not examined. */
export interface ComparedSide {
  readonly filesystem: Filesystem;
  readonly records: readonly (LayerRecord | null)[];
}

/** In what two versions of a path differ. `content` is a link's target and a device's numbers, too. */
export type Difference = 'type' | 'content' | 'mode' | 'owner' | 'xattr' | 'mtime';

/** A path that is in both filesystems, and not the same. */
export interface ChangedPath {
  readonly path: EntryPath;
  readonly before: FilesystemEntry;
  readonly after: FilesystemEntry;
  /** In the order of {@link Difference}; never `mtime` alone. */
  readonly differences: readonly Difference[];
}

/** How many paths, and how many bytes of regular files; a file with several names counts with each. */
export interface PathCount {
  readonly paths: number;
  readonly bytes: number;
}

/** What two final filesystems differ in. Lists are by path, and end at the limit; counts do not. */
export interface FilesystemComparison {
  readonly added: readonly FilesystemEntry[];
  readonly removed: readonly FilesystemEntry[];
  readonly changed: readonly ChangedPath[];
  readonly counts: {
    readonly added: PathCount;
    readonly removed: PathCount;
    /** Bytes after less bytes before. */
    readonly changed: PathCount;
    readonly unchanged: number;
    /** Paths that differ in nothing but their time. */
    readonly mtimeOnly: number;
    /** Files whose content could not be read to its end on one side: they are taken for equal if their sizes are. */
    readonly unread: number;
  };
  /** Paths that differ and are in no list. */
  readonly omitted: number;
  /** Bytes after less bytes before, by folder of the two highest levels. */
  readonly byFolder: ReadonlyMap<string, number>;
}

/** Levels of folders that changes of size are added up by. */
const FOLDER_LEVELS = 2;

/**
 * Compares what containers of two images see, path by path. Times alone are counted and not listed, and neither the
 * order of entries nor which of two hard links is the first makes a difference. A folder that only one side has an
 * entry for is no difference where the other side has something in it.
 */
export function compareFilesystems(before: ComparedSide, after: ComparedSide, limit: number): FilesystemComparison {
  const added: FilesystemEntry[] = [];
  const removed: FilesystemEntry[] = [];
  const changed: Omit<ChangedPath, 'path'>[] = [];
  const counts = {
    added: { paths: 0, bytes: 0 },
    removed: { paths: 0, bytes: 0 },
    changed: { paths: 0, bytes: 0 },
    unchanged: 0,
    mtimeOnly: 0,
    unread: 0,
  };
  const byFolder = new Map<string, number>();
  let omitted = 0;
  const keep = <T>(list: T[], item: T): void => {
    if (added.length + removed.length + changed.length < limit) list.push(item);
    else omitted += 1;
  };
  const weigh = (count: { paths: number; bytes: number }, folder: string, bytes: number, grown: number): void => {
    count.paths += 1;
    count.bytes += bytes;
    if (grown !== 0) byFolder.set(folder, (byFolder.get(folder) ?? 0) + grown);
  };
  const attributes = { before: new Attributes(before), after: new Attributes(after) };
  const [a, b] = [before.filesystem, after.filesystem];
  const folders = { a: new HighFolders(a), b: new HighFolders(b) };
  const idsInB = a.pathIdsIn(b);
  for (let id = 0; id < idsInB.length; id += 1) {
    const entry = a.liveAt(id);
    if (entry === null) continue;
    const idInB = idsInB[id] as number;
    const other = idInB < 0 ? null : b.liveAt(idInB);
    if (other === null) {
      if (isFolderOnBothSides(entry, idInB, b)) continue;
      const bytes = sizeOf(entry);
      weigh(counts.removed, folders.a.above(id), bytes, -bytes);
      keep(removed, entry);
      continue;
    }
    const { differences, unread } = compareEntries(entry, other, attributes);
    if (unread) counts.unread += 1;
    if (differences.length === 0) {
      counts.unchanged += 1;
    } else if (differences.length === 1 && differences[0] === 'mtime') {
      counts.mtimeOnly += 1;
    } else {
      const grown = sizeOf(other) - sizeOf(entry);
      weigh(counts.changed, folders.a.above(id), grown, grown);
      keep(changed, { before: entry, after: other, differences });
    }
  }
  const idsInA = b.pathIdsIn(a);
  for (let id = 0; id < idsInA.length; id += 1) {
    const entry = b.liveAt(id);
    const idInA = idsInA[id] as number;
    if (entry === null || (idInA >= 0 && a.liveAt(idInA) !== null) || isFolderOnBothSides(entry, idInA, a)) continue;
    const bytes = sizeOf(entry);
    weigh(counts.added, folders.b.above(id), bytes, bytes);
    keep(added, entry);
  }
  for (const [folder, bytes] of byFolder) if (bytes === 0) byFolder.delete(folder);
  return {
    added: sortByPath(added, (entry) => entry).map(({ item }) => item),
    removed: sortByPath(removed, (entry) => entry).map(({ item }) => item),
    changed: sortByPath(changed, (change) => change.before).map(({ path, item }) => ({ path, ...item })),
    counts,
    omitted,
    byFolder,
  };
}

/** By path. Paths are put together from their folders each time: here once for each. */
function sortByPath<T>(items: readonly T[], entryOf: (item: T) => FilesystemEntry): { path: EntryPath; item: T }[] {
  return items
    .map((item) => ({ path: entryOf(item).path, item }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** The folders of the highest levels that paths are in. */
class HighFolders {
  readonly #filesystem: Filesystem;
  readonly #known = new Map<number, string>();

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem;
  }

  /** Of the folders above a path the lowest one that is high enough. */
  above(pathId: number): string {
    const parent = this.#filesystem.parentId(pathId);
    if (parent <= 0) return '';
    let folder = this.#known.get(parent);
    if (folder === undefined) {
      folder = this.#filesystem.pathAt(parent).split('/', FOLDER_LEVELS).join('/');
      this.#known.set(parent, folder);
    }
    return folder;
  }
}

/** Bytes that a path has in a container; a hard link's are those of the file it is. */
export function sizeOf(entry: FilesystemEntry): number {
  if (entry.kind === 'file') return entry.sizeBytes;
  return entry.kind === 'hardlink' ? (entry.content?.sizeBytes ?? 0) : 0;
}

function isFolderOnBothSides({ kind }: FilesystemEntry, idInOther: number, other: Filesystem): boolean {
  // The root is there in any case.
  return kind === 'directory' && (idInOther === 0 || other.isImplicitFolder(idInOther));
}

function compareEntries(
  before: FilesystemEntry,
  after: FilesystemEntry,
  attributes: { readonly before: Attributes; readonly after: Attributes },
): { readonly differences: readonly Difference[]; readonly unread: boolean } {
  const differences: Difference[] = [];
  let unread = false;
  if (typeOf(before) !== typeOf(after)) {
    differences.push('type');
  } else if (typeOf(before) === 'file') {
    const [a, b] = [digestOf(before), digestOf(after)];
    unread = (a === null || b === null) && sizeOf(before) + sizeOf(after) > 0;
    if (a === null || b === null ? sizeOf(before) !== sizeOf(after) : a !== b) differences.push('content');
  } else if (before.kind === 'symlink') {
    if (before.linkTarget !== after.linkTarget) differences.push('content');
  } else if (attributes.before.device(before) !== attributes.after.device(after)) {
    differences.push('content');
  }
  // The mode of a symbolic link means nothing.
  const isLink = before.kind === 'symlink' || after.kind === 'symlink';
  if (!isLink && before.mode !== after.mode) differences.push('mode');
  if (before.uid !== after.uid || before.gid !== after.gid) differences.push('owner');
  if (attributes.before.xattrs(before) !== attributes.after.xattrs(after)) differences.push('xattr');
  if (before.mtime !== after.mtime) differences.push('mtime');
  return { differences, unread };
}

/** A hard link is a file like any other. */
function typeOf({ kind }: FilesystemEntry): string {
  return kind === 'hardlink' ? 'file' : kind;
}

/** SHA-256 of a file's bytes, hex; null where they were not read, or its hard link leads nowhere. */
export function digestOf(entry: FilesystemEntry): string | null {
  const { content } = entry;
  return content === null ? null : content.table.contentDigest(content.row);
}

/** Extended attributes and devices of one side, by entry, as texts that are equal if they are. */
class Attributes {
  readonly #records: ComparedSide['records'];
  readonly #xattrs = new Map<number, ReadonlyMap<number, string>>();
  readonly #devices = new Map<number, ReadonlyMap<number, string>>();

  constructor({ records }: ComparedSide) {
    this.#records = records;
  }

  xattrs(entry: FilesystemEntry): string {
    const { layerIndex, row } = entry.content ?? entry;
    let rows = this.#xattrs.get(layerIndex);
    if (rows === undefined) {
      const texts = new Map<number, string[]>();
      for (const { row: at, name, value } of this.#records[layerIndex]?.xattrs ?? []) {
        const text = `${name}\0${Buffer.from(value).toString('base64')}`;
        const known = texts.get(at);
        if (known === undefined) texts.set(at, [text]);
        else known.push(text);
      }
      rows = new Map([...texts].map(([at, list]) => [at, list.sort().join('\n')]));
      this.#xattrs.set(layerIndex, rows);
    }
    return rows.get(row) ?? '';
  }

  device({ layerIndex, row }: FilesystemEntry): string {
    let rows = this.#devices.get(layerIndex);
    if (rows === undefined) {
      const devices = this.#records[layerIndex]?.devices ?? [];
      rows = new Map(devices.map((device) => [device.row, `${device.major}:${device.minor}`]));
      this.#devices.set(layerIndex, rows);
    }
    return rows.get(row) ?? '';
  }
}
