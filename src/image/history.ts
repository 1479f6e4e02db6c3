import type { HistoryEntry } from '../oci/index.ts';
import { formatInstruction } from './instruction.ts';

/** The step of the history that made a layer. */
export interface LayerStep {
  readonly historyIndex: number;
  readonly instruction: string;
  readonly created: string | null;
}

/** Whether a layer came with the base image or was put on top of it. */
export type LayerOrigin = 'base' | 'app' | 'unknown';

/** A history held against the layers it should explain. */
export interface AlignedHistory {
  /** One for each layer; null where the history does not tell. */
  readonly steps: readonly (LayerStep | null)[];
  /** Set where history and layers disagree about how many there are. */
  readonly mismatch: { readonly historyLayers: number; readonly layers: number } | null;
  readonly origins: readonly { readonly origin: LayerOrigin; readonly basis: string }[];
  /** The first entry of the history that is not the base image's; null where that is not known. */
  readonly ownFrom: number | null;
}

/**
 * Aligns a history with layers: the n-th entry that is not empty made the n-th layer. That holds only where
 * both count the same; else nothing is guessed. No history at all is normal for images of ko, Bazel and Nix.
 */
export function alignHistory(history: readonly HistoryEntry[], layers: number): AlignedHistory {
  const filled = history
    .map((entry, historyIndex) => ({ entry, historyIndex }))
    .filter(({ entry }) => !entry.emptyLayer);
  if (filled.length !== layers) {
    const unknown = { origin: 'unknown', basis: 'the history does not match the layers' } as const;
    return {
      steps: Array.from({ length: layers }, () => null),
      mismatch: history.length === 0 ? null : { historyLayers: filled.length, layers },
      origins: Array.from({ length: layers }, () =>
        history.length === 0 ? { ...unknown, basis: 'there is no history' } : unknown,
      ),
      ownFrom: null,
    };
  }
  const firstOwn = firstOwnEntry(history);
  return {
    steps: filled.map(({ entry, historyIndex }) => ({
      historyIndex,
      instruction: formatInstruction(entry.createdBy ?? entry.comment ?? ''),
      created: entry.created,
    })),
    mismatch: null,
    origins: filled.map(({ historyIndex }) => {
      if (firstOwn === null) return { origin: 'unknown', basis: 'the history has no CMD that would end a base image' };
      return historyIndex < firstOwn
        ? { origin: 'base', basis: 'history: below the last CMD or ENTRYPOINT that other instructions follow' }
        : { origin: 'app', basis: 'history: above the last CMD or ENTRYPOINT of the base image' };
    }),
    ownFrom: firstOwn,
  };
}

/**
 * Where the base image's history probably ends: behind the last CMD or ENTRYPOINT that is followed by an
 * instruction with a layer. A heuristic, and told as one; nothing is left out of the audit because of it.
 */
function firstOwnEntry(history: readonly HistoryEntry[]): number | null {
  const lastLayer = history.findLastIndex((entry) => !entry.emptyLayer);
  for (let i = lastLayer - 1; i >= 0; i -= 1) {
    const entry = history[i] as HistoryEntry;
    const ends = entry.emptyLayer && /^(?:CMD|ENTRYPOINT)\b/.test(formatInstruction(entry.createdBy ?? ''));
    if (ends) return i + 1;
  }
  return null;
}
