import { looksLikeTar } from '../../tar/index.ts';

/** Bytes that tell what a file is: a tar has its mark behind 257 bytes, and a checksum over 512. */
export const HEAD_BYTES = 512;

/** What a file that holds others is, as far as it can be read. */
export type NestedFormat =
  | 'zip'
  | 'script'
  | 'gzip'
  | 'zstd'
  | 'xz'
  | 'bzip2'
  | 'zlib'
  | 'ar'
  | 'cpio'
  | 'rpm'
  | 'tar'
  | 'git-pack'
  | 'sqlite'
  | 'sqlite-log';

/** Formats that hold others and are told instead of read. */
const UNREAD: readonly (readonly [magic: string, what: string])[] = [
  ['7z\u00bc\u00af\u0027\u001c', 'a 7z archive'],
  ['Rar!\u001a\u0007', 'a rar archive'],
  ['\u0004\u0022\u004d\u0018', 'compressed with lz4'],
  ['LZIP\u0001', 'compressed with lzip'],
  ['MSCF\u0000\u0000\u0000\u0000', 'a cabinet'],
  ['hsqs', 'a squashfs'],
];
const UNREAD_BEGINS = new Set(UNREAD.map(([magic]) => magic.charCodeAt(0)));

/** Tells by its first bytes what a file is; null where it holds no others. Nearly all are told by the first of them. */
export function formatOf(head: Uint8Array): NestedFormat | null {
  switch (head[0]) {
    case 0x50:
      if (begins(head, 'PK\u0003\u0004')) return 'zip';
      return begins(head, 'PACK\u0000\u0000\u0000') ? 'git-pack' : otherwise(head);
    case 0x23:
      return head[1] === 0x21 ? 'script' : otherwise(head);
    case 0x1f:
      return begins(head, '\u001f\u008b\u0008') ? 'gzip' : otherwise(head);
    case 0x28:
      return begins(head, '\u0028\u00b5\u002f\u00fd') ? 'zstd' : otherwise(head);
    case 0xfd:
      return begins(head, '\u00fd7zXZ\u0000') ? 'xz' : otherwise(head);
    case 0x42:
      return begins(head, 'BZh') && begins(head, '1AY&SY', 4) ? 'bzip2' : otherwise(head);
    case 0x21:
      return begins(head, '!<arch>\n') ? 'ar' : otherwise(head);
    case 0x30:
      return begins(head, '07070') && isCpioKind(head[5]) ? 'cpio' : otherwise(head);
    case 0xed:
      return begins(head, '\u00ed\u00ab\u00ee\u00db') ? 'rpm' : otherwise(head);
    case 0x53:
      return begins(head, 'SQLite format 3\u0000') ? 'sqlite' : otherwise(head);
    case 0x37:
      return begins(head, '\u0037\u007f\u0006') && ((head[3] as number) & 0xfe) === 0x82
        ? 'sqlite-log'
        : otherwise(head);
    case 0x78:
      return [0x01, 0x5e, 0x9c, 0xda].includes(head[1] as number) && head.byteLength > 2 ? 'zlib' : otherwise(head);
    case 0:
      return null;
    default:
      return otherwise(head);
  }
}

/** What a file is that holds others and cannot be read; null for all others. */
export function unreadFormatOf(head: Uint8Array): string | null {
  if (!UNREAD_BEGINS.has(head[0] as number)) return null;
  return UNREAD.find(([magic]) => begins(head, magic))?.[1] ?? null;
}

function otherwise(head: Uint8Array): NestedFormat | null {
  // Zstandard may begin with a frame to be skipped.
  if (head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18 && (head[0] as number) >> 4 === 5) return 'zstd';
  return looksLikeTar(head) ? 'tar' : null;
}

/** With names and numbers in hexadecimal digits, with a checksum as well, or in octal ones. */
function isCpioKind(digit: number | undefined): boolean {
  return digit === 0x31 || digit === 0x32 || digit === 0x37;
}

function begins(head: Uint8Array, magic: string, at = 0): boolean {
  for (let i = 0; i < magic.length; i += 1) if (head[at + i] !== magic.charCodeAt(i)) return false;
  return true;
}
