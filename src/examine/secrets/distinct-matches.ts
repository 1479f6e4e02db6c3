import type { Carrier, SecretMatch } from './match.ts';

/**
 * Removes what was found twice: windows overlap, and one text may be judged in two contexts. The order of
 * the result depends on what was found only, not on how the bytes were cut into chunks.
 */
export function distinctMatches(matches: readonly SecretMatch[]): SecretMatch[] {
  const byPlace = new Map(matches.map((match) => [placeKey(match), match]));
  return [...byPlace.values()].sort(
    (a, b) =>
      compareTexts(carrierKey(a.carrier), carrierKey(b.carrier)) ||
      a.byteRange[0] - b.byteRange[0] ||
      compareTexts(a.detector, b.detector),
  );
}

/**
 * What is ours is one kind only. The user's rules tell what they tell beside it: a rule may never make a finding of
 * ours less severe. One that bears the name of ours says the same where it finds the same.
 */
function placeKey({ carrier, byteRange, detector, custom }: SecretMatch): string {
  return `${carrierKey(carrier)} ${byteRange.join()}${custom === undefined ? '' : ` ${detector}`}`;
}

function carrierKey(carrier: Carrier): string {
  if (carrier.kind === 'text') return 'text';
  if (carrier.kind === 'hidden') return `hidden ${carrier.region}`;
  const inside =
    carrier.kind === 'nested'
      ? ` ${JSON.stringify(carrier.members)}`
      : carrier.kind === 'xattr'
        ? ` ${JSON.stringify(carrier.name)}`
        : '';
  return `${carrier.kind} ${String(carrier.row).padStart(10, '0')}${inside}`;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
