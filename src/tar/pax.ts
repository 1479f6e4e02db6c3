import { decodeBytes } from '../core/index.ts';

/** Records of a PAX extended header. Values stay bytes: names and extended attributes are bytes. */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

/** The GNU sparse 0.0 records repeat; they are collected into one 0.1 map, as Go does. */
const SPARSE_OFFSET = 'GNU.sparse.offset';
const SPARSE_NUMBYTES = 'GNU.sparse.numbytes';
const SPARSE_MAP = 'GNU.sparse.map';
const COMMA = 0x2c;
const PLUS = 0x2b;

/**
 * Reads the records of a PAX extended header (POSIX.1-2017, pax, "pax Extended Header"): `length key=value\n`.
 * Undefined where they are malformed, which Go, and so containerd, refuses.
 */
export function parsePax(bytes: Uint8Array): PaxRecords | undefined {
  const records = new Map<string, Uint8Array>();
  const sparse: string[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const space = bytes.indexOf(0x20, at);
    if (space < 0) return undefined;
    const length = decimal(bytes, at, space);
    const end = at + (length ?? 0);
    if (length === undefined || end > bytes.byteLength || end <= space + 1 || bytes[end - 1] !== 0x0a) return undefined;
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals < 0 || equals >= end) return undefined;
    const key = decodeBytes(bytes.subarray(space + 1, equals));
    const value = bytes.slice(equals + 1, end - 1);
    if (key === '' || !isValidRecord(key, value)) return undefined;
    if (key === SPARSE_OFFSET || key === SPARSE_NUMBYTES) {
      const expected = sparse.length % 2 === 0 ? SPARSE_OFFSET : SPARSE_NUMBYTES;
      if (key !== expected || value.includes(COMMA)) return undefined;
      sparse.push(decodeBytes(value));
    } else {
      records.set(key, value);
    }
    at = end;
  }
  if (sparse.length > 0) records.set(SPARSE_MAP, Buffer.from(sparse.join(',')));
  return records;
}

function isValidRecord(key: string, value: Uint8Array): boolean {
  if (key.includes('\0')) return false;
  const text = key === 'path' || key === 'linkpath' || key === 'uname' || key === 'gname';
  return !text || !value.includes(0);
}

/**
 * A record's length, with the plus sign and the zeros in front that Go's ParseInt takes. The attack: a
 * record that Go applies and a stricter reader throws away gives the file another name or size.
 */
function decimal(bytes: Uint8Array, from: number, to: number): number | undefined {
  const first = bytes[from] === PLUS ? from + 1 : from;
  if (first === to) return undefined;
  let value = 0;
  for (let i = first; i < to; i += 1) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * A record's value as an integer of 64 bits, in every spelling that Go's ParseInt takes (`+5`, `0005`);
 * undefined where it is absent, empty or no such integer.
 */
export function paxInteger(records: PaxRecords, key: string): number | undefined {
  const text = paxText(records, key);
  return text === undefined ? undefined : parseInt64(text);
}

function parseInt64(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const digits = text.replace(/^[+-]?0*/, '');
  if (digits.length > 19) return undefined;
  const value = BigInt(text.startsWith('-') ? `-${digits}` : digits);
  return value === BigInt.asIntN(64, value) ? Number(value) : undefined;
}

/** A record's value as seconds with a fraction; undefined where it is absent or no number. */
export function paxTime(records: PaxRecords, key: string): number | undefined {
  const text = paxText(records, key);
  if (text === undefined || !/^[+-]?\d+(?:\.\d*)?$/.test(text)) return undefined;
  return parseInt64(text.replace(/\..*/, '')) === undefined ? undefined : Number(text);
}

/** Which of the records that must be numbers are none. Go, and so containerd, refuses them. */
export function invalidPaxNumbers(records: PaxRecords): string[] {
  if (records.size === 0) return [];
  const invalid = ['size', 'uid', 'gid'].filter(
    (key) => isStated(records, key) && paxInteger(records, key) === undefined,
  );
  return isStated(records, 'mtime') && paxTime(records, 'mtime') === undefined ? [...invalid, 'mtime'] : invalid;
}

function isStated(records: PaxRecords, key: string): boolean {
  return (records.get(key)?.byteLength ?? 0) > 0;
}

/** A record's value as text; undefined where it is absent or empty (empty means: as in the header). */
export function paxText(records: PaxRecords, key: string): string | undefined {
  const value = records.get(key);
  return value === undefined || value.byteLength === 0 ? undefined : decodeBytes(value);
}
