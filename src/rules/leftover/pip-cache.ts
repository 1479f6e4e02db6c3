import type { Rule } from '../rule.ts';
import { judgeLeftFiles } from './left-files.ts';

/** Wheels and responses that pip install keeps. */
export const leftoverPipCache: Rule = {
  id: 'leftover/pip-cache',
  title: 'The cache of pip is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'It serves only the next pip install, which should not happen in a container, and makes every pull larger.',
  fix: 'Install without a cache: RUN pip install --no-cache-dir …, or set PIP_NO_CACHE_DIR=1. With BuildKit: RUN --mount=type=cache,target=/root/.cache/pip pip install ….',
  references: ['https://pip.pypa.io/en/stable/topics/caching/'],
  judgeImage: (evidence) => judgeLeftFiles(evidence, 'pip', { what: 'Files of the pip cache' }),
};
