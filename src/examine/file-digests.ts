import { ContentDigester } from './content-digester.ts';

/** Digests of files of one layer, in no particular order: 32 bytes for each row. */
export interface DigestedRows {
  readonly rows: readonly number[];
  readonly digests: Uint8Array;
}

/**
 * Takes the SHA-256 of a layer's files, one file after the other, and gives them all at the end: they may be computed
 * by another thread.
 */
export interface FileDigests {
  /** Starts the file of a row. */
  begin(row: number, sizeBytes: number): void;
  /** Takes the next bytes of the file. Their memory may be used for something else afterwards. */
  update(bytes: Uint8Array): void;
  /** Takes zeros that are not stored. */
  updateHole(lengthBytes: number): void;
  /** Says that this file's digest will not be known. */
  giveUp(): void;
  /** Says that the file is over; its digest is wanted if it is complete. */
  finish(complete: boolean): void;
  /** All digests, when all files are over. */
  settle(): Promise<DigestedRows>;
}

/** Digests files in the calling thread. */
export class LocalFileDigests implements FileDigests {
  readonly #digester = new ContentDigester();
  readonly #rows: number[] = [];
  readonly #digests: Uint8Array[] = [];
  #row = 0;

  begin(row: number, sizeBytes: number): void {
    this.#row = row;
    this.#digester.begin(sizeBytes);
  }

  update(bytes: Uint8Array): void {
    this.#digester.update(bytes);
  }

  updateHole(lengthBytes: number): void {
    this.#digester.updateHole(lengthBytes);
  }

  giveUp(): void {
    this.#digester.giveUp();
  }

  finish(complete: boolean): void {
    const digest = complete ? this.#digester.finish() : undefined;
    if (digest === undefined) return;
    this.#rows.push(this.#row);
    this.#digests.push(digest);
  }

  settle(): Promise<DigestedRows> {
    return Promise.resolve({ rows: this.#rows, digests: Buffer.concat(this.#digests) });
  }
}
