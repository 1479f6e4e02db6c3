import { type BaseImage, baseImageOf } from '../trust/index.ts';
import type { ImageEvidence } from './evidence.ts';

/** The image that another one was built upon, as somebody says. */
export interface StatedBase extends Omit<BaseImage, 'basis'> {
  /** `annotation`: the image says it of itself; the others: provenance does, and how it can be told from that. */
  readonly basis: BaseImage['basis'] | 'annotation';
  /** What that word is worth; null where it is the image's own. */
  readonly verdict: 'verified' | 'unverified' | 'unsigned' | null;
}

const NAME = 'org.opencontainers.image.base.name';
const DIGEST = 'org.opencontainers.image.base.digest';
/** From the best word to the worst. */
const VERDICTS = ['verified', 'unverified', 'unsigned'] as const;

/**
 * The base image as it is named by provenance, verified before unsigned, or else by the image's annotations and labels;
 * null where nobody says. It is a claim: that the layers are those of that image, only comparing them tells.
 */
export function statedBase({ image, trust, redact }: ImageEvidence): StatedBase | null {
  for (const verdict of VERDICTS) {
    for (const one of trust?.attachments ?? []) {
      if (one.verdict !== verdict || one.facts?.kind !== 'provenance') continue;
      const base = baseImageOf(one.facts, trust?.layers ?? []);
      if (base !== null) return { ...base, reference: redact(base.reference), verdict };
    }
  }
  const named = { ...image.config?.config.labels, ...image.annotations };
  const reference = named[NAME];
  if (reference === undefined || reference === '') return null;
  const digest = /^sha256:[a-f0-9]{64}$/.test(named[DIGEST] ?? '') ? (named[DIGEST] as string) : null;
  return { reference: redact(reference), digest, basis: 'annotation', verdict: null };
}
