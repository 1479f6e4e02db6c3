import type { UnpackOptions } from '../bytes/index.ts';
import { AuditError } from '../core/index.ts';
import type { LayerJob } from './layer-record.ts';

/** How to unpack a job's blob. The compression's checksum matters only where no diffID is known. */
export function unpackOptions(job: LayerJob, takers: Pick<UnpackOptions, 'onTrailing' | 'onHole'>): UnpackOptions {
  const sha512 = job.expectedDigest?.startsWith('sha512:') === true;
  return {
    limits: job.limits,
    algorithm: sha512 ? 'sha512' : 'sha256',
    checksum: job.expectedDiffId === null,
    ...takers,
  };
}

/** An error of reading, to be told with the layer. Anything else goes on as it is. */
export function asReadError(error: unknown): AuditError {
  if (error instanceof AuditError && error.code !== 'INTERRUPTED') return error;
  throw error;
}
