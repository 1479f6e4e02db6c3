import { parseStrictJsonValue, StrictJsonError } from '../core/index.ts';
import { failed } from './check-failure.ts';

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Bounds of a document that is signed or carries a signature; honest ones stay below a depth of 30. */
const LIMITS = { maxDepth: 100, maxValues: 4_000_000 };

/**
 * Parses a signed document, or one that carries signatures, so that nobody can read it in two ways.
 * @param what names the document in the failure
 * @throws CheckFailure `failed`
 */
export function parseStrictJson(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    value = parseStrictJsonValue(bytes, LIMITS);
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw failed(`${what} ${error.message === 'is no UTF-8' ? 'is no JSON' : error.message}`, error);
  }
  const object = asObject(value);
  if (object === undefined) throw failed(`${what} is JSON, but no object`);
  return object;
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
