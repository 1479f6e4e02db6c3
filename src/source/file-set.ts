import { SNIFF_BYTES, sniffCompression } from '../bytes/index.ts';
import { AuditError, type Gap } from '../core/index.ts';
import { looksLikeTar } from '../tar/index.ts';
import type { BlobHandle, SourceProblem } from './source.ts';

/** Files by name, relative and cleaned: of a folder, or of an archive. */
export interface FileSet {
  /** What errors call it. */
  readonly place: string;
  /** Why its files are not all there, if it is damaged. */
  readonly damage: string | null;
  /** False for an archive without an end marker: it may have been cut between two members. */
  readonly endMarked: boolean;
  /** What is wrong with the set itself. */
  readonly problems: readonly SourceProblem[];
  /** All files that have bytes of their own, those that others of the same name replaced included. */
  entries(): Iterable<FileEntry>;
  has(name: string): boolean;
  /** The name under which a file's bytes are, links followed; undefined where there is no such file. */
  target(name: string): string | undefined;
  /**
   * A small file's bytes; undefined where there is no such file.
   * @throws AuditError `DOCUMENT_TOO_LARGE`, or what reading throws
   */
  document(name: string): Uint8Array | undefined;
  /** A file to be examined; undefined where there is no such file. */
  blob(name: string): BlobHandle | undefined;
}

/** One of the files. */
export interface FileEntry {
  readonly name: string;
  /** Whether it cannot be had by its name: another file of that name came later, or it has none. */
  readonly hidden: boolean;
  readonly sizeBytes: number;
  readonly blob: BlobHandle;
  look(): ContentLook;
  /** As {@link FileSet.document}. */
  document(): Uint8Array;
}

/** What bytes are, as the first of them tell. */
export type ContentLook = 'tar' | 'compressed' | 'json' | 'other';

/** How many first bytes {@link lookOf} wants to see. */
export const LOOK_BYTES = 512;

/** Tells what bytes are by the first of them: names prove nothing. */
export function lookOf(head: Uint8Array): ContentLook {
  if (sniffCompression(head.subarray(0, SNIFF_BYTES)) !== 'none') return 'compressed';
  if (looksLikeTar(head)) return 'tar';
  return head[0] === 0x7b || head[0] === 0x5b ? 'json' : 'other';
}

/** The error for a document that is larger than any honest one. */
export function documentTooLarge(name: string, place: string, sizeBytes: number, limitBytes: number): AuditError {
  return new AuditError(
    'DOCUMENT_TOO_LARGE',
    `${name} in ${place} has ${sizeBytes} bytes, more than the ${limitBytes} that a document of an image may have`,
  );
}

/** Why files are not all there, as far as one can see, for an error about one that is missing. */
export function damageOf({ damage, endMarked }: FileSet): string | null {
  return damage ?? (endMarked ? null : 'it has no end marker, so it may have been cut');
}

/** The gap for files that are not all there. */
export function damageGaps({ place, damage }: FileSet): Gap[] {
  if (damage === null) return [];
  return [
    { subject: place, reason: 'tar-damaged', bytes: null, message: `${place} is damaged: ${damage}`, incomplete: true },
  ];
}
