/** One line of a list that was compared with another. */
export interface ListChange {
  readonly change: 'added' | 'removed';
  readonly text: string;
  /** Where it is in its own list. */
  readonly index: number;
}

/** Most pairs compared; beyond it, what is between the common beginning and end counts as replaced. */
const MAX_PAIRS = 4_000_000;

/**
 * What was put into a list and what was taken out, with as little of both as can be (longest common subsequence). The
 * attack: two histories with a hundred thousand steps each would take hours.
 */
export function compareLists(before: readonly string[], after: readonly string[]): ListChange[] {
  let from = 0;
  while (from < before.length && from < after.length && before[from] === after[from]) from += 1;
  let [endBefore, endAfter] = [before.length, after.length];
  while (endBefore > from && endAfter > from && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore -= 1;
    endAfter -= 1;
  }
  const removed = before
    .slice(from, endBefore)
    .map((text, i) => ({ change: 'removed' as const, text, index: from + i }));
  const added = after.slice(from, endAfter).map((text, i) => ({ change: 'added' as const, text, index: from + i }));
  if (removed.length * added.length > MAX_PAIRS) return [...removed, ...added];
  return align(removed, added);
}

function align(removed: readonly ListChange[], added: readonly ListChange[]): ListChange[] {
  const width = added.length + 1;
  const lengths = new Uint32Array((removed.length + 1) * width);
  for (let i = removed.length - 1; i >= 0; i -= 1) {
    for (let j = added.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        removed[i]?.text === added[j]?.text
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
    }
  }
  const changes: ListChange[] = [];
  let [i, j] = [0, 0];
  while (i < removed.length || j < added.length) {
    const [one, other] = [removed[i], added[j]];
    if (one !== undefined && other !== undefined && one.text === other.text) {
      i += 1;
      j += 1;
      continue;
    }
    const without = lengths[(i + 1) * width + j] as number;
    const withoutOther = lengths[i * width + j + 1] as number;
    // Of two as good the lesser text goes, so that comparing the other way round gives the same the other way round.
    const dropsOne =
      one !== undefined &&
      (other === undefined || without > withoutOther || (without === withoutOther && one.text < other.text));
    if (dropsOne) {
      changes.push(one);
      i += 1;
    } else if (other !== undefined) {
      changes.push(other);
      j += 1;
    }
  }
  return changes;
}
