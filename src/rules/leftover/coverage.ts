import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Reports of what tests covered. */
export const leftoverCoverage: Rule = {
  id: 'leftover/coverage',
  title: 'Results of a test run are in the image',
  severity: 'low',
  confidence: 'high',
  why: 'Coverage reports name every source file and line, and say that the tests ran in the stage that is shipped, or on the machine of whoever built it.',
  fix: 'Put coverage/, .coverage and *.gcda into .dockerignore, and run tests in a stage of their own.',
  references: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'coverage', { what: 'Coverage reports', named: true }),
};
