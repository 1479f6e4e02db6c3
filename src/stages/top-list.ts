/**
 * Keeps the largest of many, in memory for as many as are kept: an image may have millions of files. Of equals the
 * first given stays, so that the result does not depend on anything but the order.
 */
export class TopList<T> {
  readonly #limit: number;
  #kept: { readonly weight: number; readonly order: number; readonly item: T }[] = [];
  #given = 0;
  #least = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether something of this weight would be kept; asked before anything is made for it. */
  wants(weight: number): boolean {
    return weight > this.#least;
  }

  add(weight: number, item: T): void {
    this.#given += 1;
    if (!this.wants(weight)) return;
    this.#kept.push({ weight, order: this.#given, item });
    if (this.#kept.length >= this.#limit * 2 + 64) this.#shrink();
  }

  /** The largest, largest first. */
  items(): T[] {
    this.#shrink();
    return this.#kept.map(({ item }) => item);
  }

  #shrink(): void {
    this.#kept.sort((a, b) => b.weight - a.weight || a.order - b.order);
    if (this.#kept.length < this.#limit) return;
    this.#kept = this.#kept.slice(0, this.#limit);
    this.#least = this.#kept.at(-1)?.weight ?? Number.POSITIVE_INFINITY;
  }
}
