import { decodeBytes, type EntryPath, encodeBytes } from '../core/index.ts';
import type { EntryKind, EntryTable } from '../examine/index.ts';
import { NONE, type PathTree } from './path-tree.ts';
import type { VersionTable } from './version-table.ts';

/** How a version of a path came to be invisible. */
export type HiddenHow = 'whiteout' | 'opaque' | 'overwrite' | 'type-change';

/** Whether an entry of a layer is in the final filesystem, and if not, what became of it. */
export type EntryState = 'live' | 'deleted' | 'overwritten' | 'never-effective';

/** What hides an entry. */
export interface HiddenBy {
  readonly layerIndex: number;
  readonly how: HiddenHow;
}

/**
 * An entry of a layer, seen in the stack: which layer, which path, what became of it. A view on columns,
 * made when asked for.
 */
export class FilesystemEntry {
  readonly filesystem: Filesystem;
  /** Position of the layer in the image. */
  readonly layerIndex: number;
  /** Row in that layer's table. */
  readonly row: number;

  constructor(filesystem: Filesystem, layerIndex: number, row: number) {
    this.filesystem = filesystem;
    this.layerIndex = layerIndex;
    this.row = row;
  }

  /** Table of the layer that it is in. */
  get table(): EntryTable {
    return this.filesystem.tables[this.layerIndex] as EntryTable;
  }

  get kind(): EntryKind {
    return this.table.kind(this.row);
  }

  /** Where it is in a container: links of folders above it followed, as the runtime follows them. */
  get path(): EntryPath {
    return this.filesystem.pathOf(this) ?? this.table.path(this.row);
  }

  get state(): EntryState {
    return this.filesystem.stateOf(this);
  }

  get hiddenBy(): HiddenBy | null {
    return this.filesystem.hiddenByOf(this);
  }

  get mode(): number {
    return this.table.mode(this.row);
  }

  get uid(): number {
    return this.table.uid(this.row);
  }

  get gid(): number {
    return this.table.gid(this.row);
  }

  get sizeBytes(): number {
    return this.table.sizeBytes(this.row);
  }

  get mtime(): number {
    return this.table.mtime(this.row);
  }

  /** Where a symbolic or hard link points to, as it stands there. */
  get linkTarget(): string {
    return this.table.linkTarget(this.row);
  }

  /** Names its bytes within the image: the same for all hard links to one file. */
  get contentId(): string {
    const content = this.content ?? this;
    return `${content.layerIndex}:${content.row}`;
  }

  /** The entry that holds its bytes: itself, or for a hard link the file it was linked to; null if that is not there. */
  get content(): FilesystemEntry | null {
    return this.filesystem.contentOf(this);
  }
}

const utf8 = (text: string): Uint8Array => encodeBytes(text);

/**
 * What a stack of layers makes: which entries a container sees, and of all others what hides them.
 * Build one with `foldLayers`.
 */
export class Filesystem {
  readonly tables: readonly EntryTable[];
  readonly #tree: PathTree;
  readonly #versions: VersionTable;

  constructor(tables: readonly EntryTable[], tree: PathTree, versions: VersionTable) {
    this.tables = tables;
    this.#tree = tree;
    this.#versions = versions;
  }

  /** An entry of a layer. */
  entry(layerIndex: number, row: number): FilesystemEntry {
    return new FilesystemEntry(this, layerIndex, row);
  }

  /** What a container sees at a path, links not followed; null if nothing. */
  lookUp(path: string): FilesystemEntry | null {
    const node = this.pathIdAt(path);
    return node === NONE ? null : this.#liveAt(node);
  }

  /**
   * What a container gets when it opens a path: links are followed, inside the image's root only; null if
   * nothing is there or the links go round in circles.
   */
  resolve(path: string): FilesystemEntry | null {
    const node = this.#follow(path);
    return node === NONE ? null : this.#liveAt(node);
  }

  /**
   * Where a path is once links are followed; null if they lead nowhere. Folders that no entry stands for, which
   * runtimes make on the way to what is in them, have such a place, too.
   * @param maySpend asked for so many segments of link targets before they are walked: who looks up as many paths as
   *   an image likes has to have a limit
   */
  realPath(path: string, maySpend?: (segments: number) => boolean): EntryPath | null {
    const node = this.#follow(path, maySpend);
    return node === NONE ? null : (decodeBytes(this.#tree.pathBytes(node)) as EntryPath);
  }

  /** Live entries of a base name, wherever they are, sorted by path. */
  named(name: string): FilesystemEntry[] {
    const entries: FilesystemEntry[] = [];
    for (const node of this.#tree.named(utf8(name))) {
      const entry = this.#liveAt(node);
      if (entry !== null) entries.push(entry);
    }
    return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Live entries that stand in a folder, not below others in it, in no particular order. */
  *in(path: string): Iterable<FilesystemEntry> {
    const node = this.pathIdAt(path);
    if (node === NONE) return;
    for (const child of this.#tree.children(node)) {
      const entry = this.#liveAt(child);
      if (entry !== null) yield entry;
    }
  }

  /** Live entries below a folder, itself not included, in no particular order. */
  *below(path: string): Iterable<FilesystemEntry> {
    const node = this.pathIdAt(path);
    if (node === NONE) return;
    const pending = [...this.#tree.children(node)];
    while (pending.length > 0) {
      const next = pending.pop() as number;
      const entry = this.#liveAt(next);
      if (entry !== null) yield entry;
      pending.push(...this.#tree.children(next));
    }
  }

  /** All entries that a container sees, layer by layer. */
  *live(): Iterable<FilesystemEntry> {
    for (const [layerIndex, table] of this.tables.entries()) {
      for (let row = 0; row < table.length; row += 1) {
        if (this.#versions.isLive(this.#versions.id(layerIndex, row))) yield this.entry(layerIndex, row);
      }
    }
  }

  /** Every version of a path, lowest layer first. */
  versions(path: string): FilesystemEntry[] {
    const node = this.pathIdAt(path);
    if (node === NONE) return [];
    return this.#versions.atNode(node).map(([layerIndex, row]) => this.entry(layerIndex, row));
  }

  /** How many paths there ever were; ids of paths are below it. */
  get pathCount(): number {
    return this.#tree.size;
  }

  /** A number that all versions of one path share; -1 for entries that are at no path. For tables by path. */
  pathId(entry: FilesystemEntry): number {
    return this.#versions.node(this.#id(entry));
  }

  /** The folder that a path is in; -1 for the root. */
  parentId(pathId: number): number {
    return this.#tree.parent(pathId);
  }

  /** The id of a path as it stands, links not followed; -1 where nothing ever was. */
  pathIdAt(path: string): number {
    let node = 0;
    for (const segment of path.split('/')) {
      if (segment === '') continue;
      node = this.#tree.child(node, utf8(segment));
      if (node === NONE) return NONE;
    }
    return node;
  }

  /** The path of an id. */
  pathAt(pathId: number): EntryPath {
    return decodeBytes(this.#tree.pathBytes(pathId)) as EntryPath;
  }

  /** What a container sees at the path of an id; null if nothing. */
  liveAt(pathId: number): FilesystemEntry | null {
    return this.#liveAt(pathId);
  }

  /**
   * For each id of a path the id that another filesystem has for the same path; -1 where it never had it. Ids of
   * folders are lower than those of what is in them, so that one look-up for each path is enough.
   */
  pathIdsIn(other: Filesystem): Int32Array {
    const ids = new Int32Array(this.#tree.size).fill(NONE);
    ids[0] = 0;
    for (let id = 1; id < ids.length; id += 1) {
      const parent = ids[this.#tree.parent(id)] as number;
      if (parent !== NONE) ids[id] = other.#tree.child(parent, this.#tree.nameBytes(id));
    }
    return ids;
  }

  /** Whether a path is a folder that has no entry of its own: what is in it needs it. */
  isImplicitFolder(pathId: number): boolean {
    if (pathId === NONE || this.#liveAt(pathId) !== null) return false;
    return this.#tree.children(pathId)[Symbol.iterator]().next().done !== true;
  }

  /** The next version of an entry's path, in its own layer or a later one; null if there is none. */
  nextVersion(entry: FilesystemEntry): FilesystemEntry | null {
    const place = this.#versions.next(this.#id(entry));
    return place === null ? null : this.entry(place[0], place[1]);
  }

  /** All entries that share the bytes of an entry: itself and hard links to it. */
  sharing(entry: FilesystemEntry): FilesystemEntry[] {
    return this.#versions.sharing(this.#id(entry)).map(([layerIndex, row]) => this.entry(layerIndex, row));
  }

  stateOf(entry: FilesystemEntry): EntryState {
    const id = this.#id(entry);
    if (this.#versions.isLive(id)) return 'live';
    const hidden = this.#versions.hiddenBy(id);
    if (hidden === null || hidden.layerIndex === entry.layerIndex) return 'never-effective';
    return hidden.how === 'whiteout' || hidden.how === 'opaque' ? 'deleted' : 'overwritten';
  }

  hiddenByOf(entry: FilesystemEntry): HiddenBy | null {
    return this.#versions.hiddenBy(this.#id(entry));
  }

  contentOf(entry: FilesystemEntry): FilesystemEntry | null {
    const place = this.#versions.content(this.#id(entry));
    return place === null ? null : this.entry(place[0], place[1]);
  }

  pathOf(entry: FilesystemEntry): EntryPath | null {
    const node = this.#versions.node(this.#id(entry));
    return node === NONE ? null : (decodeBytes(this.#tree.pathBytes(node)) as EntryPath);
  }

  /** Whether the bytes of an entry are still to be had in a container, under whatever name. */
  isContentLive(entry: FilesystemEntry): boolean {
    return this.#versions.isContentLive(this.#id(entry));
  }

  /**
   * The node that a path leads to, or none.
   * @param maySpend asked for so many segments of link targets before they are walked
   */
  #follow(path: string, maySpend?: (segments: number) => boolean): number {
    let pending = path.split('/').reverse();
    let node = 0;
    for (let links = 0; pending.length > 0; ) {
      const segment = pending.pop() as string;
      if (segment === '' || segment === '.') continue;
      if (segment === '..') {
        node = Math.max(0, this.#tree.parent(node));
        continue;
      }
      const child = this.#tree.child(node, utf8(segment));
      if (child === NONE) return NONE;
      const entry = this.#liveAt(child);
      if (entry?.kind !== 'symlink') {
        node = child;
        continue;
      }
      links += 1;
      if (links > 255) return NONE;
      const target = entry.linkTarget;
      if (target.startsWith('/')) node = 0;
      const segments = target.split('/').reverse();
      if (maySpend?.(segments.length + pending.length) === false) return NONE;
      pending = [...pending, ...segments];
    }
    return node;
  }

  #id(entry: FilesystemEntry): number {
    return this.#versions.id(entry.layerIndex, entry.row);
  }

  #liveAt(node: number): FilesystemEntry | null {
    const place = this.#versions.liveAt(node);
    return place === null ? null : this.entry(place[0], place[1]);
  }
}
