import { Prefilter } from '../prefilter/index.ts';
import type { KeptRanges } from './kept-ranges.ts';
import { MARK_LITERALS, MARK_PLACEMENTS, VERSION_MARKS } from './marks.ts';

/** Bytes kept behind a text that a version follows. */
const VERSION_BYTES = 64;

/** Finds the texts that tell programs apart, in one program after the other. */
export class MarkFinder {
  readonly found = new Set<string>();
  readonly #versionAt = new Map<string, number>();
  #prefilter: Prefilter | undefined;
  #nextOffset = -1;
  #base = 0;

  /** Forgets the program before. */
  begin(): void {
    this.found.clear();
    this.#versionAt.clear();
    this.#nextOffset = -1;
  }

  /** Searches a part of a program, which stands at an offset of it. */
  search(part: Uint8Array, offset: number, kept: KeptRanges): void {
    // Made when the first program comes by: many layers have none.
    this.#prefilter ??= new Prefilter(MARK_LITERALS, MARK_PLACEMENTS);
    if (offset !== this.#nextOffset) {
      this.#prefilter.reset();
      this.#base = offset;
    }
    this.#nextOffset = offset + part.byteLength;
    this.#prefilter.scan(part, false, (literal, at) => {
      const text = MARK_LITERALS[literal]?.text as string;
      this.found.add(text);
      if (!VERSION_MARKS.has(text) || this.#versionAt.has(text)) return;
      const behind = this.#base + at + text.length;
      if (kept.want(behind, behind + VERSION_BYTES)) this.#versionAt.set(text, behind);
    });
  }

  /** What stands behind the texts that a version follows. */
  behind(kept: KeptRanges): Map<string, string> {
    return new Map(
      [...this.#versionAt].map(([text, at]) => [
        text,
        Buffer.from(kept.readUpTo(at, at + VERSION_BYTES)).toString('latin1'),
      ]),
    );
  }
}
