import type { Filesystem, FilesystemEntry } from './filesystem.ts';

/** What became of the bytes of a regular file; `metadata-only` where the same bytes took their place. */
export type BytesFate = 'live' | 'deleted' | 'overwritten' | 'metadata-only';

/** Bytes of a layer's regular files that later layers hide, by cause. */
export interface ShadowedBytes {
  deleted: number;
  overwritten: number;
  /** Overwritten by the very same content: only attributes changed, as `chmod -R` does. */
  metadataOnly: number;
}

/** What the final filesystem and its layers weigh. */
export interface FilesystemSizes {
  /** Names of regular files that a container sees, hard links included. */
  readonly files: number;
  /** Bytes of regular files that a container can reach, each file once however many names it has. */
  readonly contentBytes: number;
  /** Bytes of regular files that no container can reach, each file once. */
  readonly reclaimableBytes: number;
  readonly shadowed: readonly ShadowedBytes[];
}

/** Adds up what is live and what is hidden. A file whose bytes live on under a hard link is not hidden. */
export function measure(filesystem: Filesystem): FilesystemSizes {
  let files = 0;
  let contentBytes = 0;
  let reclaimableBytes = 0;
  const shadowed = filesystem.tables.map((table, layerIndex) => {
    const hidden: ShadowedBytes = { deleted: 0, overwritten: 0, metadataOnly: 0 };
    for (let row = 0; row < table.applicableLength; row += 1) {
      const kind = table.kind(row);
      if (kind !== 'file' && kind !== 'hardlink') continue;
      const entry = filesystem.entry(layerIndex, row);
      if (entry.state === 'live') files += 1;
      if (kind === 'hardlink') continue;
      const sizeBytes = table.sizeBytes(row);
      const fate = fateOfBytes(entry);
      if (fate === 'live') {
        contentBytes += sizeBytes;
        continue;
      }
      reclaimableBytes += sizeBytes;
      if (fate === 'deleted') hidden.deleted += sizeBytes;
      else if (fate === 'metadata-only') hidden.metadataOnly += sizeBytes;
      else hidden.overwritten += sizeBytes;
    }
    return hidden;
  });
  return { files, contentBytes, reclaimableBytes, shadowed };
}

/** What became of the bytes of a regular file that a runtime gets to. Bytes that live on under a hard link are live. */
export function fateOfBytes(entry: FilesystemEntry): BytesFate {
  if (entry.filesystem.isContentLive(entry)) return 'live';
  if (entry.state === 'deleted') return 'deleted';
  return isSameContentAbove(entry) ? 'metadata-only' : 'overwritten';
}

/**
 * Whether the version that took a file's place has the same bytes. Only the next version can be that one. The
 * attack: a path that stands in a layer a hundred thousand times makes a search through its versions, once for
 * each of them, take hours.
 */
function isSameContentAbove(entry: FilesystemEntry): boolean {
  const hiddenBy = entry.hiddenBy;
  const digest = entry.table.contentDigest(entry.row);
  if (hiddenBy === null || digest === null) return false;
  const successor = entry.filesystem.nextVersion(entry);
  return (
    successor?.kind === 'file' &&
    successor.layerIndex === hiddenBy.layerIndex &&
    successor.table.contentDigest(successor.row) === digest
  );
}
