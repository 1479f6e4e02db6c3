import { type MessagePort, parentPort } from 'node:worker_threads';
import { toLaneError } from './lane-error.ts';
import { OrderedFileDigests } from './lane-file-digests.ts';
import type { FromExaminer, ToDigester, ToExaminer } from './lane-messages.ts';
import { LayerExaminer } from './layer-examiner.ts';
import type { LayerRecord } from './layer-record.ts';

/** What is handled one after the other. */
type InOrder = Exclude<ToExaminer, { type: 'file-digests' }>;

/** Runs the examining part of a lane: uncompressed pieces in, one record out for each layer. */
export function runExamineThread(digester: MessagePort): void {
  const main = parentPort as MessagePort;
  let examiner: LayerExaminer | undefined;
  let files: OrderedFileDigests | undefined;
  let broken = false;
  let busy: Promise<void> = Promise.resolve();

  const fail = (error: unknown): void => {
    examiner = undefined;
    broken = true;
    main.postMessage({ type: 'failed', error: toLaneError(error) } satisfies FromExaminer);
  };

  const giveBack = ({ buffer }: Uint8Array<ArrayBuffer>): void => {
    const steps = files?.takeSteps() ?? { codes: [], others: [] };
    digester.postMessage({ type: 'piece-read', memory: buffer, steps } satisfies ToDigester, [buffer]);
  };

  const handle = async (message: InOrder): Promise<void> => {
    switch (message.type) {
      case 'job':
        broken = false;
        files = new OrderedFileDigests(digester);
        examiner = new LayerExaminer(message.job, files);
        break;
      case 'piece':
        files?.usePiece(message.bytes);
        if (message.afterHole) examiner?.hole();
        if (message.trailing) await examiner?.pushTrailing(message.bytes);
        else await examiner?.push(message.bytes);
        giveBack(message.bytes);
        break;
      case 'pieces-over': {
        if (examiner === undefined) break;
        const { record, secrets } = await examiner.end(message.blob, message.diffId);
        examiner = undefined;
        main.postMessage({ type: 'examined', record, secrets } satisfies FromExaminer, columnBuffers(record));
        break;
      }
      case 'failed':
        // Told once: an examiner that broke has told already.
        if (!broken) {
          examiner = undefined;
          main.postMessage({ type: 'failed', error: message.error } satisfies FromExaminer);
        }
        break;
    }
  };

  digester.on('message', (message: ToExaminer) => {
    if (message.type === 'file-digests') {
      // What is under way waits for them.
      files?.resolve(message.digests);
      return;
    }
    busy = busy
      .then(() => handle(message))
      .catch((error: unknown) => {
        fail(error);
        if (message.type === 'piece') giveBack(message.bytes);
      });
  });
}

function columnBuffers(record: LayerRecord): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const column of Object.values(record.columns)) {
    if (ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer) buffers.push(column.buffer);
  }
  return buffers;
}
