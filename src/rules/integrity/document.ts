import { subjectPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Manifests, indexes and configurations that are not what they are called by. */
export const integrityDocument: Rule = {
  id: 'integrity/document',
  title: 'A manifest, index or configuration is not what its digest says',
  severity: 'high',
  confidence: 'high',
  why: 'Digests bind a reference to an image. A document with another digest than the one it is named by was changed after it was written, and everything it says may have been.',
  fix: 'Fetch the image again from a source you trust, and compare.',
  references: ['https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests'],
  *judgeSubject(subject) {
    for (const problem of subject.problems) {
      const mismatch = problem.kind === 'digest-mismatch';
      yield {
        key: `${problem.kind} ${problem.subject}`,
        state: 'metadata',
        severity: mismatch ? 'high' : 'low',
        title: mismatch
          ? 'A manifest, index or configuration is not what its digest says'
          : 'A manifest, index or configuration has another size than its descriptor says',
        message: `${problem.subject}: ${problem.detail}.`,
        evidence: [subjectPlace({ field: problem.subject, detail: problem.detail })],
      };
    }
  },
};
