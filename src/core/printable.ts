import { encodeBytes, hasUndecodableBytes } from './entry-path.ts';

/**
 * Characters that must never reach a terminal, a log or a document as they are. The attack: a file name
 * with an escape sequence repaints the reader's terminal, and a bidirectional override makes a name read
 * as another one (CVE-2021-42574). C0, DEL and C1 controls, line separators, bidirectional marks,
 * embeddings, overrides and isolates, zero-width characters, the byte order mark, tag characters.
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

/**
 * A text out of an image, made fit to print: unprintable characters stand as `\xNN` or `\u{N}`, and
 * bytes that were no UTF-8 as `\xNN`. A printable text comes back as it is.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) return hexEscape(code - 0xdc00);
    if (code < 0x100) return hexEscape(code);
    return `\\u{${code.toString(16)}}`;
  });
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Base64 of the bytes of a text that holds undecodable ones; null for every other text. */
export function undecodableBase64(text: string): string | null {
  return hasUndecodableBytes(text) ? Buffer.from(encodeBytes(text)).toString('base64') : null;
}
