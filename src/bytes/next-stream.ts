import { crc32 } from 'node:zlib';
import type { Compression } from './compression.ts';

/** Bytes behind the first one that {@link findStream} looks at before it believes in a beginning. */
const GZIP_HEAD_BYTES = 10;
const ZSTD_HEAD_BYTES = 6;
const XZ_MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);
const XZ_HEAD_BYTES = 12;
/** Behind four bytes with its level, a stream of bzip2 goes on with its first block. */
const BZIP2_BLOCK = Buffer.from('1AY&SY');
const BZIP2_HEAD_BYTES = 10;
const RESERVED_GZIP_FLAGS = 0xe0;
/** Compressors write 0, 2 or 4 for how hard they tried (RFC 1952 section 2.3.1). */
const GZIP_EFFORTS: ReadonlySet<number> = new Set([0, 2, 4]);
const GZIP_LAST_SYSTEM = 13;
const GZIP_UNKNOWN_SYSTEM = 255;
/** Exponent of the largest window that is read: 128 MiB (RFC 8878 section 3.1.1.1.2). */
const ZSTD_LAST_EXPONENT = 17;

/** Bytes that a beginning takes: so many less one have to be kept until more come. */
export function streamHeadBytes(compression: Compression): number {
  return FORMS[compression]?.headBytes ?? GZIP_HEAD_BYTES;
}

/**
 * Where behind damage the next member (gzip), frame (zstd) or stream (xz, bzip2) may begin; -1 if nowhere in these bytes.
 *
 * No format but xz marks where its parts begin, so this goes by magic bytes and by what may stand behind them. A gzip
 * file that is stored inside the damaged part looks the same: what comes out of it is then taken for a part of the
 * tar, in which no header is found.
 */
export function findStream(compression: Compression, bytes: Uint8Array, from: number): number {
  const form = FORMS[compression];
  if (form === undefined) return -1;
  const { first, headBytes, begins } = form;
  const last = bytes.byteLength - headBytes;
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

function beginsXz(bytes: Uint8Array, at: number): boolean {
  if (!XZ_MAGIC.equals(bytes.subarray(at, at + XZ_MAGIC.byteLength))) return false;
  const flags = bytes.subarray(at + 6, at + 8);
  return new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(8, true) === crc32(flags);
}

function beginsBzip2(bytes: Uint8Array, at: number): boolean {
  const level = bytes[at + 3] as number;
  return (
    bytes[at + 1] === 0x5a &&
    bytes[at + 2] === 0x68 &&
    level > 0x30 &&
    level <= 0x39 &&
    BZIP2_BLOCK.equals(bytes.subarray(at + 4, at + BZIP2_HEAD_BYTES))
  );
}

/** How the streams of a compression begin. */
interface StreamForm {
  readonly first: number;
  readonly headBytes: number;
  begins(bytes: Uint8Array, at: number): boolean;
}

const FORMS: Partial<Readonly<Record<Compression, StreamForm>>> = {
  gzip: { first: 0x1f, headBytes: GZIP_HEAD_BYTES, begins: beginsGzip },
  zstd: { first: 0x28, headBytes: ZSTD_HEAD_BYTES, begins: beginsZstd },
  xz: { first: 0xfd, headBytes: XZ_HEAD_BYTES, begins: beginsXz },
  bzip2: { first: 0x42, headBytes: BZIP2_HEAD_BYTES, begins: beginsBzip2 },
};
