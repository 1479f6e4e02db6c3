import { SyncStream } from '../../bytes/index.ts';
import { type ByteSink, NestedFormatError, NOWHERE, type OpenMember } from './byte-sink.ts';
import { CompressedReader, type NestedCompression } from './compressed-reader.ts';
import { PendingBytes } from './pending-bytes.ts';

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const DESCRIPTOR = 0x08074b50;
/** With signature and ZIP64 sizes. */
const MAX_DESCRIPTOR_BYTES = 24;
const ENCRYPTED = 1;
const HAS_DESCRIPTOR = 8;
const STORED = 0;
const DEFLATED = 8;
/** Methods that are streams of their own: members say how long those are. */
const STREAMS: Readonly<Record<number, NestedCompression>> = { 12: 'bzip2', 93: 'zstd', 95: 'xz' };
const ZIP64 = 0xffffffff;

type State = 'header' | 'stored' | 'deflated' | 'skipped' | 'descriptor' | 'over';

/**
 * Reads a zip (PKWARE's APPNOTE.TXT) from its beginning, as jar, war, apk, whl and office files are: member for
 * member by their local headers, without the directory at the end, so that nothing has to be kept or read twice.
 *
 * The attack on readers that go by the directory: a member that only a local header names is there for whoever
 * streams. Members of methods that are not read, and encrypted ones, are passed over and told.
 */
export class ZipReader implements ByteSink {
  readonly #open: OpenMember;
  readonly #note: (message: string) => void;
  #state: State = 'header';
  readonly #pending = new PendingBytes();
  #left = 0;
  #hasDescriptor = false;
  #inflate: SyncStream | undefined;
  #member: ByteSink = NOWHERE;

  constructor(open: OpenMember, note: (message: string) => void) {
    this.#open = open;
    this.#note = note;
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.byteLength > 0) {
      switch (this.#state) {
        case 'header':
          rest = this.#readHeader(rest);
          break;
        case 'stored':
        case 'skipped':
          rest = this.#pass(rest);
          break;
        case 'deflated':
          rest = this.#readDeflated(rest);
          break;
        case 'descriptor':
          rest = this.#readDescriptor(rest);
          break;
        case 'over':
          return;
      }
    }
  }

  end(): void {
    this.#member.end();
    this.#member = NOWHERE;
    this.#state = 'over';
  }

  #readHeader(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < LOCAL_HEADER_BYTES) return this.#pending.keep(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // The directory, or padding in front of it.
    if (view.getUint32(0, true) !== LOCAL_HEADER) {
      this.#state = 'over';
      return new Uint8Array(0);
    }
    const nameBytes = view.getUint16(26, true);
    const extraBytes = view.getUint16(28, true);
    const headerBytes = LOCAL_HEADER_BYTES + nameBytes + extraBytes;
    if (bytes.byteLength < headerBytes) return this.#pending.keep(bytes);
    const name = Buffer.from(bytes.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + nameBytes)).toString('utf8');
    const extra = bytes.subarray(LOCAL_HEADER_BYTES + nameBytes, headerBytes);
    this.#startMember(name, view.getUint16(6, true), view.getUint16(8, true), compressedBytes(view, extra));
    return bytes.subarray(headerBytes);
  }

  #startMember(name: string, flags: number, method: number, storedBytes: number): void {
    this.#hasDescriptor = (flags & HAS_DESCRIPTOR) !== 0;
    this.#left = storedBytes;
    const obstacle = obstacleOf(name, flags, method, storedBytes);
    if (obstacle !== null) {
      this.#skip(obstacle);
      return;
    }
    if (method === DEFLATED) {
      this.#member = this.#open(name);
      if (this.#inflate === undefined) this.#inflate = new SyncStream('deflate');
      else this.#inflate.reset();
      this.#state = 'deflated';
      return;
    }
    const compression = STREAMS[method];
    const content = this.#open(name);
    this.#member = compression === undefined ? content : new CompressedReader(compression, content);
    this.#state = 'stored';
    if (storedBytes === 0) this.#finishMember();
  }

  #skip(message: string): void {
    this.#note(message);
    if (this.#hasDescriptor && this.#left === 0)
      throw new NestedFormatError(`${message}, and where it ends is not said`);
    this.#state = 'skipped';
    if (this.#left === 0) this.#finishMember();
  }

  #pass(input: Uint8Array): Uint8Array {
    const part = input.subarray(0, Math.min(this.#left, input.byteLength));
    if (this.#state === 'stored') this.#member.push(part);
    this.#left -= part.byteLength;
    if (this.#left === 0) this.#finishMember();
    return input.subarray(part.byteLength);
  }

  #readDeflated(input: Uint8Array): Uint8Array {
    const taken = (this.#inflate as SyncStream).push(input, (piece) => this.#member.push(piece));
    if (taken < input.byteLength) this.#finishMember();
    return input.subarray(taken);
  }

  #finishMember(): void {
    this.#member.end();
    this.#member = NOWHERE;
    this.#state = this.#hasDescriptor ? 'descriptor' : 'header';
  }

  /** Behind a member that was written before its size was known stand 12 to 24 bytes, in one of four forms. */
  #readDescriptor(input: Uint8Array): Uint8Array {
    const bytes = this.#pending.join(input);
    if (bytes.byteLength < MAX_DESCRIPTOR_BYTES + 4) return this.#pending.keep(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const signed = view.getUint32(0, true) === DESCRIPTOR;
    const sizes = signed ? [16, 24] : [12, 20];
    const size = sizes.find((candidate) => (view.getUint32(candidate, true) & 0xffff) === 0x4b50);
    this.#state = 'header';
    return bytes.subarray(size ?? (sizes[0] as number));
  }
}

/** Why a member cannot be read; null where it can. */
function obstacleOf(name: string, flags: number, method: number, storedBytes: number): string | null {
  if ((flags & ENCRYPTED) !== 0) return `${name} is encrypted`;
  if (method === DEFLATED) return null;
  if (method !== STORED && STREAMS[method] === undefined) return `${name} is compressed with method ${method}`;
  // Where such a member ends nobody can tell from its beginning.
  const isEndless = (flags & HAS_DESCRIPTOR) !== 0 && storedBytes === 0 && !name.endsWith('/');
  return isEndless ? `${name} is stored without its size` : null;
}

/** Compressed size out of the header, or out of the ZIP64 field where that does not hold it. */
function compressedBytes(view: DataView, extra: Uint8Array): number {
  const stated = view.getUint32(18, true);
  if (stated !== ZIP64) return stated;
  const fields = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const size = fields.getUint16(at + 2, true);
    if (fields.getUint16(at, true) === 1 && size >= 16 && at + 20 <= extra.byteLength) {
      return Number(fields.getBigUint64(at + 12, true));
    }
    at += 4 + size;
  }
  return stated;
}
