import type { MessagePort } from 'node:worker_threads';
import { ContentDigester } from './content-digester.ts';
import type { DigestedRows, FileDigests } from './file-digests.ts';
import type { FileDigestSteps, ToDigester } from './lane-messages.ts';

/** Codes of steps, each with its numbers: flat, because an object for each file would cost more than its digest. */
const BEGIN = 0; // size of the file
const PART = 1; // offset in the piece, length
const OTHER = 2; // index of bytes that are in no piece
const HOLE = 3; // length
const FINISH = 4;

/**
 * The files' digests as the examining thread orders them: it notes which parts of a piece belong to which file, and
 * the digesting thread, which gets the piece next, computes them.
 */
export class OrderedFileDigests implements FileDigests {
  readonly #port: MessagePort;
  readonly #rows: number[] = [];
  #row = 0;
  #piece: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #codes: number[] = [];
  #others: Uint8Array<ArrayBuffer>[] = [];
  readonly #digests = Promise.withResolvers<Uint8Array>();

  constructor(port: MessagePort) {
    this.#port = port;
    this.#tell({ type: 'files-begin' });
  }

  /** Says which piece the next bytes are part of. */
  usePiece(piece: Uint8Array<ArrayBuffer>): void {
    this.#piece = piece;
  }

  /** What is to be digested of the current piece, which is done with. */
  takeSteps(): FileDigestSteps {
    const steps = { codes: this.#codes, others: this.#others };
    this.#codes = [];
    this.#others = [];
    return steps;
  }

  begin(row: number, sizeBytes: number): void {
    this.#row = row;
    this.#codes.push(BEGIN, sizeBytes);
  }

  update(bytes: Uint8Array): void {
    if (bytes.buffer === this.#piece.buffer) {
      this.#codes.push(PART, bytes.byteOffset, bytes.byteLength);
    } else {
      // Put together out of two pieces: not in the memory that is handed on.
      this.#codes.push(OTHER, this.#others.length);
      this.#others.push(new Uint8Array(bytes));
    }
  }

  updateHole(lengthBytes: number): void {
    this.#codes.push(HOLE, lengthBytes);
  }

  finish(): void {
    this.#rows.push(this.#row);
    this.#codes.push(FINISH);
  }

  async settle(): Promise<DigestedRows> {
    this.#tell({ type: 'files-over', steps: this.takeSteps() });
    return { rows: this.#rows, digests: await this.#digests.promise };
  }

  /** Takes the digests when they come. */
  resolve(digests: Uint8Array): void {
    this.#digests.resolve(digests);
  }

  #tell(message: ToDigester): void {
    this.#port.postMessage(message);
  }
}

/** Takes the steps that {@link OrderedFileDigests} orders. */
export class FileDigestRunner {
  readonly #digester = new ContentDigester();

  /** Takes the steps of a piece, whose memory is given. */
  run({ codes, others }: FileDigestSteps, memory: ArrayBuffer): void {
    for (let at = 0; at < codes.length; at += 1) {
      switch (codes[at]) {
        case BEGIN:
          at += 1;
          this.#digester.begin(codes[at] as number);
          break;
        case PART:
          this.#digester.update(new Uint8Array(memory, codes[at + 1], codes[at + 2]));
          at += 2;
          break;
        case OTHER:
          at += 1;
          this.#digester.update(others[codes[at] as number] as Uint8Array);
          break;
        case HOLE:
          at += 1;
          this.#digester.updateHole(codes[at] as number);
          break;
        default:
          this.#digester.finish();
      }
    }
  }

  /** The digests of all finished files, in order. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#digester.digests();
  }
}
