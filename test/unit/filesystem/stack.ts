/** Folds layers out of recipes, and says in short texts what became of them. */
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { examineLayer } from '../../../src/examine/index.ts';
import { type FilesystemEntry, type FoldedLayers, foldLayers } from '../../../src/filesystem/index.ts';
import { type TarMemberSpec, writeTar } from '../../support/tar-writer.ts';

/** The columns that examining a layer gives. */
export async function examineMembers(members: readonly TarMemberSpec[]) {
  const { record } = await examineLayer(
    {
      location: 'stream',
      expectedDigest: null,
      expectedDiffId: null,
      limits: DEFAULT_LIMITS,
      fingerprintKey: Buffer.from('key'),
    },
    [Uint8Array.from(writeTar(members))],
  );
  return record.columns;
}

/** Folds layers, lowest first. */
export async function stack(...layers: readonly (readonly TarMemberSpec[])[]): Promise<FoldedLayers> {
  return foldLayers(await Promise.all(layers.map(examineMembers)));
}

/** `layer:kind` of what a container sees at each path. */
export function liveTree({ filesystem }: FoldedLayers): Record<string, string> {
  return Object.fromEntries(
    [...filesystem.live()].map((entry) => [entry.path as string, `${entry.layerIndex}:${entry.kind}`]).sort(),
  );
}

/** `deleted by 2, whiteout`. */
export function fate(entry: FilesystemEntry): string {
  const { hiddenBy } = entry;
  return hiddenBy === null ? entry.state : `${entry.state} by ${hiddenBy.layerIndex}, ${hiddenBy.how}`;
}

/** What became of every version of a path, lowest first, each with its layer. */
export function fates({ filesystem }: FoldedLayers, path: string): string[] {
  return filesystem.versions(path).map((entry) => `${entry.layerIndex}: ${fate(entry)}`);
}
