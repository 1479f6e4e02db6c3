import { availableParallelism } from 'node:os';
import { type Chunks, readFileRange } from '../bytes/index.ts';
import { AuditError } from '../core/index.ts';
import { examineLayer, type OnProgress } from './examine-layer.ts';
import { Lane } from './lane.ts';
import type { ExaminedLayer } from './layer-examiner.ts';
import type { LayerJob } from './layer-record.ts';

/** Stored bytes up to which starting threads takes longer than examining in this one. */
const INLINE_BYTES = 4 * 1024 * 1024;

/** How many layers are examined at once unless the user says otherwise: each takes two threads. */
export function defaultLanes(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2));
}

/** What an {@link ExaminerPool} is told. */
export interface ExaminerPoolOptions {
  /** Most layers examined at once. */
  readonly lanes: number;
  /** Stored bytes that are going to be examined in all, where known. */
  readonly expectedBytes?: number;
}

/** Examines layers, in worker threads where that pays. Records do not depend on how many there are. */
export class ExaminerPool implements AsyncDisposable {
  readonly #lanes: number;
  readonly #inline: boolean;
  readonly #idle: Lane[] = [];
  readonly #all = new Set<Lane>();
  readonly #waiting: PromiseWithResolvers<Lane>[] = [];
  #closed = false;

  constructor(options: ExaminerPoolOptions) {
    this.#lanes = options.lanes;
    this.#inline = (options.expectedBytes ?? Number.POSITIVE_INFINITY) <= INLINE_BYTES;
  }

  /**
   * Examines one layer.
   * @param chunks the stored bytes, where the job's location is a stream
   * @throws AuditError where the bytes cannot be read; any other error is a mistake in this program
   */
  async examine(job: LayerJob, chunks?: Chunks, onProgress?: OnProgress): Promise<ExaminedLayer> {
    if (this.#inline) {
      return examineLayer(job, job.location === 'stream' ? (chunks ?? []) : readFileRange(job.location), onProgress);
    }
    const lane = await this.#take();
    try {
      return await lane.examine(job, chunks, onProgress);
    } finally {
      this.#giveBack(lane);
    }
  }

  /** Stops all threads. Layers that wait for one are not examined: their promises reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new AuditError('INTERRUPTED', 'the audit was stopped'));
    await Promise.all([...this.#all].map((lane) => lane.close()));
  }

  #take(): Promise<Lane> {
    if (this.#closed) return Promise.reject(new AuditError('INTERRUPTED', 'the audit was stopped'));
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#all.size < this.#lanes) return Promise.resolve(this.#start());
    const waiting = Promise.withResolvers<Lane>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  #giveBack(lane: Lane): void {
    if (lane.isDead) this.#all.delete(lane);
    const next = this.#waiting.shift();
    if (next !== undefined) next.resolve(lane.isDead ? this.#start() : lane);
    else if (!lane.isDead) this.#idle.push(lane);
  }

  #start(): Lane {
    const lane = new Lane();
    this.#all.add(lane);
    return lane;
  }
}
