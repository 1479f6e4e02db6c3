import { TextDecoder } from 'node:util';
import { failed } from './check-failure.ts';

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deepest nesting of a document that is signed or carries a signature; honest ones stay below 30. */
const MAX_DEPTH = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a signed document, or one that carries signatures. The attack: a name that occurs twice is one value for
 * who verifies and another for who uses what was verified; and nesting without end takes down whoever follows it.
 * @param what names the document in the failure
 * @throws CheckFailure `failed`
 */
export function parseStrictJson(bytes: Uint8Array, what: string): JsonObject {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw failed(`${what} is no JSON`, error);
  }
  refuseAmbiguity(text, what);
  const object = asObject(value);
  if (object === undefined) throw failed(`${what} is JSON, but no object`);
  return object;
}

/** Looks for names that occur twice in an object, and for too deep nesting, in a text that is valid JSON. */
function refuseAmbiguity(text: string, what: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x7b:
      case 0x5b:
        if (open.length >= MAX_DEPTH) throw failed(`${what} is nested more than ${MAX_DEPTH} deep`);
        open.push(text[at] === '{' ? new Set() : null);
        break;
      case 0x7d:
      case 0x5d:
        open.pop();
        break;
      case 0x22: {
        const end = endOfString(text, at);
        if (isName(text, end)) {
          const name = JSON.parse(text.slice(at, end)) as string;
          const names = open.at(-1);
          if (names?.has(name) === true) {
            throw failed(`${what} has the name ${JSON.stringify(name.slice(0, 60))} twice in one object`);
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

/** Index behind the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at + 1;
}

/** In valid JSON a string in front of a colon is a name, and no other is. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\n\r'.includes(text[at] as string)) at += 1;
  return text[at] === ':';
}

/** The value if it is an object and no array. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** A member of an object, by its exact name; undefined for what every object inherits. */
export function member(object: unknown, ...names: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of names) {
    const holder = asObject(value);
    if (holder === undefined || !Object.hasOwn(holder, name)) return undefined;
    value = holder[name];
  }
  return value;
}

/** A member that is a text. */
export function textMember(object: unknown, ...names: readonly string[]): string | undefined {
  const value = member(object, ...names);
  return typeof value === 'string' ? value : undefined;
}

/** A member that is a list. */
export function listMember(object: unknown, ...names: readonly string[]): readonly unknown[] | undefined {
  const value = member(object, ...names);
  return Array.isArray(value) ? value : undefined;
}
