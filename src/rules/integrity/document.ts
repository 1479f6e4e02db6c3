import { subjectPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const TITLES = {
  'digest-mismatch': 'A manifest, index or configuration is not what its digest says',
  'size-mismatch': 'A manifest, index or configuration has another size than its descriptor says',
  'name-mismatch': 'A configuration is named by the digest of something else',
  'duplicate-member': 'An archive has different files under one name',
  'names-disagree': 'The two manifests of an archive name different images',
};

/** Of these, what is run is not what was signed, or depends on who runs it. */
const GRAVE: ReadonlySet<string> = new Set(['digest-mismatch', 'duplicate-member', 'names-disagree']);

/** Manifests, indexes and configurations that are not what they are called by. */
export const integrityDocument: Rule = {
  id: 'integrity/document',
  title: TITLES['digest-mismatch'],
  severity: 'high',
  confidence: 'high',
  why: 'Digests bind a reference to an image. A document with another digest than the one it is named by was changed after it was written, and everything it says may have been.',
  fix: 'Fetch the image again from a source you trust, and compare.',
  references: ['https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests'],
  *judgeSubject(subject) {
    for (const problem of subject.problems) {
      yield {
        key: `${problem.kind} ${problem.subject}`,
        state: 'metadata',
        severity: GRAVE.has(problem.kind) ? 'high' : 'low',
        title: TITLES[problem.kind],
        message: `${problem.subject}: ${problem.detail}.`,
        evidence: [subjectPlace({ field: problem.subject, detail: problem.detail })],
      };
    }
  },
};
