import type { Detector } from './detector.ts';
import { DETECTORS } from './detectors.ts';
import type { Doubt } from './doubts.ts';

/** A secret in a text: which kind, and where it stands. */
export interface Judgement {
  readonly detector: Detector;
  /** Where the secret itself stands in the text. */
  readonly start: number;
  readonly end: number;
  /** All that was reported: the secret, and around it what makes it one. */
  readonly region: readonly [start: number, end: number];
  /** What may be shown of it. */
  readonly redacted: string;
  /** Why it may be none. */
  readonly doubt: Doubt;
}

/** Where several kinds claim the same text, the first in the list of detectors wins. */
export function withoutOverlaps(judgements: readonly Judgement[]): Judgement[] {
  if (judgements.length < 2) return [...judgements];
  const rank = (judgement: Judgement): number => DETECTORS.indexOf(judgement.detector);
  const kept: Judgement[] = [];
  for (const judgement of judgements.toSorted((a, b) => rank(a) - rank(b) || a.start - b.start || b.end - a.end)) {
    if (!kept.some((other) => overlap(judgement.region, other.region))) kept.push(judgement);
  }
  return kept.sort((a, b) => a.start - b.start);
}

function overlap(a: Judgement['region'], b: Judgement['region']): boolean {
  return a[0] < b[1] && b[0] < a[1];
}
