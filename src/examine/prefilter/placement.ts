import { CHARACTER_CLASSES, type Literal } from './literal.ts';

/** Bytes of a literal that the kernel's masks look at. */
export const MASKED_BYTES = 4;
/** Literals of one bucket share masks: the more buckets, the fewer texts are taken for one. */
export const BUCKETS = 16;

/** Where the kernel looks for a literal: which four of its bytes, and with which others together. */
export interface Placement {
  readonly bucket: number;
  /** Offset in the literal of the bytes looked at: the first ones of a word may be those of many words. */
  readonly window: number;
}

const ANY_BYTE: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);
const CLASS_BYTES = Object.fromEntries(
  Object.entries(CHARACTER_CLASSES).map(([name, pattern]) => [
    name,
    ANY_BYTE.filter((byte) => byte < 0x80 && pattern.test(String.fromCharCode(byte))),
  ]),
);

/** The bytes that may stand at an offset of a literal; behind its end those that its gate lets through. */
export function spellings({ text, ignoreCase, gate }: Literal, offset: number): readonly number[] {
  if (offset >= text.length) {
    const isGated = gate?.follows === 'run' && offset - text.length < gate.atLeast;
    return isGated ? (CLASS_BYTES[gate.of] as readonly number[]) : ANY_BYTE;
  }
  const character = text.charAt(offset);
  const texts = ignoreCase === true ? new Set([character, character.toUpperCase()]) : [character];
  return [...texts].map((one) => one.charCodeAt(0));
}

/** Nibbles that masks let through, for each of the bytes looked at: a bit for each of sixteen. */
export interface Masks {
  readonly low: number[];
  readonly high: number[];
}

/**
 * How often a byte occurs in what images hold, as shares of one: letters of words, then what stands between them, and
 * everything else alike, as in programs.
 */
const FREQUENCIES: Float64Array = (() => {
  const shares = new Float64Array(256).fill(0.3 / 256);
  const add = (text: string, share: number, weight: (index: number) => number): void => {
    const total = [...text].reduce((sum, _, i) => sum + weight(i), 0);
    for (const [i, character] of [...text].entries()) {
      const code = character.charCodeAt(0);
      shares[code] = (shares[code] as number) + (share * weight(i)) / total;
    }
  };
  add(' etaoinsrhldcumfpgwybvkxjqz', 0.45, (i) => 1 / (i + 2));
  add('_-./=:",;()0123456789\nETAOINSRHLDCUMFPGWYBVKXJQZ', 0.25, () => 1);
  return shares;
})();

/** How much of usual content gets how far in the kernel, as shares of all positions. */
export interface PlacementModel {
  /** How much passes the masks of a bucket. */
  passShare(masks: Masks): number;
  /** How much is, but for its case, what a literal's window looks for, or is taken for it: that costs far more. */
  windowShare(literal: Literal, window: number): number;
}

/** What looking up a position costs, as a multiple of passing the masks. */
const LOOK_UP_COST = 6;

/** Takes bytes for independent of each other. Good enough for a few literals, and quick. */
const INDEPENDENT_BYTES: PlacementModel = {
  passShare({ low, high }) {
    let share = 1;
    for (let i = 0; i < MASKED_BYTES; i += 1) share *= byteShare(low[i] as number, high[i] as number);
    return share;
  },
  windowShare: () => 0,
};

/** A bucket while literals are placed: how many of them need each nibble let through. */
class Bucket {
  readonly #model: PlacementModel;
  readonly #low = new Int32Array(MASKED_BYTES * 16);
  readonly #high = new Int32Array(MASKED_BYTES * 16);
  masks: Masks = { low: [0, 0, 0, 0], high: [0, 0, 0, 0] };
  passes = 0;

  constructor(model: PlacementModel) {
    this.#model = model;
  }

  /** Adds a literal's masks, or takes them away again. */
  change(own: Masks, by: 1 | -1): void {
    const masks: Masks = { low: [0, 0, 0, 0], high: [0, 0, 0, 0] };
    for (let at = 0; at < MASKED_BYTES * 16; at += 1) {
      const i = at >> 4;
      const bit = 1 << (at & 15);
      if (((own.low[i] as number) & bit) !== 0) this.#low[at] = (this.#low[at] as number) + by;
      if (((own.high[i] as number) & bit) !== 0) this.#high[at] = (this.#high[at] as number) + by;
      if ((this.#low[at] as number) > 0) masks.low[i] = (masks.low[i] as number) | bit;
      if ((this.#high[at] as number) > 0) masks.high[i] = (masks.high[i] as number) | bit;
    }
    this.masks = masks;
    this.passes = this.#model.passShare(masks);
  }
}

/**
 * Places literals so that as little text as possible passes the masks of any bucket: one after the other, the shortest
 * first, each with the window and in the bucket where it lets through least that was not let through before; then all
 * of them again, now that the others are there.
 * @param rounds how often; each takes tenths of a second for a thousand literals
 * @param model what content is like
 */
export function placeLiterals(literals: readonly Literal[], rounds = 1, model = INDEPENDENT_BYTES): Placement[] {
  const buckets = Array.from({ length: BUCKETS }, () => new Bucket(model));
  const placements = new Map<Literal, Placement>();
  const ordered = literals.toSorted((a, b) => a.text.length - b.text.length);
  for (let round = 0; round < rounds; round += 1) {
    for (const literal of ordered) {
      const before = placements.get(literal);
      if (before !== undefined) (buckets[before.bucket] as Bucket).change(masksOf(literal, before.window), -1);
      const placement = bestPlacement(literal, buckets, model);
      placements.set(literal, placement);
      (buckets[placement.bucket] as Bucket).change(masksOf(literal, placement.window), 1);
    }
  }
  return literals.map((literal) => placements.get(literal) as Placement);
}

/** Places more literals beside those that have their places. */
export function placeBeside(
  literals: readonly Literal[],
  placements: readonly Placement[],
  more: readonly Literal[],
): Placement[] {
  const buckets = Array.from({ length: BUCKETS }, () => new Bucket(INDEPENDENT_BYTES));
  const put = (literal: Literal, { bucket, window }: Placement): void =>
    (buckets[bucket] as Bucket).change(masksOf(literal, window), 1);
  for (const [i, literal] of literals.entries()) put(literal, placements[i] as Placement);
  return more.map((literal) => {
    const placement = bestPlacement(literal, buckets, INDEPENDENT_BYTES);
    put(literal, placement);
    return placement;
  });
}

function bestPlacement(literal: Literal, buckets: readonly Bucket[], model: PlacementModel): Placement {
  let best: Placement = { bucket: 0, window: 0 };
  let bestCost = Number.POSITIVE_INFINITY;
  for (let window = 0; window === 0 || window + MASKED_BYTES <= literal.text.length; window += 1) {
    const own = masksOf(literal, window);
    const lookUps = LOOK_UP_COST * model.windowShare(literal, window);
    for (const [bucket, { masks, passes }] of buckets.entries()) {
      const cost = lookUps + model.passShare(union(masks, own)) - passes;
      if (cost >= bestCost - 1e-12) continue;
      best = { bucket, window };
      bestCost = cost;
    }
  }
  return best;
}

function masksOf(literal: Literal, window: number): Masks {
  const low = [0, 0, 0, 0];
  const high = [0, 0, 0, 0];
  for (let i = 0; i < MASKED_BYTES; i += 1) {
    for (const byte of spellings(literal, window + i)) {
      low[i] = (low[i] as number) | (1 << (byte & 15));
      high[i] = (high[i] as number) | (1 << (byte >> 4));
    }
  }
  return { low, high };
}

function union(a: Masks, b: Masks): Masks {
  return {
    low: a.low.map((mask, i) => mask | (b.low[i] as number)),
    high: a.high.map((mask, i) => mask | (b.high[i] as number)),
  };
}

/** Asked for the same few masks again and again. */
const known = new Map<number, number>();

/** The share of bytes in usual content that pass one byte's masks. */
function byteShare(low: number, high: number): number {
  const key = low * 0x10000 + high;
  const before = known.get(key);
  if (before !== undefined) return before;
  let share = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    if (((low >> (byte & 15)) & (high >> (byte >> 4)) & 1) === 1) share += FREQUENCIES[byte] as number;
  }
  known.set(key, share);
  return share;
}
