import { looseMaterials } from '../../trust/index.ts';
import type { Draft, Rule } from '../rule.ts';
import { attachmentPlace, attestationsOf } from './attachments.ts';

/** Materials named in a sentence. */
const MAX_NAMED = 5;

/** Provenance that does not say which bytes a build used. */
export const trustMaterialNotPinned: Rule = {
  id: 'trust/material-not-pinned',
  title: 'Provenance names something that was built upon without a digest',
  severity: 'low',
  confidence: 'medium',
  why: 'A name without a digest is whatever was there that day: nobody can find out afterwards which base image or source the build used, whether it had a hole that is known today, or build the same again.',
  fix: 'Pin what the build fetches: FROM debian:13-slim@sha256:…, ADD --checksum, commits instead of branches. docker buildx build --provenance=mode=max writes down the digests it resolved.',
  references: [
    'https://slsa.dev/spec/v1.0/provenance#resolvedDependencies',
    'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
  ],
  *judgeImage(evidence): Iterable<Draft> {
    const { trust, redact } = evidence;
    if (trust === undefined) return;
    for (const one of attestationsOf(trust, 'provenance')) {
      const { facts, verdict } = one;
      if (facts?.kind !== 'provenance' || verdict === 'failed') continue;
      const loose = looseMaterials(facts).map(({ uri }) => uri);
      if (loose.length === 0) continue;
      const named = loose.slice(0, MAX_NAMED).join(', ');
      const more = loose.length > MAX_NAMED ? ` and ${loose.length - MAX_NAMED} more` : '';
      yield {
        key: 'material',
        state: 'metadata',
        message: redact(`The build used ${named}${more}, and its provenance does not say which bytes that was.`),
        evidence: [attachmentPlace(evidence, one)],
      };
    }
  },
};
