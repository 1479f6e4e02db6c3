import { claimedCompression } from '../../oci/index.ts';
import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Layers that are compressed otherwise than their media type says. */
export const integrityCompression: Rule = {
  id: 'integrity/compression',
  title: 'A layer is compressed otherwise than its media type says',
  severity: 'low',
  confidence: 'high',
  why: 'Tools that go by the media type read such a layer as damaged, or not at all; a scanner among them sees nothing of it.',
  fix: 'Push the image again with a current tool, which writes the right media type.',
  references: ['https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#gzip-media-types'],
  *judgeImage(evidence) {
    for (const { layer, record } of evidence.layers) {
      const claimed = layer.mediaType === null ? undefined : claimedCompression(layer.mediaType);
      if (record === null || claimed === undefined || claimed === record.blob.compression) continue;
      const detail = `the media type says ${claimed}, the bytes are ${record.blob.compression}`;
      yield {
        key: `layer ${layer.digest ?? layer.index}`,
        state: 'live',
        message: `Layer ${layer.index}: ${detail}.`,
        evidence: [layerPlace(evidence, layer.index, { detail })],
      };
    }
  },
};
