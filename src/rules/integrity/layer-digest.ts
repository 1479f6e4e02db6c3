import { layerPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Layers whose bytes are not what manifest and configuration say. */
export const integrityLayerDigest: Rule = {
  id: 'integrity/layer-digest',
  title: 'A layer is not what its image says',
  severity: 'high',
  confidence: 'high',
  why: 'Digests bind an image to its bytes: the manifest names the stored blob, the configuration its uncompressed tar. Where one does not match, the layer was damaged or exchanged, and a runtime that checks refuses it. What was audited is what is there, not what was promised.',
  fix: 'Fetch the image again from a source you trust, and compare. If it comes like that from the registry, rebuild and push it.',
  references: [
    'https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests',
    'https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#layer-diffid',
  ],
  *judgeImage(evidence) {
    for (const { layer, record } of evidence.layers) {
      if (record === null) continue;
      const { blob } = record;
      // Bytes that stopped coming have other digests of necessity; that is told by its own rule.
      if (blob.failure?.reason.startsWith('blob-') === true) continue;
      const problems = [
        layer.digest !== null && layer.digest !== blob.digest
          ? `the manifest says ${layer.digest}, the blob is ${blob.digest}`
          : null,
        layer.diffId !== null && layer.diffId !== record.diffId && blob.failure === null
          ? `the configuration says diffID ${layer.diffId}, the tar is ${record.diffId}`
          : null,
      ].filter((problem) => problem !== null);
      if (problems.length === 0) continue;
      yield {
        key: `layer ${layer.diffId ?? layer.digest}`,
        state: 'live',
        message: `Layer ${layer.index}: ${problems.join('; ')}.`,
        evidence: [layerPlace(evidence, layer.index, { detail: problems.join('; ') })],
      };
    }
  },
};
