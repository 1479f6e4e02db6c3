import { type Chunks, ContentDigest, Unpacker, type UnpackOptions } from '../bytes/index.ts';
import { AuditError, digestAlgorithm, parseDiffId } from '../core/index.ts';
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
  const waiting: (() => Promise<void>)[] = [];
  const diffId = startDiffId(job);
  const emit = (piece: Uint8Array): void => {
    diffId.update(piece);
    const bytes = piece.slice();
    waiting.push(() => examiner.push(bytes));
  };
  const unpacker = new Unpacker(
    unpackOptions(job, {
      onTrailing: (bytes) => waiting.push(() => examiner.pushTrailing(bytes)),
      onHole: () => waiting.push(async () => examiner.hole()),
    }),
  );
  const examine = async (): Promise<void> => {
    for (const step of waiting.splice(0)) await step();
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
  return examiner.end(blob, parseDiffId(diffId.finish()));
}

/** The digest of a job's uncompressed tar, in the algorithm that the image states it in. */
export function startDiffId({ expectedDiffId }: LayerJob): ContentDigest {
  return new ContentDigest(expectedDiffId === null ? 'sha256' : digestAlgorithm(expectedDiffId));
}

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
