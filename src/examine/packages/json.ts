/** A member of a JSON document out of an image: anything at all until it was looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A document that is an object; null for anything else, broken ones included. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | null {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    return asObject(JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text));
  } catch {
    return null;
  }
}

/** A value if it is an object, and no array. */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** A value if it is a text; empty otherwise. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The texts in a list. */
export function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Members of an object that are objects themselves. */
export function* objectsIn(value: unknown): Generator<[name: string, value: JsonObject]> {
  for (const [name, one] of Object.entries(asObject(value) ?? {})) {
    const object = asObject(one);
    if (object !== null) yield [name, object];
  }
}
