import { ContentDigester } from './content-digester.ts';

/** Digests of files of one layer: 32 bytes for each row. */
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
  /** Says that the file is over, and its digest is wanted. A file that does not end so has none. */
  finish(): void;
  /** All digests, when all files are over. */
  settle(): Promise<DigestedRows>;
}

/** Digests files in the calling thread. */
export class LocalFileDigests implements FileDigests {
  readonly #digester = new ContentDigester();
  readonly #rows: number[] = [];
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

  finish(): void {
    this.#rows.push(this.#row);
    this.#digester.finish();
  }

  settle(): Promise<DigestedRows> {
    return Promise.resolve({ rows: this.#rows, digests: this.#digester.digests() });
  }
}
