import { TextDecoder } from 'node:util';
import { AuditError } from '../core/index.ts';

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON document.
 * @param what names the document in the error: `the manifest of …`
 * @throws AuditError `DOCUMENT_INVALID` for what is no UTF-8, no JSON or no object
 */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw new AuditError('DOCUMENT_INVALID', `${what} is no JSON: ${describeStart(bytes)}`, { cause: error });
  }
  const object = asObject(value);
  if (object === undefined) throw new AuditError('DOCUMENT_INVALID', `${what} is JSON, but no object`);
  return object;
}

/** How a document that is not JSON begins, for the reader of an error. */
function describeStart(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'it is empty';
  const start = Buffer.from(bytes.subarray(0, 40)).toString('latin1');
  return `it begins with ${JSON.stringify(start.replace(/[^\x20-\x7e]/g, '?'))}`;
}

/**
 * A member by its name in any case, the last one where there are several. So do runtimes, because Go's
 * encoding/json does. The attack: a manifest whose `Layers` every runtime unpacks and no scanner reads.
 */
export function memberOf(object: JsonObject | undefined, name: string): unknown {
  if (object === undefined) return undefined;
  const folded = foldCase(name);
  let value: unknown;
  for (const key of Object.keys(object)) {
    if (key === name || (key.length === name.length && foldCase(key) === folded)) value = object[key];
  }
  return value;
}

/** Names of an object's members that are the same but for their case: readers disagree which of them counts. */
export function ambiguousNames(object: JsonObject): string[] {
  const byFolded = Map.groupBy(Object.keys(object), foldCase);
  return [...byFolded.values()].filter((names) => names.length > 1).flat();
}

/** As Go's bytes.EqualFold compares: the long s and the Kelvin sign are letters, too. */
function foldCase(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** The value if it is an object and no array. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The value if it is an array. */
export function asArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The value if it is a text. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value if it is a whole number that is not negative. */
export function asSize(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The texts of an object's members; members that are no texts are left out. */
export function asTextMap(value: unknown): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [key, member] of Object.entries(asObject(value) ?? {})) {
    if (typeof member === 'string') texts[key] = member;
  }
  return texts;
}

/** The texts of an array; members that are no texts are left out. */
export function asTextList(value: unknown): string[] {
  return (asArray(value) ?? []).filter((member) => typeof member === 'string');
}
