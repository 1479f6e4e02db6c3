import type { TomlTable, TomlValue } from 'smol-toml';
import { AuditError } from '../core/index.ts';

/**
 * A table of the configuration file, of which every member has to be asked for. The attack: a key that is misspelt, or
 * that another version knows, is passed over, and the policy lets pass what it was written against (CVE-2025-29778).
 */
export class Table {
  readonly #members: TomlTable;
  /** Where it stands: `trust[1].signer[0]`, and the file. */
  readonly #path: string;
  readonly #file: ConfigFile;
  readonly #known = new Set<string>();

  constructor(members: TomlTable, path: string, file: ConfigFile) {
    this.#members = members;
    this.#path = path;
    this.#file = file;
  }

  /** A text that is not empty; null where there is none. */
  text(name: string): string | null {
    const value = this.#take(name);
    if (value === undefined) return null;
    if (typeof value !== 'string' || value === '') throw this.refuse(`${name} has to be a text`, name);
    return value;
  }

  /** Texts, none of them empty. */
  texts(name: string): string[] {
    const value = this.#take(name) ?? [];
    if (!Array.isArray(value)) throw this.refuse(`${name} has to be a list of texts`, name);
    return value.map((one) => {
      if (typeof one !== 'string' || one === '') throw this.refuse(`${name} has to be a list of texts`, name);
      return one;
    });
  }

  /** A whole number from zero on; null where there is none. */
  count(name: string): number | null {
    const value = this.#take(name);
    if (value === undefined) return null;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw this.refuse(`${name} has to be a whole number`, name);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.#take(name) ?? false;
    if (typeof value !== 'boolean') throw this.refuse(`${name} has to be true or false`, name);
    return value;
  }

  /** Tables of one name, as `[[trust]]` writes them. */
  tables(name: string): Table[] {
    const value = this.#take(name) ?? [];
    if (!Array.isArray(value)) throw this.refuse(`${name} has to be written as [[${this.#pathOf(name)}]]`, name);
    return value.map((one, i) => {
      if (!isTable(one)) throw this.refuse(`${name} has to be written as [[${this.#pathOf(name)}]]`, name);
      return new Table(one, `${this.#pathOf(name)}[${i}]`, this.#file);
    });
  }

  /** Refuses members that nobody asked for; to be called last. @throws AuditError `CONFIG_INVALID` */
  end(): void {
    const unknown = Object.keys(this.#members).find((name) => !this.#known.has(name));
    if (unknown === undefined) return;
    const known = [...this.#known].sort().join(', ');
    throw this.refuse(`${JSON.stringify(unknown)} is not known here`, unknown, `It may have: ${known}.`);
  }

  /** The error about something in this table. */
  refuse(why: string, name?: string, hint?: string): AuditError {
    const place = this.#path === '' ? '' : `${this.#path}: `;
    const line = name === undefined ? null : lineOf(this.#file.text, name);
    return new AuditError('CONFIG_INVALID', `${this.#file.path}${line === null ? '' : `:${line}`}: ${place}${why}`, {
      hint: hint ?? 'docs/policy.md says what a policy may hold.',
    });
  }

  #take(name: string): TomlValue | undefined {
    this.#known.add(name);
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path.replace(/\[\d+\]/g, '')}.${name}`;
  }
}

/** A configuration file as it was read. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

/** The line of a key that stands in the file once; null where nobody can tell which it is. */
function lineOf(text: string, name: string): number | null {
  const lines = text.split('\n').flatMap((line, i) => {
    // `key = …`, `[[table.key]]`
    const [key = ''] = line
      .trim()
      .replace(/^\[+|\]+$/g, '')
      .split('=');
    const last = key.split('.').at(-1) ?? '';
    return last.trim().replace(/^"|"$/g, '') === name ? [i + 1] : [];
  });
  return lines.length === 1 ? (lines[0] as number) : null;
}
