import { TextDecoder, TextEncoder } from 'node:util';

declare const entryPathBrand: unique symbol;

/**
 * A path inside an image: relative to the image's root, `/` between segments, no empty, `.` or `..`
 * segments, no leading or trailing slash. The root itself is the empty text.
 *
 * Tar names are bytes. A byte that is no valid UTF-8 stands as the lone surrogate U+DC00 plus the byte
 * (as Python's `surrogateescape` does), so that two different names never become equal.
 */
export type EntryPath = string & { readonly [entryPathBrand]: true };

/** The root directory of an image. */
export const ROOT = '' as EntryPath;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8 = new TextEncoder();

/** Decodes bytes without losing any: valid UTF-8 as text, each other byte as a lone surrogate U+DCxx. */
export function decodeBytes(bytes: Uint8Array): string {
  let ascii = true;
  for (let i = 0; i < bytes.length; i += 1) {
    if ((bytes[i] as number) >= 0x80) {
      ascii = false;
      break;
    }
  }
  if (ascii) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return decodeBroken(bytes);
  }
}

function decodeBroken(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = utf8SequenceLength(bytes, at);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[at] as number));
      at += 1;
    } else {
      text += strictUtf8.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at an offset, 0 if there is none (Unicode 15, table 3-7). */
function utf8SequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  const second = bytes[at + 1] as number;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i += 1) {
    const byte = bytes[at + i] as number;
    if (byte < 0x80 || byte > 0xbf) return 0;
  }
  return length;
}

/** The bytes that {@link decodeBytes} decoded: the exact inverse. */
export function encodeBytes(text: string): Uint8Array {
  if (!hasUndecodableBytes(text)) return utf8.encode(text);
  const parts: Uint8Array[] = [];
  let plain = '';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) {
      if (plain !== '') parts.push(utf8.encode(plain));
      plain = '';
      parts.push(Uint8Array.of(code - 0xdc00));
    } else {
      plain += character;
    }
  }
  if (plain !== '') parts.push(utf8.encode(plain));
  return Buffer.concat(parts);
}

/** Whether a decoded text holds bytes that were no UTF-8. */
export function hasUndecodableBytes(text: string): boolean {
  return !text.isWellFormed();
}

/** What cleaning a tar name found out about it. */
export interface CleanedPath {
  readonly path: EntryPath;
  /** It began with `/`. Honest builders write relative names. */
  readonly absolute: boolean;
  /** Its `..` segments pointed above the image's root; runtimes stop there. */
  readonly escapes: boolean;
}

/**
 * Normalises a tar member's name the way containerd applies it: `path.Clean` below the image's root,
 * so that `..` can never leave it. Nothing is trimmed: names with spaces stay different names.
 */
export function cleanPath(name: string): CleanedPath {
  const absolute = name.startsWith('/');
  // The usual spelling is clean already, or has a leading ./ or a trailing slash only.
  let rough = name;
  if (rough.startsWith('./')) rough = rough.slice(2);
  if (rough.endsWith('/')) rough = rough.slice(0, -1);
  if (!absolute && rough !== '' && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(rough)) {
    return { path: rough as EntryPath, absolute: false, escapes: false };
  }
  const segments: string[] = [];
  let escapes = false;
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (segments.pop() === undefined) escapes = true;
    } else {
      segments.push(segment);
    }
  }
  return { path: segments.join('/') as EntryPath, absolute, escapes };
}

/** What {@link cleanPathBytes} found out about a name. */
export interface CleanedPathBytes {
  readonly path: Uint8Array;
  readonly absolute: boolean;
  readonly escapes: boolean;
}

/**
 * {@link cleanPath} for bytes. Nearly all names of real layers are clean as they are, but for a slash at the
 * end of folders, and are then never made into texts: layers have a million of them.
 */
export function cleanPathBytes(name: Uint8Array): CleanedPathBytes {
  let end = name.byteLength;
  if (end > 1 && name[end - 1] === SLASH) end -= 1;
  let clean = end > 0;
  for (let i = 0, from = 0; clean && i <= end; i += 1) {
    if (i < end && name[i] !== SLASH) continue;
    const length = i - from;
    clean = length > 2 || (length > 0 && !(name[from] === DOT && (length === 1 || name[from + 1] === DOT)));
    from = i + 1;
  }
  if (clean) return { path: end === name.byteLength ? name : name.subarray(0, end), absolute: false, escapes: false };
  const { path, absolute, escapes } = cleanPath(decodeBytes(name));
  return { path: encodeBytes(path), absolute, escapes };
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** The last segment of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** All but the last segment of a path; the root for a path of one segment. */
export function parentPath(path: string): EntryPath {
  const slash = path.lastIndexOf('/');
  return (slash < 0 ? '' : path.slice(0, slash)) as EntryPath;
}
