import type { MessagePort } from 'node:worker_threads';
import type { ContentDigest } from '../bytes/index.ts';
import { parseDiffId } from '../core/index.ts';
import { startDiffId } from './diff-id.ts';
import { FileDigestRunner } from './lane-file-digests.ts';
import type { FromUnpackerToDigester, PieceTaken, ToDigester, ToExaminer } from './lane-messages.ts';

/**
 * Runs the digesting part of a lane. Each piece passes twice: on its way to the examining thread for the diffID, and
 * on its way back, when it is known which files are in it, for theirs.
 */
export function runDigestThread(unpacker: MessagePort, examiner: MessagePort): void {
  const tellExaminer = (message: ToExaminer, transfer: ArrayBuffer[] = []): void =>
    examiner.postMessage(message, transfer);
  let diffId: ContentDigest | undefined;
  let files = new FileDigestRunner();

  unpacker.on('message', (message: FromUnpackerToDigester) => {
    switch (message.type) {
      case 'job':
        diffId = startDiffId(message.job);
        tellExaminer(message);
        break;
      case 'piece':
        if (!message.trailing) diffId?.update(message.bytes);
        tellExaminer(message, [message.bytes.buffer]);
        break;
      case 'pieces-over':
        if (diffId !== undefined) tellExaminer({ ...message, diffId: parseDiffId(diffId.finish()) });
        diffId = undefined;
        break;
      case 'failed':
        tellExaminer(message);
        break;
    }
  });

  examiner.on('message', (message: ToDigester) => {
    switch (message.type) {
      case 'files-begin':
        files = new FileDigestRunner();
        break;
      case 'piece-read':
        files.run(message.steps, message.memory);
        unpacker.postMessage({ memory: message.memory } satisfies PieceTaken, [message.memory]);
        break;
      case 'files-over': {
        files.run(message.steps, new ArrayBuffer(0));
        const digests = files.finish();
        tellExaminer({ type: 'file-digests', digests }, [digests.buffer]);
        break;
      }
    }
  });
}
