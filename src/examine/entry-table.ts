import { decodeBytes, type EntryPath } from '../core/index.ts';
import type { TarEntry } from '../tar/index.ts';

/**
 * What an entry of a layer is. Whiteouts are told by their base name (OCI image specification, layer.md,
 * "Whiteouts"): `.wh.<name>` hides a path, `.wh..wh..opq` everything lower layers put into the directory,
 * and any other `.wh..wh.*` is bookkeeping of AUFS that no runtime creates.
 */
export const ENTRY_KINDS = [
  'file',
  'directory',
  'symlink',
  'hardlink',
  'character-device',
  'block-device',
  'fifo',
  'whiteout',
  'opaque',
  'aufs-metadata',
  'unknown',
] as const;

/** What an entry of a layer is. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

/**
 * All entries of a layer in columns: typed arrays, no object per entry, so that a million entries cost tens
 * of megabytes and cross threads without being copied. Row i is the layer's entry i, in the order of its tar.
 */
export interface EntryColumns {
  readonly length: number;
  /**
   * Row from which on entries were found behind damage. No runtime gets that far: they are in no filesystem, and may be
   * parts of other files' contents. Absent where there are none.
   */
  readonly salvagedFrom?: number;
  /** Index into {@link ENTRY_KINDS}. */
  readonly kind: Uint8Array;
  readonly mode: Uint16Array;
  readonly uid: Float64Array;
  readonly gid: Float64Array;
  /** Size of the file in a container, bytes. */
  readonly sizeBytes: Float64Array;
  /** Seconds since the epoch. */
  readonly mtime: Float64Array;
  /** Offset of the header in the uncompressed tar. */
  readonly headerOffset: Float64Array;
  /** SHA-256 of each file's content, 32 bytes a row; zeros where `digested` is 0. */
  readonly digest: Uint8Array;
  readonly digested: Uint8Array;
  /** Cleaned paths, one after the other; row i is at pathEnd[i - 1] to pathEnd[i]. */
  readonly paths: Uint8Array;
  readonly pathEnd: Uint32Array;
  /** Link targets as they stand in the tar, likewise. */
  readonly links: Uint8Array;
  readonly linkEnd: Uint32Array;
}

/** Reads {@link EntryColumns} row by row. */
export class EntryTable {
  readonly columns: EntryColumns;

  constructor(columns: EntryColumns) {
    this.columns = columns;
  }

  get length(): number {
    return this.columns.length;
  }

  /** How many of the entries a runtime may get to: those in front of any damage. */
  get applicableLength(): number {
    return this.columns.salvagedFrom ?? this.columns.length;
  }

  kind(row: number): EntryKind {
    return ENTRY_KINDS[this.columns.kind[row] as number] as EntryKind;
  }

  pathBytes(row: number): Uint8Array {
    const { paths, pathEnd } = this.columns;
    return paths.subarray(row === 0 ? 0 : (pathEnd[row - 1] as number), pathEnd[row] as number);
  }

  path(row: number): EntryPath {
    return decodeBytes(this.pathBytes(row)) as EntryPath;
  }

  linkTarget(row: number): string {
    const { links, linkEnd } = this.columns;
    return decodeBytes(links.subarray(row === 0 ? 0 : (linkEnd[row - 1] as number), linkEnd[row] as number));
  }

  mode(row: number): number {
    return this.columns.mode[row] as number;
  }

  uid(row: number): number {
    return this.columns.uid[row] as number;
  }

  gid(row: number): number {
    return this.columns.gid[row] as number;
  }

  sizeBytes(row: number): number {
    return this.columns.sizeBytes[row] as number;
  }

  mtime(row: number): number {
    return this.columns.mtime[row] as number;
  }

  /** SHA-256 of the content in hex; null for what has no content or was not read to its end. */
  contentDigest(row: number): string | null {
    if (this.columns.digested[row] === 0) return null;
    return Buffer.from(this.columns.digest.buffer, this.columns.digest.byteOffset + row * 32, 32).toString('hex');
  }
}

/** Fills {@link EntryColumns} as entries come by. */
export class EntryTableBuilder {
  #length = 0;
  #salvagedFrom: number | undefined;
  #kind = new Uint8Array(256);
  #mode = new Uint16Array(256);
  #uid = new Float64Array(256);
  #gid = new Float64Array(256);
  #sizeBytes = new Float64Array(256);
  #mtime = new Float64Array(256);
  #headerOffset = new Float64Array(256);
  #digest = new Uint8Array(256 * 32);
  #digested = new Uint8Array(256);
  #pathEnd = new Uint32Array(256);
  #linkEnd = new Uint32Array(256);
  readonly #paths = new ByteBuilder();
  readonly #links = new ByteBuilder();

  get length(): number {
    return this.#length;
  }

  /** Bytes of names and link targets so far. */
  get nameBytes(): number {
    return this.#paths.length + this.#links.length;
  }

  /** Adds an entry and returns its row. */
  add(entry: TarEntry, kind: EntryKind, path: Uint8Array): number {
    const row = this.#length;
    if (row === this.#kind.length) this.#grow(row * 2);
    this.#length += 1;
    if (entry.salvaged) this.#salvagedFrom ??= row;
    this.#kind[row] = ENTRY_KINDS.indexOf(kind);
    this.#mode[row] = entry.mode;
    this.#uid[row] = entry.uid;
    this.#gid[row] = entry.gid;
    this.#sizeBytes[row] = entry.sizeBytes;
    this.#mtime[row] = entry.mtime;
    this.#headerOffset[row] = entry.headerOffset;
    this.#paths.append(path);
    this.#pathEnd[row] = this.#paths.length;
    this.#links.append(entry.linkName);
    this.#linkEnd[row] = this.#links.length;
    return row;
  }

  /** States the SHA-256 of a row's content. */
  setDigest(row: number, digest: Uint8Array): void {
    this.#digest.set(digest, row * 32);
    this.#digested[row] = 1;
  }

  /** The columns, cut to their length. The builder is spent. */
  finish(): EntryColumns {
    const length = this.#length;
    return {
      length,
      ...(this.#salvagedFrom === undefined ? {} : { salvagedFrom: this.#salvagedFrom }),
      kind: this.#kind.slice(0, length),
      mode: this.#mode.slice(0, length),
      uid: this.#uid.slice(0, length),
      gid: this.#gid.slice(0, length),
      sizeBytes: this.#sizeBytes.slice(0, length),
      mtime: this.#mtime.slice(0, length),
      headerOffset: this.#headerOffset.slice(0, length),
      digest: this.#digest.slice(0, length * 32),
      digested: this.#digested.slice(0, length),
      paths: this.#paths.finish(),
      pathEnd: this.#pathEnd.slice(0, length),
      links: this.#links.finish(),
      linkEnd: this.#linkEnd.slice(0, length),
    };
  }

  #grow(capacity: number): void {
    this.#kind = copyInto(new Uint8Array(capacity), this.#kind);
    this.#mode = copyInto(new Uint16Array(capacity), this.#mode);
    this.#uid = copyInto(new Float64Array(capacity), this.#uid);
    this.#gid = copyInto(new Float64Array(capacity), this.#gid);
    this.#sizeBytes = copyInto(new Float64Array(capacity), this.#sizeBytes);
    this.#mtime = copyInto(new Float64Array(capacity), this.#mtime);
    this.#headerOffset = copyInto(new Float64Array(capacity), this.#headerOffset);
    this.#digest = copyInto(new Uint8Array(capacity * 32), this.#digest);
    this.#digested = copyInto(new Uint8Array(capacity), this.#digested);
    this.#pathEnd = copyInto(new Uint32Array(capacity), this.#pathEnd);
    this.#linkEnd = copyInto(new Uint32Array(capacity), this.#linkEnd);
  }
}

function copyInto<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}

class ByteBuilder {
  length = 0;
  #bytes = new Uint8Array(8192);

  append(bytes: Uint8Array): void {
    const needed = this.length + bytes.byteLength;
    if (needed > this.#bytes.byteLength) {
      this.#bytes = copyInto(new Uint8Array(Math.max(needed, this.#bytes.byteLength * 2)), this.#bytes);
    }
    this.#bytes.set(bytes, this.length);
    this.length = needed;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}
