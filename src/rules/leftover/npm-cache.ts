import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Packages and responses that npm install keeps. */
export const leftoverNpmCache: Rule = {
  id: 'leftover/npm-cache',
  title: 'The cache of npm is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'It serves only the next npm install, which should not happen in a container, and makes every pull larger.',
  fix: 'Delete it in the same instruction: RUN npm ci --omit=dev && npm cache clean --force. With BuildKit: RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev.',
  references: ['https://docs.npmjs.com/cli/commands/npm-cache'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'npm', { what: 'Files of the npm cache' }),
};
