import { parseReference } from '../../core/index.ts';
import { subjectPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** The reference names no certain image. */
export const referenceMutableTag: Rule = {
  id: 'reference/mutable-tag',
  title: 'The reference is a tag that moves',
  severity: 'info',
  confidence: 'high',
  why: 'latest, or no tag at all, is another image tomorrow: what was audited is not what is deployed, and nobody can go back to what ran yesterday.',
  fix: 'Deploy by digest (ghcr.io/acme/api:1.4@sha256:…), which this report states, or at least by a tag that is never set again.',
  references: [
    'https://kubernetes.io/docs/concepts/containers/images/#image-names',
    'https://www.cisecurity.org/benchmark/docker',
  ],
  *judgeSubject({ sourceKind, reference, redact }) {
    if (sourceKind !== 'registry') return;
    const { tag, digest } = parseReference(reference.replace(/^registry:/, ''));
    if (
      digest !== undefined ||
      (tag !== undefined && !['latest', 'stable', 'edge', 'nightly', 'main', 'master', 'dev'].includes(tag))
    )
      return;
    yield {
      key: 'tag',
      state: 'metadata',
      message: `${redact(reference)} has ${tag === undefined ? 'no tag, which means latest' : `the tag ${tag}`}, and no digest.`,
      evidence: [subjectPlace({ field: 'reference' })],
    };
  },
};
