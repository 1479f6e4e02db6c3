/** Unpacks bytes that are all at hand, in chunks of one size. */
import { type BlobFacts, Unpacker, type UnpackOptions } from '../../../src/bytes/index.ts';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';

/** What came out, and what was told of it. */
export interface Unpacked {
  readonly output: Buffer;
  readonly facts: BlobFacts;
}

export function unpackAll(
  stored: Uint8Array,
  options: Partial<UnpackOptions> & { chunkBytes?: number } = {},
): Unpacked {
  const { chunkBytes = 64 * 1024, ...more } = options;
  const unpacker = new Unpacker({ limits: DEFAULT_LIMITS, ...more });
  const pieces: Uint8Array[] = [];
  const emit = (piece: Uint8Array): void => void pieces.push(piece.slice());
  for (let at = 0; at < stored.byteLength; at += chunkBytes) {
    unpacker.push(Uint8Array.from(stored.subarray(at, at + chunkBytes)), emit);
  }
  const facts = unpacker.end(emit);
  return { output: Buffer.concat(pieces), facts };
}
