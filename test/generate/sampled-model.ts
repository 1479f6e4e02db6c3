import { MASKED_BYTES, type Masks, type PlacementModel, spellings } from '../../src/examine/prefilter/placement.ts';

/** Positions at which masks are tried: enough to tell good places from bad ones, few enough to try millions. */
const TRIED_POSITIONS = 32 * 1024;

/** What placements cost on a sample of real content. */
export function sampledModel(sample: Uint8Array): PlacementModel {
  const nibbles = nibbleBits(sample);
  const windows = countWindows(sample);
  const left = new Uint32Array(TRIED_POSITIONS / 32);
  const passing = new Uint32Array(TRIED_POSITIONS / 32);
  const keep = (masks: readonly number[], bits: readonly (readonly Uint32Array[])[]): void => {
    for (let i = 0; i < MASKED_BYTES; i += 1) {
      const mask = masks[i] as number;
      if (mask === 0xffff) continue;
      passing.fill(0);
      for (let nibble = 0; nibble < 16; nibble += 1) {
        if (((mask >> nibble) & 1) === 0) continue;
        const own = (bits[i] as readonly Uint32Array[])[nibble] as Uint32Array;
        for (let at = 0; at < passing.length; at += 1) passing[at] = (passing[at] as number) | (own[at] as number);
      }
      for (let at = 0; at < left.length; at += 1) left[at] = (left[at] as number) & (passing[at] as number);
    }
  };
  const known = new Map<string, number>();
  return {
    passShare({ low, high }: Masks) {
      const key = `${low.join()} ${high.join()}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      left.fill(0xffffffff);
      keep(low, nibbles.low);
      keep(high, nibbles.high);
      let passes = 0;
      for (const bits of left) passes += bitCount(bits);
      known.set(key, passes / TRIED_POSITIONS);
      return passes / TRIED_POSITIONS;
    },
    windowShare(literal, window) {
      let occurrences = 0;
      const [a = [], b = [], c = [], d = []] = Array.from({ length: MASKED_BYTES }, (_, i) => [
        ...new Set(spellings(literal, window + i).map((byte) => byte | 0x20)),
      ]);
      for (const first of a) {
        for (const second of b) {
          for (const third of c) {
            for (const fourth of d) occurrences += windows.get(wordOf(first, second, third, fourth)) ?? 0;
          }
        }
      }
      return occurrences / sample.byteLength;
    },
  };
}

/** For each byte looked at and each nibble a bit for each position that has it. */
function nibbleBits(sample: Uint8Array): { low: Uint32Array[][]; high: Uint32Array[][] } {
  const empty = (): Uint32Array[][] =>
    Array.from({ length: MASKED_BYTES }, () => Array.from({ length: 16 }, () => new Uint32Array(TRIED_POSITIONS / 32)));
  const bits = { low: empty(), high: empty() };
  const step = (sample.byteLength - MASKED_BYTES) / TRIED_POSITIONS;
  for (let position = 0; position < TRIED_POSITIONS; position += 1) {
    for (let i = 0; i < MASKED_BYTES; i += 1) {
      const byte = sample[Math.floor(position * step) + i] as number;
      for (const [set, nibble] of [
        [bits.low, byte & 15],
        [bits.high, byte >> 4],
      ] as const) {
        const own = set[i]?.[nibble] as Uint32Array;
        own[position >> 5] = (own[position >> 5] as number) | (1 << (position & 31));
      }
    }
  }
  return bits;
}

/** How often each four bytes occur, upper and lower case taken together as the kernel does. */
function countWindows(sample: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at + MASKED_BYTES <= sample.byteLength; at += 1) {
    const [a = 0, b = 0, c = 0, d = 0] = sample.subarray(at, at + MASKED_BYTES);
    const word = wordOf(a | 0x20, b | 0x20, c | 0x20, d | 0x20);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function wordOf(a: number, b: number, c: number, d: number): number {
  return a | (b << 8) | (c << 16) | (d << 24);
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits >>> 0; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
