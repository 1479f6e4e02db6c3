import { formatBytes } from '../../core/index.ts';
import { type BytesFate, type FilesystemEntry, fateOfBytes } from '../../filesystem/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import { oncePer } from '../once-per.ts';
import { layerPlace, pathMembers } from '../places.ts';
import type { Draft } from '../rule.ts';

/** How bytes came to be hidden. */
export type HiddenCause = Exclude<BytesFate, 'live'>;

/** Bytes of one layer that another hides. */
interface Hidden {
  readonly cause: HiddenCause;
  /** The layer that holds them. */
  readonly heldBy: number;
  /** The layer that hides them. */
  readonly hiddenBy: number;
  bytes: number;
  files: number;
  largest: FilesystemEntry;
}

/** Less is not worth a word. */
const MINIMUM_BYTES = 1024 * 1024;
/** From here on every pull feels it. */
const MUCH_BYTES = 10 * 1024 * 1024;

/** All hidden bytes of files, by cause and by the two layers. */
const hiddenOf = oncePer(({ filesystem, sizes }: ImageEvidence): readonly Hidden[] => {
  const groups = new Map<string, Hidden>();
  for (const [layerIndex, table] of filesystem.tables.entries()) {
    const { deleted, overwritten, metadataOnly } = sizes.shadowed[layerIndex] ?? NOTHING;
    if (deleted + overwritten + metadataOnly === 0) continue;
    for (let row = 0; row < table.applicableLength; row += 1) {
      if (table.kind(row) === 'file' && table.sizeBytes(row) > 0) count(groups, filesystem.entry(layerIndex, row));
    }
  }
  return [...groups.values()];
});

const NOTHING = { deleted: 0, overwritten: 0, metadataOnly: 0 };

function count(groups: Map<string, Hidden>, entry: FilesystemEntry): void {
  const cause = fateOfBytes(entry);
  if (cause === 'live') return;
  const { layerIndex: heldBy, sizeBytes } = entry;
  const hiddenBy = entry.hiddenBy?.layerIndex ?? heldBy;
  const key = `${cause} ${heldBy} ${hiddenBy}`;
  const group = groups.get(key) ?? { cause, heldBy, hiddenBy, bytes: 0, files: 0, largest: entry };
  groups.set(key, group);
  group.bytes += sizeBytes;
  group.files += 1;
  if (sizeBytes > group.largest.sizeBytes) group.largest = entry;
}

/**
 * The finding for bytes that no container can reach: each place is a layer that holds some, with its largest file, and
 * says which layer hides them.
 * @param tell makes a sentence of how much it is in all
 */
export function* judgeHiddenBytes(
  evidence: ImageEvidence,
  cause: HiddenCause,
  tell: (amount: string) => string,
): Iterable<Draft> {
  // A file that its own layer replaces is an anomaly of the archive, and told as one.
  const groups = hiddenOf(evidence).filter((one) => one.cause === cause && one.heldBy !== one.hiddenBy);
  const bytes = groups.reduce((sum, one) => sum + one.bytes, 0);
  if (bytes < MINIMUM_BYTES) return;
  const files = groups.reduce((sum, one) => sum + one.files, 0);
  yield {
    key: cause,
    state: cause === 'deleted' ? 'deleted' : 'overwritten',
    ...(bytes < MUCH_BYTES ? { severity: 'info' as const } : {}),
    message: tell(`${formatBytes(bytes)} in ${files === 1 ? '1 file' : `${files} files`}`),
    evidence: groups
      .toSorted((a, b) => b.bytes - a.bytes || a.heldBy - b.heldBy || a.hiddenBy - b.hiddenBy)
      .map(({ heldBy, hiddenBy, bytes: part, files: some, largest }) =>
        layerPlace(evidence, heldBy, {
          ...pathMembers(evidence.redact(largest.path)),
          state: cause === 'deleted' ? 'deleted' : 'overwritten',
          hiddenBy: largest.hiddenBy,
          bytes: part,
          detail: `${some === 1 ? '1 file' : `${some} files`}, hidden by layer ${hiddenBy}${by(evidence, hiddenBy)}`,
        }),
      ),
  };
}

/** Instructions can be long; the layer tells all of it. */
function by(evidence: ImageEvidence, layerIndex: number): string {
  const instruction = evidence.layers[layerIndex]?.layer.step?.instruction;
  if (instruction === undefined) return '';
  const shown = evidence.redact(instruction);
  return `: ${shown.length > 120 ? `${shown.slice(0, 119)}…` : shown}`;
}
