/** Compression, digests and budgets: bytes as they are stored, turned into bytes as they are meant. */
export { SNIFF_BYTES, sniffCompression } from './compression.ts';
export { ContentDigest, digestOf } from './content-digest.ts';
export { DecompressionError } from './decompression-error.ts';
export { createDecompressor, type Decompressor } from './decompressor.ts';
export { type Chunks, type FileRange, readFileRange, readWholeRange } from './file-range.ts';

export { SyncStream } from './sync-stream.ts';
export { type BlobFacts, Unpacker, type UnpackOptions } from './unpack.ts';
