import type { AttachedSbom, ImageEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { imagePlace } from '../places.ts';

/** Names shown of packages in a sentence. */
const MAX_NAMES = 12;

/** SBOMs that are about this image, or do not say that they are about another. */
export function sbomsOf({ sboms = [] }: ImageEvidence): readonly AttachedSbom[] {
  return sboms.filter(({ comparison }) => comparison.notCompared === null && comparison.subject.verdict !== 'other');
}

/** An attached SBOM as a place. */
export function sbomPlace(evidence: ImageEvidence, { digest }: AttachedSbom, detail: string | null = null): Evidence {
  return imagePlace(evidence, {
    field: `attachment:${digest}`,
    detail: detail === null ? null : evidence.redact(detail),
  });
}

/** The first of some names, each once, for a sentence. */
export function someNames(evidence: ImageEvidence, names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length > MAX_NAMES ? ` and ${distinct.length - MAX_NAMES} more` : '';
  return `${distinct
    .slice(0, MAX_NAMES)
    .map((name) => evidence.redact(name))
    .join(', ')}${more}`;
}
