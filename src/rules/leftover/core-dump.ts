import { formatBytes } from '../../core/index.ts';
import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Memory of programs that crashed. */
export const leftoverCoreDump: Rule = {
  id: 'leftover/core-dump',
  title: 'A core dump is in the image',
  severity: 'medium',
  confidence: 'high',
  why: 'A core dump is the memory of a program that crashed, with every password, key and record that it had in its hands, and is large.',
  fix: 'Delete it in the instruction that makes it, and find out what crashed: RUN … && rm -f core.*.',
  references: ['https://man7.org/linux/man-pages/man5/core.5.html'],
  *judgeImage(evidence) {
    for (const { file, facts } of evidence.system.programs.live()) {
      if (facts.kind !== 'core') continue;
      yield {
        key: file.path,
        state: 'live',
        message: `/${evidence.redact(file.path)} is a core dump of ${formatBytes(file.sizeBytes)}.`,
        evidence: [entryPlace(evidence, file, { bytes: file.sizeBytes })],
      };
    }
  },
};
