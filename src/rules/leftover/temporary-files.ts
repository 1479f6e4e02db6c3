import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** What is in /tmp, /var/tmp and /dev/shm. */
export const leftoverTemporaryFiles: Rule = {
  id: 'leftover/temporary-files',
  title: 'Temporary files are in the image',
  severity: 'low',
  confidence: 'high',
  why: 'What a build puts into /tmp is in every container, may hold what was never meant to be shipped, and goes out of sight where a volume is mounted there.',
  fix: 'Delete them in the instruction that makes them, or mount a folder that no layer keeps: RUN --mount=type=tmpfs,target=/tmp ….',
  references: ['https://docs.docker.com/reference/dockerfile/#run---mounttypetmpfs'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'temporary', { what: 'Temporary files', named: true }),
};
