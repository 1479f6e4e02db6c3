import type { Rule } from '../rule.ts';
import { judgeHiddenBytes } from './hidden-bytes.ts';

/** Bytes that a later layer deletes. */
export const layerLateCleanup: Rule = {
  id: 'layer/late-cleanup',
  title: 'Files are deleted in a later layer than the one that brought them',
  severity: 'low',
  confidence: 'high',
  why: 'A layer never changes: deleting a file in another hides it, and every pull still fetches it. Whoever has the image can read it.',
  fix: 'Delete in the instruction that makes the files: RUN fetch … && build … && rm -rf …. Or build in a stage of its own, and copy only the result.',
  references: [
    'https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/',
    'https://docs.docker.com/build/building/best-practices/#minimize-the-number-of-layers',
  ],
  judgeImage: (evidence) =>
    judgeHiddenBytes(
      evidence,
      'deleted',
      (amount) => `${amount} are in the image, and no container sees them: a later layer deletes them.`,
    ),
};
