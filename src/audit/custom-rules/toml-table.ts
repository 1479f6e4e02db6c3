import { parse, TomlError } from 'smol-toml';
import { invalidRules } from './rules-file.ts';

type Values = Readonly<Record<string, unknown>>;

/** A table of a TOML file, whose members are taken one by one: what nobody took is a mistake, told with its line. */
export class TomlTable {
  readonly #file: TomlFile;
  readonly #values: Map<string, { readonly name: string; readonly value: unknown }>;
  readonly #place: string;

  constructor(file: TomlFile, values: Values, place: string) {
    this.#file = file;
    this.#place = place;
    // As gitleaks has it: case does not matter.
    this.#values = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  }

  text(key: string): string | null {
    return this.#take(key, 'a text', (value) => typeof value === 'string') as string | null;
  }

  number(key: string): number | null {
    return this.#take(key, 'a number', (value) => typeof value === 'number') as number | null;
  }

  flag(key: string): boolean {
    return this.#take(key, 'true or false', (value) => typeof value === 'boolean') === true;
  }

  texts(key: string): readonly string[] {
    const isTexts = (value: unknown): boolean =>
      Array.isArray(value) && value.every((member) => typeof member === 'string');
    return (this.#take(key, 'a list of texts', isTexts) ?? []) as readonly string[];
  }

  /** The tables of `[[key]]`. */
  tables(key: string): TomlTable[] {
    const isTables = (value: unknown): boolean => Array.isArray(value) && value.every(isTable);
    const list = (this.#take(key, `tables: [[${key}]]`, isTables) ?? []) as readonly Values[];
    return list.map((values, i) => new TomlTable(this.#file, values, `${this.#below(key)}[${i}]`));
  }

  /** The table of `[key]`. */
  table(key: string): TomlTable | null {
    const values = this.#take(key, `a table: [${key}]`, isTable) as Values | null;
    return values === null ? null : new TomlTable(this.#file, values, this.#below(key));
  }

  /** @throws AuditError `RULES_INVALID` where something is left that nobody took */
  end(): void {
    for (const { name } of this.#values.values()) this.fail(`${JSON.stringify(name)} is not known here`, name);
  }

  /** @throws AuditError `RULES_INVALID`, with the line of a member of this table, or where the table begins */
  fail(message: string, key?: string, hint?: string): never {
    const line = (key === undefined ? null : this.#file.lineOf(this.#below(key))) ?? this.#file.lineOf(this.#place);
    throw invalidRules(this.#file.path, line, message, hint);
  }

  #below(key: string): string {
    return this.#place === '' ? key.toLowerCase() : `${this.#place}.${key.toLowerCase()}`;
  }

  #take(key: string, what: string, isRight: (value: unknown) => boolean): unknown {
    const found = this.#values.get(key.toLowerCase());
    if (found === undefined) return null;
    this.#values.delete(key.toLowerCase());
    if (!isRight(found.value)) this.fail(`${found.name} is not ${what}`, key);
    return found.value;
  }
}

function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A TOML file, and where in it things stand. */
export class TomlFile {
  readonly path: string;
  readonly root: TomlTable;
  readonly #lines: ReadonlyMap<string, number>;

  /** @throws AuditError `RULES_INVALID` */
  constructor(path: string, text: string) {
    this.path = path;
    this.#lines = findLines(text);
    this.root = new TomlTable(this, parseToml(path, text), '');
  }

  lineOf(place: string): number | null {
    return this.#lines.get(place) ?? null;
  }
}

function parseToml(path: string, text: string): Values {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'it is no TOML';
    throw invalidRules(path, error.line, `it is no TOML: ${message}`);
  }
}

/** In which line tables begin and members stand: `rules[2].allowlists[0].regexes`. The parser does not tell. */
function findLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  // The lines of texts that go over several are left blank.
  const blank = text.replace(/'''[\s\S]*?'''|"""[\s\S]*?"""/g, (whole) => whole.replace(/[^\n]/g, ' '));
  let table = '';
  for (const [i, line] of blank.split('\n').entries()) {
    const [, open, header] = /^\s*(\[\[?)\s*([\w."' -]+?)\s*\]/.exec(line) ?? [];
    if (header !== undefined) {
      table = placeOf(header, open === '[[', counts);
      lines.set(table, i + 1);
      continue;
    }
    const key = /^\s*["']?([\w.-]+)["']?\s*=/.exec(line)?.[1]?.toLowerCase();
    if (key === undefined) continue;
    const place = table === '' ? key : `${table}.${key}`;
    if (!lines.has(place)) lines.set(place, i + 1);
  }
  return lines;
}

function placeOf(header: string, isList: boolean, counts: Map<string, number>): string {
  const names = header.split('.').map((name) => name.trim().replace(/["']/g, '').toLowerCase());
  let place = '';
  for (const [i, name] of names.entries()) {
    place = place === '' ? name : `${place}.${name}`;
    if (isList && i === names.length - 1) counts.set(place, (counts.get(place) ?? -1) + 1);
    const count = counts.get(place);
    if (count !== undefined) place = `${place}[${count}]`;
  }
  return place;
}
