import type { MessagePort } from 'node:worker_threads';
import type { BlobFacts } from '../bytes/index.ts';
import type { AuditErrorCode, DiffId } from '../core/index.ts';
import type { LayerJob, LayerRecord } from './layer-record.ts';
import type { SecretValues } from './secrets/index.ts';

/** What the main thread tells the unpacking thread. */
export type ToUnpacker =
  | { readonly type: 'job'; readonly job: LayerJob }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'chunks-over' }
  | { readonly type: 'chunks-failed'; readonly error: LaneError };

/** What the unpacking thread tells the main thread. */
export type FromUnpacker =
  /** Stored bytes read so far. */
  | { readonly type: 'progress'; readonly bytes: number }
  /** One chunk was taken: another may be sent. */
  | { readonly type: 'chunk-taken' };

/** What the unpacking thread tells the digesting thread. */
export type FromUnpackerToDigester =
  | { readonly type: 'job'; readonly job: LayerJob }
  | LanePiece
  | { readonly type: 'pieces-over'; readonly blob: BlobFacts }
  | { readonly type: 'failed'; readonly error: LaneError };

/** What the digesting thread tells the examining thread: what it was told itself, and digests. */
export type ToExaminer =
  | Exclude<FromUnpackerToDigester, { type: 'pieces-over' }>
  | { readonly type: 'pieces-over'; readonly blob: BlobFacts; readonly diffId: DiffId }
  /** The digests of all files, 32 bytes each, in the order in which they were asked for. */
  | { readonly type: 'file-digests'; readonly digests: Uint8Array };

/** What the examining thread tells the digesting thread. */
export type ToDigester =
  /** A layer begins. */
  | { readonly type: 'files-begin' }
  /** A piece was read; what is to be digested of it, and its memory. */
  | { readonly type: 'piece-read'; readonly memory: ArrayBuffer; readonly steps: FileDigestSteps }
  /** There are no more files, and the digests are wanted. */
  | { readonly type: 'files-over'; readonly steps: FileDigestSteps };

/** Which bytes belong to which file; see lane-file-digests.ts. */
export interface FileDigestSteps {
  readonly codes: readonly number[];
  /** Bytes of files that are not in the memory of the piece. */
  readonly others: readonly Uint8Array[];
}

/** Uncompressed bytes on their way from one half of a lane to the other. */
export interface LanePiece {
  readonly type: 'piece';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the tar, or such that stand behind the end of the compressed stream. */
  readonly trailing: boolean;
  /** Whether bytes of the tar are missing in front of these. */
  readonly afterHole: boolean;
}

/** What the digesting thread answers the unpacking thread: one piece is done with, and here is its memory back. */
export interface PieceTaken {
  readonly memory: ArrayBuffer;
}

/** What the examining thread tells the main thread at the end of a job. */
export type FromExaminer =
  | { readonly type: 'examined'; readonly record: LayerRecord; readonly secrets: SecretValues }
  | { readonly type: 'failed'; readonly error: LaneError };

/** An error as it crosses threads. */
export interface LaneError {
  readonly code: AuditErrorCode | null;
  readonly message: string;
  readonly hint: string | null;
}

/** How a worker is started: which part it does, and its ports to the threads beside it. */
export type LaneWorkerData =
  | { readonly role: 'unpack'; readonly digester: MessagePort }
  | { readonly role: 'digest'; readonly unpacker: MessagePort; readonly examiner: MessagePort }
  | { readonly role: 'examine'; readonly digester: MessagePort };
