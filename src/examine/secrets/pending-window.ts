import type { Carrier } from './match.ts';
import type { WideText } from './wide-text.ts';
import type { Window } from './window.ts';

/** A stream of bytes that is being searched. */
export interface SearchedStream {
  readonly carrier: Carrier;
  /** Where its first byte stands in the carrier. */
  readonly baseOffset: number;
  /** What it is called; the empty text where it has no name. */
  readonly name: string;
  readonly wide: WideText | null;
  /** Whether it is a manual page. */
  readonly manual: boolean;
}

/** A window, and the stream that it is of. */
export interface PendingWindow extends SearchedStream {
  readonly window: Window;
}
