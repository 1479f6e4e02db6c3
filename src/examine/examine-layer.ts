import { type Chunks, Unpacker } from '../bytes/index.ts';
import { AuditError } from '../core/index.ts';
import { type ExaminedLayer, LayerExaminer } from './layer-examiner.ts';
import type { LayerJob } from './layer-record.ts';

/** Told how many stored bytes have been read. */
export type OnProgress = (bytes: number) => void;

/**
 * Examines a layer in the calling thread.
 * Bytes that stop coming, like bytes that make no sense, become a gap of the record.
 * @throws AuditError `INTERRUPTED`; any other error is a mistake in this program
 */
export async function examineLayer(job: LayerJob, chunks: Chunks, onProgress?: OnProgress): Promise<ExaminedLayer> {
  const examiner = new LayerExaminer(job);
  const pieces: { readonly bytes: Uint8Array; readonly trailing: boolean }[] = [];
  const emit = (bytes: Uint8Array): number => pieces.push({ bytes, trailing: false });
  const unpacker = new Unpacker(unpackOptions(job, (bytes) => pieces.push({ bytes, trailing: true })));
  const examine = async (): Promise<void> => {
    for (const { bytes, trailing } of pieces.splice(0)) {
      if (trailing) await examiner.pushTrailing(bytes);
      else await examiner.push(bytes);
    }
  };
  let read = 0;
  let readError: AuditError | undefined;
  try {
    for await (const chunk of chunks) {
      unpacker.push(chunk, emit);
      await examine();
      read += chunk.byteLength;
      onProgress?.(read);
    }
  } catch (error) {
    readError = asReadError(error);
  }
  const blob = unpacker.end(emit, readError);
  await examine();
  return examiner.end(blob);
}

/** How to unpack a job's blob. The compression's checksum matters only where no diffID is known. */
export function unpackOptions(
  job: LayerJob,
  onTrailing: (bytes: Uint8Array) => void,
): ConstructorParameters<typeof Unpacker>[0] {
  const sha512 = job.expectedDigest?.startsWith('sha512:') === true;
  return {
    limits: job.limits,
    algorithm: sha512 ? 'sha512' : 'sha256',
    checksum: job.expectedDiffId === null,
    onTrailing,
  };
}

/** An error of reading, to be told with the layer. Anything else goes on as it is. */
export function asReadError(error: unknown): AuditError {
  if (error instanceof AuditError && error.code !== 'INTERRUPTED') return error;
  throw error;
}
