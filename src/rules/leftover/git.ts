import type { Rule } from '../rule.ts';
import { judgeTools } from '../tools.ts';

/** The git program in the final filesystem. */
export const leftoverGit: Rule = {
  id: 'leftover/git',
  title: 'git is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'git is a tool of the build. In a container it fetches whatever an intruder wants, and often drags perl, openssh-client and their dependencies along.',
  fix: 'Fetch sources in a build stage, with git or with ADD https://github.com/…git#v1, and copy only the result into the last one.',
  references: ['https://docs.docker.com/build/building/multi-stage/'],
  judgeImage: (evidence) => judgeTools(evidence, 'git', ['git'], 'low'),
};
