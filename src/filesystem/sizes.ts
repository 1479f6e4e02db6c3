import type { Filesystem } from './filesystem.ts';

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
      if (filesystem.isContentLive(entry)) {
        contentBytes += sizeBytes;
        continue;
      }
      reclaimableBytes += sizeBytes;
      if (entry.state === 'deleted') hidden.deleted += sizeBytes;
      else if (isSameContentAbove(filesystem, layerIndex, row)) hidden.metadataOnly += sizeBytes;
      else hidden.overwritten += sizeBytes;
    }
    return hidden;
  });
  return { files, contentBytes, reclaimableBytes, shadowed };
}

/**
 * Whether the version that took a file's place has the same bytes. Only the next version can be that one. The
 * attack: a path that stands in a layer a hundred thousand times makes a search through its versions, once for
 * each of them, take hours.
 */
function isSameContentAbove(filesystem: Filesystem, layerIndex: number, row: number): boolean {
  const entry = filesystem.entry(layerIndex, row);
  const hiddenBy = entry.hiddenBy;
  const digest = entry.table.contentDigest(row);
  if (hiddenBy === null || digest === null) return false;
  const successor = filesystem.nextVersion(entry);
  return (
    successor?.kind === 'file' &&
    successor.layerIndex === hiddenBy.layerIndex &&
    successor.table.contentDigest(successor.row) === digest
  );
}
