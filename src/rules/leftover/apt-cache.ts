import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Lists and archives that apt-get update and install leave. */
export const leftoverAptCache: Rule = {
  id: 'leftover/apt-cache',
  title: 'Package lists or archives of apt are in the image',
  severity: 'low',
  confidence: 'high',
  why: 'They serve only the next apt-get install, which should not happen in a container, and make every pull larger.',
  fix: 'Delete them in the same instruction: RUN apt-get update && apt-get install -y --no-install-recommends … && rm -rf /var/lib/apt/lists/*. In another instruction they stay in the layer below.',
  references: ['https://docs.docker.com/build/building/best-practices/#apt-get'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'apt', { what: 'Lists and archives of apt' }),
};
