/** The root directory's node. */
export const ROOT_NODE = 0;
/** No node, no version. */
export const NONE = -1;

/**
 * A tree of paths in columns: no object per path, so that millions of them take tens of megabytes. Names are
 * kept once however many directories have them.
 */
export class PathTree {
  /** Per node: parent, name, first listed child, siblings in that list, next node of the same name. */
  #parent = new Int32Array(1024).fill(NONE);
  #name = new Int32Array(1024);
  #firstChild = new Int32Array(1024).fill(NONE);
  #nextSibling = new Int32Array(1024).fill(NONE);
  #previousSibling = new Int32Array(1024).fill(NONE);
  #sameName = new Int32Array(1024).fill(NONE);
  #nodes = 1;
  /** Hash table of (parent, name) to node + 1. */
  #children = new Int32Array(4096);
  readonly #names = new NameTable();
  /** Per name: the latest node that has it. */
  #nodeOfName = new Int32Array(1024).fill(NONE);

  /** Number of nodes, the root included. */
  get size(): number {
    return this.#nodes;
  }

  parent(node: number): number {
    return this.#parent[node] as number;
  }

  /** The child of that name; {@link NONE} if there is none. */
  child(parent: number, name: Uint8Array): number {
    const id = this.#names.find(name);
    return id === NONE ? NONE : this.#lookUp(parent, id);
  }

  /** The child of that name, made if there is none. */
  ensureChild(parent: number, name: Uint8Array): number {
    const id = this.#names.intern(name);
    const found = this.#lookUp(parent, id);
    return found === NONE ? this.#add(parent, id) : found;
  }

  /** The listed children of a node, latest first. List and unlist none while going through them. */
  *children(node: number): Iterable<number> {
    for (let child = this.#firstChild[node] as number; child !== NONE; child = this.#nextSibling[child] as number)
      yield child;
  }

  /** Puts a node into its parent's list of children. New nodes are in none. */
  list(node: number): void {
    const parent = this.parent(node);
    if (parent === NONE) return;
    const first = this.#firstChild[parent] as number;
    this.#nextSibling[node] = first;
    this.#previousSibling[node] = NONE;
    if (first !== NONE) this.#previousSibling[first] = node;
    this.#firstChild[parent] = node;
  }

  /** Takes a node out of that list, so that what is dead costs no time again. */
  unlist(node: number): void {
    const parent = this.parent(node);
    if (parent === NONE) return;
    const next = this.#nextSibling[node] as number;
    const previous = this.#previousSibling[node] as number;
    if (next !== NONE) this.#previousSibling[next] = previous;
    if (previous === NONE) this.#firstChild[parent] = next;
    else this.#nextSibling[previous] = next;
  }

  /** All nodes of a name, wherever they are, latest first. */
  *named(name: Uint8Array): Iterable<number> {
    const id = this.#names.find(name);
    if (id === NONE) return;
    for (let node = this.#nodeOfName[id] as number; node !== NONE; node = this.#sameName[node] as number) yield node;
  }

  /** The last segment of a node's path. */
  nameBytes(node: number): Uint8Array {
    return this.#names.bytes(this.#name[node] as number);
  }

  /** The path of a node as bytes; empty for the root. */
  pathBytes(node: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = -1;
    for (let at = node; at !== ROOT_NODE; at = this.parent(at)) {
      const name = this.#names.bytes(this.#name[at] as number);
      parts.push(name);
      length += name.byteLength + 1;
    }
    const path = new Uint8Array(Math.max(0, length));
    let at = 0;
    for (const part of parts.reverse()) {
      if (at > 0) path[at++] = 0x2f;
      path.set(part, at);
      at += part.byteLength;
    }
    return path;
  }

  #lookUp(parent: number, name: number): number {
    const mask = this.#children.length - 1;
    for (let slot = hashPair(parent, name) & mask; ; slot = (slot + 1) & mask) {
      const node = (this.#children[slot] as number) - 1;
      if (node === NONE) return NONE;
      if (this.#parent[node] === parent && this.#name[node] === name) return node;
    }
  }

  #add(parent: number, name: number): number {
    if (this.#nodes === this.#parent.length) this.#grow();
    const node = this.#nodes;
    this.#nodes += 1;
    this.#parent[node] = parent;
    this.#name[node] = name;
    this.#firstChild[node] = NONE;
    if (name >= this.#nodeOfName.length) this.#nodeOfName = grown(this.#nodeOfName, this.#names.size * 2);
    this.#sameName[node] = this.#nodeOfName[name] as number;
    this.#nodeOfName[name] = node;
    this.#insert(node);
    return node;
  }

  #insert(node: number): void {
    if (this.#nodes * 2 > this.#children.length) {
      this.#children = new Int32Array(this.#children.length * 2);
      for (let other = 1; other < node; other += 1) this.#place(other);
    }
    this.#place(node);
  }

  #place(node: number): void {
    const mask = this.#children.length - 1;
    let slot = hashPair(this.#parent[node] as number, this.#name[node] as number) & mask;
    while (this.#children[slot] !== 0) slot = (slot + 1) & mask;
    this.#children[slot] = node + 1;
  }

  #grow(): void {
    const capacity = this.#parent.length * 2;
    this.#parent = grown(this.#parent, capacity);
    this.#name = grown(this.#name, capacity);
    this.#firstChild = grown(this.#firstChild, capacity);
    this.#nextSibling = grown(this.#nextSibling, capacity);
    this.#previousSibling = grown(this.#previousSibling, capacity);
    this.#sameName = grown(this.#sameName, capacity);
  }
}

/** Byte strings, each kept once. */
class NameTable {
  #bytes = new Uint8Array(65536);
  #used = 0;
  #end = new Int32Array(1024);
  #hash = new Int32Array(1024);
  #count = 0;
  /** Hash table of names to id + 1. */
  #slots = new Int32Array(4096);

  get size(): number {
    return this.#count;
  }

  bytes(id: number): Uint8Array {
    return this.#bytes.subarray(id === 0 ? 0 : (this.#end[id - 1] as number), this.#end[id] as number);
  }

  find(name: Uint8Array): number {
    return (this.#slots[this.#slot(name, hashBytes(name))] as number) - 1;
  }

  intern(name: Uint8Array): number {
    const hash = hashBytes(name);
    const slot = this.#slot(name, hash);
    const found = (this.#slots[slot] as number) - 1;
    if (found !== NONE) return found;
    const id = this.#count;
    if (id === this.#end.length) {
      this.#end = grown(this.#end, id * 2);
      this.#hash = grown(this.#hash, id * 2);
    }
    if (this.#used + name.byteLength > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(this.#bytes.byteLength * 2, this.#used + name.byteLength));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(name, this.#used);
    this.#used += name.byteLength;
    this.#end[id] = this.#used;
    this.#hash[id] = hash;
    this.#count += 1;
    this.#slots[slot] = id + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #slot(name: Uint8Array, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (this.#slots[slot] as number) - 1;
      if (id === NONE || (this.#hash[id] === hash && equalBytes(this.bytes(id), name))) return slot;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#count; id += 1) {
      let slot = (this.#hash[id] as number) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }
}

/**
 * A seed that is different in every run. The attack: names chosen so that all of them land in one slot turn
 * every look-up into a walk over all.
 */
const SEED = (Math.random() * 2 ** 32) | 0;

function hashBytes(bytes: Uint8Array): number {
  let hash = SEED;
  for (let i = 0; i < bytes.byteLength; i += 1) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function hashPair(a: number, b: number): number {
  let hash = Math.imul(a ^ SEED, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  for (let i = 0; i < a.byteLength; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function grown(column: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity).fill(NONE, column.length);
  larger.set(column);
  return larger;
}
