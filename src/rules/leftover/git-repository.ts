import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Git repositories in the final filesystem. */
export const leftoverGitRepository: Rule = {
  id: 'leftover/git-repository',
  title: 'A git repository is in the image',
  severity: 'medium',
  confidence: 'high',
  why: 'A .git folder holds every version of every file that was ever committed, secrets that were removed since among them, and its config often the token it was cloned with.',
  fix: 'Put .git into .dockerignore, or copy only what the program needs: COPY src/ package.json ./.',
  references: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  *judgeImage(evidence) {
    const { filesystem } = evidence;
    for (const entry of filesystem.named('.git')) {
      if (entry.kind !== 'directory' || filesystem.lookUp(`${entry.path}/HEAD`) === null) continue;
      yield {
        key: entry.path,
        state: 'live',
        message: `/${evidence.redact(entry.path)} is a git repository.`,
        evidence: [entryPlace(evidence, entry)],
      };
    }
  },
};
