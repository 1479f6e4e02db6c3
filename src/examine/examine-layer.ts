import { type Chunks, Unpacker } from '../bytes/index.ts';
import { type ExaminedLayer, LayerExaminer } from './layer-examiner.ts';
import type { LayerJob } from './layer-record.ts';

/** Told how many stored bytes have been read. */
export type OnProgress = (bytes: number) => void;

/**
 * Examines a layer in the calling thread.
 * @throws whatever reading `chunks` throws; what the bytes hold is never a reason to throw
 */
export async function examineLayer(job: LayerJob, chunks: Chunks, onProgress?: OnProgress): Promise<ExaminedLayer> {
  const unpacker = new Unpacker(unpackOptions(job));
  const examiner = new LayerExaminer(job);
  const pieces: Uint8Array[] = [];
  const emit = (piece: Uint8Array): number => pieces.push(piece);
  const examine = async (): Promise<void> => {
    for (const piece of pieces.splice(0)) await examiner.push(piece);
  };
  let read = 0;
  for await (const chunk of chunks) {
    unpacker.push(chunk, emit);
    await examine();
    read += chunk.byteLength;
    onProgress?.(read);
  }
  const blob = unpacker.end(emit);
  await examine();
  return examiner.end(blob);
}

/** How to unpack a job's blob. The compression's checksum matters only where no diffID is known. */
export function unpackOptions(job: LayerJob): ConstructorParameters<typeof Unpacker>[0] {
  const sha512 = job.expectedDigest?.startsWith('sha512:') === true;
  return {
    limits: job.limits,
    algorithm: sha512 ? 'sha512' : 'sha256',
    checksum: job.expectedDiffId === null,
  };
}
