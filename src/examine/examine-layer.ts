import { type Chunks, Unpacker } from '../bytes/index.ts';
import { type AuditError, parseDiffId } from '../core/index.ts';
import { startDiffId } from './diff-id.ts';
import { LocalFileDigests } from './file-digests.ts';
import { type ExaminedLayer, LayerExaminer } from './layer-examiner.ts';
import type { LayerJob } from './layer-record.ts';
import { asReadError, unpackOptions } from './unpack-options.ts';

/** Told how many stored bytes have been read. */
export type OnProgress = (bytes: number) => void;

/**
 * Examines a layer in the calling thread.
 * Bytes that stop coming, like bytes that make no sense, become a gap of the record.
 * @throws AuditError `INTERRUPTED`; any other error is a mistake in this program
 */
export async function examineLayer(job: LayerJob, chunks: Chunks, onProgress?: OnProgress): Promise<ExaminedLayer> {
  const examiner = new LayerExaminer(job, new LocalFileDigests());
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
      while (unpacker.isBehind) {
        unpacker.resume(emit);
        await examine();
      }
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
