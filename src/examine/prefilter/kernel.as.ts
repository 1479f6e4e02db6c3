// The literal matcher, in AssemblyScript: `npm run generate` compiles it into kernel-wasm.ts.
//
// It is Teddy (from Hyperscan, and the Rust crate aho-corasick): of every position it looks up the low and
// high nibble of four bytes in 16-byte tables, sixteen positions at once. A position that survives is
// looked up by the same four bytes in a table of bits. Both steps run ahead without a branch that depends on the
// content, which a processor would mostly guess wrong; what is left is then looked up in a hash table, and the whole
// literal is compared. Which four of its bytes are looked at is chosen for each literal (placement.ts), so that few
// other texts pass. Last, a gate asks whether what follows can be a secret at all ("at least 36 word characters"), so
// that nearly nothing but candidates leaves the kernel.
//
// The memory map is shared with prefilter.ts; test/unit/examine/prefilter.test.ts holds both against a
// plain matcher.

/** 16 x 16 bytes: low and high nibble masks of bytes 0 to 3, for the first eight buckets and for the others. */
const MASKS: usize = 0x0;
/** u32: where to go on after the hit buffer was full; 0xffffffff when all was scanned. */
const RESUME: usize = 0x100;
/** 256 x u16: the character classes each byte belongs to. */
const CLASSES: usize = 0x200;
/** 4096 x u16: first record of each hash of four bytes, 0 for none. */
const HEADS: usize = 0x1000;
/** 2048 x u16: the same by three bytes, for literals that have no more. */
const SHORT_HEADS: usize = 0x3000;
/** 64 bytes each, from 1 on: see `prefilter.ts`, writeRecord. */
const RECORDS: usize = 0x4000;
const HITS: usize = 0x24000;
/** u32 each: positions that passed masks and bits and have not been looked up yet. */
const CANDIDATES: usize = 0x2b000;
const MAX_CANDIDATES: usize = 1024;
/** 131072 bits: whether four bytes with this hash may be those of a literal that are looked at. */
const KNOWN: usize = 0x2c000;
const MAX_HITS: u32 = 3584;
/** Most literals that can match in one place. */
const HITS_PER_POSITION: u32 = 128;

const GATE_RUN: u8 = 1;
const GATE_USERINFO: u8 = 2;
/** Bytes looked at between two branches. */
const BLOCK: usize = 64;
/** Longest user name and password looked through in a URL. */
const USERINFO_BYTES: usize = 320;

/** Looks nibbles up in a table. They are below 16, where the relaxed instruction does what the strict one does. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function swizzle(table: v128, nibbles: v128): v128 {
  return i8x16.relaxed_swizzle(table, nibbles);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function lower(byte: u32): u32 {
  return byte - 65 < 26 ? byte | 32 : byte;
}

/** 1 where the four bytes at p may be those of a literal that are looked at, 0 where they are certainly not. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function isKnown(p: usize): u32 {
  const hash = (load<u32>(p) | 0x20202020) * <u32>0x9e3779b1;
  return (load<u32>(<usize>((hash >>> 18) & 0x3ffc), KNOWN) >>> ((hash >>> 15) & 31)) & 1;
}

/** Whether the literal of a record stands at p, all of it between start and end. */
function stands(record: usize, start: usize, p: usize, end: usize): bool {
  const length = <usize>load<u8>(record);
  if (p < start || p + length > end) return false;
  const text = record + 16;
  if (load<u8>(record, 1) != 0) {
    for (let i: usize = 0; i < length; i++) {
      if (lower(<u32>load<u8>(p + i)) != <u32>load<u8>(text + i)) return false;
    }
    return true;
  }
  for (let i: usize = 0; i < length; i++) {
    if (load<u8>(p + i) != load<u8>(text + i)) return false;
  }
  return true;
}

/** Whether what follows the literal can be a secret. Where the input ends first, the answer is yes. */
function gate(record: usize, p: usize, end: usize): bool {
  const kind = load<u8>(record, 2);
  let q = p + <usize>load<u8>(record);
  if (kind == GATE_RUN) {
    const classes = <u32>load<u16>(record, 4);
    const wanted = q + <usize>load<u16>(record, 6);
    const stop = wanted < end ? wanted : end;
    while (q < stop) {
      if ((<u32>load<u16>(CLASSES + (<usize>load<u8>(q) << 1)) & classes) == 0) return false;
      q++;
    }
    return true;
  }
  if (kind == GATE_USERINFO) {
    const stop = q + USERINFO_BYTES < end ? q + USERINFO_BYTES : end;
    let colon = false;
    while (q < stop) {
      const byte = <u32>load<u8>(q);
      if (byte == 0x40) return colon;
      if (byte == 0x3a) colon = true;
      else if (byte <= 0x20 || byte == 0x2f) return false;
      q++;
    }
    return q == end;
  }
  return true;
}

/** Writes the hits at p; returns how many hits there are now. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function matchAt(start: usize, p: usize, end: usize, hits: u32): u32 {
  const word = load<u32>(p);
  const folded = word | 0x20202020;
  const head = HEADS + (<usize>((folded * <u32>0x9e3779b1) >>> 20) << 1);
  const shortHead = SHORT_HEADS + (<usize>(((folded & 0xffffff) * <u32>0x9e3779b1) >>> 21) << 1);
  hits = matchChain(<usize>load<u16>(head), word, start, p, end, hits);
  return matchChain(<usize>load<u16>(shortHead), word, start, p, end, hits);
}

/** Writes the hits at p of a chain of records. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function matchChain(first: usize, word: u32, start: usize, p: usize, end: usize, hits: u32): u32 {
  let index = first;
  while (index != 0) {
    const record = RECORDS + (index << 6);
    if ((word | load<u32>(record, 8)) == load<u32>(record, 12)) {
      const literal = p - <usize>load<u8>(record, 3);
      if (stands(record, start, literal, end) && gate(record, literal, end)) {
        const hit = HITS + (<usize>hits << 3);
        store<u32>(hit, <u32>(literal - start));
        store<u32>(hit, <u32>index, 4);
        hits++;
      }
    }
    index = <usize>load<u16>(record, 62);
  }
  return hits;
}

/** What the candidates so far gave; RESUME tells whether all of them were looked up. Returns how many hits there are. */
function lookUp(candidates: usize, start: usize, end: usize, before: u32): u32 {
  let hits = before;
  store<u32>(RESUME, 0xffffffff);
  for (let i: usize = 0; i < candidates; i++) {
    const position = <usize>load<u32>(CANDIDATES + (i << 2));
    if (position >= end) break;
    if (hits + HITS_PER_POSITION > MAX_HITS) {
      store<u32>(RESUME, <u32>(position - start));
      break;
    }
    hits = matchAt(start, position, end, hits);
  }
  return hits;
}

/**
 * Finds literals that the window of stands in [from, end) and writes position (from `start`) and record of each to
 * HITS.
 * Reads up to 82 bytes past `end`, and ignores what it finds there.
 */
export function scan(start: usize, from: usize, end: usize): u32 {
  let hits: u32 = 0;
  let candidates: usize = 0;
  const low0 = v128.load(MASKS, 0);
  const high0 = v128.load(MASKS, 16);
  const low1 = v128.load(MASKS, 32);
  const high1 = v128.load(MASKS, 48);
  const low2 = v128.load(MASKS, 64);
  const high2 = v128.load(MASKS, 80);
  const low3 = v128.load(MASKS, 96);
  const high3 = v128.load(MASKS, 112);
  const low4 = v128.load(MASKS, 128);
  const high4 = v128.load(MASKS, 144);
  const low5 = v128.load(MASKS, 160);
  const high5 = v128.load(MASKS, 176);
  const low6 = v128.load(MASKS, 192);
  const high6 = v128.load(MASKS, 208);
  const low7 = v128.load(MASKS, 224);
  const high7 = v128.load(MASKS, 240);
  const nibble = i8x16.splat(15);
  const zero = i8x16.splat(0);
  for (let block = from; block < end; block += BLOCK) {
    let lanes: u64 = 0;
    for (let part: usize = 0; part < BLOCK; part += 16) {
      const p = block + part;
      const a = v128.load(p);
      const b = v128.load(p, 1);
      const c = v128.load(p, 2);
      const d = v128.load(p, 3);
      const lowA = v128.and(a, nibble);
      const lowB = v128.and(b, nibble);
      const lowC = v128.and(c, nibble);
      const lowD = v128.and(d, nibble);
      const highA = i8x16.shr_u(a, 4);
      const highB = i8x16.shr_u(b, 4);
      const highC = i8x16.shr_u(c, 4);
      const highD = i8x16.shr_u(d, 4);
      const first = v128.and(
        v128.and(
          v128.and(swizzle(low0, lowA), swizzle(high0, highA)),
          v128.and(swizzle(low1, lowB), swizzle(high1, highB)),
        ),
        v128.and(
          v128.and(swizzle(low2, lowC), swizzle(high2, highC)),
          v128.and(swizzle(low3, lowD), swizzle(high3, highD)),
        ),
      );
      const second = v128.and(
        v128.and(
          v128.and(swizzle(low4, lowA), swizzle(high4, highA)),
          v128.and(swizzle(low5, lowB), swizzle(high5, highB)),
        ),
        v128.and(
          v128.and(swizzle(low6, lowC), swizzle(high6, highC)),
          v128.and(swizzle(low7, lowD), swizzle(high7, highD)),
        ),
      );
      const passed = i8x16.ne(v128.or(first, second), zero);
      lanes |= (<u64>i8x16.bitmask(passed)) << part;
    }
    while (lanes != 0) {
      const position = block + <usize>ctz(lanes);
      lanes &= lanes - 1;
      store<u32>(CANDIDATES + (candidates << 2), <u32>position);
      candidates += isKnown(position);
    }
    if (candidates + BLOCK > MAX_CANDIDATES) {
      hits = lookUp(candidates, start, end, hits);
      if (load<u32>(RESUME) != 0xffffffff) return hits;
      candidates = 0;
    }
  }
  return lookUp(candidates, start, end, hits);
}

/** How many line feeds there are in [from, end). */
export function countLines(from: usize, end: usize): u32 {
  let lines: u32 = 0;
  const feed = i8x16.splat(10);
  let p = from;
  for (; p + 16 <= end; p += 16) lines += popcnt(i8x16.bitmask(i8x16.eq(v128.load(p), feed)));
  for (; p < end; p++) if (load<u8>(p) == 10) lines++;
  return lines;
}
