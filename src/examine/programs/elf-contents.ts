import { type CrateBudget, CrateFinder, type RustCrate } from './crates.ts';
import type { Segment } from './elf-header.ts';
import { type Product, ProductFinder } from './products.ts';

/**
 * Segments in the order of the file, each without what others have already.
 *
 * The attack: hundreds of segments that are all of the file, which is then searched hundreds of times.
 */
export function withoutOverlap(segments: readonly Segment[]): Segment[] {
  const disjoint: Segment[] = [];
  let end = 0;
  for (const segment of segments.toSorted((a, b) => a.offset - b.offset)) {
    const from = Math.max(segment.offset, end);
    const to = segment.offset + segment.sizeBytes;
    if (to <= from) continue;
    disjoint.push({ ...segment, offset: from, sizeBytes: to - from });
    end = to;
  }
  return disjoint;
}

/** Looks in an ELF file for what it was built from, and for what it is itself, as it comes by once. */
export class ContentFinder {
  readonly #product: ProductFinder | null;
  #crates: CrateFinder | null = null;
  /** Where a list of crates may be. */
  #places: readonly (readonly [from: number, to: number])[] = [];

  /** @param name of the file */
  constructor(name: string) {
    this.#product = ProductFinder.for(name);
  }

  /**
   * Says what of the file is loaded. Linkers put the list of crates into what is neither code nor changed, or behind all
   * that is loaded.
   */
  lookForCrates(loads: readonly Segment[], sizeBytes: number, budget: CrateBudget): void {
    this.#crates = new CrateFinder(budget);
    const loadedTo = loads.reduce((end, load) => Math.max(end, load.offset + load.sizeBytes), 0);
    const readOnly = withoutOverlap(loads.filter(({ executable, writable }) => !executable && !writable));
    this.#places = [...readOnly.map((one) => [one.offset, one.offset + one.sizeBytes] as const), [loadedTo, sizeBytes]];
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array, offset: number): void {
    this.#product?.push(bytes);
    if (this.#crates === null) return;
    for (const [placeFrom, placeTo] of this.#places) {
      const from = Math.max(placeFrom, offset);
      const to = Math.min(placeTo, offset + bytes.byteLength);
      if (from < to) this.#crates.search(bytes.subarray(from - offset, to - offset), from);
    }
  }

  finish(): { readonly crates: readonly RustCrate[] | null; readonly product: Product | null } {
    return { crates: this.#crates?.finish() ?? null, product: this.#product?.finish() ?? null };
  }
}
