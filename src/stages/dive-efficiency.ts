import { baseName, type EntryPath, parentPath } from '../core/index.ts';
import type { Filesystem } from '../filesystem/index.ts';

/** What dive 0.13 says of an image. */
export interface DiveEfficiency {
  /** The smallest size of every path against all sizes it had: 1 is best. */
  readonly score: number;
  /** All sizes of all paths that occur twice: "potential wasted space". */
  readonly wastedBytes: number;
  /** Bytes of files above the lowest layer. */
  readonly userBytes: number;
  /** Paths that occur twice, largest first. */
  readonly paths: readonly { readonly path: EntryPath; readonly count: number; readonly bytes: number }[];
}

const WHITEOUT_PREFIX = '.wh.';

/**
 * Efficiency as dive defines it (wagoodman/dive, dive/filetree/efficiency.go), so that numbers can be compared. Every
 * file, link and whiteout of a layer, and every folder with nothing in it there, is an occurrence of its path; a path's
 * bytes are those of all its occurrences, and paths that occur twice are wasted with all of them. A whiteout weighs
 * nothing if it hides a file, and all that is in it if it hides a folder.
 *
 * That is not what {@link reclaimableBytes} counts. dive counts the last version of a changed file as waste though a
 * container needs it (wagoodman/dive#684), and of a deleted folder, where no path in it occurs twice, nothing. It is
 * followed in both. It is not followed where a whiteout hides nothing: there dive leaves out the rest of the layer.
 * Paths are compared after links of folders were followed, which dive does not do.
 */
export function diveEfficiency(filesystem: Filesystem, limit: number): DiveEfficiency {
  const paths = filesystem.pathCount;
  const counts = new Uint32Array(paths);
  const bytes = new Float64Array(paths);
  const least = new Float64Array(paths);
  const occur = (id: number, size: number): void => {
    least[id] = counts[id] === 0 ? size : Math.min(least[id] as number, size);
    counts[id] = (counts[id] as number) + 1;
    bytes[id] = (bytes[id] as number) + size;
  };
  /** The last layer, counted from 1, in which a path was seen, and in which something was in it. */
  const seenIn = new Uint32Array(paths);
  const filledIn = new Uint32Array(paths);
  const whiteouts = weighWhiteouts(filesystem);
  let userBytes = 0;
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    const mark = layerIndex + 1;
    const fill = (id: number): void => {
      for (
        let at = id < 0 ? -1 : filesystem.parentId(id);
        at >= 0 && filledIn[at] !== mark;
        at = filesystem.parentId(at)
      )
        filledIn[at] = mark;
    };
    for (const id of whiteouts[layerIndex]?.keys() ?? []) fill(id);
    for (let row = 0; row < table.applicableLength; row += 1)
      fill(filesystem.pathId(filesystem.entry(layerIndex, row)));
    for (const [id, size] of whiteouts[layerIndex] ?? []) occur(id, size);
    for (let row = table.applicableLength - 1; row >= 0; row -= 1) {
      const id = filesystem.pathId(filesystem.entry(layerIndex, row));
      if (id <= 0 || seenIn[id] === mark) continue;
      seenIn[id] = mark;
      const size = table.kind(row) === 'file' ? table.sizeBytes(row) : 0;
      if (layerIndex > 0) userBytes += size;
      if (filledIn[id] !== mark) occur(id, size);
    }
  }
  let all = 0;
  let needed = 0;
  let wastedBytes = 0;
  const repeated: number[] = [];
  for (let id = 0; id < paths; id += 1) {
    all += bytes[id] as number;
    needed += least[id] as number;
    if ((counts[id] as number) < 2) continue;
    wastedBytes += bytes[id] as number;
    if ((bytes[id] as number) > 0) repeated.push(id);
  }
  repeated.sort((a, b) => (bytes[b] as number) - (bytes[a] as number) || a - b);
  return {
    score: all === 0 ? 1 : needed / all,
    wastedBytes,
    userBytes,
    paths: repeated.slice(0, limit).map((id) => ({
      path: filesystem.pathAt(id),
      count: counts[id] as number,
      bytes: bytes[id] as number,
    })),
  };
}

/** Paths that each layer's whiteouts hide, and what dive weighs each with. */
function weighWhiteouts(filesystem: Filesystem): readonly Map<number, number>[] {
  const weights = filesystem.tables.map((table) => {
    const targets = new Map<number, number>();
    for (let row = 0; row < table.applicableLength; row += 1) {
      if (table.kind(row) !== 'whiteout') continue;
      const path = table.path(row);
      const parent = parentPath(path);
      const name = baseName(path).slice(WHITEOUT_PREFIX.length);
      const id = filesystem.pathIdAt(parent === '' ? name : `${parent}/${name}`);
      if (id > 0) targets.set(id, 0);
    }
    return targets;
  });
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    for (let row = 0; row < table.applicableLength; row += 1) {
      if (table.kind(row) !== 'file') continue;
      const entry = filesystem.entry(layerIndex, row);
      const hiddenBy = entry.hiddenBy;
      if (hiddenBy?.how !== 'whiteout') continue;
      const targets = weights[hiddenBy.layerIndex] as Map<number, number>;
      // The file itself may be what the whiteout names; then it weighs nothing.
      let at = filesystem.pathId(entry);
      if (targets.has(at)) continue;
      while (at > 0 && !targets.has(at)) at = filesystem.parentId(at);
      if (at > 0) targets.set(at, (targets.get(at) as number) + table.sizeBytes(row));
    }
  }
  return weights;
}
