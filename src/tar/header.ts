/** Size of a tar block and of every header (POSIX.1-2017, pax, "ustar Interchange Format"). */
export const BLOCK = 512;

/** Which tar dialect a header is written in, told by its magic as Go's archive/tar does. */
export type TarDialect = 'v7' | 'ustar' | 'star' | 'gnu';

/** The fields of one 512-byte header as they stand there; extended headers not yet applied. */
export interface RawHeader {
  readonly dialect: TarDialect;
  readonly typeFlag: string;
  /** Name with the dialect's prefix applied. */
  readonly name: Uint8Array;
  readonly linkName: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtime: number;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Names of numeric fields that could not be read; they stand as 0. */
  readonly invalidNumbers: readonly string[];
}

/** Whether a block is all zeros. */
export function isZeroBlock(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + BLOCK; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

/**
 * Whether a block's checksum holds, summed as unsigned or (as some old programs did) signed bytes.
 * Without it nothing tells a header from file content.
 */
export function checksumHolds(bytes: Uint8Array, at: number): boolean {
  const stated = parseOctal(bytes, at + 148, 8);
  if (stated === undefined) return false;
  let sum = 256;
  for (let i = at; i < at + 148; i += 1) sum += bytes[i] as number;
  for (let i = at + 156; i < at + BLOCK; i += 1) sum += bytes[i] as number;
  if (stated === sum) return true;
  for (let i = at; i < at + BLOCK; i += 1) {
    const isChecksum = i >= at + 148 && i < at + 156;
    if (!isChecksum && (bytes[i] as number) >= 0x80) sum -= 0x100;
  }
  return stated === sum;
}

/** Types of records that tar programs write, extended headers among them. */
const WRITTEN_TYPES = '0\x001234567xgLKSDVM';
const V7_TYPES = '0\x00125';

/**
 * Whether a block is a header although nobody says that one stands there: what reading goes on with behind damage.
 * Stricter than a checksum, which holds for some blocks of numbers, too.
 */
export function isCredibleHeader(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === 0 || !checksumHolds(bytes, at)) return false;
  const { dialect, typeFlag, sizeBytes, mtime, invalidNumbers } = readHeader(bytes, at);
  if (invalidNumbers.length > 0 || !(sizeBytes >= 0) || sizeBytes > Number.MAX_SAFE_INTEGER) return false;
  if (dialect !== 'v7') return WRITTEN_TYPES.includes(typeFlag);
  // Without a magic, what honest writers leave empty has to be.
  if (!V7_TYPES.includes(typeFlag) || !(mtime >= 0)) return false;
  for (let i = at + 257; i < at + BLOCK; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

/** Reads a header block whose checksum holds. Follows Go's archive/tar, readHeader and getFormat. */
export function readHeader(bytes: Uint8Array, at: number): RawHeader {
  const invalidNumbers: string[] = [];
  const number = (field: string, offset: number, length: number): number => {
    const value = parseNumeric(bytes, at + offset, length);
    if (value === undefined) invalidNumbers.push(field);
    return value ?? 0;
  };
  const dialect = dialectOf(bytes, at);
  const posix = dialect !== 'v7';
  const typeFlag = String.fromCharCode(bytes[at + 156] as number);
  return {
    dialect,
    typeFlag,
    name: withPrefix(bytes, at, dialect),
    linkName: text(bytes, at + 157, 100),
    mode: number('mode', 100, 8),
    uid: number('uid', 108, 8),
    gid: number('gid', 116, 8),
    sizeBytes: number('size', 124, 12),
    mtime: number('mtime', 136, 12),
    deviceMajor: posix && isDevice(typeFlag) ? number('devmajor', 329, 8) : 0,
    deviceMinor: posix && isDevice(typeFlag) ? number('devminor', 337, 8) : 0,
    invalidNumbers,
  };
}

function isDevice(typeFlag: string): boolean {
  return typeFlag === '3' || typeFlag === '4';
}

function dialectOf(bytes: Uint8Array, at: number): TarDialect {
  const magic = ascii(bytes, at + 257, 6);
  if (magic === 'ustar\0') return ascii(bytes, at + 508, 4) === 'tar\0' ? 'star' : 'ustar';
  if (magic === 'ustar ' && ascii(bytes, at + 263, 2) === ' \0') return 'gnu';
  return 'v7';
}

function withPrefix(bytes: Uint8Array, at: number, dialect: TarDialect): Uint8Array {
  const name = text(bytes, at, 100);
  const prefixLength =
    dialect === 'ustar' ? 155 : dialect === 'star' ? 131 : dialect === 'gnu' && hasGoPrefix(bytes, at) ? 155 : 0;
  if (prefixLength === 0 || bytes[at + 345] === 0) return name;
  const prefix = text(bytes, at + 345, prefixLength);
  const whole = new Uint8Array(prefix.byteLength + 1 + name.byteLength);
  whole.set(prefix);
  whole[prefix.byteLength] = 0x2f;
  whole.set(name, prefix.byteLength + 1);
  return whole;
}

/**
 * GNU's format has times where ustar has the prefix. Go before 1.8 (and so old Docker) wrote a prefix there
 * all the same; Go still reads it where the times make no sense and the text is ASCII.
 */
function hasGoPrefix(bytes: Uint8Array, at: number): boolean {
  const timesHold = [345, 357].every(
    (field) => bytes[at + field] === 0 || parseNumeric(bytes, at + field, 12) !== undefined,
  );
  return !timesHold && text(bytes, at + 345, 155).every((byte) => byte < 0x80);
}

/** A field's bytes up to its first NUL, copied out of the block. */
function text(bytes: Uint8Array, at: number, length: number): Uint8Array {
  let end = at;
  while (end < at + length && bytes[end] !== 0) end += 1;
  return bytes.slice(at, end);
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  let result = '';
  for (let i = at; i < at + length; i += 1) result += String.fromCharCode(bytes[i] as number);
  return result;
}

/**
 * A numeric field: octal, or base-256 two's complement where the first bit is set (GNU). Undefined where
 * it is neither, or does not fit 64 bits. Values past 2^53 lose precision, which no caller depends on.
 */
export function parseNumeric(bytes: Uint8Array, at: number, length: number): number | undefined {
  const first = bytes[at] as number;
  if ((first & 0x80) === 0) return parseOctal(bytes, at, length);
  const negative = (first & 0x40) !== 0;
  let value = negative ? first - 0x100 : first & 0x7f;
  for (let i = at + 1; i < at + length; i += 1) value = value * 0x100 + (bytes[i] as number);
  return value >= 2 ** 63 || value < -(2 ** 63) ? undefined : value;
}

function parseOctal(bytes: Uint8Array, at: number, length: number): number | undefined {
  let from = at;
  let to = at + length;
  while (from < to && isBlank(bytes[from] as number)) from += 1;
  while (to > from && isBlank(bytes[to - 1] as number)) to -= 1;
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = (bytes[i] as number) - 0x30;
    if (bytes[i] === 0) break;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0;
}

const OCTAL_LIMIT = 8 ** 11;

/** A plain file without a size, and the sum of its bytes with the checksum as blanks. */
const PLAIN_HEADER = plainHeader();
const PLAIN_SUM = PLAIN_HEADER.reduce((sum, byte) => sum + byte, 0);

function plainHeader(): Uint8Array {
  const header = new Uint8Array(BLOCK);
  header[0] = 0x65;
  header.fill(0x20, 148, 156);
  header[156] = 0x30;
  header.set([0x75, 0x73, 0x74, 0x61, 0x72, 0, 0x30, 0x30], 257);
  return header;
}

/**
 * Makes the header that tar-stream is given in place of the real one: a plain file of the size that our
 * guard decided on. tar-stream then frames the content and has nothing left to misread.
 */
export function writePlainHeader(target: Uint8Array, at: number, sizeBytes: number): void {
  target.set(PLAIN_HEADER, at);
  let sum = PLAIN_SUM;
  const octal = sizeBytes < OCTAL_LIMIT;
  // Octal digits, or past 8 GiB the base-256 of GNU, marked by the first bit.
  const base = octal ? 8 : 0x100;
  let rest = sizeBytes;
  for (let i = at + (octal ? 134 : 135); i >= at + 124; i -= 1) {
    const digit = (rest % base) + (octal ? 0x30 : 0);
    target[i] = digit;
    sum += digit;
    rest = Math.floor(rest / base);
  }
  if (!octal) {
    target[at + 124] = 0x80;
    sum += 0x80;
  }
  for (let i = at + 153; i >= at + 148; i -= 1) {
    target[i] = 0x30 + (sum % 8);
    sum = Math.floor(sum / 8);
  }
  target[at + 154] = 0;
}
