import { type Gap, shortDigest } from '../core/index.ts';
import { isForeignLayerType } from '../oci/index.ts';
import type { ImageEvidence, LayerEvidence } from '../rules/index.ts';

/** Everything about images that was not examined, each thing once however many platforms share it. */
export function collectGaps(images: readonly ImageEvidence[]): Gap[] {
  const gaps = new Map<string, Gap>();
  const add = (gap: Omit<Gap, 'incomplete'>): void => {
    const key = `${gap.subject}\0${gap.reason}\0${gap.message}`;
    // Broken and encrypted archives are in many images, in test data above all; the layer itself is examined.
    if (!gaps.has(key)) gaps.set(key, { ...gap, incomplete: gap.reason !== 'nested-not-examined' });
  };
  for (const { image, layers } of images) {
    if (image.configTrouble !== null) {
      const { reason, message } = image.configTrouble;
      add({ subject: `configuration of ${image.platform}`, reason, bytes: null, message });
    }
    for (const evidence of layers) for (const gap of layerGaps(evidence)) add(gap);
  }
  return [...gaps.values()];
}

function layerGaps({ layer, record }: LayerEvidence): Omit<Gap, 'incomplete'>[] {
  const name = layer.digest ?? layer.diffId;
  const subject = `layer ${layer.index}${name === null ? '' : ` ${name}`}`;
  const short = `layer ${layer.index}${name === null ? '' : ` (${shortDigest(name)})`}`;
  const foreign = layer.mediaType !== null && isForeignLayerType(layer.mediaType);
  if (record === null || (foreign && record.gaps.some(({ reason }) => reason === 'blob-absent'))) {
    if (foreign) {
      const urls =
        layer.urls.length === 0 ? 'it names no place to get it from' : `it is to be had from ${layer.urls.join(', ')}`;
      return [
        {
          subject,
          reason: 'foreign-layer',
          bytes: layer.sizeBytes,
          message: `${short} may not be distributed and is not here; ${urls}`,
        },
      ];
    }
    return [{ subject, reason: 'blob-absent', bytes: layer.sizeBytes, message: `${short} is not in this source` }];
  }
  const gaps = record.gaps.map(({ reason, bytes, message }) => ({
    subject,
    reason,
    bytes,
    message: `${short}: ${message}`,
  }));
  if (isAnotherLayer({ layer, record })) {
    gaps.push({
      subject,
      reason: 'blob-mismatch',
      bytes: layer.sizeBytes,
      message: `${short} is not in this source: the bytes in its place are another layer’s, and were examined instead`,
    });
  }
  return gaps;
}

/**
 * Whether what was examined is not the layer that the image names. The attack: a registry that answers with an
 * empty layer makes an image look clean to whoever does not compare.
 */
export function isAnotherLayer({ layer, record }: LayerEvidence): boolean {
  // Bytes that are not all there have another digest of necessity, and a gap of their own.
  if (record === null || record.blob.failure !== null) return false;
  if (layer.digest !== null) return layer.digest !== record.blob.digest;
  return layer.diffId !== null && layer.diffId !== record.diffId;
}

/** Whether a layer was examined to its end, and is the one that the image names. */
export function isLayerComplete({ layer, record }: LayerEvidence): boolean {
  if (record === null || isAnotherLayer({ layer, record })) return false;
  return record.gaps.every(({ reason }) => reason === 'nested-not-examined');
}
