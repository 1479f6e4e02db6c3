import { ContentDigest } from '../bytes/index.ts';
import { digestAlgorithm } from '../core/index.ts';
import type { LayerJob } from './layer-record.ts';

/** The digest of a job's uncompressed tar, in the algorithm that the image states it in. */
export function startDiffId({ expectedDiffId }: LayerJob): ContentDigest {
  return new ContentDigest(expectedDiffId === null ? 'sha256' : digestAlgorithm(expectedDiffId));
}
