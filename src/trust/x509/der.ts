import { failed } from '../check-failure.ts';

/**
 * A value in DER (X.690), with the very bytes it was read from: signatures and digests are over those, and a library that
 * writes a parsed value again may write other ones.
 */
export interface DerValue {
  /** Class, form and number as one byte. */
  readonly tag: number;
  /** What is in it. */
  readonly content: Buffer;
  /** All of it, with tag and length. */
  readonly raw: Buffer;
}

/** Tags that certificates and time stamps use. */
export const DER_TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Members of one list; honest ones have some dozens. */
const MAX_MEMBERS = 1000;

/**
 * Reads the one value that some bytes are.
 * @throws CheckFailure `failed`
 */
export function readDer(bytes: Buffer, tag?: number): DerValue {
  const value = readAt(bytes, 0);
  if (value.raw.length !== bytes.length) throw failed('bytes are behind the end of a value in DER');
  if (tag !== undefined) expectTag(value, tag);
  return value;
}

/**
 * Reads the members of a value, one level deep: whoever reads further says so, and nothing recurses as deep as the
 * bytes want it to.
 * @throws CheckFailure `failed`
 */
export function membersOf({ content }: DerValue): DerValue[] {
  const members: DerValue[] = [];
  let at = 0;
  while (at < content.length) {
    if (members.length >= MAX_MEMBERS) throw failed(`a list in DER has more than ${MAX_MEMBERS} members`);
    const member = readAt(content, at);
    members.push(member);
    at += member.raw.length;
  }
  return members;
}

/**
 * The value, if it is what it has to be.
 * @throws CheckFailure `failed`
 */
export function expectTag(value: DerValue | undefined, tag: number): DerValue {
  if (value === undefined) throw failed('a value in DER is missing');
  if (value.tag !== tag) throw failed(`a value in DER has the tag ${value.tag}, not ${tag}`);
  return value;
}

/**
 * An object identifier as `1.2.840`.
 * @throws CheckFailure `failed`
 */
export function oidOf(value: DerValue | undefined): string {
  const { content } = expectTag(value, DER_TAG.oid);
  if (content.length === 0 || content.length > 64) throw failed('an object identifier is none');
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const [i, byte] of content.entries()) {
    if (arc === 0n && byte === 0x80) throw failed('an object identifier is none');
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if ((byte & 0x80) === 0) {
      if (arcs.length === 0) {
        const first = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
        arcs.push(first, arc - first * 40n);
      } else arcs.push(arc);
      arc = 0n;
    } else if (i === content.length - 1) throw failed('an object identifier is none');
  }
  return arcs.join('.');
}

/**
 * A small number.
 * @throws CheckFailure `failed`
 */
export function smallNumberOf(value: DerValue | undefined, tag: number = DER_TAG.integer): number {
  const { content } = expectTag(value, tag);
  if (content.length === 0 || content.length > 4 || ((content[0] ?? 0) & 0x80) !== 0) {
    throw failed('a number in DER is none that makes sense there');
  }
  return content.readUIntBE(0, content.length);
}

/**
 * A time as RFC 3161 has it (section 2.4.2): `YYYYMMDDhhmmss[.s…]Z`.
 * @throws CheckFailure `failed`
 */
export function timeOf(value: DerValue | undefined): Date {
  const text = expectTag(value, DER_TAG.generalizedTime).content.toString('latin1');
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = new Date(`${iso}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // The attack: the 31st of February, which one reader takes for March.
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(iso)) throw failed('a time in DER is none');
  return time;
}

function readAt(bytes: Buffer, at: number): DerValue {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw failed('a value in DER is cut off');
  if ((tag & 0x1f) === 0x1f) throw failed('a value in DER has a tag that nothing here has');
  const count = first < 0x80 ? 0 : first & 0x7f;
  // 0x80 is the indefinite length of BER, with which the same value has many encodings.
  if (first === 0x80 || count > 4 || at + 2 + count > bytes.length) throw failed('a length in DER is none');
  const length = count === 0 ? first : bytes.readUIntBE(at + 2, count);
  if (count > 0 && (length < 0x80 || bytes[at + 2] === 0)) throw failed('a length in DER is longer than it has to be');
  const start = at + 2 + count;
  const end = start + length;
  if (end > bytes.length) throw failed('a value in DER is cut off');
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(at, end) };
}
