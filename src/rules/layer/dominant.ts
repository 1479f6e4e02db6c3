import { formatBytes } from '../../core/index.ts';
import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Below this the whole image is fetched in a moment. */
const MINIMUM_BYTES = 20 * 1024 * 1024;
const SHARE = 0.9;

/** Images whose own files are all in one layer. */
export const layerDominant: Rule = {
  id: 'layer/dominant',
  title: 'One layer is nearly all of what was put on the base',
  severity: 'info',
  confidence: 'medium',
  why: 'A change of any file in it makes everybody fetch all of it again. Dependencies change rarely and the program often: apart, only the program is fetched.',
  fix: 'Copy and install dependencies in one instruction, and copy the program in another one behind it.',
  references: [
    'https://docs.docker.com/build/building/best-practices/#leverage-build-cache',
    'https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/',
  ],
  *judgeImage(evidence) {
    const own = evidence.layers.flatMap(({ layer, record }) =>
      layer.origin === 'app' && record !== null ? [{ layer, bytes: record.contentBytes }] : [],
    );
    const total = own.reduce((sum, { bytes }) => sum + bytes, 0);
    const [largest] = own.toSorted((a, b) => b.bytes - a.bytes);
    if (largest === undefined || total < MINIMUM_BYTES || largest.bytes < total * SHARE) return;
    yield {
      key: 'dominant',
      state: 'live',
      message: `Layer ${largest.layer.index} has ${formatBytes(largest.bytes)} of the ${formatBytes(total)} above the base.`,
      evidence: [
        layerPlace(evidence, largest.layer.index, { bytes: largest.bytes, detail: largest.layer.originBasis }),
      ],
    };
  },
};
