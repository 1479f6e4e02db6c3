import type { Rule } from '../rule.ts';
import { judgeHiddenBytes } from './hidden-bytes.ts';

/** Bytes that chmod, chown and touch double. */
export const layerMetadataRewrite: Rule = {
  id: 'layer/metadata-rewrite',
  title: 'A layer holds files again only because their attributes changed',
  severity: 'low',
  confidence: 'high',
  why: 'chmod and chown of a file that a lower layer brought copy it whole: the image has it twice, and every pull fetches both.',
  fix: 'Set owner and mode while copying: COPY --chown=10001:10001 --chmod=0755 app /app. In RUN, change them in the instruction that makes the files.',
  references: [
    'https://docs.docker.com/reference/dockerfile/#copy---chown---chmod',
    'https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/',
  ],
  judgeImage: (evidence) =>
    judgeHiddenBytes(
      evidence,
      'metadata-only',
      (amount) =>
        `${amount} are in the image twice: a later layer changes their owner, mode or time, and nothing else.`,
    ),
};
