import type { Rule } from '../rule.ts';
import { judgeHiddenBytes } from './hidden-bytes.ts';

/** Bytes that a later layer replaces. */
export const layerOverwritten: Rule = {
  id: 'layer/overwritten',
  title: 'Files are replaced in a later layer',
  severity: 'low',
  confidence: 'high',
  why: 'Both versions are in the image and every pull fetches both. An upgrade of packages in a layer above the base does so with all that it upgrades.',
  fix: 'Take a base image that has the newer version, or put the file in place once, in the last stage.',
  references: [
    'https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/',
    'https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often',
  ],
  judgeImage: (evidence) =>
    judgeHiddenBytes(
      evidence,
      'overwritten',
      (amount) => `${amount} are in the image, and no container sees them: a later layer has other versions.`,
    ),
};
