/** Entry of the worker threads; see lane.ts. */
import { workerData } from 'node:worker_threads';
import type { LaneWorkerData } from './lane-messages.ts';

const { role, pieces } = workerData as LaneWorkerData;
if (role === 'unpack') {
  const { runUnpackThread } = await import('./lane-unpack.ts');
  runUnpackThread(pieces);
} else {
  const { runExamineThread } = await import('./lane-examine.ts');
  runExamineThread(pieces);
}
