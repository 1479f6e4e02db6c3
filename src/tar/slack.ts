import type { GuardListener } from './guard.ts';

/** Looks at the bytes that no file has: the padding behind content, and what follows the end marker. */
export class SlackReader {
  readonly #listener: Pick<GuardListener, 'anomaly' | 'hidden'>;
  #dataInPadding = false;
  #trailing: { readonly offset: number; bytes: number } | undefined;

  constructor(listener: Pick<GuardListener, 'anomaly' | 'hidden'>) {
    this.#listener = listener;
  }

  /** Says that the next padding belongs to another entry. */
  startPadding(): void {
    this.#dataInPadding = false;
  }

  /**
   * Takes the next of the padding; tells all of it from the first byte on that is not zero.
   * @param left how much of the padding there is, these bytes included
   * @param sequence the entry it belongs to
   */
  padding(bytes: Uint8Array, offset: number, left: number, sequence: number | null): void {
    const first = this.#dataInPadding ? 0 : firstNonZero(bytes);
    if (first < 0) return;
    if (!this.#dataInPadding) {
      this.#dataInPadding = true;
      const detail = 'the padding behind the content is not zero';
      this.#listener.anomaly({
        kind: 'data-in-padding',
        sequence,
        offset: offset + first,
        bytes: left - first,
        detail,
      });
    }
    this.#listener.hidden('padding', bytes.subarray(first), offset + first);
  }

  /** Takes the next of what follows the end marker; tells all of it from the first byte on that is not zero. */
  trailing(bytes: Uint8Array, offset: number): void {
    if (this.#trailing === undefined) {
      const first = firstNonZero(bytes);
      if (first < 0) return;
      this.#trailing = { offset: offset + first, bytes: bytes.byteLength - first };
      this.#listener.hidden('after-end', bytes.subarray(first), offset + first);
    } else {
      this.#trailing.bytes += bytes.byteLength;
      this.#listener.hidden('after-end', bytes, offset);
    }
  }

  /** Says that the tar is over. */
  end(): void {
    if (this.#trailing === undefined) return;
    const { offset, bytes } = this.#trailing;
    const detail = `${bytes} bytes behind the end-of-archive marker`;
    this.#listener.anomaly({ kind: 'data-after-end', sequence: null, offset, bytes, detail });
  }
}

/** Where the first byte stands that is not zero; -1 if nowhere. */
export function firstNonZero(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.byteLength; i += 1) if (bytes[i] !== 0) return i;
  return -1;
}
