import type { SecretEncoding } from './match.ts';

/** Bytes looked at to tell an encoding. */
export const PROBE_BYTES = 256;
/** Fewest bytes that an encoding without a byte order mark is told from. */
const MIN_BYTES = 32;
/** Stands for characters beyond Latin-1: no secret has any. */
const OTHER = 0xff;

/**
 * A text of two bytes a character (UTF-16), taken down to one: PowerShell, Windows' registry and Java's tools write
 * such texts, and a search for bytes finds nothing in them.
 */
export class WideText {
  readonly encoding: Extract<SecretEncoding, `utf-16${string}`>;
  #odd: number | undefined;

  constructor(encoding: WideText['encoding']) {
    this.encoding = encoding;
  }

  /** The next bytes with one byte for each character. */
  narrow(bytes: Uint8Array): Uint8Array {
    const all = this.#odd === undefined ? bytes : Buffer.concat([Uint8Array.of(this.#odd), bytes]);
    this.#odd = all.byteLength % 2 === 1 ? all[all.byteLength - 1] : undefined;
    const narrow = new Uint8Array(all.byteLength >> 1);
    const [low, high] = this.encoding === 'utf-16le' ? [0, 1] : [1, 0];
    for (let i = 0; i < narrow.byteLength; i += 1) {
      narrow[i] = all[i * 2 + high] === 0 ? (all[i * 2 + low] as number) : OTHER;
    }
    return narrow;
  }
}

/** Tells by its beginning whether a stream is text in UTF-16: by the byte order mark, or by every other byte being 0. */
export function detectWideText(bytes: Uint8Array): WideText | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe && bytes[3] === 0) return new WideText('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes[2] === 0) return new WideText('utf-16be');
  const length = Math.min(PROBE_BYTES, bytes.byteLength) & ~1;
  if (length < MIN_BYTES) return null;
  let little = 0;
  let big = 0;
  for (let i = 0; i < length; i += 2) {
    const [first, second] = [bytes[i] as number, bytes[i + 1] as number];
    if (second === 0 && isText(first)) little += 2;
    if (first === 0 && isText(second)) big += 2;
  }
  // Some characters may be beyond Latin-1; programs and tables of numbers have other bytes, too.
  if (little >= length * 0.9) return new WideText('utf-16le');
  return big >= length * 0.9 ? new WideText('utf-16be') : null;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
