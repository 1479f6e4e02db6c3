import { BLOCK, type TarDialect } from './header.ts';

/** A field, or several that stand side by side, of a header block: from and to. */
export type HeaderPart = readonly [from: number, to: number];

/** Longest names of users and groups that are taken for such; Linux allows 32 bytes, and nobody uses them. */
const MAX_OWNER_BYTES = 24;

const NAME: HeaderPart = [0, 100];
const NUMBERS: HeaderPart = [100, 148];
const LINK_NAME: HeaderPart = [157, 257];
const USER: HeaderPart = [265, 297];
const GROUP: HeaderPart = [297, 329];
const DEVICE: HeaderPart = [329, 345];
const OWNERS: HeaderPart = [265, 345];
const V7_REST: HeaderPart = [257, BLOCK];

/**
 * The parts of a header that hold bytes which no reader gives out as a name: behind the NUL of a field, in place of a
 * number, where the dialect has nothing, and names of owners longer than any. The attack: a token that stands in a
 * header as in plain sight, and in no file, path or link that a scanner looks at.
 */
export function strayParts(bytes: Uint8Array, at: number, dialect: TarDialect): HeaderPart[] {
  const parts: HeaderPart[] = [];
  addTail(parts, bytes, at, NAME);
  if (!isNumeric(bytes, at, NUMBERS)) parts.push(NUMBERS);
  addTail(parts, bytes, at, LINK_NAME);
  if (dialect === 'v7') {
    if (!isZero(bytes, at + V7_REST[0], at + V7_REST[1])) parts.push(V7_REST);
    return parts;
  }
  if (!isOwner(bytes, at, USER) || !isOwner(bytes, at, GROUP) || !isNumeric(bytes, at, DEVICE)) parts.push(OWNERS);
  // A prefix is a part of the name, and given out with it; what GNU and star have there is numbers.
  const prefixEnd = dialect === 'ustar' ? 500 : dialect === 'star' ? 476 : 345;
  const rest: HeaderPart = [textEnd(bytes, at, 345, prefixEnd), dialect === 'star' ? 508 : BLOCK];
  if (!isZero(bytes, at + rest[0], at + rest[1]) && !isNumeric(bytes, at, rest)) parts.push(rest);
  return parts;
}

function addTail(parts: HeaderPart[], bytes: Uint8Array, at: number, part: HeaderPart): void {
  const end = textEnd(bytes, at, part[0], part[1]);
  if (!isZero(bytes, at + end, at + part[1])) parts.push([end, part[1]]);
}

/** Where the text of a field ends: at its NUL, or with the field. */
function textEnd(bytes: Uint8Array, at: number, from: number, to: number): number {
  for (let i = from; i < to; i += 1) if (bytes[at + i] === 0) return i;
  return to;
}

/** Without a branch for each byte: nearly all of a header is zeros, and there are millions of headers. */
function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  let any = 0;
  for (let i = from; i < to; i += 1) any |= bytes[i] as number;
  return any === 0;
}

/** Whether there are only octal digits, spaces and zeros, and the one that GNU marks sparse files with. */
function isNumeric(bytes: Uint8Array, at: number, part: HeaderPart): boolean {
  for (let i = at + part[0]; i < at + part[1]; i += 1) {
    const byte = bytes[i] as number;
    if (byte > 1 && byte !== 0x20 && (byte < 0x30 || byte > 0x37)) return false;
  }
  return true;
}

/** Whether a field holds a name of usual length and nothing behind it. */
function isOwner(bytes: Uint8Array, at: number, part: HeaderPart): boolean {
  const end = textEnd(bytes, at, part[0], part[1]);
  return end - part[0] <= MAX_OWNER_BYTES && isZero(bytes, at + end, at + part[1]);
}
