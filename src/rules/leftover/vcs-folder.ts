import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

const SYSTEMS = [
  ['subversion', 'Subversion'],
  ['mercurial', 'Mercurial'],
  ['bazaar', 'Bazaar'],
  ['cvs', 'CVS'],
] as const;

/** Working copies of version control systems other than git, which has rules of its own. */
export const leftoverVcsFolder: Rule = {
  id: 'leftover/vcs-folder',
  title: 'A folder of a version control system is in the image',
  severity: 'medium',
  confidence: 'high',
  why: 'Subversion, Mercurial, Bazaar and CVS keep other versions of the files, the address of the repository, and sometimes the password to it.',
  fix: 'Put .svn, .hg, .bzr and CVS into .dockerignore, or copy only what the program needs.',
  references: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  *judgeImage(evidence) {
    for (const [kind, name] of SYSTEMS) yield* judgeLeftFiles(evidence, kind, { what: `Files of ${name}` });
  },
};
