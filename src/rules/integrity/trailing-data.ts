import { formatBytes } from '../../core/index.ts';
import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Layers whose blobs go on behind the end of their compressed data. */
export const integrityTrailingData: Rule = {
  id: 'integrity/trailing-data',
  title: 'A layer’s blob has data behind the end of its compressed stream',
  severity: 'medium',
  confidence: 'high',
  why: 'Decompressors stop at the end of the stream. What stands behind it travels with the image, is covered by its digest, and is seen by no runtime and no scanner that only decompresses: a place to hide in.',
  fix: 'Rebuild the layer with a current tool. If nobody of yours put the data there, treat the image as hostile.',
  references: [
    'https://www.rfc-editor.org/rfc/rfc1952#section-2.2',
    'https://www.rfc-editor.org/rfc/rfc8878#section-3',
  ],
  *judgeImage(evidence) {
    for (const { layer, record } of evidence.layers) {
      if (record === null || record.blob.trailingBytes === 0) continue;
      const { trailingBytes, sizeBytes } = record.blob;
      const detail = `${formatBytes(trailingBytes)} behind the end of the ${record.blob.compression} stream`;
      yield {
        key: `layer ${layer.diffId ?? layer.digest ?? layer.index}`,
        state: 'trailing',
        message: `Layer ${layer.index}: ${detail}.`,
        evidence: [
          layerPlace(evidence, layer.index, {
            detail,
            state: 'trailing',
            field: 'blob:behind-compression',
            byteRange: [sizeBytes - trailingBytes, sizeBytes],
            bytes: trailingBytes,
          }),
        ],
      };
    }
  },
};
