import { closeSync, openSync, readSync } from 'node:fs';
import { AuditError, systemErrorCode } from '../core/index.ts';

/** Stored bytes read at a time. */
const READ_BYTES = 256 * 1024;

/** Chunks of bytes, at hand or as they arrive. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A part of a file on this machine. */
export interface FileRange {
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * Reads a part of a file, synchronously: the threads that call it have nothing else to do, and a hop through
 * the thread pool for every chunk is dear.
 * @param reuse read every chunk into the same memory: for who is done with a chunk before taking the next
 * @throws AuditError `BLOB_UNREADABLE` where the file cannot be read, `BLOB_TRUNCATED` where it is too short
 */
export function* readFileRange(range: FileRange, reuse = false): Generator<Uint8Array> {
  const { path, offset, lengthBytes } = range;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    let position = offset;
    const end = offset + lengthBytes;
    const shared = reuse ? new Uint8Array(Math.min(READ_BYTES, lengthBytes)) : undefined;
    while (position < end) {
      const length = Math.min(READ_BYTES, end - position);
      const buffer = shared ?? new Uint8Array(length);
      const bytes = readSync(descriptor, buffer, 0, length, position);
      if (bytes === 0) {
        throw new AuditError('BLOB_TRUNCATED', `${path} ends ${end - position} bytes before the blob does`);
      }
      position += bytes;
      yield buffer.subarray(0, bytes);
    }
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw new AuditError('BLOB_UNREADABLE', `${path} cannot be read: ${systemErrorCode(error) ?? String(error)}`, {
      cause: error,
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** All bytes of a part of a file that is known to be small. Throws as {@link readFileRange} does. */
export function readWholeRange(range: FileRange): Uint8Array {
  return Buffer.concat([...readFileRange(range)]);
}
