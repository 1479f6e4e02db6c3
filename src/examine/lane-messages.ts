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

/** What the unpacking thread tells the examining thread. */
export type ToExaminer =
  | { readonly type: 'job'; readonly job: LayerJob }
  | LanePiece
  | { readonly type: 'pieces-over'; readonly blob: BlobFacts; readonly diffId: DiffId }
  | { readonly type: 'failed'; readonly error: LaneError };

/** Uncompressed bytes on their way from one half of a lane to the other. */
export interface LanePiece {
  readonly type: 'piece';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the tar, or such that stand behind the end of the compressed stream. */
  readonly trailing: boolean;
  /** Whether bytes of the tar are missing in front of these. */
  readonly afterHole: boolean;
}

/** What the examining thread answers the unpacking thread: one piece was taken, and here is its memory back. */
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

/** How a worker is started: which half it does, and its port to the other one. */
export interface LaneWorkerData {
  readonly role: 'unpack' | 'examine';
  readonly pieces: MessagePort;
}
