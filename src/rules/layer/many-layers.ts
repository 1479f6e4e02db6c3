import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Official images have up to a dozen or so; nobody has counted a need for five times as many. */
const MAX_LAYERS = 60;

/** Images of more layers than anybody needs. */
export const layerManyLayers: Rule = {
  id: 'layer/many-layers',
  title: 'The image has very many layers',
  severity: 'info',
  confidence: 'high',
  why: 'Every layer costs requests, unpacking one after the other, and a mount that looks through all of them. Some runtimes take no more than 127.',
  fix: 'Put instructions that belong together into one, and build in stages: what the last stage copies is one layer for each COPY.',
  references: [
    'https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/',
    'https://docs.docker.com/engine/storage/drivers/overlayfs-driver/',
  ],
  *judgeImage(evidence) {
    const count = evidence.layers.length;
    if (count <= MAX_LAYERS) return;
    yield {
      key: 'layers',
      state: 'metadata',
      message: `It has ${count}.`,
      evidence: [imagePlace(evidence, { field: 'layers' })],
    };
  },
};
