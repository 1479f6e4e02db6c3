import type { ImageEvidence } from '../rules/index.ts';
import type { StatedBase } from '../system/index.ts';
import { baseImageOf } from '../trust/index.ts';

/** From the best word to the worst. */
const VERDICTS = ['verified', 'unverified', 'unsigned'] as const;

/** The base image as provenance names it, verified before unsigned; null where none does. */
export function provenanceBase({ trust, redact }: ImageEvidence): StatedBase | null {
  for (const verdict of VERDICTS) {
    for (const one of trust?.attachments ?? []) {
      if (one.verdict !== verdict || one.facts?.kind !== 'provenance') continue;
      const base = baseImageOf(one.facts, trust?.layers ?? []);
      if (base !== null) return { name: redact(base.reference), digest: base.digest, verdict };
    }
  }
  return null;
}
