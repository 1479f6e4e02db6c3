import { createHash } from 'node:crypto';

/** What an object of git is. */
export type GitKind = 'commit' | 'tree' | 'blob' | 'tag';

/** An object of git that is at hand. */
export interface GitObject {
  readonly kind: GitKind;
  readonly content: Uint8Array;
}

/** Bytes of objects that are kept as bases: half of git's own core.deltaBaseCacheLimit. */
const MAX_KEPT_BYTES = 48 * 1024 * 1024;
/** Bytes of deltas that wait for a base that is still to come. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** What each costs beside its bytes. The attack: a million empty objects, or deltas that wait. */
const OVERHEAD_BYTES = 256;

/** A delta whose base is still to come. */
export interface WaitingDelta {
  /** Where in the pack it begins, by which later ones name it. */
  readonly offset: number;
  readonly delta: Uint8Array;
}

/** The objects of a pack that deltas may be against, those used last, and the deltas whose base has not come. */
export class GitObjects {
  readonly #byName = new Map<string, GitObject & { readonly offsets: number[] }>();
  readonly #nameByOffset = new Map<number, string>();
  #keptBytes = 0;
  readonly #waiting = new Map<string, WaitingDelta[]>();
  readonly #waitingOffsets = new Set<number>();
  #waitingBytes = 0;

  /** Keeps an object; lets go of those that were not used for longest. */
  keep(name: string, offset: number, object: GitObject): void {
    const kept = this.#byName.get(name);
    if (kept === undefined) this.#byName.set(name, { ...object, offsets: [offset] });
    // The attack: an object twice, so that what is against the first one is not put together.
    else kept.offsets.push(offset);
    this.#nameByOffset.set(offset, name);
    this.#keptBytes += (kept === undefined ? object.content.byteLength : 0) + OVERHEAD_BYTES;
    for (const oldest of this.#byName.keys()) {
      if (this.#keptBytes <= MAX_KEPT_BYTES) return;
      this.#drop(oldest);
    }
  }

  /** The base that begins at an offset of the pack, or has a name; undefined where it is not at hand. */
  base(key: number | string): GitObject | undefined {
    const name = typeof key === 'string' ? key : this.#nameByOffset.get(key);
    const object = name === undefined ? undefined : this.#byName.get(name);
    if (name === undefined || object === undefined) return undefined;
    // Now it is the one used last.
    this.#byName.delete(name);
    this.#byName.set(name, object);
    return object;
  }

  /**
   * Whether a base that is not at hand may still be: one that is named may come, one at an offset has passed, and if
   * it is a delta itself it may wait.
   */
  mayCome(key: number | string): boolean {
    return typeof key === 'string' || this.#waitingOffsets.has(key);
  }

  /** Lets a delta wait for its base; false where too many wait. */
  wait(key: number | string, delta: WaitingDelta): boolean {
    const bytes = delta.delta.byteLength + OVERHEAD_BYTES;
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) return false;
    this.#waitingBytes += bytes;
    this.#waitingOffsets.add(delta.offset);
    const others = this.#waiting.get(String(key));
    if (others === undefined) this.#waiting.set(String(key), [delta]);
    else others.push(delta);
    return true;
  }

  /** The deltas that waited for an object. */
  takeWaiting(name: string, offset: number): readonly WaitingDelta[] {
    const taken = [name, String(offset)].flatMap((key) => this.#waiting.get(key) ?? []);
    this.#waiting.delete(name);
    this.#waiting.delete(String(offset));
    for (const waiting of taken) {
      this.#waitingBytes -= waiting.delta.byteLength + OVERHEAD_BYTES;
      this.#waitingOffsets.delete(waiting.offset);
    }
    return taken;
  }

  /** The deltas whose base never came. */
  *takeAllWaiting(): Generator<WaitingDelta> {
    for (const deltas of this.#waiting.values()) yield* deltas;
    this.#waiting.clear();
  }

  #drop(name: string): void {
    const kept = this.#byName.get(name);
    if (kept === undefined) return;
    this.#byName.delete(name);
    for (const offset of kept.offsets) this.#nameByOffset.delete(offset);
    this.#keptBytes -= kept.content.byteLength + kept.offsets.length * OVERHEAD_BYTES;
  }
}

/** What git calls an object: the SHA-1 of its header and content. */
export function objectName({ kind, content }: GitObject): string {
  return createHash('sha1').update(`${kind} ${content.byteLength}\0`).update(content).digest('hex');
}

/** How large the object is that a delta makes; null where it does not say. */
export function resultBytes(delta: Uint8Array): number | null {
  return readSizes(delta)?.result ?? null;
}

/**
 * Makes an object out of its base (gitformat-pack(5), "Deltified representation"); null where the delta is broken or
 * is against another base.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array): Uint8Array | null {
  const sizes = readSizes(delta);
  if (sizes === null || sizes.base !== base.byteLength) return null;
  const result = new Uint8Array(sizes.result);
  let filled = 0;
  let at = sizes.end;
  while (at < delta.byteLength) {
    const instruction = delta[at] as number;
    at += 1;
    let source = delta;
    let from = at;
    let length = instruction;
    if ((instruction & 0x80) !== 0) {
      // Of offset and size only the bytes that are not zero are there: bits say which.
      from = 0;
      length = 0;
      for (let bit = 0; bit < 4; bit += 1)
        if ((instruction & (1 << bit)) !== 0) from += byteAt(delta, at++) * 256 ** bit;
      for (let bit = 0; bit < 3; bit += 1)
        if ((instruction & (16 << bit)) !== 0) length += byteAt(delta, at++) << (8 * bit);
      if (length === 0) length = 0x10000;
      source = base;
    } else {
      at += length;
    }
    if (instruction === 0 || from + length > source.byteLength || filled + length > result.byteLength) return null;
    result.set(source.subarray(from, from + length), filled);
    filled += length;
  }
  return filled === result.byteLength ? result : null;
}

function readSizes(delta: Uint8Array): { base: number; result: number; end: number } | null {
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = byteAt(delta, at++);
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0 || scale > 2 ** 42) return value;
    }
  };
  const base = read();
  const result = read();
  return at > delta.byteLength ? null : { base, result, end: at };
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
