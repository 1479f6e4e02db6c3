import type { GapReason } from '../../core/index.ts';
import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Reasons for which a layer ends before its end. Of other gaps, such as a file too large to read, a runtime knows nothing. */
const DAMAGE: ReadonlySet<GapReason> = new Set([
  'blob-truncated',
  'decompression-failed',
  'tar-damaged',
  'compression-unsupported',
]);

/** Layers that could not be read to their end. */
export const integrityDamagedLayer: Rule = {
  id: 'integrity/damaged-layer',
  title: 'A layer is damaged',
  severity: 'high',
  confidence: 'high',
  why: 'A layer that ends too early, breaks in the middle or expands without end cannot be started by a runtime, and hides from an audit what stands behind the damage.',
  fix: 'Fetch the image again. If it comes like that from the registry, rebuild and push it; if it expands without end, do not.',
  references: ['https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md'],
  *judgeImage(evidence) {
    for (const { layer, record } of evidence.layers) {
      if (record === null) continue;
      const isBomb = record.blob.failure?.reason === 'budget-exceeded';
      const trouble = isBomb ? record.blob.failure : record.gaps.find(({ reason }) => DAMAGE.has(reason));
      if (trouble === null || trouble === undefined) continue;
      const detail = evidence.redact(trouble.message);
      yield {
        key: `layer ${layer.diffId ?? layer.digest ?? layer.index}`,
        state: 'live',
        title: isBomb ? 'A layer is a decompression bomb' : 'A layer is damaged',
        message: `Layer ${layer.index}: ${detail}.`,
        evidence: [layerPlace(evidence, layer.index, { detail })],
      };
    }
  },
};
