import type { SecretValues } from '../examine/index.ts';

/** Shorter values are no secrets that could be told from other text. */
const MIN_CHARS = 6;
/** Most values looked for; a hostile image can have any number. */
const MAX_VALUES = 5_000;

/**
 * Removes secrets from texts that are going to be shown: a token found in a file may stand in the instruction
 * that wrote the file, too, where nothing tells that it is one.
 */
export class Redactor {
  readonly #values: readonly string[];
  readonly #memory = new Map<string, string>();

  constructor(values: SecretValues) {
    this.#values = [...values.values()]
      .filter((value) => value.length >= MIN_CHARS)
      .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
      .slice(0, MAX_VALUES);
  }

  redact(text: string): string {
    if (this.#values.length === 0) return text;
    const known = this.#memory.get(text);
    if (known !== undefined) return known;
    let result = text;
    for (const value of this.#values) if (result.includes(value)) result = result.replaceAll(value, '****');
    if (this.#memory.size < 100_000) this.#memory.set(text, result);
    return result;
  }
}
