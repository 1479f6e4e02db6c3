import type { SparseMap } from './sparse.ts';

/** What an entry is, before whiteouts are told from files. */
export type TarEntryKind =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hardlink'
  | 'character-device'
  | 'block-device'
  | 'fifo'
  | 'unknown';

/** One member of a tar, with its extended headers applied as Go's archive/tar applies them. */
export interface TarEntry {
  /** Position among the members, from 0. */
  readonly sequence: number;
  /** Offset of its own header (not of its extended headers) in the tar. */
  readonly headerOffset: number;
  /** Offset of what stands behind its header: its content, if it has any. */
  readonly contentOffset: number;
  readonly kind: TarEntryKind;
  readonly typeFlag: string;
  /** Its name as it stands there: not cleaned, perhaps absolute, perhaps no UTF-8. */
  readonly name: Uint8Array;
  readonly linkName: Uint8Array;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch, with a fraction where a PAX header gives one. */
  readonly mtime: number;
  /** Size of the file in a container: for a sparse file with its holes. */
  readonly sizeBytes: number;
  /** Bytes that its content takes in the tar, padding not included. */
  readonly storedBytes: number;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Extended attributes (`SCHILY.xattr.*` and `LIBARCHIVE.xattr.*`), name without that prefix. */
  readonly xattrs: readonly Xattr[];
  /** Where the content of a sparse file goes; `in-content` where the content begins with the map (PAX 1.0). */
  readonly sparse: SparseMap | 'in-content' | null;
  /** Whether it stands behind damage, where no runtime would get to: it may be a part of another file's content. */
  readonly salvaged: boolean;
}

/** One extended attribute. */
export interface Xattr {
  readonly name: string;
  readonly value: Uint8Array;
  /** Set where it is in the form of libarchive, which containers do not get: Go reads that of star only. */
  readonly isIgnored?: true;
}
