import type { EntryPath } from '../core/index.ts';
import { type Filesystem, fateOfBytes } from '../filesystem/index.ts';
import { type Rectangle, squarify } from './squarify.ts';
import { TopList } from './top-list.ts';
import { reachablePath } from './waste.ts';

/** A part of a picture of the final filesystem. Cells of one path lie beside each other, one for each layer. */
export interface TreemapCell extends Rectangle {
  /** The file or folder; the root's is empty. */
  readonly path: EntryPath;
  /** `rest`: what of a folder has no cells of its own. */
  readonly kind: 'file' | 'folder' | 'rest';
  /** The layer that holds these bytes. */
  readonly layerIndex: number;
  readonly bytes: number;
}

/** How to draw a treemap. */
export interface TreemapOptions {
  readonly width: number;
  readonly height: number;
  /** Most paths that have cells; each has one for every layer that it has bytes in, up to `MAX_LAYERS`. */
  readonly maxPaths: number;
}

/** Layers told apart within one cell; the rest count with the largest. The attack: a folder with parts in each of a thousand layers. */
const MAX_LAYERS = 12;
/** Paths in one folder that have cells of their own. */
const MAX_CHILDREN = 60;
/** Folders below each other that are taken apart. The attack: a path of two thousand folders. */
const MAX_DEPTH = 32;

interface Node {
  /** Id of the path; of a rest that of its folder. */
  readonly id: number;
  readonly depth: number;
  readonly isRest: boolean;
  readonly bytes: number;
  children: Node[];
}

/**
 * Lays out the final filesystem as a squarified treemap: every file's bytes once, where a container reaches them, in
 * the layer that holds them. Folders are taken apart, the largest first, as long as there are cells left.
 */
export function layoutTreemap(filesystem: Filesystem, { width, height, maxPaths }: TreemapOptions): TreemapCell[] {
  const sums = new PathSums(filesystem);
  const root: Node = { id: 0, depth: 0, isRest: false, bytes: sums.bytes(0), children: [] };
  if (root.bytes <= 0) return [];
  const leaves = new Set([root]);
  const whole = new Set<Node>();
  for (;;) {
    const folder = largestFolder(leaves, whole, sums);
    if (folder === null) break;
    const children = childrenOf(folder, sums);
    if (leaves.size - 1 + children.length > maxPaths) {
      whole.add(folder);
      continue;
    }
    folder.children = children;
    leaves.delete(folder);
    for (const child of children) leaves.add(child);
  }
  const shares = sums.sharesOf(leaves);
  const cells: TreemapCell[] = [];
  const draw = (node: Node, area: Rectangle): void => {
    if (node.children.length > 0) {
      const parts = squarify(
        node.children.map(({ bytes }) => bytes),
        area,
      );
      for (const [i, child] of node.children.entries()) draw(child, parts[i] as Rectangle);
      return;
    }
    const layers = largestLayers(shares.get(node) ?? []);
    const parts = squarify(
      layers.map(({ bytes }) => bytes),
      area,
    );
    const kind = node.isRest ? 'rest' : sums.isFolder(node.id) ? 'folder' : 'file';
    for (const [i, { layerIndex, bytes }] of layers.entries()) {
      cells.push({ path: sums.pathAt(node.id), kind, layerIndex, bytes, ...(parts[i] as Rectangle) });
    }
  };
  draw(root, { x: 0, y: 0, width, height });
  return cells;
}

/** @param whole folders that stay as they are */
function largestFolder(leaves: ReadonlySet<Node>, whole: ReadonlySet<Node>, sums: PathSums): Node | null {
  let largest: Node | null = null;
  for (const node of leaves) {
    if (node.isRest || whole.has(node) || node.depth >= MAX_DEPTH || !sums.isFolder(node.id)) continue;
    if (largest === null || node.bytes > largest.bytes) largest = node;
  }
  return largest;
}

/** What is in a folder, largest first, and the rest of it as one. */
function childrenOf({ id, depth }: Node, sums: PathSums): Node[] {
  const top = new TopList<number>(MAX_CHILDREN - 1);
  for (const child of sums.childrenOf(id)) {
    const bytes = sums.bytes(child);
    if (bytes > 0 && top.wants(bytes)) top.add(bytes, child);
  }
  const node = (child: number, isRest: boolean, bytes: number): Node => ({
    id: child,
    depth: depth + 1,
    isRest,
    bytes,
    children: [],
  });
  const shown = top.items().map((child) => node(child, false, sums.bytes(child)));
  const restBytes = sums.bytes(id) - shown.reduce((sum, { bytes }) => sum + bytes, 0);
  return restBytes > 0 ? [...shown, node(id, true, restBytes)] : shown;
}

function largestLayers(shares: readonly number[]): { layerIndex: number; bytes: number }[] {
  const all = shares
    .map((bytes, layerIndex) => ({ layerIndex, bytes }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || a.layerIndex - b.layerIndex);
  const [first, ...others] = all.slice(0, MAX_LAYERS);
  if (first === undefined) return [];
  const hidden = all.slice(MAX_LAYERS).reduce((sum, { bytes }) => sum + bytes, 0);
  return [{ ...first, bytes: first.bytes + hidden }, ...others];
}

/** What files below each path weigh: a number for every path, so that a million files take some megabytes. */
class PathSums {
  readonly #filesystem: Filesystem;
  readonly #bytes: Float64Array;
  /** 1 for paths with a file now; there may have been a folder before. */
  readonly #isFile: Uint8Array;
  /** Children of folders as lists: the first of each, and the next of each. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem;
    const { pathCount } = filesystem;
    this.#bytes = new Float64Array(pathCount);
    this.#isFile = new Uint8Array(pathCount);
    this.#first = new Int32Array(pathCount).fill(-1);
    this.#next = new Int32Array(pathCount).fill(-1);
    for (let id = pathCount - 1; id > 0; id -= 1) {
      const parent = filesystem.parentId(id);
      if (parent < 0) continue;
      this.#next[id] = this.#first[parent] as number;
      this.#first[parent] = id;
    }
    for (const { id, bytes } of this.#files()) {
      this.#bytes[id] = (this.#bytes[id] as number) + bytes;
      this.#isFile[id] = 1;
    }
    // Folders have lower ids than what is in them: each is added to its parent when it is complete.
    for (let id = pathCount - 1; id > 0; id -= 1) {
      const parent = filesystem.parentId(id);
      if (parent >= 0) this.#bytes[parent] = (this.#bytes[parent] as number) + (this.#bytes[id] as number);
    }
  }

  bytes(id: number): number {
    return this.#bytes[id] ?? 0;
  }

  isFolder(id: number): boolean {
    return (this.#first[id] ?? -1) >= 0 && this.#isFile[id] === 0;
  }

  *childrenOf(id: number): Iterable<number> {
    for (let at = this.#first[id] ?? -1; at >= 0; at = this.#next[at] as number) yield at;
  }

  pathAt(id: number): EntryPath {
    return this.#filesystem.pathAt(id);
  }

  /** Bytes of each cell, by layer. */
  sharesOf(leaves: ReadonlySet<Node>): Map<Node, number[]> {
    const filesystem = this.#filesystem;
    const nodes = [...leaves];
    /** The cell, counted from 1, that each path is a part of; 0 for folders that were taken apart. */
    const cellOf = new Int32Array(filesystem.pathCount);
    const rests = new Map<number, number>();
    for (const [i, { id, isRest }] of nodes.entries()) {
      if (isRest) rests.set(id, i + 1);
      else cellOf[id] = i + 1;
    }
    for (let id = 1; id < cellOf.length; id += 1) {
      const parent = filesystem.parentId(id);
      if (cellOf[id] === 0 && parent >= 0) cellOf[id] = cellOf[parent] || (rests.get(parent) ?? 0);
    }
    const shares = new Map<Node, number[]>(nodes.map((node) => [node, filesystem.tables.map(() => 0)]));
    for (const { id, bytes, layerIndex } of this.#files()) {
      const node = nodes[(cellOf[id] as number) - 1];
      const share = node === undefined ? undefined : shares.get(node);
      if (share !== undefined) share[layerIndex] = (share[layerIndex] as number) + bytes;
    }
    return shares;
  }

  /** Files whose bytes a container reaches, each once. */
  *#files(): Iterable<{ readonly id: number; readonly bytes: number; readonly layerIndex: number }> {
    const filesystem = this.#filesystem;
    for (const [layerIndex, table] of filesystem.tables.entries()) {
      for (let row = 0; row < table.applicableLength; row += 1) {
        if (table.kind(row) !== 'file' || table.sizeBytes(row) === 0) continue;
        const entry = filesystem.entry(layerIndex, row);
        if (fateOfBytes(entry) !== 'live') continue;
        const id = entry.state === 'live' ? filesystem.pathId(entry) : filesystem.pathIdAt(reachablePath(entry));
        if (id >= 0) yield { id, bytes: table.sizeBytes(row), layerIndex };
      }
    }
  }
}
