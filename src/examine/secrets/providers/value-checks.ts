/** What values that only a name tells have to look like, so that identifiers, words and versions are none. */

/** Whether a value has letters and digits, several different ones, and no word that tells what it is. */
export function isMixed(value: string): boolean {
  return (
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    new Set(value).size >= Math.min(8, value.length >> 1) &&
    !/secret|token|passw|apikey|api_key|access_|value|default/i.test(value)
  );
}

/** Whether a value has letters of both cases, and digits: random ones of more than twenty characters do. */
export function isMixedCase(value: string): boolean {
  return isMixed(value) && /[a-z]/.test(value) && /[A-Z]/.test(value);
}

/** Words in a name that say that its value is kept secret. */
const SECRET_NAME =
  /key|token|secret|private|auth|pass|pwd|pat\b|login|credential|licen[sc]e|reporter|hec|bearer|password/i;

/**
 * Whether a name before a value says that it is a secret: next to a provider's mere name stand versions, hashes and
 * identifiers. Tokens in the address of a status badge are made to be shown.
 */
export function isNamedKey(value: string, { 0: all, index, input }: RegExpExecArray): boolean {
  const before = input.slice(Math.max(0, index - 80), index);
  return SECRET_NAME.test(all.slice(0, all.lastIndexOf(value))) && !/\.svg\?|\/badge|\/shield/i.test(before);
}

/** Whether a value is a hexadecimal key by its name, and no mere hash. */
export function isHexKey(value: string, match: RegExpExecArray): boolean {
  return isMixed(value) && isNamedKey(value, match);
}

/** Whether a value is Base64 of so many bytes. */
export function isBase64Of(value: string, bytes: number): boolean {
  return Buffer.from(value, 'base64').length === bytes && isMixed(value);
}

/** Whether a text is Base64 of JSON with an object in it. */
export function isJsonObject(base64: string): boolean {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}

/** A UUID, as the source of a regular expression. */
export const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
