import type { BlobFacts, FileRange } from '../bytes/index.ts';
import type { DiffId, Digest, GapReason, Limits } from '../core/index.ts';
import type { TarAnomaly, TarAnomalyKind } from '../tar/index.ts';
import type { EntryColumns } from './entry-table.ts';
import type { PackageDatabase, PackageFileList } from './packages/index.ts';
import type { ProgramFacts } from './programs/index.ts';
import type { CustomRules, SecretMatch } from './secrets/index.ts';
import type { SystemFile } from './system-files.ts';

/**
 * An order to examine one layer. Plain data: the same job runs in this thread, in a worker thread, or on
 * another machine.
 */
export interface LayerJob {
  /** Where the stored bytes are; `stream` where the caller hands them over as they come. */
  readonly location: FileRange | 'stream';
  /** Digest and diffID that the image states, where it does. */
  readonly expectedDigest: Digest | null;
  readonly expectedDiffId: DiffId | null;
  readonly limits: Limits;
  /** Key of secret fingerprints. */
  readonly fingerprintKey: Uint8Array;
  /** Rules that the user brings. */
  readonly customRules?: CustomRules | undefined;
}

/** Something of a layer that was not examined. The caller knows which layer it is, and names it. */
export interface LayerGap {
  readonly reason: GapReason;
  readonly bytes: number | null;
  readonly message: string;
}

/** An extended attribute of an entry. */
export interface EntryXattr {
  readonly row: number;
  readonly name: string;
  readonly value: Uint8Array;
}

/** A device node's numbers. */
export interface EntryDevice {
  readonly row: number;
  readonly major: number;
  readonly minor: number;
}

/**
 * All that examining a layer told. A pure function of the layer's bytes, the ruleset, the limits and the
 * fingerprint key; knows nothing of the image it is part of. Plain data, and holds no secret.
 */
export interface LayerRecord {
  /** What the record depends on besides the bytes; part of every cache key. */
  readonly ruleset: string;
  readonly blob: BlobFacts;
  /** Digest of the uncompressed bytes, in the algorithm the image states its diffID in. */
  readonly diffId: DiffId;
  readonly columns: EntryColumns;
  /** Bytes of regular files. */
  readonly contentBytes: number;
  /** Anomalies in the order of the tar, of each kind only the first ones. */
  readonly anomalies: readonly TarAnomaly[];
  /** How many there are of each kind. */
  readonly anomalyCounts: Readonly<Partial<Record<TarAnomalyKind, number>>>;
  readonly secrets: readonly SecretMatch[];
  readonly systemFiles: readonly SystemFile[];
  readonly packageDatabases: readonly PackageDatabase[];
  /** Lists of the files of packages, where they are not in the database itself. */
  readonly packageFiles: readonly PackageFileList[];
  /** What programs say of themselves, in the order of the tar. */
  readonly programs: readonly ProgramFacts[];
  readonly xattrs: readonly EntryXattr[];
  readonly devices: readonly EntryDevice[];
  readonly gaps: readonly LayerGap[];
}
