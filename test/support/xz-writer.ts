/** Writes xz without compressing: LZMA2 has chunks that are stored as they are. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** How an xz is written. */
export interface XzForm {
  /** Uncompressed bytes of a block. */
  readonly blockBytes?: number;
  readonly check?: 'none' | 'crc32' | 'sha256';
  /** Number of the filter; LZMA2 unless given. */
  readonly filter?: number;
  /** The byte that stands for the size of the window; 4 KiB unless given. */
  readonly windowBits?: number;
}

const CHECKS = { none: 0, crc32: 1, sha256: 10 } as const;
const CHUNK_BYTES = 0x10000;

/** One stream of xz, as https://tukaani.org/xz/xz-file-format.txt says. */
export function xzStored(content: Uint8Array, form: XzForm = {}): Buffer {
  const { blockBytes = 1 << 20, check = 'crc32', filter = 0x21, windowBits = 0 } = form;
  const flags = Buffer.from([0, CHECKS[check]]);
  const blocks: Buffer[] = [];
  const records: Buffer[] = [];
  for (let at = 0; at < content.byteLength; at += blockBytes) {
    const bytes = Buffer.from(content.subarray(at, at + blockBytes));
    // Flags, filter, length of its properties, properties, and three bytes of padding.
    const header = withCrc(Buffer.from([2, 0, filter, 1, windowBits, 0, 0, 0]));
    const chunks = lzma2(bytes);
    const unpadded = header.byteLength + chunks.byteLength + checkOf(bytes, check).byteLength;
    blocks.push(header, padded(chunks), checkOf(bytes, check));
    records.push(number(unpadded), number(bytes.byteLength));
  }
  const index = withCrc(padded(Buffer.concat([Buffer.of(0), number(records.length / 2), ...records])));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(index.byteLength / 4 - 1);
  const footer = Buffer.concat([size, flags]);
  return Buffer.concat([
    Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
    withCrc(flags),
    ...blocks,
    index,
    crcOf(footer),
    footer,
    Buffer.from('YZ'),
  ]);
}

/** Chunks of up to 64 KiB: the first resets the window. */
function lzma2(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
    const part = bytes.subarray(at, at + CHUNK_BYTES);
    const size = part.byteLength - 1;
    parts.push(Buffer.from([at === 0 ? 1 : 2, size >> 8, size & 0xff]), part);
  }
  return Buffer.concat([...parts, Buffer.of(0)]);
}

function checkOf(bytes: Buffer, check: 'none' | 'crc32' | 'sha256'): Buffer {
  if (check === 'none') return Buffer.alloc(0);
  return check === 'crc32' ? crcOf(bytes) : createHash('sha256').update(bytes).digest();
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.byteLength % 4)) % 4)]);
}

function withCrc(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, crcOf(bytes)]);
}

function crcOf(bytes: Buffer): Buffer {
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(bytes));
  return crc;
}

/** Seven bits a byte, the lowest first. */
function number(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
