import type { ParseContext } from './package.ts';

/**
 * Splits a text into stanzas of `key: value` lines, separated by blank lines. Lines that begin with a blank
 * continue the one before and are passed over: no field read here has them.
 *
 * Line by line and without regular expressions: databases are attacker-made, and up to megabytes long.
 */
export function* readStanzas(text: string, wanted: ReadonlySet<string>): Generator<Map<string, string>> {
  let stanza = new Map<string, string>();
  for (const line of linesOf(text)) {
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

/** Lines of a text, without their ends. */
export function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    yield text.charCodeAt(to - 1) === 0x0d && to > from ? text.slice(from, to - 1) : text.slice(from, to);
    from = to + 1;
  }
}

/** Longest path Linux can make, with its NUL (PATH_MAX). */
const PATH_MAX = 4096;

/** Collects paths into the one text in which packages keep their files. */
export class FileListBuilder {
  readonly #context: ParseContext;
  #paths: string[] = [];

  constructor(context: ParseContext) {
    this.#context = context;
  }

  /** Adds a path, absolute or from the root that is in the context; the root itself is no file that anybody owns. */
  add(path: string): void {
    const clean = path.startsWith('./') ? path.slice(2) : path.startsWith('/') ? path.slice(1) : path;
    const { root, budget } = this.#context;
    if (clean === '' || clean === '.' || clean.length >= PATH_MAX || clean.includes('\0')) return;
    if (budget.spendOnFiles(root.length + clean.length + 1)) this.#paths.push(root === '' ? clean : root + clean);
  }

  /** All paths so far. Joined at once: half a million texts put together one by one take several times their size. */
  finish(): string {
    if (this.#paths.length === 0) return '';
    this.#paths.push('');
    return this.#paths.join('\0');
  }
}
