/**
 * Splits a text into stanzas of `key: value` lines, separated by blank lines. Lines that begin with a blank
 * continue the one before and are passed over: no field read here has them.
 *
 * Line by line and without regular expressions: databases are attacker-made, and up to megabytes long.
 */
export function* readStanzas(text: string, wanted: ReadonlySet<string>): Generator<Map<string, string>> {
  let stanza = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      if (stanza.size > 0) yield stanza;
      stanza = new Map();
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith(' ') || line.startsWith('\t')) continue;
    const key = line.slice(0, colon);
    if (wanted.has(key) && !stanza.has(key)) stanza.set(key, line.slice(colon + 1).trim());
  }
  if (stanza.size > 0) yield stanza;
}
