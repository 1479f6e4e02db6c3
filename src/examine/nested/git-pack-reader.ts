import { SyncStream } from '../../bytes/index.ts';
import { type ByteSink, NestedFormatError, NOWHERE, type OpenMember } from './byte-sink.ts';
import {
  applyDelta,
  type GitKind,
  type GitObject,
  GitObjects,
  objectName,
  resultBytes,
  type WaitingDelta,
} from './git-objects.ts';
import { PendingBytes } from './pending-bytes.ts';

const HEADER_BYTES = 12;
/** Type and size, an offset or a name of the base, and the header of zlib. */
const MAX_OBJECT_HEADER_BYTES = 64;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;
const NAME_BYTES = 20;
const KINDS: Readonly<Record<number, GitKind | 'delta'>> = {
  1: 'commit',
  2: 'tree',
  3: 'blob',
  4: 'tag',
  6: 'delta',
  7: 'delta',
};
/** Adler-32 behind every zlib stream. */
const CHECKSUM_BYTES = 4;
/** Largest object that is put together, named, and a base for others; larger ones are given as they come. */
const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

type State = 'header' | 'object' | 'content' | 'checksum' | 'over';

/** What an object's header in the pack tells. */
interface ObjectHeader {
  readonly kind: GitKind | 'delta';
  /** Uncompressed, of a delta that of the delta. */
  readonly sizeBytes: number;
  /** Offset in the pack, or name. */
  readonly base: number | string | null;
  /** Length of the header, that of zlib included. */
  readonly bytes: number;
}

/** Bytes of objects that may still be put together from deltas. */
export interface DeltaBudget {
  bytesLeft: number;
}

/**
 * Reads a pack of git (gitformat-pack(5)) object for object, unreachable ones included, and puts together those that
 * are kept as deltas: a secret may stand half in one and half in its base. Where the base is not at hand, because it
 * is too large, too far in front or not there, the delta is given as it stands: it holds in full what a version added.
 */
export class GitPackReader implements ByteSink {
  readonly #open: OpenMember;
  readonly #note: (message: string) => void;
  readonly #budget: DeltaBudget;
  readonly #inflate = new SyncStream('deflate');
  readonly #pending = new PendingBytes();
  readonly #objects = new GitObjects();
  #state: State = 'header';
  #objectsLeft = 0;
  #skip = 0;
  /** Offset in the pack of the next byte that is read. */
  #offset = 0;
  #objectOffset = 0;
  #header: ObjectHeader | undefined;
  /** Content of an object that is put together, as far as it has come. */
  #parts: Uint8Array[] | null = null;
  #partBytes = 0;
  #member: ByteSink = NOWHERE;
  #deltasAsTheyStand = 0;

  constructor(open: OpenMember, note: (message: string) => void, budget: DeltaBudget) {
    this.#open = open;
    this.#note = note;
    this.#budget = budget;
  }

  push(input: Uint8Array): void {
    let rest = input;
    while (rest.byteLength > 0) {
      switch (this.#state) {
        case 'header':
          rest = this.#readHeader(rest);
          break;
        case 'object':
          rest = this.#readObjectHeader(rest);
          break;
        case 'content': {
          const taken = this.#inflate.push(rest, (piece) => this.#take(piece));
          this.#offset += taken;
          if (taken < rest.byteLength) this.#finishObject();
          rest = rest.subarray(taken);
          break;
        }
        case 'checksum': {
          const skipped = Math.min(this.#skip, rest.byteLength);
          this.#skip -= skipped;
          this.#offset += skipped;
          rest = rest.subarray(skipped);
          if (this.#skip === 0) this.#state = this.#objectsLeft > 0 ? 'object' : 'over';
          break;
        }
        case 'over':
          return;
      }
    }
  }

  end(): void {
    // An object that broke off is given as far as it came.
    if (this.#parts !== null && this.#partBytes > 0) this.#give(this.#unfinishedName(), Buffer.concat(this.#parts));
    this.#parts = null;
    this.#member.end();
    this.#member = NOWHERE;
    for (const { offset, delta } of this.#objects.takeAllWaiting()) this.#giveDelta(offset, delta);
    const count = this.#deltasAsTheyStand;
    this.#deltasAsTheyStand = 0;
    this.#inflate.close();
    if (count > 0)
      this.#note(
        `${count} deltas of the git pack were searched as they stand: their bases are not at hand, or the limit is reached`,
      );
  }

  #readHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < HEADER_BYTES) return this.#pending.keep(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    if (![2, 3].includes(view.getUint32(4))) throw new NestedFormatError('a git pack of an unknown version');
    this.#objectsLeft = view.getUint32(8);
    this.#state = this.#objectsLeft > 0 ? 'object' : 'over';
    this.#offset = HEADER_BYTES;
    return bytes.subarray(HEADER_BYTES);
  }

  #readObjectHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    const header = readObjectHeader(bytes, this.#offset);
    if (header === undefined) {
      if (bytes.byteLength > MAX_OBJECT_HEADER_BYTES)
        throw new NestedFormatError('an object of the git pack is broken');
      return this.#pending.keep(bytes);
    }
    if (this.#header !== undefined) this.#inflate.reset();
    this.#header = header;
    this.#objectsLeft -= 1;
    this.#objectOffset = this.#offset;
    this.#offset += header.bytes;
    this.#partBytes = 0;
    if (header.sizeBytes <= MAX_OBJECT_BYTES) {
      this.#parts = [];
    } else {
      this.#member = this.#open(this.#unfinishedName());
      if (header.kind === 'delta') this.#deltasAsTheyStand += 1;
    }
    this.#state = 'content';
    return bytes.subarray(header.bytes);
  }

  #take(piece: Uint8Array): void {
    if (this.#parts === null) {
      this.#member.push(piece);
      return;
    }
    this.#partBytes += piece.byteLength;
    if (this.#partBytes > MAX_OBJECT_BYTES)
      throw new NestedFormatError('an object of the git pack is larger than it says');
    this.#parts.push(new Uint8Array(piece));
  }

  #finishObject(): void {
    this.#state = 'checksum';
    this.#skip = CHECKSUM_BYTES;
    const { kind, base } = this.#header as ObjectHeader;
    if (this.#parts === null) {
      this.#member.end();
      this.#member = NOWHERE;
      return;
    }
    const content = this.#parts.length === 1 ? (this.#parts[0] as Uint8Array) : Buffer.concat(this.#parts);
    this.#parts = null;
    if (kind === 'delta') this.#finishDelta(this.#objectOffset, content, base as number | string);
    else this.#giveObject(this.#objectOffset, { kind, content });
  }

  #finishDelta(offset: number, delta: Uint8Array, key: number | string): void {
    const base = this.#objects.base(key);
    if (base !== undefined) {
      const object = this.#build(base, delta);
      if (object === null) this.#giveDelta(offset, delta);
      else this.#giveObject(offset, object);
    } else if (!this.#objects.mayCome(key) || !this.#objects.wait(key, { offset, delta })) {
      this.#giveDelta(offset, delta);
    }
  }

  /** The attack: twenty bytes of a delta make sixteen megabytes. */
  #build({ kind, content }: GitObject, delta: Uint8Array): GitObject | null {
    const bytes = resultBytes(delta);
    if (bytes === null || bytes > MAX_OBJECT_BYTES || bytes > this.#budget.bytesLeft) return null;
    this.#budget.bytesLeft -= bytes;
    const result = applyDelta(content, delta);
    return result === null ? null : { kind, content: result };
  }

  /** Gives an object, and all those whose deltas waited for it. */
  #giveObject(offset: number, object: GitObject): void {
    const ready = this.#giveOne(offset, object);
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
      // Objects are made one at a time, or those of a thousand deltas would be in memory at once.
      const base = this.#objects.base(next.base);
      const built = base === undefined ? null : this.#build(base, next.delta);
      if (built === null) this.#giveDelta(next.offset, next.delta);
      else ready.push(...this.#giveOne(next.offset, built));
    }
  }

  /** Gives one object; tells the deltas that waited for it. */
  #giveOne(offset: number, object: GitObject): (WaitingDelta & { readonly base: string })[] {
    const name = objectName(object);
    this.#give(`${object.kind} ${name}`, object.content);
    this.#objects.keep(name, offset, object);
    return this.#objects.takeWaiting(name, offset).map((waiting) => ({ ...waiting, base: name }));
  }

  #giveDelta(offset: number, delta: Uint8Array): void {
    this.#deltasAsTheyStand += 1;
    this.#give(`delta at ${offset}`, delta);
  }

  #give(name: string, content: Uint8Array): void {
    const member = this.#open(name);
    member.push(content);
    member.end();
  }

  #unfinishedName(): string {
    return `${this.#header?.kind} at ${this.#objectOffset}`;
  }
}

/** An object's header; undefined while it is not all there. */
function readObjectHeader(bytes: Uint8Array, offset: number): ObjectHeader | undefined {
  const first = bytes[0] as number;
  const type = (first >> 4) & 7;
  const kind = KINDS[type];
  if (kind === undefined) throw new NestedFormatError(`the git pack has an object of type ${type}`);
  let at = endOfNumber(bytes, 0);
  let sizeBytes = first & 15;
  for (let i = 1; i < at; i += 1) sizeBytes += ((bytes[i] ?? 0) & 0x7f) * 2 ** (7 * i - 3);
  let base: number | string | null = null;
  if (type === OFFSET_DELTA) {
    const end = endOfNumber(bytes, at);
    let distance = 0;
    for (let i = at; i < end; i += 1) distance = (i === at ? 0 : (distance + 1) * 128) + ((bytes[i] ?? 0) & 0x7f);
    base = offset - distance;
    at = end;
  } else if (type === REFERENCE_DELTA) {
    base = Buffer.from(bytes.subarray(at, at + NAME_BYTES)).toString('hex');
    at += NAME_BYTES;
  }
  return at + 2 > bytes.byteLength ? undefined : { kind, sizeBytes, base, bytes: at + 2 };
}

/** Where behind `at` a number ends whose bytes but the last have their highest bit set. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  let end = at;
  while (((bytes[end] ?? 0) & 0x80) !== 0) end += 1;
  return end + 1;
}
