import type { Rule } from '../rule.ts';
import { judgeLeftFiles, WORTH_LEAVING_OUT } from './left-files.ts';

/** Tests of the program and of its dependencies: a megabyte or more. */
export const leftoverTests: Rule = {
  id: 'leftover/tests',
  title: 'Tests are in the image',
  severity: 'info',
  confidence: 'medium',
  why: 'Tests and their data run before the image is made. In it they make every pull larger, and scanners look at keys and programs that are there to be tested against.',
  fix: 'Put them into .dockerignore (**/*.test.js, tests/), or copy only what runs: COPY src/ ./src/.',
  references: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  judgeImage: (evidence) =>
    judgeLeftFiles(evidence, 'tests', { what: 'Tests and their data', minimumBytes: WORTH_LEAVING_OUT }),
};
