import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const DAMAGE = new Set([
  'blob-truncated',
  'decompression-failed',
  'tar-damaged',
  'budget-exceeded',
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
      const gap = record?.gaps.find(
        ({ reason, message }) =>
          DAMAGE.has(reason) && (reason !== 'budget-exceeded' || /bomb|limit for one layer/.test(message)),
      );
      if (gap === undefined) continue;
      const detail = evidence.redact(gap.message);
      yield {
        key: `layer ${layer.digest ?? layer.diffId ?? layer.index}`,
        state: 'live',
        title: gap.reason === 'budget-exceeded' ? 'A layer is a decompression bomb' : 'A layer is damaged',
        message: `Layer ${layer.index}: ${detail}.`,
        evidence: [layerPlace(evidence, layer.index, { detail })],
      };
    }
  },
};
