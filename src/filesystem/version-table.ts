import type { HiddenBy, HiddenHow } from './filesystem.ts';
import { NONE } from './path-tree.ts';

const HOW: readonly HiddenHow[] = ['whiteout', 'opaque', 'overwrite', 'type-change'];

/** A layer's index and a row in its table. */
export type Place = readonly [layerIndex: number, row: number];

/**
 * What became of every entry of every layer, in columns. Entries are numbered through all layers, so that a
 * layer and a row give an id and back.
 */
export class VersionTable {
  readonly #firstId: number[] = [];
  readonly #node: Int32Array;
  readonly #hiddenLayer: Int32Array;
  readonly #how: Uint8Array;
  /** The entry that holds the bytes: itself, or for hard links another one. */
  readonly #content: Int32Array;
  /** Version after this one at the same node. */
  readonly #next: Int32Array;
  /** Per node: first and latest version, and the one that is live. */
  #firstAt = new Int32Array(1024).fill(NONE);
  #latestAt = new Int32Array(1024).fill(NONE);
  #liveAt = new Int32Array(1024).fill(NONE);
  /** Hard links by the entry whose bytes they share. */
  readonly #links = new Map<number, number[]>();

  constructor(lengths: readonly number[]) {
    let total = 0;
    for (const length of lengths) {
      this.#firstId.push(total);
      total += length;
    }
    this.#node = new Int32Array(total).fill(NONE);
    this.#hiddenLayer = new Int32Array(total).fill(NONE);
    this.#how = new Uint8Array(total);
    this.#content = new Int32Array(total).fill(NONE);
    this.#next = new Int32Array(total).fill(NONE);
  }

  id(layerIndex: number, row: number): number {
    return (this.#firstId[layerIndex] as number) + row;
  }

  place(id: number): Place {
    let layer = this.#firstId.length - 1;
    while ((this.#firstId[layer] as number) > id) layer -= 1;
    return [layer, id - (this.#firstId[layer] as number)];
  }

  node(id: number): number {
    return this.#node[id] as number;
  }

  /** Puts a version at a node, live. What was live there has to be hidden first. */
  put(id: number, node: number): void {
    if (node >= this.#liveAt.length) {
      this.#liveAt = grow(this.#liveAt, node * 2);
      this.#firstAt = grow(this.#firstAt, node * 2);
      this.#latestAt = grow(this.#latestAt, node * 2);
    }
    this.#node[id] = node;
    const latest = this.#latestAt[node] as number;
    if (latest === NONE) this.#firstAt[node] = id;
    else this.#next[latest] = id;
    this.#latestAt[node] = id;
    this.#liveAt[node] = id;
  }

  /** Hides what is live at a node. */
  hide(node: number, layerIndex: number, how: HiddenHow): void {
    const id = this.liveId(node);
    if (id === NONE) return;
    this.#hiddenLayer[id] = layerIndex;
    this.#how[id] = HOW.indexOf(how);
    this.#liveAt[node] = NONE;
  }

  setContent(id: number, content: number): void {
    this.#content[id] = content;
    if (content === NONE || content === id) return;
    const links = this.#links.get(content);
    if (links === undefined) this.#links.set(content, [id]);
    else links.push(id);
  }

  contentId(id: number): number {
    return this.#content[id] as number;
  }

  content(id: number): Place | null {
    const content = this.contentId(id);
    return content === NONE ? null : this.place(content);
  }

  liveId(node: number): number {
    return this.#liveAt[node] ?? NONE;
  }

  liveAt(node: number): Place | null {
    const id = this.liveId(node);
    return id === NONE ? null : this.place(id);
  }

  isLive(id: number): boolean {
    const node = this.#node[id] as number;
    return node !== NONE && this.#liveAt[node] === id;
  }

  isContentLive(id: number): boolean {
    const content = this.contentId(id);
    if (content === NONE) return this.isLive(id);
    return this.isLive(content) || (this.#links.get(content)?.some((link) => this.isLive(link)) ?? false);
  }

  hiddenBy(id: number): HiddenBy | null {
    const layerIndex = this.#hiddenLayer[id] as number;
    return layerIndex === NONE ? null : { layerIndex, how: HOW[this.#how[id] as number] as HiddenHow };
  }

  /** All versions of a node, earliest first. */
  atNode(node: number): Place[] {
    const places: Place[] = [];
    for (let id = this.#firstAt[node] ?? NONE; id !== NONE; id = this.#next[id] as number) places.push(this.place(id));
    return places;
  }

  /** The version that came to the same node after this one, whether or not it took its place. */
  next(id: number): Place | null {
    const next = this.#next[id] as number;
    return next === NONE ? null : this.place(next);
  }

  /** An entry and all hard links to it, in order. */
  sharing(id: number): Place[] {
    const content = this.contentId(id);
    if (content === NONE) return [this.place(id)];
    return [content, ...(this.#links.get(content) ?? [])].map((one) => this.place(one));
  }
}

function grow(column: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity).fill(NONE, column.length);
  larger.set(column);
  return larger;
}
