import { constants, createInflateRaw, createZstdDecompress } from 'node:zlib';
import { DecompressionError } from './decompression-error.ts';

/** Uncompressed bytes made at a time: more would leave the processor's cache before anyone has read them. */
const OUTPUT_BYTES = 64 * 1024;

type Emit = (piece: Uint8Array) => void;

/** The part of node:zlib's native handle that is used: the same in Node 22, 24 and 26, and in no documentation. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputBytes: number,
    output: Uint8Array,
    outputOffset: number,
    outputBytes: number,
  ): void;
  reset(): void;
  close(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

/** A stream of node:zlib with what its documentation keeps to itself. */
interface ZlibInternals {
  readonly _handle: ZlibHandle;
  /** What is left after a write: of the room for output, and of the input. */
  readonly _writeState: Uint32Array;
}

/** Memory for output, in use while a push is under way; archives in archives push inside a push. */
const spareOutputs: Uint8Array[] = [];

/**
 * node:zlib's decompressors driven synchronously, with output into memory that is used again. Its own streams hop
 * through the thread pool for each chunk and allocate what they give; both cost, and neither can be turned off. Nor
 * do they tell how much of the input was taken, which is where a gzip member or the stream ends (docs/adr/0005).
 */
export class SyncStream {
  readonly #handle: ZlibHandle;
  readonly #state: Uint32Array;
  readonly #finishFlag: number;
  #error: { readonly message: string; readonly code: string } | undefined;
  #closed = false;

  constructor(kind: 'deflate' | 'zstd') {
    const stream = kind === 'deflate' ? createInflateRaw() : createZstdDecompress();
    const { _handle, _writeState } = stream as unknown as ZlibInternals;
    if (typeof _handle?.writeSync !== 'function' || !(_writeState instanceof Uint32Array)) {
      throw new Error(`node:zlib of Node ${process.version} is not built as expected`);
    }
    this.#handle = _handle;
    this.#state = _writeState;
    this.#finishFlag = kind === 'deflate' ? constants.Z_FINISH : constants.ZSTD_e_end;
    this.#handle.onerror = (message, _errno, code) => {
      this.#error ??= { message, code };
    };
  }

  /**
   * Decompresses one input and returns how many of its bytes were taken; fewer than all mean that the
   * compressed data ended there. What is emitted is good until `emit` returns.
   * @throws DecompressionError where the data is broken; what was emitted before is good
   */
  push(input: Uint8Array, emit: Emit): number {
    return input.byteLength === 0 ? 0 : this.#write(0, input, emit);
  }

  /**
   * Says that the input is over.
   * @throws DecompressionError where compressed data was still expected
   */
  finish(emit: Emit): void {
    this.#write(this.#finishFlag, new Uint8Array(0), emit);
  }

  /** Starts over with the next compressed stream, keeping the allocated state, also behind one that was broken. */
  reset(): void {
    this.#error = undefined;
    this.#handle.reset();
  }

  /** Gives the library's memory back: with zstd, up to 128 MiB. */
  close(): void {
    if (!this.#closed) this.#handle.close();
    this.#closed = true;
  }

  #write(flush: number, input: Uint8Array, emit: Emit): number {
    const output = spareOutputs.pop() ?? new Uint8Array(OUTPUT_BYTES);
    try {
      for (let taken = 0; ; ) {
        this.#handle.writeSync(flush, input, taken, input.byteLength - taken, output, 0, OUTPUT_BYTES);
        this.#throwIfBroken();
        const [room, left] = this.#state as unknown as [number, number];
        taken = input.byteLength - left;
        if (room < OUTPUT_BYTES) emit(output.subarray(0, OUTPUT_BYTES - room));
        // With room left over, all that the input gives has been given.
        if (room > 0) return taken;
      }
    } finally {
      spareOutputs.push(output);
    }
  }

  #throwIfBroken(): void {
    if (this.#error === undefined) return;
    const { message, code } = this.#error;
    const truncated = code === 'Z_BUF_ERROR';
    throw new DecompressionError(truncated ? 'the compressed data ends too early' : message, { truncated });
  }
}
