/** A part of a tar in which no entry was found. */
export interface TarDamage {
  /** Its place in the uncompressed tar. */
  readonly offset: number;
  readonly bytes: number;
  readonly message: string;
}

/** Damaged parts kept one by one; the rest is added up. The attack: a tar in which every second block is damaged. */
const MAX_DAMAGES = 100;

/** Keeps account of the damaged parts of a tar. */
export class DamageLog {
  readonly #damages: TarDamage[] = [];
  #more: { offset: number; parts: number; bytes: number } | undefined;
  #open: { readonly offset: number; readonly message: string } | undefined;
  /** Whether something stands in the part that is open: zeros are nobody's loss. */
  #holdsData = false;

  /** Says that a damaged part begins, unless one has begun. */
  begin(offset: number, message: string): void {
    this.#open ??= { offset, message };
  }

  /** Says that the part that has begun holds data. */
  noteData(): void {
    this.#holdsData = true;
  }

  /** Says that the damaged part is over: with a header, or with the tar. */
  close(end: number, by: 'header' | 'end'): void {
    const open = this.#open;
    const holdsData = this.#holdsData;
    this.#open = undefined;
    this.#holdsData = false;
    if (open === undefined || !holdsData) return;
    const bytes = end - open.offset;
    if (this.#damages.length >= MAX_DAMAGES) {
      this.#more ??= { offset: open.offset, parts: 0, bytes: 0 };
      this.#more.parts += 1;
      this.#more.bytes += bytes;
      return;
    }
    const until =
      by === 'header'
        ? `up to what looks like a header at byte ${end}, where reading went on`
        : 'to the end of the tar';
    this.#damages.push({ ...open, bytes, message: `${open.message}; ${bytes} bytes were not understood, ${until}` });
  }

  /** All damaged parts, in the order of the tar. */
  all(): TarDamage[] {
    if (this.#more === undefined) return this.#damages;
    const { offset, parts, bytes } = this.#more;
    return [
      ...this.#damages,
      { offset, bytes, message: `${parts} more parts were not understood, ${bytes} bytes in all` },
    ];
  }
}
