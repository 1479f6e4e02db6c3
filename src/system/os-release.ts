/** The distribution that an image says it is (os-release(5)). */
export interface OsRelease {
  readonly id: string | null;
  readonly versionId: string | null;
  readonly prettyName: string | null;
}

/**
 * Reads an os-release file: shell-like assignments, values perhaps in quotes. Later lines win, as they do in a
 * shell. Null for a text that names neither an ID nor a pretty name.
 */
export function parseOsRelease(text: string): OsRelease | null {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals <= 0 || line.startsWith('#')) continue;
    values.set(line.slice(0, equals).trim(), unquote(line.slice(equals + 1).trim()));
  }
  const id = values.get('ID') ?? null;
  const prettyName = values.get('PRETTY_NAME') ?? values.get('NAME') ?? null;
  if (id === null && prettyName === null) return null;
  return { id, versionId: values.get('VERSION_ID') ?? null, prettyName };
}

function unquote(value: string): string {
  const quote = value[0];
  if (value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote)) {
    return value.slice(1, -1).replace(/\\([$"'\\`])/g, '$1');
  }
  return value;
}
