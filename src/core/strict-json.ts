import { TextDecoder } from 'node:util';

/** Bounds of a document that is parsed strictly. */
export interface StrictJsonLimits {
  /** Deepest nesting of objects and lists. */
  readonly maxDepth: number;
  /** Most values: small ones take many times their bytes in memory. */
  readonly maxValues: number;
}

/** What is wrong with a document, as the rest of a sentence: `is no JSON`. */
export class StrictJsonError extends Error {
  /** Whether it is too large or too deep, rather than wrong. */
  readonly isBound: boolean;

  constructor(message: string, isBound = false, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StrictJsonError';
    this.isBound = isBound;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that nobody may read in two ways. The attack: a name that occurs twice is one value for who checks a
 * document and another for who uses it; nesting without end takes down whoever follows it; and `{},{},{}` without end
 * takes twenty times its bytes in memory. Bounds are held before anything is built.
 * @throws StrictJsonError
 */
export function parseStrictJsonValue(bytes: Uint8Array, limits: StrictJsonLimits): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (error) {
    throw new StrictJsonError('is no UTF-8', false, error);
  }
  holdBounds(text, limits);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StrictJsonError('is no JSON', false, error);
  }
  refuseTwins(text);
  return value;
}

/** Counts brackets and commas outside of texts, in what need not be JSON at all. */
function holdBounds(text: string, { maxDepth, maxValues }: StrictJsonLimits): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x7b:
      case 0x5b:
        depth += 1;
        values += 1;
        if (depth > maxDepth) throw new StrictJsonError(`is nested more than ${maxDepth} deep`, true);
        break;
      case 0x7d:
      case 0x5d:
        depth -= 1;
        break;
      case 0x2c:
        values += 1;
        break;
      case 0x22:
        at = endOfString(text, at) - 1;
        break;
      default:
    }
    if (values > maxValues) throw new StrictJsonError(`has more than ${maxValues} values`, true);
  }
}

/** Looks for names that occur twice in an object, in a text that is valid JSON. */
function refuseTwins(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x7b:
        open.push(new Set());
        break;
      case 0x5b:
        open.push(null);
        break;
      case 0x7d:
      case 0x5d:
        open.pop();
        break;
      case 0x22: {
        const end = endOfString(text, at);
        if (isName(text, end)) {
          const name = nameBetween(text, at, end);
          const names = open.at(-1);
          if (names?.has(name) === true) {
            throw new StrictJsonError(`has the name ${JSON.stringify(name.slice(0, 60))} twice in one object`);
          }
          names?.add(name);
        }
        at = end - 1;
        break;
      }
      default:
    }
  }
}

function nameBetween(text: string, start: number, end: number): string {
  const plain = text.slice(start + 1, end - 1);
  return plain.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : plain;
}

/** Index behind the closing quote; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return Math.min(at + 1, text.length);
}

/** In valid JSON a string in front of a colon is a name, and no other is. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\n\r'.includes(text[at] as string)) at += 1;
  return text[at] === ':';
}
