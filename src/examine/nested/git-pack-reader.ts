import { SyncStream } from '../../bytes/index.ts';
import { type ByteSink, NestedFormatError, NOWHERE, type OpenMember } from './byte-sink.ts';
import { PendingBytes } from './pending-bytes.ts';

const HEADER_BYTES = 12;
/** Type and size, an offset or a name of the base, and the header of zlib. */
const MAX_OBJECT_HEADER_BYTES = 64;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;
const NAME_BYTES = 20;
const KINDS: Readonly<Record<number, string>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag', 6: 'delta', 7: 'delta' };
/** Adler-32 behind every zlib stream. */
const CHECKSUM_BYTES = 4;

type State = 'header' | 'object' | 'content' | 'checksum' | 'over';

/**
 * Reads a pack of git (gitformat-pack(5)) object for object, unreachable ones included. Deltas are given as they
 * stand: they hold in full what a version added, and a secret that a commit adds is such.
 */
export class GitPackReader implements ByteSink {
  readonly #open: OpenMember;
  readonly #inflate = new SyncStream('deflate');
  readonly #pending = new PendingBytes();
  #state: State = 'header';
  #objects = 0;
  #index = 0;
  #skip = 0;
  #member: ByteSink = NOWHERE;

  constructor(open: OpenMember) {
    this.#open = open;
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
          const taken = this.#inflate.push(rest, (piece) => this.#member.push(piece));
          if (taken < rest.byteLength) this.#finish();
          rest = rest.subarray(taken);
          break;
        }
        case 'checksum': {
          const skipped = Math.min(this.#skip, rest.byteLength);
          this.#skip -= skipped;
          rest = rest.subarray(skipped);
          if (this.#skip === 0) this.#state = this.#index < this.#objects ? 'object' : 'over';
          break;
        }
        case 'over':
          return;
      }
    }
  }

  end(): void {
    this.#member.end();
    this.#member = NOWHERE;
  }

  #readHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < HEADER_BYTES) return this.#pending.keep(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    if (![2, 3].includes(view.getUint32(4))) throw new NestedFormatError('a git pack of an unknown version');
    this.#objects = view.getUint32(8);
    this.#state = this.#objects > 0 ? 'object' : 'over';
    return bytes.subarray(HEADER_BYTES);
  }

  #readObjectHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    const header = objectHeader(bytes);
    if (header === undefined) {
      if (bytes.byteLength > MAX_OBJECT_HEADER_BYTES)
        throw new NestedFormatError('an object of the git pack is broken');
      return this.#pending.keep(bytes);
    }
    const kind = KINDS[header.type];
    if (kind === undefined) throw new NestedFormatError(`the git pack has an object of type ${header.type}`);
    this.#member = this.#open(`${kind} ${this.#index}`);
    this.#index += 1;
    if (this.#index > 1) this.#inflate.reset();
    this.#state = 'content';
    return bytes.subarray(header.bytes);
  }

  #finish(): void {
    this.end();
    this.#state = 'checksum';
    this.#skip = CHECKSUM_BYTES;
  }
}

/** An object's type and the length of its header, that of zlib included; undefined while it is not all there. */
function objectHeader(bytes: Uint8Array): { type: number; bytes: number } | undefined {
  const first = bytes[0] as number;
  const type = (first >> 4) & 7;
  let at = endOfNumber(bytes, 0);
  if (type === OFFSET_DELTA) at = endOfNumber(bytes, at);
  if (type === REFERENCE_DELTA) at += NAME_BYTES;
  return at + 2 > bytes.byteLength ? undefined : { type, bytes: at + 2 };
}

/** Where behind `at` a number ends whose bytes but the last have their highest bit set. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  let end = at;
  while (((bytes[end] ?? 0) & 0x80) !== 0) end += 1;
  return end + 1;
}
