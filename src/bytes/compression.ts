/** How the bytes of a blob are compressed, as their first bytes tell. */
export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'lz4';

/** How many first bytes {@link sniffCompression} wants to see. */
export const SNIFF_BYTES = 6;

/**
 * Tells the compression of a blob by its magic bytes. Media types and file names are never trusted:
 * real images carry gzip called plain and plain tar called zstd, and a scanner that believed the label
 * would not read the layer at all.
 *
 * RFC 1952 section 2.3.1, RFC 8878 sections 3.1.1 and 3.1.2 (a skippable frame may come first, as in
 * zstd:chunked), the xz file format section 2.1.1.1.
 */
export function sniffCompression(head: Uint8Array): Compression {
  const [a, b, c, d, e, f] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (b === 0xb5 && c === 0x2f && d === 0xfd && a === 0x28) return 'zstd';
  if (a !== undefined && a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  if (a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58 && e === 0x5a && f === 0) return 'xz';
  if (a === 0x42 && b === 0x5a && c === 0x68 && d !== undefined && d >= 0x31 && d <= 0x39) return 'bzip2';
  if (a === 0x04 && b === 0x22 && c === 0x4d && d === 0x18) return 'lz4';
  return 'none';
}
