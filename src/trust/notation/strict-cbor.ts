import { decode, Tagged, type Token, Tokenizer } from 'cborg';
import { failed } from '../check-failure.ts';

/** Deepest nesting of an envelope; honest ones have four. */
const MAX_DEPTH = 16;
/** Values in one envelope; honest ones have some dozens. */
const MAX_VALUES = 10_000;

/** Epoch-based times, and COSE_Sign1. */
const KNOWN_TAGS = [1, 18] as const;

const OPTIONS = {
  // Each value has one encoding only, as the reference implementation wants it.
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
} as const;

/**
 * Decodes CBOR (RFC 8949) that is one value, with nothing behind it. Maps become `Map`, tags `Tagged`. The attack: a name
 * that occurs twice, a value in a second encoding, or bytes behind the end are one thing for who verifies and another for
 * who uses what was verified; and nesting or counting without end takes down whoever follows it.
 * @param what names the value in the failure
 * @throws CheckFailure `failed`
 */
export function parseStrictCbor(bytes: Uint8Array, what: string): unknown {
  try {
    const tokenizer = new BoundedTokenizer(bytes, OPTIONS);
    return decode(bytes, { ...OPTIONS, tokenizer, tags: Tagged.preserve(...KNOWN_TAGS) });
  } catch (error) {
    throw failed(`${what} is no CBOR that can be read: ${(error as Error).message.slice(0, 200)}`, error);
  }
}

/** What is inside a tag; undefined where the value is none, or of another tag. */
export function inTag(value: unknown, tag: (typeof KNOWN_TAGS)[number]): unknown {
  return value instanceof Tagged && value.tag === tag ? value.value : undefined;
}

/** Counts what is opened and not closed yet, before the decoder descends into it. */
class BoundedTokenizer extends Tokenizer {
  /** Members that are still to come, of each list, map or tag that is open. */
  readonly #open: number[] = [];
  #values = 0;

  override next(): Token {
    const token = super.next();
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw new Error(`it has more than ${MAX_VALUES} values`);
    const { name } = token.type;
    // A label of 1.0 is one for who compares numbers, and none for who compares types.
    if (name === 'float') throw new Error('it has a number with a fraction');
    const members = name === 'array' ? token.value : name === 'map' ? 2 * token.value : name === 'tag' ? 1 : 0;
    if (members > 0) {
      this.#open.push(members);
      if (this.#open.length > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} deep`);
      return token;
    }
    for (let at = this.#open.length - 1; at >= 0; at -= 1) {
      const left = (this.#open[at] as number) - 1;
      if (left > 0) {
        this.#open[at] = left;
        break;
      }
      this.#open.pop();
    }
    return token;
  }
}
