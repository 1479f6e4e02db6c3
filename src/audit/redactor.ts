import { isExampleWord, type SecretValues } from '../examine/index.ts';

/** Shorter values could be any word, as words of examples are: they are looked for only where a secret stands. */
const MIN_CHARS = 6;
const MASK = '****';

/** Words as names are made of. Behind it somebody's password may be `postgres`, and the package is still called so. */
const WORD = /^[A-Za-z]{1,15}$/;

/** Values that begin with the same characters. */
interface Bucket {
  /** How long they are, each length once. */
  readonly lengths: Set<number>;
  readonly values: Set<string>;
}

/**
 * Removes secrets from texts that are going to be shown: a token found in a file may stand in the instruction
 * that wrote the file, too, where nothing tells that it is one.
 *
 * Values are looked up by their first characters, so that a text takes no longer because there are many of them.
 * The attack: an image with a hundred thousand tokens makes every path in it expensive, or, where only so many
 * values are looked for, has the others shown.
 *
 * Words of examples are masked where they stand as a secret, and nowhere else. The attack: `password=passwd` in a manual
 * hides /usr/bin/passwd from every finding.
 */
export class Redactor {
  readonly #buckets = new Map<string, Bucket>();
  readonly #words = new Set<string>();
  readonly #memory = new Map<string, string>();
  readonly #values: SecretValues;
  #forNames: Redactor | undefined;

  constructor(values: SecretValues) {
    this.#values = values;
    for (const value of values.values()) {
      if (value.length < MIN_CHARS || isExampleWord(value)) {
        this.#words.add(value);
        continue;
      }
      const start = value.slice(0, MIN_CHARS);
      const bucket = this.#buckets.get(start) ?? { lengths: new Set(), values: new Set() };
      this.#buckets.set(start, bucket);
      bucket.lengths.add(value.length);
      bucket.values.add(value);
    }
  }

  redact(text: string): string {
    if (this.#buckets.size === 0 && this.#words.size === 0) return text;
    const known = this.#memory.get(text);
    if (known !== undefined) return known;
    const result = this.#redactWords(this.#redactLong(text));
    if (this.#memory.size < 100_000) this.#memory.set(text, result);
    return result;
  }

  /**
   * Removes secrets from a name that a database of packages gives: all but single words. A password that is a word is no
   * secret that the word `debianutils` tells, and a list without that package would be wrong.
   */
  redactName(name: string): string {
    this.#forNames ??= new Redactor(new Map([...this.#values].filter(([, value]) => !WORD.test(value))));
    return this.#forNames.redact(name);
  }

  /** Masks whatever any value covers: where two overlap nothing of the second stays. */
  #redactLong(text: string): string {
    let result = '';
    let shownTo = 0;
    let coveredTo = 0;
    for (let at = 0; at + MIN_CHARS <= text.length; at += 1) {
      const length = this.#longestAt(text, at);
      if (length === 0) continue;
      if (at >= coveredTo) result += text.slice(shownTo, at) + MASK;
      coveredTo = Math.max(coveredTo, at + length);
      shownTo = coveredTo;
    }
    return shownTo === 0 ? text : result + text.slice(shownTo);
  }

  #longestAt(text: string, at: number): number {
    const bucket = this.#buckets.get(text.slice(at, at + MIN_CHARS));
    if (bucket === undefined) return 0;
    let longest = 0;
    for (const length of bucket.lengths) {
      if (length > longest && bucket.values.has(text.slice(at, at + length))) longest = length;
    }
    return longest;
  }

  /** A password `app` stays a part of `/app/app.js`, and goes from `https://app:app@host`. */
  #redactWords(text: string): string {
    if (this.#words.size === 0) return text;
    const mask = (whole: string, before: string, value: string, after = ''): string =>
      this.#words.has(value) ? `${before}${MASK}${after}` : whole;
    return text
      .replace(/(:)([^\s:/@]{1,64})(@)/g, mask)
      .replace(
        /(_authToken=["']?|(?:pass\w{0,9}|pwd|secret|token)["']?\s?[=:]\s?["']?)([^\s"'@]{1,64})(?![^\s"'])/gi,
        (whole, before: string, value: string) => mask(whole, before, value),
      );
  }
}
