import { type Filesystem, fateOfBytes } from '../filesystem/index.ts';

/** What one layer holds. Bytes are those of regular files: `contentBytes` is the sum of the five below it. */
export interface LayerSize {
  readonly files: number;
  readonly folders: number;
  /** Symbolic and hard links. */
  readonly links: number;
  /** Whiteouts and opaque markers. */
  readonly whiteouts: number;
  readonly contentBytes: number;
  /** That a container can reach, under whatever name. */
  readonly liveBytes: number;
  readonly deletedBytes: number;
  readonly overwrittenBytes: number;
  /** Overwritten by the very same content. */
  readonly metadataOnlyBytes: number;
  /** Found behind damage: in no filesystem. */
  readonly unreachedBytes: number;
  /** The part of the uncompressed tar that hidden files take, headers and padding included. */
  readonly hiddenTarBytes: number;
}

/** What layers hold together. */
export type SizeSum = Omit<LayerSize, 'hiddenTarBytes'>;

const BLOCK = 512;

/** Measures every layer, lowest first. */
export function measureLayers(filesystem: Filesystem): LayerSize[] {
  return filesystem.tables.map((table, layerIndex) => {
    const size = {
      files: 0,
      folders: 0,
      links: 0,
      whiteouts: 0,
      contentBytes: 0,
      liveBytes: 0,
      deletedBytes: 0,
      overwrittenBytes: 0,
      metadataOnlyBytes: 0,
      unreachedBytes: 0,
      hiddenTarBytes: 0,
    };
    for (let row = 0; row < table.length; row += 1) {
      const kind = table.kind(row);
      if (kind === 'directory') size.folders += 1;
      else if (kind === 'symlink' || kind === 'hardlink') size.links += 1;
      else if (kind === 'whiteout' || kind === 'opaque') size.whiteouts += 1;
      if (kind !== 'file') continue;
      size.files += 1;
      const bytes = table.sizeBytes(row);
      size.contentBytes += bytes;
      if (row >= table.applicableLength) {
        size.unreachedBytes += bytes;
        continue;
      }
      const fate = fateOfBytes(filesystem.entry(layerIndex, row));
      if (fate === 'live') {
        size.liveBytes += bytes;
        continue;
      }
      size.hiddenTarBytes += BLOCK + Math.ceil(bytes / BLOCK) * BLOCK;
      if (fate === 'deleted') size.deletedBytes += bytes;
      else if (fate === 'metadata-only') size.metadataOnlyBytes += bytes;
      else size.overwrittenBytes += bytes;
    }
    return size;
  });
}

/** Adds layers up. */
export function sumSizes(layers: readonly LayerSize[]): SizeSum {
  const sum = (of: (layer: LayerSize) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  return {
    files: sum(({ files }) => files),
    folders: sum(({ folders }) => folders),
    links: sum(({ links }) => links),
    whiteouts: sum(({ whiteouts }) => whiteouts),
    contentBytes: sum(({ contentBytes }) => contentBytes),
    liveBytes: sum(({ liveBytes }) => liveBytes),
    deletedBytes: sum(({ deletedBytes }) => deletedBytes),
    overwrittenBytes: sum(({ overwrittenBytes }) => overwrittenBytes),
    metadataOnlyBytes: sum(({ metadataOnlyBytes }) => metadataOnlyBytes),
    unreachedBytes: sum(({ unreachedBytes }) => unreachedBytes),
  };
}

/** Bytes of regular files that a later entry hides, each file once: what a rebuild without them would not have. */
export function reclaimableBytes(
  size: Pick<LayerSize, 'deletedBytes' | 'overwrittenBytes' | 'metadataOnlyBytes'>,
): number {
  return size.deletedBytes + size.overwrittenBytes + size.metadataOnlyBytes;
}
