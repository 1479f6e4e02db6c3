import { baseName, formatBytes, parentPath } from '../../core/index.ts';
import type { FilesystemEntry } from '../../filesystem/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { oncePer } from '../once-per.ts';
import { entryPlace, layerPlace, pathMembers } from '../places.ts';
import type { Draft } from '../rule.ts';
import { IN_PACKAGE, LEFT_FILES, type LeftFilesKind, type LeftFilesPattern } from './patterns.ts';

/** Files named one by one before they are only counted. */
const MAX_NAMED = 20;

/** Below this many bytes nobody gains by leaving documentation and the like out. */
export const WORTH_LEAVING_OUT = 1024 * 1024;

interface LayerUsage {
  files: number;
  bytes: number;
  /** The first of its files. */
  readonly rows: number[];
}

interface Usage {
  readonly live: Map<number, LayerUsage>;
  readonly hidden: Map<number, LayerUsage>;
}

/** How the finding for a kind of files is told. */
export interface LeftFilesTelling {
  /** What the files are, to begin a sentence with: `Lists and archives of apt`. */
  readonly what: string;
  /** Whether each of the first files is a place of its own. */
  readonly named?: boolean;
  /** Fewer live and hidden bytes than this are no finding. */
  readonly minimumBytes?: number;
  readonly remediation?: string;
}

/** Files of every kind, by layer: one pass through all entries serves all rules. */
const usageOf = oncePer(({ filesystem }: ImageEvidence): ReadonlyMap<LeftFilesKind, Usage> => {
  const usage = new Map<LeftFilesKind, Usage>();
  /** Patterns by folder: an image has far fewer folders than files. */
  const byFolder = new Map<string, readonly LeftFilesPattern[]>();
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    for (let row = 0; row < table.length; row += 1) {
      if (table.kind(row) !== 'file' || table.sizeBytes(row) === 0) continue;
      const path = table.path(row);
      const folder = parentPath(path);
      let patterns = byFolder.get(folder);
      if (patterns === undefined) {
        patterns = patternsOf(`${folder}/`);
        byFolder.set(folder, patterns);
      }
      const kind = patterns.length === 0 ? undefined : kindOf(patterns, baseName(path));
      if (kind !== undefined) count(usage, kind, filesystem.entry(layerIndex, row));
    }
  }
  return usage;
});

/** Patterns that files of a folder may fit. */
function patternsOf(folder: string): readonly LeftFilesPattern[] {
  const isPacked = IN_PACKAGE.test(folder);
  return LEFT_FILES.filter(({ folders, own }) => !(own && isPacked) && folders?.test(folder) !== false);
}

function kindOf(patterns: readonly LeftFilesPattern[], name: string): LeftFilesKind | undefined {
  return patterns.find(({ names, exceptNames }) => names?.test(name) !== false && exceptNames?.test(name) !== true)
    ?.kind;
}

function count(usage: Map<LeftFilesKind, Usage>, kind: LeftFilesKind, entry: FilesystemEntry): void {
  const { filesystem, layerIndex, row } = entry;
  // Stores of pnpm and conda hold the files of what is installed, by hard links: nothing is gained by their removal.
  const shared = filesystem.sharing(entry);
  if (shared.length > 1 && shared.filter(({ state }) => state === 'live').length > 1) return;
  const of = usage.get(kind) ?? { live: new Map(), hidden: new Map() };
  usage.set(kind, of);
  const layers = filesystem.isContentLive(entry) ? of.live : of.hidden;
  const layer = layers.get(layerIndex) ?? { files: 0, bytes: 0, rows: [] };
  layers.set(layerIndex, layer);
  layer.files += 1;
  layer.bytes += entry.sizeBytes;
  if (layer.rows.length < MAX_NAMED) layer.rows.push(row);
}

/**
 * The finding for a kind of files: what a container still sees, and what lower layers carry along. What was deleted too
 * late is `info`.
 */
export function* judgeLeftFiles(
  evidence: ImageEvidence,
  kind: LeftFilesKind,
  { what, named = false, minimumBytes = 1, remediation }: LeftFilesTelling,
): Iterable<Draft> {
  const usage = usageOf(evidence).get(kind);
  if (usage === undefined) return;
  const { live, hidden } = usage;
  const liveBytes = sum(live);
  const hiddenBytes = sum(hidden);
  if (liveBytes + hiddenBytes < minimumBytes) return;
  const carried =
    hiddenBytes === 0 ? '' : ` ${formatBytes(hiddenBytes)} more are in lower layers, where they were deleted too late.`;
  yield {
    key: kind,
    state: liveBytes > 0 ? 'live' : 'deleted',
    ...(liveBytes > 0 ? {} : { severity: 'info' as const }),
    message:
      liveBytes > 0
        ? `${what}: ${formatBytes(liveBytes)} in ${countFiles(live)}.${carried}`
        : `${what} were deleted in a later layer, and still weigh ${formatBytes(hiddenBytes)}.`,
    ...(remediation === undefined ? {} : { remediation }),
    evidence: [...places(evidence, live, 'live', named), ...places(evidence, hidden, 'deleted', named)],
  };
}

function places(
  evidence: ImageEvidence,
  layers: ReadonlyMap<number, LayerUsage>,
  state: 'live' | 'deleted',
  named: boolean,
): Evidence[] {
  return [...layers].flatMap(([layerIndex, { files, bytes, rows }]) => {
    const entries = rows.map((row) => evidence.filesystem.entry(layerIndex, row));
    if (named && files <= MAX_NAMED)
      return entries.map((entry) => entryPlace(evidence, entry, { bytes: entry.sizeBytes }));
    const [example] = entries as [FilesystemEntry];
    return layerPlace(evidence, layerIndex, {
      state,
      bytes,
      ...pathMembers(evidence.redact(example.path)),
      detail: files === 1 ? '1 file' : `${files} files`,
    });
  });
}

function sum(layers: ReadonlyMap<number, LayerUsage>): number {
  return [...layers.values()].reduce((bytes, layer) => bytes + layer.bytes, 0);
}

function countFiles(layers: ReadonlyMap<number, LayerUsage>): string {
  const files = [...layers.values()].reduce((sum, layer) => sum + layer.files, 0);
  return files === 1 ? '1 file' : `${files} files`;
}
