import { type Filesystem, type FilesystemEntry, fateOfBytes } from '../filesystem/index.ts';

/** What a build that never had a path would not have. */
export interface Removal {
  /** Of a container's: files, and bytes that no other name keeps. */
  readonly liveFiles: number;
  readonly liveBytes: number;
  /** Of all layers'. */
  readonly allBytes: number;
  /** Parts of the layers' tars, headers and padding included. */
  readonly tarBytes: readonly number[];
  /** Bytes in it that hard links outside of it keep. */
  readonly keptByLinksBytes: number;
}

/** A folder's live files in one layer. */
export interface LayerPart {
  files: number;
  bytes: number;
}

const BLOCK = 512;

/** What would go if a path, and all that ever was below it, had never been put. */
export function measureRemoval(filesystem: Filesystem, path: string): Removal {
  const within = insideOf(filesystem, path);
  let [liveFiles, liveBytes, allBytes, keptByLinksBytes] = [0, 0, 0, 0];
  const tarBytes = filesystem.tables.map(() => 0);
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    for (let row = 0; row < table.applicableLength; row += 1) {
      const entry = filesystem.entry(layerIndex, row);
      if (!within(filesystem.pathId(entry))) continue;
      const isFile = table.kind(row) === 'file';
      const bytes = isFile ? table.sizeBytes(row) : 0;
      if ((isFile || table.kind(row) === 'hardlink') && entry.state === 'live') liveFiles += 1;
      if (isFile && isKeptOutside(entry, within)) {
        keptByLinksBytes += bytes;
        continue;
      }
      allBytes += bytes;
      tarBytes[layerIndex] = (tarBytes[layerIndex] as number) + BLOCK + Math.ceil(bytes / BLOCK) * BLOCK;
      if (isFile && fateOfBytes(entry) === 'live') liveBytes += bytes;
    }
  }
  return { liveFiles, liveBytes, allBytes, tarBytes, keptByLinksBytes };
}

/** What a container sees below a folder, by layer. A file counts once, in the layer that holds its bytes. */
export function measureBelow(filesystem: Filesystem, path: string): LayerPart[] {
  const parts = filesystem.tables.map(() => ({ files: 0, bytes: 0 }));
  const seen = new Set<string>();
  for (const entry of filesystem.below(path)) {
    const { content } = entry;
    if (content === null || (entry.kind !== 'file' && entry.kind !== 'hardlink')) continue;
    const part = parts[content.layerIndex] as LayerPart;
    part.files += 1;
    // Only files that have several names can be met twice.
    if (filesystem.sharing(entry).length > 1) {
      if (seen.has(entry.contentId)) continue;
      seen.add(entry.contentId);
    }
    part.bytes += content.sizeBytes;
  }
  return parts;
}

/** Whether ids of paths are a path or below it. Remembers what it saw: most files share their folders. */
function insideOf(filesystem: Filesystem, path: string): (pathId: number) => boolean {
  const top = filesystem.pathIdAt(path);
  /** 1 inside, 2 outside. */
  const known = new Uint8Array(filesystem.pathCount);
  return (pathId) => {
    if (pathId < 0 || top < 0) return false;
    const way: number[] = [];
    let at = pathId;
    while (at >= 0 && at !== top && known[at] === 0) {
      way.push(at);
      at = filesystem.parentId(at);
    }
    const inside = at >= 0 && (at === top || known[at] === 1);
    for (const id of way) known[id] = inside ? 1 : 2;
    return inside;
  };
}

function isKeptOutside(entry: FilesystemEntry, within: (pathId: number) => boolean): boolean {
  const { filesystem } = entry;
  const names = filesystem.sharing(entry);
  return names.length > 1 && names.some((name) => name.state === 'live' && !within(filesystem.pathId(name)));
}
