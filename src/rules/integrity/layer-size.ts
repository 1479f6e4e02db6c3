import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Layers with the right digest and the wrong size. */
export const integrityLayerSize: Rule = {
  id: 'integrity/layer-size',
  title: 'A layer has another size than its manifest says',
  severity: 'low',
  confidence: 'high',
  why: 'Clients use the size to plan downloads and to stop reading. A wrong one makes some of them fail and others read too little; the digest still tells that the bytes are right.',
  fix: 'Push the image again with a current tool.',
  references: ['https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties'],
  *judgeImage(evidence) {
    for (const { layer, record } of evidence.layers) {
      if (record === null || layer.digest === null || layer.sizeBytes === null) continue;
      if (layer.sizeBytes === record.blob.sizeBytes || layer.digest !== record.blob.digest) continue;
      const detail = `the manifest says ${layer.sizeBytes} bytes, the blob has ${record.blob.sizeBytes}`;
      yield {
        key: `layer ${layer.digest}`,
        state: 'live',
        message: `Layer ${layer.index}: ${detail}.`,
        evidence: [layerPlace(evidence, layer.index, { detail })],
      };
    }
  },
};
