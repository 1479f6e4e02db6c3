import { AuditError, type Gap } from '../core/index.ts';
import type { BlobHandle } from './source.ts';

/** Files by name, relative and cleaned: of a folder, or of an archive. */
export interface FileSet {
  /** What errors call it. */
  readonly place: string;
  /** Why its files are not all there, if it is damaged. */
  readonly damage: string | null;
  names(): Iterable<string>;
  has(name: string): boolean;
  /**
   * A small file's bytes; undefined where there is no such file.
   * @throws AuditError `DOCUMENT_TOO_LARGE`, or what reading throws
   */
  document(name: string): Uint8Array | undefined;
  /** A file to be examined; undefined where there is no such file. */
  blob(name: string): BlobHandle | undefined;
}

/** The error for a document that is larger than any honest one. */
export function documentTooLarge(name: string, place: string, sizeBytes: number, limitBytes: number): AuditError {
  return new AuditError(
    'DOCUMENT_TOO_LARGE',
    `${name} in ${place} has ${sizeBytes} bytes, more than the ${limitBytes} that a document of an image may have`,
  );
}

/** The gap for files that are not all there. */
export function damageGaps({ place, damage }: FileSet): Gap[] {
  if (damage === null) return [];
  return [
    { subject: place, reason: 'tar-damaged', bytes: null, message: `${place} is damaged: ${damage}`, incomplete: true },
  ];
}
