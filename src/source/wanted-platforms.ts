import { type Platform, platformMatches } from '../core/index.ts';
import type { Descriptor } from '../oci/index.ts';

/**
 * Entries of an index that are worth reading where only some platforms are wanted: theirs, and those that name no
 * platform that is one. Runtimes choose by the index, too. All of them where a wanted platform has no entry: whoever
 * tells that then knows what there is.
 */
export function entriesFor(entries: readonly Descriptor[], wanted: readonly Platform[]): readonly Descriptor[] {
  const isFor = ({ platform }: Descriptor, one: Platform): boolean =>
    platform !== null && platformMatches(one, platform);
  if (wanted.length === 0 || !wanted.every((one) => entries.some((entry) => isFor(entry, one)))) return entries;
  return entries.filter(
    (entry) => entry.platform === null || entry.platform.os === 'unknown' || wanted.some((one) => isFor(entry, one)),
  );
}
