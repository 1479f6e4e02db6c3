import { calls, judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';
import { isUnpinned } from './installs.ts';

/** Installations that name no version. */
export const layerUnpinnedInstall: Rule = {
  id: 'layer/unpinned-install',
  title: 'A tool was installed in whatever version there was',
  severity: 'info',
  confidence: 'medium',
  why: 'The next build installs another version: it may behave otherwise, or come from somebody who took over the name. Nobody can tell from the Dockerfile what is in the image.',
  fix: 'Name the version, or install from a lock file: npm install -g pnpm@9.12.0, pip install --require-hashes -r requirements.txt, go install example.com/tool@v1.2.3, cargo install --locked tool@1.2.3.',
  references: [
    'https://docs.npmjs.com/cli/commands/npm-install',
    'https://pip.pypa.io/en/stable/topics/secure-installs/',
    'https://slsa.dev/spec/v1.0/threats',
  ],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, (one) => calls(one, isUnpinned), {
      key: 'install',
      verb: ['installs', 'install'],
      what: 'something without saying which version',
    }),
};
