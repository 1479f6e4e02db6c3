import type { Detector } from './detector.ts';
import type { Judgement } from './judgement.ts';
import { redactText } from './redact-text.ts';

/** Matches of one pattern looked at in one window: more are bait. */
const MAX_MATCHES = 2_000;

/** Judges a text, in which each character is one byte, by the patterns of the detectors that were hit in it. */
export function judgePatterns(text: string, detectors: Iterable<Detector>): Judgement[] {
  const judgements: Judgement[] = [];
  for (const detector of detectors) {
    if (detector.pattern === undefined) continue;
    let matches = 0;
    for (const match of text.matchAll(detector.pattern)) {
      matches += 1;
      if (matches > MAX_MATCHES) break;
      const secret = match[1] ?? match[0];
      if (detector.accepts?.(secret, match) === false) continue;
      const start = match.index + match[0].lastIndexOf(secret);
      judgements.push({
        detector,
        start,
        end: start + secret.length,
        region: [match.index, match.index + match[0].length],
        redacted: redactText(detector, secret),
        doubt: detector.doubt?.(secret, match) ?? null,
      });
    }
  }
  return judgements;
}
