import { cleanPath, encodeBytes } from '../core/index.ts';
import { ENTRY_KINDS, type EntryColumns, type EntryKind, EntryTable } from '../examine/index.ts';
import { Filesystem, type HiddenHow } from './filesystem.ts';
import { NONE, PathTree, ROOT_NODE } from './path-tree.ts';
import { VersionTable } from './version-table.ts';

/** Longest path or link a container can have (PATH_MAX less its NUL); entries beyond it exist nowhere. */
const MAX_PATH_BYTES = 4095;
/** Links followed on the way to a folder, as in containerd's continuity/fs RootPath. */
const MAX_LINKS = 255;
/**
 * Most segments of link targets walked for one image. The attack: a chain of 255 links with targets of two
 * thousand segments makes every one of a million small entries cost half a million steps.
 */
const MAX_LINK_SEGMENTS = 16_000_000;
const WHITEOUT_PREFIX = '.wh.';
const SLASH = 0x2f;

/** Something about a stack of layers that its layers alone do not show. */
export interface StackAnomaly {
  readonly kind:
    | 'duplicate-path'
    | 'whiteout-of-own-entry'
    | 'hardlink-target-missing'
    | 'parent-not-a-directory'
    | 'link-loop';
  readonly layerIndex: number;
  readonly row: number;
}

/** What {@link foldLayers} gives. */
export interface FoldedLayers {
  readonly filesystem: Filesystem;
  /** Of each kind only the first; `anomalyCounts` has them all. */
  readonly anomalies: readonly StackAnomaly[];
  readonly anomalyCounts: Readonly<Partial<Record<StackAnomaly['kind'], number>>>;
}

/** Anomalies kept of each kind. */
const MAX_ANOMALIES = 20;

/**
 * Stacks layers, lowest first, the way containerd applies them (containerd, pkg/archive/tar.go; docs/adr/0003):
 *
 * - Whiteouts and opaque markers hide what lower layers have, never what their own layer has, wherever in the
 *   tar they stand (OCI image specification, layer.md, "Whiteouts").
 * - Folders on the way to an entry that are links are followed inside the image's root.
 * - A file replaces whatever was there; a folder over a folder changes its attributes only.
 * - Of two entries with one path in one layer, the later wins.
 * - Entries found behind damage do nothing: a runtime refuses the layer, and who tolerates damage stops there.
 */
export function foldLayers(layers: readonly EntryColumns[]): FoldedLayers {
  const folder = new Folder(layers.map((columns) => new EntryTable(columns)));
  for (const layerIndex of layers.keys()) folder.apply(layerIndex);
  return folder.result();
}

class Folder {
  readonly #tables: readonly EntryTable[];
  readonly #tree = new PathTree();
  readonly #versions: VersionTable;
  /** Per node: live entries in it and below it. */
  #liveBelow = new Int32Array(1024);
  /**
   * The folder of the entry before, which nearly always is the next one's, too. Forgotten when something is
   * hidden or a link is put, because either may lead somewhere else.
   */
  #lastFolder: { readonly path: Uint8Array; readonly node: number } | undefined;
  #linkSegments = 0;
  readonly #anomalies: StackAnomaly[] = [];
  readonly #anomalyCounts: Partial<Record<StackAnomaly['kind'], number>> = {};

  constructor(tables: readonly EntryTable[]) {
    this.#tables = tables;
    this.#versions = new VersionTable(tables.map((table) => table.length));
  }

  result(): FoldedLayers {
    return {
      filesystem: new Filesystem(this.#tables, this.#tree, this.#versions),
      anomalies: this.#anomalies,
      anomalyCounts: this.#anomalyCounts,
    };
  }

  apply(layerIndex: number): void {
    const table = this.#tables[layerIndex] as EntryTable;
    const { kind } = table.columns;
    const whiteouts: number[] = [];
    for (let row = 0; row < table.applicableLength; row += 1) {
      const what = ENTRY_KINDS[kind[row] as number] as EntryKind;
      if (what === 'whiteout' || what === 'opaque') {
        whiteouts.push(row);
        this.#whiteout(layerIndex, table, row, what);
      }
    }
    for (let row = 0; row < table.applicableLength; row += 1) {
      const what = ENTRY_KINDS[kind[row] as number] as EntryKind;
      if (what !== 'whiteout' && what !== 'opaque' && what !== 'aufs-metadata') this.#add(layerIndex, table, row, what);
    }
    for (const row of whiteouts) this.#noteWhiteoutOfOwn(layerIndex, table, row);
  }

  #whiteout(layerIndex: number, table: EntryTable, row: number, what: 'whiteout' | 'opaque'): void {
    const { folder, name } = splitPath(table.pathBytes(row));
    const directory = this.#find(folder);
    if (directory === NONE) return;
    if (what === 'opaque') {
      for (const child of [...this.#tree.children(directory)]) this.#hideTree(child, layerIndex, 'opaque');
      return;
    }
    const hidden = name.subarray(WHITEOUT_PREFIX.length);
    const node = hidden.byteLength === 0 ? NONE : this.#tree.child(directory, hidden);
    if (node !== NONE) this.#hideTree(node, layerIndex, 'whiteout');
  }

  #add(layerIndex: number, table: EntryTable, row: number, kind: EntryKind): void {
    const path = table.pathBytes(row);
    const id = this.#versions.id(layerIndex, row);
    if (path.byteLength > MAX_PATH_BYTES) return;
    // Runtimes pass over an entry at the root. The attack: a file named `.` in the last layer hides the whole image.
    if (path.byteLength === 0 && kind !== 'directory') return;
    const { folder, name } = splitPath(path);
    const parent = this.#folder(folder, layerIndex, row);
    const node = name.byteLength === 0 ? ROOT_NODE : this.#tree.ensureChild(parent, name);
    const before = this.#versions.liveId(node);
    if (before !== NONE) {
      const [beforeLayer, beforeRow] = this.#versions.place(before);
      const beforeKind = (this.#tables[beforeLayer] as EntryTable).kind(beforeRow);
      if (beforeLayer === layerIndex) this.#note('duplicate-path', layerIndex, row);
      this.#hide(
        node,
        layerIndex,
        isFile(kind) === isFile(beforeKind) && isDirectory(kind) === isDirectory(beforeKind)
          ? 'overwrite'
          : 'type-change',
      );
    }
    if (kind !== 'directory') {
      // A file, link or device takes the place of the folder and all that was in it.
      for (const child of [...this.#tree.children(node)]) this.#hideTree(child, layerIndex, 'type-change');
    }
    this.#versions.put(id, node);
    this.#count(node, 1);
    if (kind === 'symlink') this.#lastFolder = undefined;
    if (kind === 'hardlink') this.#link(layerIndex, table, row, id);
    else if (kind === 'file') this.#versions.setContent(id, id);
  }

  #link(layerIndex: number, table: EntryTable, row: number, id: number): void {
    const target = encodeBytes(cleanPath(table.linkTarget(row)).path);
    const { folder, name } = splitPath(target);
    const directory = this.#find(folder);
    const node = directory === NONE ? NONE : this.#tree.child(directory, name);
    const live = node === NONE ? NONE : this.#versions.liveId(node);
    if (live === NONE || live === id) {
      this.#note('hardlink-target-missing', layerIndex, row);
      return;
    }
    this.#versions.setContent(id, this.#versions.contentId(live));
  }

  /** The node of a folder, links followed; {@link NONE} if there is none. */
  #find(path: Uint8Array): number {
    return this.#walk(path, (parent, name) => this.#tree.child(parent, name)).node;
  }

  #folder(path: Uint8Array, layerIndex: number, row: number): number {
    const last = this.#lastFolder;
    if (last !== undefined && Buffer.compare(last.path, path) === 0) return last.node;
    const node = this.#ensureDirectory(path, layerIndex, row);
    this.#lastFolder = { path, node };
    return node;
  }

  /** The node of a folder, links followed, made where there is none. */
  #ensureDirectory(path: Uint8Array, layerIndex: number, row: number): number {
    const { node, looped } = this.#walk(path, (parent, name) => {
      const child = this.#tree.ensureChild(parent, name);
      const live = this.#versions.liveId(child);
      if (live === NONE) return child;
      const [liveLayer, liveRow] = this.#versions.place(live);
      const kind = (this.#tables[liveLayer] as EntryTable).kind(liveRow);
      if (kind === 'directory' || kind === 'symlink') return child;
      // A runtime fails here, or makes the folder; what is put into it may be there, so it is taken for live.
      this.#note('parent-not-a-directory', layerIndex, row);
      this.#hide(child, layerIndex, 'type-change');
      return child;
    });
    if (looped) this.#note('link-loop', layerIndex, row);
    return node;
  }

  #walk(path: Uint8Array, step: (parent: number, name: Uint8Array) => number): { node: number; looped: boolean } {
    const pending = segmentsOf(path).reverse();
    let node = ROOT_NODE;
    let links = 0;
    let looped = false;
    while (pending.length > 0) {
      const segment = pending.pop() as Uint8Array;
      if (isDot(segment, 1)) continue;
      if (isDot(segment, 2)) {
        node = Math.max(ROOT_NODE, this.#tree.parent(node));
        continue;
      }
      const child = step(node, segment);
      if (child === NONE) return { node: NONE, looped };
      const target = this.#linkTarget(child);
      if (target === null) {
        node = child;
        continue;
      }
      links += 1;
      if (links > MAX_LINKS || target.byteLength > MAX_PATH_BYTES || this.#linkSegments > MAX_LINK_SEGMENTS) {
        looped = true;
        node = child;
        continue;
      }
      if (target[0] === SLASH) node = ROOT_NODE;
      const segments = segmentsOf(target);
      this.#linkSegments += segments.length;
      for (const next of segments.reverse()) pending.push(next);
    }
    return { node, looped };
  }

  #linkTarget(node: number): Uint8Array | null {
    const live = this.#versions.liveId(node);
    if (live === NONE) return null;
    const [layerIndex, row] = this.#versions.place(live);
    const table = this.#tables[layerIndex] as EntryTable;
    return table.kind(row) === 'symlink' ? encodeBytes(table.linkTarget(row)) : null;
  }

  #hideTree(top: number, layerIndex: number, how: HiddenHow): void {
    const pending = [top];
    while (pending.length > 0) {
      const node = pending.pop() as number;
      for (const child of this.#tree.children(node)) pending.push(child);
      this.#hide(node, layerIndex, how);
    }
  }

  #hide(node: number, layerIndex: number, how: HiddenHow): void {
    if (this.#versions.liveId(node) === NONE) return;
    this.#versions.hide(node, layerIndex, how);
    this.#count(node, -1);
    this.#lastFolder = undefined;
  }

  #count(node: number, change: number): void {
    if (this.#tree.size > this.#liveBelow.length) {
      const larger = new Int32Array(this.#tree.size * 2);
      larger.set(this.#liveBelow);
      this.#liveBelow = larger;
    }
    for (let at = node; at !== NONE; at = this.#tree.parent(at)) {
      const live = (this.#liveBelow[at] as number) + change;
      this.#liveBelow[at] = live;
      if (live === 0) this.#tree.unlist(at);
      else if (live === 1 && change === 1) this.#tree.list(at);
    }
  }

  /** A whiteout beside an entry of the same name: some readers delete the entry, the specification keeps it. */
  #noteWhiteoutOfOwn(layerIndex: number, table: EntryTable, row: number): void {
    if (table.kind(row) !== 'whiteout') return;
    const { folder, name } = splitPath(table.pathBytes(row));
    const directory = this.#find(folder);
    const node = directory === NONE ? NONE : this.#tree.child(directory, name.subarray(WHITEOUT_PREFIX.length));
    const live = node === NONE ? null : this.#versions.liveAt(node);
    if (live !== null && live[0] === layerIndex) this.#note('whiteout-of-own-entry', layerIndex, row);
  }

  #note(kind: StackAnomaly['kind'], layerIndex: number, row: number): void {
    const count = (this.#anomalyCounts[kind] ?? 0) + 1;
    this.#anomalyCounts[kind] = count;
    if (count <= MAX_ANOMALIES) this.#anomalies.push({ kind, layerIndex, row });
  }
}

function isFile(kind: EntryKind): boolean {
  return kind === 'file' || kind === 'hardlink';
}

function isDirectory(kind: EntryKind): boolean {
  return kind === 'directory';
}

function splitPath(path: Uint8Array): { folder: Uint8Array; name: Uint8Array } {
  const slash = path.lastIndexOf(SLASH);
  return slash < 0
    ? { folder: path.subarray(0, 0), name: path }
    : { folder: path.subarray(0, slash), name: path.subarray(slash + 1) };
}

function segmentsOf(path: Uint8Array): Uint8Array[] {
  const segments: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at <= path.byteLength; at += 1) {
    if (at < path.byteLength && path[at] !== SLASH) continue;
    if (at > from) segments.push(path.subarray(from, at));
    from = at + 1;
  }
  return segments;
}

function isDot(segment: Uint8Array, count: 1 | 2): boolean {
  return segment.byteLength === count && segment[0] === 0x2e && segment[count - 1] === 0x2e;
}
