import { type MessagePort, parentPort } from 'node:worker_threads';
import { type Chunks, readFileRange, Unpacker } from '../bytes/index.ts';
import type { AuditError } from '../core/index.ts';
import { fromLaneError, toLaneError } from './lane-error.ts';
import type {
  FromUnpacker,
  FromUnpackerToDigester,
  LaneError,
  LanePiece,
  PieceTaken,
  ToUnpacker,
} from './lane-messages.ts';
import type { LayerJob } from './layer-record.ts';
import { asReadError, unpackOptions } from './unpack-options.ts';

/** Stored bytes unpacked at a time. The attack: deflate expands 1032 times, and all of that waits to be sent. */
const PUSH_BYTES = 16 * 1024;
/** Uncompressed bytes in one message. */
const PIECE_BYTES = 1024 * 1024;
/** Pieces under way through the other threads at once: the lane's memory, and its slack. */
const CREDITS = 8;
const PROGRESS_BYTES = 1024 * 1024;

/** Runs the unpacking part of a lane: stored bytes in, uncompressed pieces out to the digesting part. */
export function runUnpackThread(pieces: MessagePort): void {
  const main = parentPort as MessagePort;
  const tellMain = (message: FromUnpacker): void => main.postMessage(message);
  const output = new PieceOutput(pieces);
  let input = new ChunkQueue(tellMain);
  let busy: Promise<void> = Promise.resolve();
  main.on('message', (message: ToUnpacker) => {
    if (message.type !== 'job') {
      input.take(message);
      return;
    }
    const { job } = message;
    input = new ChunkQueue(tellMain);
    const chunks = job.location === 'stream' ? input : readFileRange(job.location, true);
    busy = busy.then(() => unpack(job, chunks, output, tellMain));
  });
}

async function unpack(
  job: LayerJob,
  chunks: Chunks,
  output: PieceOutput,
  tellMain: (message: FromUnpacker) => void,
): Promise<void> {
  output.send({ type: 'job', job });
  try {
    const unpacker = new Unpacker(
      unpackOptions(job, { onTrailing: (bytes) => output.write(bytes, true), onHole: () => output.hole() }),
    );
    let read = 0;
    let told = 0;
    let readError: AuditError | undefined;
    try {
      for await (const chunk of chunks) {
        for (let at = 0; at < chunk.byteLength; at += PUSH_BYTES) {
          unpacker.push(chunk.subarray(at, at + PUSH_BYTES), (piece) => output.write(piece));
          if (output.hasFull) await output.flushFull();
          while (unpacker.isBehind) {
            unpacker.resume((piece) => output.write(piece));
            if (output.hasFull) await output.flushFull();
          }
        }
        read += chunk.byteLength;
        if (read - told < PROGRESS_BYTES) continue;
        told = read;
        tellMain({ type: 'progress', bytes: read });
      }
    } catch (error) {
      readError = asReadError(error);
    }
    const blob = unpacker.end((piece) => output.write(piece), readError);
    await output.flushAll();
    output.send({ type: 'pieces-over', blob });
  } catch (error) {
    output.discard();
    output.send({ type: 'failed', error: toLaneError(error) });
  }
}

/** Collects uncompressed bytes into pieces and sends them, never more at once than there are credits for. */
class PieceOutput {
  readonly #port: MessagePort;
  #credits = CREDITS;
  #onCredit: () => void = () => undefined;
  /** Memory that came back: new memory costs page faults and collections, a tenth of the thread's time. */
  readonly #spare: ArrayBuffer[] = [];
  #piece = new Uint8Array(PIECE_BYTES);
  #filled = 0;
  /** Whether the piece that is being filled has bytes from behind the end of the compressed stream. */
  #trailing = false;
  /** Whether bytes are missing in front of the piece that is being filled. */
  #afterHole = false;
  #full: LanePiece[] = [];

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', ({ memory }: PieceTaken) => {
      if (memory.byteLength === PIECE_BYTES) this.#spare.push(memory);
      this.#credits += 1;
      this.#onCredit();
    });
  }

  send(message: FromUnpackerToDigester): void {
    this.#port.postMessage(message);
  }

  write(bytes: Uint8Array, trailing = false): void {
    if (trailing !== this.#trailing) {
      this.#startPart();
      this.#trailing = trailing;
    }
    for (let at = 0; at < bytes.byteLength; ) {
      const part = bytes.subarray(at, at + PIECE_BYTES - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.byteLength;
      at += part.byteLength;
      if (this.#filled === PIECE_BYTES) this.#startPiece(this.#piece);
    }
  }

  /** Says that bytes are missing in front of the next ones. */
  hole(): void {
    this.#startPart();
    this.#afterHole = true;
  }

  /** Whether pieces wait to be sent. */
  get hasFull(): boolean {
    return this.#full.length > 0;
  }

  async flushFull(): Promise<void> {
    for (const piece of this.#full.splice(0)) {
      while (this.#credits === 0) {
        await new Promise<void>((resolve) => {
          this.#onCredit = resolve;
        });
      }
      this.#credits -= 1;
      this.#port.postMessage(piece satisfies FromUnpackerToDigester, [piece.bytes.buffer]);
    }
  }

  async flushAll(): Promise<void> {
    this.#startPart();
    this.#trailing = false;
    this.#afterHole = false;
    await this.flushFull();
  }

  discard(): void {
    this.#full = [];
    this.#filled = 0;
    this.#trailing = false;
    this.#afterHole = false;
  }

  /** Ends a piece before it is full. */
  #startPart(): void {
    if (this.#filled > 0) this.#startPiece(this.#piece.slice(0, this.#filled));
  }

  #startPiece(done: Uint8Array<ArrayBuffer>): void {
    this.#full.push({ type: 'piece', bytes: done, trailing: this.#trailing, afterHole: this.#afterHole });
    this.#afterHole = false;
    const spare = this.#spare.pop();
    this.#piece = spare === undefined ? new Uint8Array(PIECE_BYTES) : new Uint8Array(spare);
    this.#filled = 0;
  }
}

/** Chunks that the main thread sends, as an iterable that acknowledges each. */
class ChunkQueue implements AsyncIterable<Uint8Array> {
  readonly #tellMain: (message: FromUnpacker) => void;
  readonly #waiting: Uint8Array[] = [];
  #over = false;
  #error: LaneError | undefined;
  #wake: () => void = () => undefined;

  constructor(tellMain: (message: FromUnpacker) => void) {
    this.#tellMain = tellMain;
  }

  take(message: Exclude<ToUnpacker, { type: 'job' }>): void {
    if (message.type === 'chunk') this.#waiting.push(message.bytes);
    else if (message.type === 'chunks-failed') this.#error = message.error;
    else this.#over = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        yield chunk;
        this.#tellMain({ type: 'chunk-taken' });
      } else if (this.#error !== undefined) {
        throw fromLaneError(this.#error);
      } else if (this.#over) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
