import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Chunks } from '../bytes/index.ts';
import { AuditError } from '../core/index.ts';
import type { OnProgress } from './examine-layer.ts';
import { fromLaneError, toLaneError } from './lane-error.ts';
import type { FromExaminer, FromUnpacker, LaneWorkerData, ToUnpacker } from './lane-messages.ts';
import type { ExaminedLayer } from './layer-examiner.ts';
import type { LayerJob } from './layer-record.ts';

/** Chunks under way to the unpacking thread at once. */
const CHUNK_CREDITS = 8;
/** Memory of a thread for short-lived objects. More than that holds garbage only, outside the processor's cache. */
const YOUNG_GENERATION_MB = 12;

/**
 * Three worker threads that examine one layer at a time: the first reads, digests what is stored and inflates, the
 * second takes the digests of what comes out, the third reads the tar and searches. So a single big layer keeps two
 * cores busy and a third in part; more lanes examine more layers at once (docs/adr/0005).
 */
export class Lane {
  readonly #unpacker: Worker;
  readonly #digester: Worker;
  readonly #examiner: Worker;
  #settle: { resolve: (layer: ExaminedLayer) => void; reject: (error: Error) => void } | undefined;
  #onProgress: OnProgress | undefined;
  #credits = CHUNK_CREDITS;
  #onCredit: () => void = () => undefined;
  #dead: Error | undefined;

  constructor() {
    const unpacked = new MessageChannel();
    const digested = new MessageChannel();
    this.#unpacker = startWorker({ role: 'unpack', digester: unpacked.port1 }, [unpacked.port1]);
    this.#digester = startWorker({ role: 'digest', unpacker: unpacked.port2, examiner: digested.port1 }, [
      unpacked.port2,
      digested.port1,
    ]);
    this.#examiner = startWorker({ role: 'examine', digester: digested.port2 }, [digested.port2]);
    this.#unpacker.on('message', (message: FromUnpacker) => {
      if (message.type === 'progress') {
        this.#onProgress?.(message.bytes);
      } else {
        this.#credits += 1;
        this.#onCredit();
      }
    });
    this.#examiner.on('message', (message: FromExaminer) => {
      if (message.type === 'failed') this.#settle?.reject(fromLaneError(message.error));
      else this.#settle?.resolve({ record: message.record, secrets: message.secrets });
    });
    for (const worker of this.#workers) {
      worker.on('error', (error: Error) => this.#die(error));
      worker.on('exit', (status) => this.#die(new Error(`a worker thread stopped with status ${status}`)));
    }
  }

  get #workers(): Worker[] {
    return [this.#unpacker, this.#digester, this.#examiner];
  }

  /** Whether a thread has died: the lane is of no more use. */
  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  /** Examines one layer; `chunks` are its stored bytes where the job's location is a stream. */
  async examine(job: LayerJob, chunks: Chunks | undefined, onProgress?: OnProgress): Promise<ExaminedLayer> {
    if (this.#dead !== undefined) throw this.#dead;
    this.#onProgress = onProgress;
    this.#credits = CHUNK_CREDITS;
    try {
      return await new Promise<ExaminedLayer>((resolve, reject) => {
        this.#settle = { resolve, reject };
        this.#tell({ type: 'job', job });
        if (job.location === 'stream') void this.#send(chunks ?? []);
      });
    } finally {
      this.#settle = undefined;
      this.#onCredit();
    }
  }

  /** Stops its threads. */
  async close(): Promise<void> {
    this.#dead ??= new AuditError('INTERRUPTED', 'the audit was stopped');
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** Sends chunks as they are taken. An error of their source becomes the job's. */
  async #send(chunks: Chunks): Promise<void> {
    try {
      for await (const chunk of chunks) {
        while (this.#credits === 0 && this.#settle !== undefined) {
          await new Promise<void>((resolve) => {
            this.#onCredit = resolve;
          });
        }
        if (this.#settle === undefined) return;
        this.#credits -= 1;
        this.#tell({ type: 'chunk', bytes: chunk });
      }
      this.#tell({ type: 'chunks-over' });
    } catch (error) {
      this.#tell({ type: 'chunks-failed', error: toLaneError(error) });
    }
  }

  #tell(message: ToUnpacker): void {
    this.#unpacker.postMessage(message);
  }

  #die(error: Error): void {
    this.#dead ??= error;
    this.#settle?.reject(this.#dead);
  }
}

function startWorker(data: LaneWorkerData, transferList: MessagePort[]): Worker {
  // Beside this module, in whichever form it is running: as TypeScript in tests, as JavaScript when built.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: data,
    transferList,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  worker.unref();
  return worker;
}
