import type { Compression } from './compression.ts';

/** Bytes behind the first one that {@link findStream} looks at before it believes in a beginning. */
const GZIP_HEAD_BYTES = 10;
const ZSTD_HEAD_BYTES = 6;
const RESERVED_GZIP_FLAGS = 0xe0;
/** Compressors write 0, 2 or 4 for how hard they tried (RFC 1952 section 2.3.1). */
const GZIP_EFFORTS: ReadonlySet<number> = new Set([0, 2, 4]);
const GZIP_LAST_SYSTEM = 13;
const GZIP_UNKNOWN_SYSTEM = 255;
/** Exponent of the largest window that is read: 128 MiB (RFC 8878 section 3.1.1.1.2). */
const ZSTD_LAST_EXPONENT = 17;

/** Bytes that a beginning takes: so many less one have to be kept until more come. */
export function streamHeadBytes(compression: Compression): number {
  return compression === 'zstd' ? ZSTD_HEAD_BYTES : GZIP_HEAD_BYTES;
}

/**
 * Where behind damage the next member (gzip) or frame (zstd) may begin; -1 if nowhere in these bytes.
 *
 * Neither format marks where its parts begin, so this goes by magic bytes and by what may stand behind them. A gzip
 * file that is stored inside the damaged part looks the same: what comes out of it is then taken for a part of the
 * tar, in which no header is found.
 */
export function findStream(compression: Compression, bytes: Uint8Array, from: number): number {
  const first = compression === 'zstd' ? 0x28 : 0x1f;
  const begins = compression === 'zstd' ? beginsZstd : beginsGzip;
  const last = bytes.byteLength - streamHeadBytes(compression);
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
    if (begins(bytes, at)) return at;
  }
  return -1;
}

function beginsGzip(bytes: Uint8Array, at: number): boolean {
  const system = bytes[at + 9] as number;
  return (
    bytes[at + 1] === 0x8b &&
    bytes[at + 2] === 8 &&
    ((bytes[at + 3] as number) & RESERVED_GZIP_FLAGS) === 0 &&
    GZIP_EFFORTS.has(bytes[at + 8] as number) &&
    (system <= GZIP_LAST_SYSTEM || system === GZIP_UNKNOWN_SYSTEM)
  );
}

function beginsZstd(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 1] !== 0xb5 || bytes[at + 2] !== 0x2f || bytes[at + 3] !== 0xfd) return false;
  const descriptor = bytes[at + 4] as number;
  const isReserved = (descriptor & 0x08) !== 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  return !isReserved && (isSingleSegment || (bytes[at + 5] as number) >> 3 <= ZSTD_LAST_EXPONENT);
}
