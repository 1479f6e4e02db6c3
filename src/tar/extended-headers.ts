import { decodeBytes } from '../core/index.ts';
import type { TarAnomalyKind } from './anomaly.ts';
import type { TarEntry, TarEntryKind, Xattr } from './entry.ts';
import type { RawHeader } from './header.ts';
import { invalidPaxNumbers, type PaxRecords, paxInteger, paxText, paxTime } from './pax.ts';
import { parseSparseRecord, type SparseMap } from './sparse.ts';

/** Extended headers met since the last entry; they describe the next one. */
export interface ExtendedHeaders {
  pax?: PaxRecords;
  gnuName?: Uint8Array;
  gnuLinkName?: Uint8Array;
}

/** Told of each anomaly that applying headers brings up. */
export type NoteAnomaly = (kind: TarAnomalyKind, detail: string, bytes?: number) => void;

/** Largest size that fits the octal field of a header; only beyond it a PAX size is needed. */
const OCTAL_SIZE_LIMIT = 8 ** 11;
const PATH_MAX = 4096;
const XATTR_PREFIX = 'SCHILY.xattr.';
const LIBARCHIVE_XATTR_PREFIX = 'LIBARCHIVE.xattr.';
/** PAX global records that change which files a tar makes. */
const OVERRIDES = new Set(['path', 'linkpath', 'size', 'uid', 'gid']);

const KINDS: Readonly<Record<string, TarEntryKind>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
};

/**
 * Types whose record has no content whatever their size field says: Go's isHeaderOnlyType. Following the
 * size instead would skip the record behind it, which containerd creates all the same.
 */
const HEADER_ONLY: ReadonlySet<TarEntryKind> = new Set<TarEntryKind>([
  'hardlink',
  'symlink',
  'character-device',
  'block-device',
  'directory',
  'fifo',
]);

/**
 * Applies extended headers to a header, with the precedence of Go's archive/tar: PAX over the header, GNU
 * long names over PAX.
 * Undefined where the size of the record cannot be told, so that nothing behind it can be found.
 */
export function toEntry(
  raw: RawHeader,
  extended: ExtendedHeaders,
  place: Pick<TarEntry, 'sequence' | 'headerOffset' | 'contentOffset'>,
  oldSparse: SparseMap | undefined,
  note: NoteAnomaly,
): TarEntry | undefined {
  const pax: PaxRecords = extended.pax ?? new Map();
  for (const field of raw.invalidNumbers) note('number-invalid', `the field ${field} is no number`);
  for (const key of invalidPaxNumbers(pax)) note('number-invalid', `the PAX record ${key} is no number`);

  const gnuName = nonEmpty(extended.gnuName);
  const paxName = nonEmpty(pax.get('path'));
  const name = gnuName ?? paxName ?? raw.name;
  const kind = kindOf(raw, name, note);
  const headerOnly = HEADER_ONLY.has(kind);

  const paxSize = paxInteger(pax, 'size');
  const statedBytes = paxSize ?? raw.sizeBytes;
  // Whatever size a header-only record states, Go goes on right behind it: giving up here would hide the rest.
  if (!headerOnly) {
    if (paxSize === undefined && raw.invalidNumbers.includes('size')) return undefined;
    if (!(statedBytes >= 0) || statedBytes > Number.MAX_SAFE_INTEGER) return undefined;
  }
  if (paxSize !== undefined && paxSize !== raw.sizeBytes && paxSize < OCTAL_SIZE_LIMIT) {
    note('pax-size-mismatch', `the PAX header says ${paxSize} bytes, the header ${raw.sizeBytes}`, paxSize);
  }

  if (gnuName !== undefined && paxName !== undefined && !Buffer.from(paxName).equals(gnuName)) {
    note('name-conflict', `GNU ${keptOf(gnuName)}, PAX ${keptOf(paxName)}`);
  }
  if (headerOnly && statedBytes !== 0) {
    note('size-on-header-only', `a ${kind} states ${statedBytes} bytes of content`, Math.max(0, statedBytes));
  }
  const storedBytes = headerOnly ? 0 : statedBytes;
  const sparse = headerOnly ? null : sparseMap(pax, oldSparse, note);
  return {
    ...place,
    kind,
    typeFlag: raw.typeFlag,
    // Go looks for the name of PAX sparse files only where the type is not that of old GNU ones.
    name: sparse === null || sparse === oldSparse ? name : (nonEmpty(pax.get('GNU.sparse.name')) ?? name),
    linkName: nonEmpty(extended.gnuLinkName) ?? nonEmpty(pax.get('linkpath')) ?? raw.linkName,
    mode: raw.mode & 0o7777,
    uid: paxInteger(pax, 'uid') ?? raw.uid,
    gid: paxInteger(pax, 'gid') ?? raw.gid,
    mtime: paxTime(pax, 'mtime') ?? raw.mtime,
    sizeBytes:
      sparse === null ? storedBytes : sparse === 'in-content' ? (sparseSize(pax) ?? storedBytes) : sparse.sizeBytes,
    storedBytes,
    deviceMajor: raw.deviceMajor,
    deviceMinor: raw.deviceMinor,
    xattrs: xattrsOf(pax),
    sparse,
    salvaged: false,
  };
}

function kindOf(raw: RawHeader, name: Uint8Array, note: NoteAnomaly): TarEntryKind {
  const kind = KINDS[raw.typeFlag] ?? 'unknown';
  if (kind === 'unknown') note('type-unknown', `type ${JSON.stringify(raw.typeFlag)}`);
  if (raw.typeFlag === '7') note('contiguous-file', 'type 7');
  if (raw.typeFlag === 'S') note('old-gnu-sparse', 'type S');
  // Before POSIX a directory was a file whose name ends with a slash.
  if (raw.typeFlag === '\0' && name.at(-1) === 0x2f) return 'directory';
  return kind;
}

/** What is kept of a name to tell about it: as much as a path can have, of a name that may have a megabyte. */
function keptOf(name: Uint8Array): string {
  return decodeBytes(name.subarray(0, PATH_MAX));
}

function nonEmpty(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined || bytes.byteLength === 0 ? undefined : bytes;
}

function sparseSize(pax: PaxRecords): number | undefined {
  return paxInteger(pax, 'GNU.sparse.size') ?? paxInteger(pax, 'GNU.sparse.realsize');
}

function sparseMap(pax: PaxRecords, old: SparseMap | undefined, note: NoteAnomaly): TarEntry['sparse'] {
  if (old !== undefined) return old;
  const major = paxText(pax, 'GNU.sparse.major');
  const minor = paxText(pax, 'GNU.sparse.minor');
  const map = paxText(pax, 'GNU.sparse.map');
  const version = major === undefined && minor === undefined && map !== undefined ? '0.1' : `${major}.${minor}`;
  if (version === '1.0') return 'in-content';
  if (version !== '0.0' && version !== '0.1') return null;
  const size = sparseSize(pax);
  const parsed =
    size === undefined ? undefined : parseSparseRecord(map ?? '', paxText(pax, 'GNU.sparse.numblocks'), size);
  if (parsed === undefined)
    note('sparse-map-invalid', 'the PAX sparse map makes no sense; its bytes are read as they are stored');
  return parsed ?? null;
}

function xattrsOf(pax: PaxRecords): Xattr[] {
  if (pax.size === 0) return [];
  const xattrs: Xattr[] = [];
  for (const [key, value] of pax) {
    if (key.startsWith(XATTR_PREFIX)) xattrs.push({ name: key.slice(XATTR_PREFIX.length), value });
    else if (key.startsWith(LIBARCHIVE_XATTR_PREFIX)) xattrs.push(libarchiveXattr(key, value));
  }
  return xattrs;
}

/** libarchive escapes names as URLs do, and writes values in base64 (its archive_write_set_format_pax.c). */
function libarchiveXattr(key: string, value: Uint8Array): Xattr {
  const name = key.slice(LIBARCHIVE_XATTR_PREFIX.length);
  const unescaped = name.replace(/%([0-9a-f]{2})/gi, (_, byte: string) =>
    String.fromCharCode(Number.parseInt(byte, 16)),
  );
  const text = Buffer.from(value).toString('latin1');
  return { name: unescaped, value: Buffer.from(text, 'base64'), isIgnored: true };
}

/**
 * What a PAX global header would change for readers that apply it. Go, and so containerd, ignores global
 * headers; GNU tar and tar-stream do not, and would see other names or sizes than the runtime.
 */
export function globalOverrides(pax: PaxRecords): string[] {
  return [...pax.keys()].filter((key) => OVERRIDES.has(key) || key.startsWith('GNU.sparse.'));
}
