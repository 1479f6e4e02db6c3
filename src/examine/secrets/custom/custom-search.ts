import { isUtf8 } from 'node:buffer';
import type { Limits } from '../../../core/index.ts';
import type { Detector } from '../detector.ts';
import type { Judgement } from '../judgement.ts';
import type { PendingWindow, SearchedStream } from '../pending-window.ts';
import type { CompiledRules } from './compiled-rules.ts';
import type { LintRules } from './lint-rules.ts';
import type { PatternRule, StepBudget } from './pattern-rule.ts';
import { cutLine, type TextPart, WholeText } from './whole-text.ts';

/** Bytes of whole texts that may wait for secretlint; it is asynchronous, and what unpacks archives is not. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** What the user's rules did not see. */
export interface CustomGap {
  readonly reason: 'budget-exceeded' | 'examiner-failed';
  readonly bytes: number | null;
  readonly message: string;
}

/** Takes what was found. */
export type OnFound = (judgement: Judgement, pending: PendingWindow) => void;

/** Asks the user's rules about the streams that a scanner searches. */
export class CustomSearch {
  readonly #rules: CompiledRules;
  readonly #onFound: OnFound;
  readonly #budget: StepBudget;
  readonly #maxLintBytes: number;
  readonly #parts: WholeText | null;
  #stream: SearchedStream | null = null;
  #lintRules: LintRules | undefined;
  /** The text that is being read, for secretlint; null where there is none, or it is too large. */
  #text: Uint8Array[] | null = null;
  #textBytes = 0;
  readonly #waiting: PendingWindow[] = [];
  #waitingBytes = 0;
  #unseenTexts = 0;
  #unseenBytes = 0;
  #unseenName = '';
  readonly #broken = new Map<string, { count: number; message: string }>();

  constructor(
    rules: CompiledRules,
    limits: Pick<Limits, 'maxCustomRuleSteps' | 'maxCustomLintBytes'>,
    countLines: (bytes: Uint8Array) => number,
    onFound: OnFound,
  ) {
    this.#rules = rules;
    this.#onFound = onFound;
    this.#budget = { left: limits.maxCustomRuleSteps, skippedBytes: 0 };
    this.#maxLintBytes = limits.maxCustomLintBytes;
    this.#parts = rules.everywhere.length === 0 ? null : new WholeText(countLines);
  }

  /** Starts a stream. What rules see in whole are texts; in programs, and in names of files, keywords are looked for. */
  begin(stream: SearchedStream, isText: boolean): void {
    const { kind } = stream.carrier;
    const isWhole = isText && kind !== 'path' && kind !== 'link';
    this.#parts?.reset();
    this.#stream = isWhole ? stream : null;
    this.#text = isWhole && this.#rules.lint !== null ? [] : null;
    this.#textBytes = 0;
    if (this.#rules.byPath.length > 0) this.#judgePath(stream);
  }

  /** The next bytes of the stream, with one byte for each character. */
  push(bytes: Uint8Array): void {
    const stream = this.#stream;
    if (stream === null) return;
    this.#parts?.push(bytes, (part) => this.#judgePart(part, stream));
    if (this.#rules.lint === null) return;
    this.#textBytes += bytes.byteLength;
    if (this.#textBytes > this.#maxLintBytes) this.#text = null;
    this.#text?.push(bytes.slice());
  }

  /** Says that the stream is over. */
  end(): void {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null) return;
    this.#parts?.end((part) => this.#judgePart(part, stream));
    if (this.#rules.lint === null || this.#textBytes === 0) return;
    const text = this.#text;
    this.#text = null;
    if (text === null || this.#waitingBytes + this.#textBytes > MAX_WAITING_BYTES) {
      this.#unseenTexts += 1;
      this.#unseenBytes += this.#textBytes;
      if (this.#unseenName === '') this.#unseenName = stream.name;
      return;
    }
    this.#waitingBytes += this.#textBytes;
    this.#waiting.push(wholeWindow(Buffer.concat(text), stream));
  }

  /** Judges a window around keywords. */
  judgeWindow(pending: PendingWindow): void {
    const { window } = pending;
    const from = window.offset === 0 ? 0 : cutLine(window.bytes);
    const bytes = window.bytes.subarray(from);
    for (const detector of window.detectors) {
      if (detector.custom === undefined) continue;
      for (const judgement of this.#ask(detector, bytes, pending)) this.#onFound(moved(judgement, from), pending);
    }
  }

  /** Whole texts that wait for secretlint. */
  get isDue(): boolean {
    return this.#waiting.length > 0;
  }

  /** Asks secretlint's rules about the texts that wait. */
  async judge(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    this.#waitingBytes = 0;
    if (waiting.length === 0 || this.#rules.lint === null) return;
    if (this.#lintRules === undefined) {
      const module = await import('./lint-rules.ts');
      this.#lintRules = new module.LintRules(this.#rules.lint);
    }
    for (const pending of waiting) {
      const { text, offsetOf } = decodeText(pending.window.bytes);
      const { judgements, broken } = await this.#lintRules.judge(text, pending.name, offsetOf);
      for (const judgement of judgements) this.#onFound(judgement, pending);
      for (const { id, message } of broken) {
        const { count } = this.#broken.get(id) ?? { count: 0 };
        this.#broken.set(id, { count: count + 1, message });
      }
    }
  }

  gaps(): CustomGap[] {
    const gaps: CustomGap[] = [];
    if (this.#budget.skippedBytes > 0) {
      gaps.push({
        reason: 'budget-exceeded',
        bytes: this.#budget.skippedBytes,
        message:
          'the regular expressions of --secret-rules take more work than the limit; the rest was searched without them',
      });
    }
    if (this.#unseenTexts > 0) {
      gaps.push({
        reason: 'budget-exceeded',
        bytes: this.#unseenBytes,
        message: `${this.#unseenTexts} texts that are larger than the limit were not shown to the rules of --secretlintrc, the first of them ${this.#unseenName}`,
      });
    }
    for (const [id, { count, message }] of this.#broken) {
      gaps.push({
        reason: 'examiner-failed',
        bytes: null,
        message: `the rule ${id} of --secretlintrc broke on ${count} texts: ${message}`,
      });
    }
    return gaps;
  }

  #judgePath(stream: SearchedStream): void {
    const path = stream.name;
    for (const detector of this.#rules.byPath) {
      if (!this.#pattern(detector).reportsFile(path)) continue;
      const judgement: Judgement = { detector, start: 0, end: 0, region: [0, 0], redacted: '', doubt: null };
      this.#onFound(judgement, wholeWindow(new Uint8Array(0), stream));
    }
  }

  #judgePart({ offset, bytes, line, until }: TextPart, stream: SearchedStream): void {
    const detectors = new Set(this.#rules.everywhere);
    const pending = { ...stream, window: { offset, bytes, line, detectors, contexts: NO_CONTEXTS } };
    for (const detector of detectors) {
      for (const judgement of this.#ask(detector, bytes, pending)) {
        if (judgement.start < until) this.#onFound(judgement, pending);
      }
    }
  }

  #ask(detector: Detector, bytes: Uint8Array, { name }: SearchedStream): Judgement[] {
    return this.#pattern(detector).judge(detector, bytes, name, this.#budget);
  }

  #pattern(detector: Detector): PatternRule {
    return this.#rules.patterns.get(detector) as PatternRule;
  }
}

const NO_CONTEXTS: ReadonlySet<never> = new Set<never>();

function wholeWindow(bytes: Uint8Array, stream: SearchedStream): PendingWindow {
  return { ...stream, window: { offset: 0, bytes, line: 1, detectors: new Set(), contexts: NO_CONTEXTS } };
}

function moved(judgement: Judgement, by: number): Judgement {
  const [from, to] = judgement.region;
  return { ...judgement, start: judgement.start + by, end: judgement.end + by, region: [from + by, to + by] };
}

/** Bytes as text, and where each of its characters stands in them. */
function decodeText(bytes: Uint8Array): { text: string; offsetOf: (index: number) => number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString(isUtf8(buffer) ? 'utf8' : 'latin1');
  if (text.length === buffer.byteLength) return { text, offsetOf: (index) => index };
  return { text, offsetOf: (index) => Buffer.byteLength(text.slice(0, index)) };
}
