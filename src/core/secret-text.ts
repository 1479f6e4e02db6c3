import { inspect } from 'node:util';

/**
 * A secret found in an image. It prints as its redacted form wherever it is printed by accident: in
 * template texts, JSON, `console.log`, error messages. Only {@link SecretText.reveal} gives the value.
 */
export class SecretText {
  readonly redacted: string;
  readonly #value: string;

  constructor(value: string, redacted: string) {
    this.#value = value;
    this.redacted = redacted;
  }

  /** The secret itself. Call it only where the user asked for it, or to remove it from other texts. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.redacted;
  }

  toJSON(): string {
    return this.redacted;
  }

  [inspect.custom](): string {
    return `SecretText(${this.redacted})`;
  }
}
