import type { EntryPath } from '../core/index.ts';
import { type BytesFate, type Filesystem, type FilesystemEntry, fateOfBytes } from '../filesystem/index.ts';
import { TopList } from './top-list.ts';

/** Why bytes are hidden. */
export type HiddenCause = Exclude<BytesFate, 'live'>;

/** A path with versions that nobody can reach. */
export interface WastedPath {
  readonly path: EntryPath;
  /** Bytes of all its hidden versions, each once. */
  readonly bytes: number;
  readonly versions: readonly { readonly layerIndex: number; readonly bytes: number; readonly cause: HiddenCause }[];
  /** Layer of the version that a container sees; null if it sees none. */
  readonly liveIn: number | null;
}

/** Files that a layer holds again only because their attributes changed, as `chmod -R` and `chown -R` do. */
export interface MetadataRewrite {
  /** The layer that holds them again. */
  readonly layerIndex: number;
  readonly files: number;
  readonly bytes: number;
  /** Files by what changed; one may count for several. `nothing` is a copy of the very same file. */
  readonly changed: {
    readonly mode: number;
    readonly owner: number;
    readonly mtime: number;
    readonly nothing: number;
  };
}

/** One content that a container sees in several files that are no hard links of each other. */
export interface DuplicateContent {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** How many files have it. */
  readonly files: number;
  /** Where; only the first ones. */
  readonly places: readonly { readonly path: EntryPath; readonly layerIndex: number }[];
}

/** What {@link findDuplicates} gives. */
export interface Duplicates {
  /** Bytes of all copies but one of each content. */
  readonly bytes: number;
  readonly contents: number;
  /** Those that cost most. */
  readonly largest: readonly DuplicateContent[];
}

/** Versions shown of one path, and places of one content. */
const MAX_SHOWN = 20;

/** The paths whose hidden versions take most, largest first. */
export function wastedPaths(filesystem: Filesystem, limit: number): WastedPath[] {
  const bytes = new Float64Array(filesystem.pathCount);
  for (const { entry } of hiddenFiles(filesystem)) {
    const id = filesystem.pathId(entry);
    if (id >= 0) bytes[id] = (bytes[id] as number) + entry.sizeBytes;
  }
  const top = new TopList<number>(limit);
  for (let id = 0; id < bytes.length; id += 1) {
    const weight = bytes[id] as number;
    if (weight > 0 && top.wants(weight)) top.add(weight, id);
  }
  return top.items().map((id) => {
    const path = filesystem.pathAt(id);
    const hidden = filesystem
      .versions(path)
      .filter(({ kind }) => kind === 'file')
      .map((entry) => ({ entry, cause: fateOfBytes(entry) }))
      .filter((one): one is { entry: FilesystemEntry; cause: HiddenCause } => one.cause !== 'live');
    return {
      path,
      bytes: bytes[id] as number,
      versions: hidden
        .slice(0, MAX_SHOWN)
        .map(({ entry, cause }) => ({ layerIndex: entry.layerIndex, bytes: entry.sizeBytes, cause })),
      liveIn: filesystem.lookUp(path)?.layerIndex ?? null,
    };
  });
}

/** Rewrites of attributes, by the layer that holds the content again; layers without any are left out. */
export function metadataRewrites(filesystem: Filesystem): MetadataRewrite[] {
  const rewrites = filesystem.tables.map((_, layerIndex) => ({
    layerIndex,
    files: 0,
    bytes: 0,
    changed: { mode: 0, owner: 0, mtime: 0, nothing: 0 },
  }));
  for (const { entry, cause } of hiddenFiles(filesystem)) {
    const next = cause === 'metadata-only' ? filesystem.nextVersion(entry) : null;
    const rewrite = next === null ? undefined : rewrites[next.layerIndex];
    if (next === null || rewrite === undefined) continue;
    rewrite.files += 1;
    rewrite.bytes += entry.sizeBytes;
    const mode = next.mode !== entry.mode;
    const owner = next.uid !== entry.uid || next.gid !== entry.gid;
    const mtime = next.mtime !== entry.mtime;
    if (mode) rewrite.changed.mode += 1;
    if (owner) rewrite.changed.owner += 1;
    if (mtime) rewrite.changed.mtime += 1;
    if (!mode && !owner && !mtime) rewrite.changed.nothing += 1;
  }
  return rewrites.filter(({ files }) => files > 0);
}

/**
 * Contents that a container sees several times. Hard links are one file. Digests are compared in two steps, so that
 * for a million files with nothing in common no million texts are made.
 */
export function findDuplicates(filesystem: Filesystem, limit: number): Duplicates {
  const keys = new Float64Array(countFiles(filesystem));
  let length = 0;
  for (const entry of liveFiles(filesystem)) {
    keys[length] = digestKey(entry);
    length += 1;
  }
  const sorted = keys.subarray(0, length).sort();
  const repeated = new Set<number>();
  for (let i = 1; i < length; i += 1) if (sorted[i] === sorted[i - 1]) repeated.add(sorted[i] as number);
  const groups = new Map<string, { count: number; readonly places: FilesystemEntry[] }>();
  for (const entry of liveFiles(filesystem)) {
    if (!repeated.has(digestKey(entry))) continue;
    const digest = entry.table.contentDigest(entry.row) as string;
    const group = groups.get(digest) ?? { count: 0, places: [] };
    groups.set(digest, group);
    group.count += 1;
    if (group.places.length < MAX_SHOWN) group.places.push(entry);
  }
  const top = new TopList<DuplicateContent>(limit);
  let bytes = 0;
  let contents = 0;
  for (const [digest, { count, places }] of groups) {
    if (count < 2) continue;
    const sizeBytes = (places[0] as FilesystemEntry).sizeBytes;
    const extra = sizeBytes * (count - 1);
    contents += 1;
    bytes += extra;
    if (!top.wants(extra)) continue;
    const shown = places.map((entry) => ({ path: reachablePath(entry), layerIndex: entry.layerIndex }));
    top.add(extra, { digest, sizeBytes, files: count, places: shown });
  }
  return { bytes, contents, largest: top.items() };
}

/** A path under which a container reaches the bytes of a live file: its own, or that of a hard link to it. */
export function reachablePath(entry: FilesystemEntry): EntryPath {
  if (entry.state === 'live') return entry.path;
  return (entry.filesystem.sharing(entry).find(({ state }) => state === 'live') ?? entry).path;
}

/** Regular files whose bytes a container can reach, each once, layer by layer. */
export function* liveFiles(filesystem: Filesystem): Iterable<FilesystemEntry> {
  for (const [entry, fate] of regularFiles(filesystem)) {
    if (fate === 'live' && entry.sizeBytes > 0 && entry.table.columns.digested[entry.row] === 1) yield entry;
  }
}

function* hiddenFiles(filesystem: Filesystem): Iterable<{ entry: FilesystemEntry; cause: HiddenCause }> {
  for (const [entry, fate] of regularFiles(filesystem)) if (fate !== 'live') yield { entry, cause: fate };
}

function* regularFiles(filesystem: Filesystem): Iterable<readonly [FilesystemEntry, BytesFate]> {
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    for (let row = 0; row < table.applicableLength; row += 1) {
      if (table.kind(row) !== 'file') continue;
      const entry = filesystem.entry(layerIndex, row);
      yield [entry, fateOfBytes(entry)];
    }
  }
}

function countFiles(filesystem: Filesystem): number {
  return filesystem.tables.reduce((sum, table) => sum + table.length, 0);
}

/** The first six bytes of a digest as a number. */
function digestKey({ table, row }: FilesystemEntry): number {
  const { digest } = table.columns;
  let key = 0;
  for (let i = row * 32; i < row * 32 + 6; i += 1) key = key * 256 + (digest[i] as number);
  return key;
}
