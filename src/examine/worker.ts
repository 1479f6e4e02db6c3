/** Entry of the worker threads; see lane.ts. */
import { workerData } from 'node:worker_threads';
import type { LaneWorkerData } from './lane-messages.ts';

const data = workerData as LaneWorkerData;
switch (data.role) {
  case 'unpack': {
    const { runUnpackThread } = await import('./lane-unpack.ts');
    runUnpackThread(data.digester);
    break;
  }
  case 'digest': {
    const { runDigestThread } = await import('./lane-digest.ts');
    runDigestThread(data.unpacker, data.examiner);
    break;
  }
  case 'examine': {
    const { runExamineThread } = await import('./lane-examine.ts');
    runExamineThread(data.digester);
    break;
  }
}
