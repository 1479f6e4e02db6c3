import { formatBytes } from '../../core/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { layerPlace, pathMembers } from '../places.ts';
import type { Draft } from '../rule.ts';

/** Kinds of folder that builds leave filled, and how their files are told. */
const FOLDERS = {
  apt: /^var\/(?:lib\/apt\/lists|cache\/apt)\/(?!lock$|partial\/?$|archives\/(?:lock|partial\/?)$)/,
  apk: /^(?:var\/cache|etc)\/apk\/(?:cache\/)?[^/]*\.(?:apk|tar\.gz)$/,
  pip: /(?:^|\/)\.cache\/pip\//,
  npm: /(?:^|\/)\.npm\/_cacache\//,
} as const;

/** Name of a kind of folder. */
export type FolderKind = keyof typeof FOLDERS;

interface LayerUsage {
  files: number;
  bytes: number;
  /** One of its files, to name the folder by. */
  readonly example: string;
}

interface Usage {
  readonly live: Map<number, LayerUsage>;
  readonly hidden: Map<number, LayerUsage>;
}

const known = new WeakMap<ImageEvidence, Record<FolderKind, Usage>>();

/** Files of every kind of folder, by layer: one pass through all entries serves all rules. */
function usageOf(evidence: ImageEvidence): Record<FolderKind, Usage> {
  const before = known.get(evidence);
  if (before !== undefined) return before;
  const kinds = Object.entries(FOLDERS) as [FolderKind, RegExp][];
  const usage = Object.fromEntries(kinds.map(([kind]) => [kind, { live: new Map(), hidden: new Map() }])) as Record<
    FolderKind,
    Usage
  >;
  for (const [layerIndex, table] of evidence.filesystem.tables.entries()) {
    for (let row = 0; row < table.length; row += 1) {
      if (table.kind(row) !== 'file' || table.sizeBytes(row) === 0) continue;
      const path = table.path(row);
      const kind = kinds.find(([, pattern]) => pattern.test(path))?.[0];
      if (kind === undefined) continue;
      const live = evidence.filesystem.isContentLive(evidence.filesystem.entry(layerIndex, row));
      const layers = live ? usage[kind].live : usage[kind].hidden;
      const layer = layers.get(layerIndex) ?? { files: 0, bytes: 0, example: path };
      layers.set(layerIndex, layer);
      layer.files += 1;
      layer.bytes += table.sizeBytes(row);
    }
  }
  known.set(evidence, usage);
  return usage;
}

/** The finding for a kind of folder: what a container still sees, and what lower layers carry along. */
export function* judgeFolder(evidence: ImageEvidence, kind: FolderKind, what: string): Iterable<Draft> {
  const { live, hidden } = usageOf(evidence)[kind];
  const liveBytes = sum(live);
  const hiddenBytes = sum(hidden);
  if (liveBytes + hiddenBytes === 0) return;
  const carried =
    hiddenBytes === 0 ? '' : ` ${formatBytes(hiddenBytes)} more are in lower layers, where they were deleted too late.`;
  yield {
    key: kind,
    state: liveBytes > 0 ? 'live' : 'deleted',
    severity: liveBytes > 0 ? 'low' : 'info',
    message:
      liveBytes > 0
        ? `${what}: ${formatBytes(liveBytes)} in ${countFiles(live)}.${carried}`
        : `${what} were deleted in a later layer, and still weigh ${formatBytes(hiddenBytes)}.`,
    evidence: [...places(evidence, live, 'live'), ...places(evidence, hidden, 'deleted')],
  };
}

function places(evidence: ImageEvidence, layers: Map<number, LayerUsage>, state: 'live' | 'deleted'): Evidence[] {
  return [...layers].map(([layerIndex, { files, bytes, example }]) =>
    layerPlace(evidence, layerIndex, {
      state,
      bytes,
      ...pathMembers(evidence.redact(example)),
      detail: files === 1 ? '1 file' : `${files} files`,
    }),
  );
}

function sum(layers: Map<number, LayerUsage>): number {
  return [...layers.values()].reduce((bytes, layer) => bytes + layer.bytes, 0);
}

function countFiles(layers: Map<number, LayerUsage>): string {
  const files = [...layers.values()].reduce((sum, layer) => sum + layer.files, 0);
  return files === 1 ? '1 file' : `${files} files`;
}
