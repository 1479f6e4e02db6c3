import { plainBytes } from '../../core/index.ts';
import type { Detector, WindowContext } from './detector.ts';

/** A part of a stream around literals, to be judged by the exact rules. */
export interface Window {
  /** Where it begins in the stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Line that its first byte stands in, from 1; null in binary content. */
  readonly line: number | null;
  /** What was hit in it. */
  readonly detectors: ReadonlySet<Detector>;
  /** In which of them secretlint has a say. */
  readonly contexts: ReadonlySet<WindowContext>;
}

/** A literal's place in the stream. */
export interface Hit {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly detector: Detector;
}

/** Longest window; a longer row of hits becomes several that overlap. */
const MAX_WINDOW_BYTES = 64 * 1024;
/** How much of a chunk is kept for windows that begin there: the largest `before` of any detector. */
const HISTORY_BYTES = 1024;
/** Content with a NUL among its first bytes is binary, as git and grep have it. */
const BINARY_PROBE_BYTES = 1024;

interface OpenWindow {
  start: number;
  end: number;
  detectors: Set<Detector>;
  line: number | null;
  parts: Uint8Array[];
  /** Offset up to which bytes are in `parts`. */
  filledTo: number;
}

/**
 * Cuts windows out of a stream that comes in chunks. Hits that lie close together share one window, and a
 * window goes on in the next chunk where it has to.
 */
export class WindowCutter {
  readonly #countLines: (bytes: Uint8Array) => number;
  #position = 0;
  #history: Uint8Array = new Uint8Array(0);
  #open: OpenWindow | undefined;
  #binary = false;
  /** Line feeds before `#lineOffset`. */
  #lines = 0;
  #lineOffset = 0;

  /** `countLines` counts the line feeds in some bytes. */
  constructor(countLines: (bytes: Uint8Array) => number) {
    this.#countLines = countLines;
  }

  /** Whether a window goes on into the next chunk. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Starts a new stream. */
  reset(): void {
    this.#position = 0;
    this.#history = new Uint8Array(0);
    this.#open = undefined;
    this.#binary = false;
    this.#lines = 0;
    this.#lineOffset = 0;
  }

  /** Takes the next chunk with the hits found in it, in order. `last` spares work for the next one. */
  push(bytes: Uint8Array, hits: readonly Hit[], last: boolean, emit: (window: Window) => void): void {
    const chunk = plainBytes(bytes);
    if (this.#position === 0 && (hits.length > 0 || !last)) {
      this.#binary = chunk.subarray(0, BINARY_PROBE_BYTES).includes(0);
    }
    const end = this.#position + chunk.byteLength;
    for (const hit of hits) this.#add(hit, chunk, emit);
    if (this.#open !== undefined) {
      this.#fill(this.#open, chunk, Math.min(this.#open.end, end));
      if (last || this.#open.end <= end) this.#close(emit);
    }
    if (last) return;
    if (!this.#binary) this.#countTo(end, chunk);
    this.#history =
      chunk.byteLength >= HISTORY_BYTES
        ? chunk.slice(-HISTORY_BYTES)
        : Buffer.concat([this.#history, chunk]).subarray(-HISTORY_BYTES);
    this.#position = end;
  }

  /** Says that the stream is over: an open window ends with it. */
  end(emit: (window: Window) => void): void {
    this.#close(emit);
  }

  #add(hit: Hit, chunk: Uint8Array, emit: (window: Window) => void): void {
    const start = Math.max(0, this.#position - this.#history.byteLength, hit.offset - hit.detector.before);
    const end = hit.offset + hit.lengthBytes + hit.detector.after;
    const open = this.#open;
    const from = Math.min(start, open?.start ?? start);
    if (open !== undefined && start <= open.end && Math.max(end, open.end) - from <= MAX_WINDOW_BYTES) {
      if (from < open.start) this.#lowerStart(open, from, chunk);
      open.end = Math.max(open.end, end);
      open.detectors.add(hit.detector);
      return;
    }
    if (open !== undefined) {
      this.#fill(open, chunk, Math.min(open.end, this.#position + chunk.byteLength));
      this.#close(emit);
    }
    if (!this.#binary) this.#countTo(start, chunk);
    this.#open = {
      start,
      end,
      detectors: new Set([hit.detector]),
      line: this.#binary ? null : this.#lines + 1,
      parts: [],
      filledTo: start,
    };
  }

  /** Lets a window begin earlier: a later hit may need more of what is before it than the hit that opened it. */
  #lowerStart(window: OpenWindow, start: number, chunk: Uint8Array): void {
    window.parts.unshift(this.#between(start, window.start, chunk).slice());
    window.start = start;
    if (this.#binary) return;
    this.#countTo(start, chunk);
    window.line = this.#lines + 1;
  }

  #fill(window: OpenWindow, chunk: Uint8Array, to: number): void {
    if (to <= window.filledTo) return;
    // A copy: the chunk's memory is used again for the next one.
    window.parts.push(this.#between(window.filledTo, to, chunk).slice());
    window.filledTo = to;
  }

  #close(emit: (window: Window) => void): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { start: offset, detectors, line } = open;
    const judged = [...detectors].filter(({ messages }) => messages.length > 0);
    const contexts = new Set(judged.map(({ context }) => context ?? 'plain'));
    emit({ offset, bytes: Buffer.concat(open.parts), line, detectors, contexts });
  }

  /** Bytes of the stream, out of the kept history and the chunk. */
  #between(from: number, to: number, chunk: Uint8Array): Uint8Array {
    const historyStart = this.#position - this.#history.byteLength;
    const old = plainBytes(this.#history).subarray(Math.max(0, from - historyStart), Math.max(0, to - historyStart));
    const fresh = chunk.subarray(Math.max(0, from - this.#position), Math.max(0, to - this.#position));
    return old.byteLength === 0 ? fresh : plainBytes(Buffer.concat([old, fresh]));
  }

  /** Counts lines up to an offset; windows begin in order, but one may begin a little before the last count. */
  #countTo(offset: number, chunk: Uint8Array): void {
    if (offset >= this.#lineOffset) this.#lines += this.#countLines(this.#between(this.#lineOffset, offset, chunk));
    else this.#lines -= this.#countLines(this.#between(offset, this.#lineOffset, chunk));
    this.#lineOffset = offset;
  }
}
