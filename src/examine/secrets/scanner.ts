import { createHmac } from 'node:crypto';
import type { Limits } from '../../core/index.ts';
import { type Literal, Prefilter } from '../prefilter/index.ts';
import { BASE64, base64Runs } from './base64.ts';
import { type CustomGap, type CustomRules, CustomSearch, compileRules } from './custom/index.ts';
import type { Detector, WindowContext } from './detector.ts';
import { doubtInManual, isManualPage } from './doubts.ts';
import { judgePatterns } from './judge-patterns.ts';
import { type Judgement, withoutOverlaps } from './judgement.ts';
import { BINARY_LITERALS, type LiteralSet, TEXT_LITERALS } from './literal-sets.ts';
import type { Carrier, SecretMatch, SecretValues } from './match.ts';
import type { PendingWindow, SearchedStream } from './pending-window.ts';
import { detectWideText, PROBE_BYTES, type WideText } from './wide-text.ts';
import { type Hit, type Window, WindowCutter } from './window.ts';

/** Window bytes given to secretlint in one call: it costs 0.1 ms a call, and more than linear time a match. */
const BATCH_BYTES = 128 * 1024;
/** Between windows of a batch: no rule's pattern reaches across a line feed, a NUL and a line feed. */
const SEPARATOR = '\n\0\n';

/** What a {@link SecretScanner} is told. */
export interface SecretScannerOptions {
  /** Key of the fingerprints. */
  readonly fingerprintKey: Uint8Array;
  readonly limits: Pick<
    Limits,
    'maxSecretsPerLayer' | 'maxSecretWindowBytes' | 'maxCustomRuleSteps' | 'maxCustomLintBytes'
  >;
  /** Rules that the user brings. */
  readonly customRules?: CustomRules | undefined;
}

/** Base64 in base64 is decoded so many times. */
const MAX_DEPTH = 2;

/**
 * Searches streams of bytes for secrets: every byte goes through the prefilter, and patterns and secretlint's rules
 * see the windows around its hits only.
 *
 * Finding is split in two, because secretlint is asynchronous and tar readers are not: {@link push} cuts
 * windows, {@link judge} judges them. Call the latter now and then.
 */
export class SecretScanner {
  readonly matches: SecretMatch[] = [];
  readonly values: SecretValues = new Map();
  /** Bytes of windows that were not judged because there were too many. */
  skippedBytes = 0;
  readonly #options: SecretScannerOptions;
  readonly #text: Sieve;
  #binary: Sieve | undefined;
  /** The one for the content of the current stream. */
  #sieve: Sieve;
  readonly #cutter = new WindowCutter((bytes) => this.#text.prefilter.countLines(bytes));
  readonly #pending: PendingWindow[] = [];
  #pendingBytes = 0;
  #judgedBytes = 0;
  #carrier: Carrier = { kind: 'text' };
  #baseOffset = 0;
  #name = '';
  /** The beginning of the stream, until it is long enough to tell its encoding. */
  #head: Uint8Array | null = new Uint8Array(0);
  #wide: WideText | null = null;
  #manual = false;
  readonly #depth: number;
  /** Searches what was decoded. */
  #inner: SecretScanner | undefined;
  readonly #binaryLiterals: LiteralSet;
  readonly #custom: CustomSearch | null;

  constructor(options: SecretScannerOptions, depth = 0) {
    this.#options = options;
    this.#depth = depth;
    const rules = options.customRules === undefined ? null : compileRules(options.customRules);
    this.#text = new Sieve(rules?.text ?? TEXT_LITERALS);
    this.#sieve = this.#text;
    this.#binaryLiterals = rules?.binary ?? BINARY_LITERALS;
    this.#custom =
      rules &&
      new CustomSearch(
        rules,
        options.limits,
        (bytes) => this.#text.prefilter.countLines(bytes),
        (judgement, pending) => this.#add(judgement, pending),
      );
  }

  /**
   * Starts a new stream, whose first byte is byte `baseOffset` of its carrier. Nothing matches across streams.
   * @param name what rules of the user's know the stream by
   */
  begin(carrier: Carrier, baseOffset = 0, name = ''): void {
    this.#sieve.prefilter.reset();
    this.#cutter.reset();
    this.#carrier = carrier;
    this.#baseOffset = baseOffset;
    this.#name = name;
    this.#head = new Uint8Array(0);
    this.#wide = null;
  }

  /** Where literals stand in bytes that are all at hand, without judging anything. Ends the current stream. */
  hitOffsets(bytes: Uint8Array): number[] {
    this.#text.prefilter.reset();
    return this.#text.hits(bytes, true).map(({ offset }) => offset);
  }

  /** Searches the next bytes of the stream. `last` says that no more will come. */
  push(bytes: Uint8Array, last: boolean): void {
    if (this.#head === null) {
      this.#search(this.#wide === null ? bytes : this.#wide.narrow(bytes), last);
      return;
    }
    const head = this.#head.byteLength === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    if (last || head.byteLength >= PROBE_BYTES) this.#start(head, last);
    else this.#head = head.slice();
  }

  #start(head: Uint8Array, last: boolean): void {
    this.#head = null;
    this.#wide = detectWideText(head);
    this.#manual = isManualPage(head);
    if (this.#wide === null && head.subarray(0, PROBE_BYTES).includes(0)) {
      this.#binary ??= new Sieve(this.#binaryLiterals);
      this.#sieve = this.#binary;
    } else {
      this.#sieve = this.#text;
    }
    this.#sieve.prefilter.reset();
    this.#custom?.begin(this.#stream, this.#sieve === this.#text);
    this.#search(this.#wide === null ? head : this.#wide.narrow(head), last);
  }

  #search(bytes: Uint8Array, last: boolean): void {
    const hits = this.#sieve.hits(bytes, last);
    if (this.#custom !== null) {
      this.#custom.push(bytes);
      if (last) this.#custom.end();
    }
    if (last && hits.length === 0 && !this.#cutter.isOpen) return;
    this.#cutter.push(bytes, hits, last, (window) => this.#queue(window));
  }

  /** Says that the stream is over, where {@link push} was not told. */
  end(): void {
    if (this.#head !== null && this.#head.byteLength > 0) this.#start(this.#head, true);
    this.#cutter.end((window) => this.#queue(window));
    this.#custom?.end();
  }

  /** What the user's rules did not see. */
  customGaps(): CustomGap[] {
    return [...(this.#custom?.gaps() ?? []), ...(this.#inner?.customGaps() ?? [])];
  }

  /** Whether enough windows wait for a call of {@link judge}. */
  get isDue(): boolean {
    return this.#pendingBytes >= BATCH_BYTES || this.#custom?.isDue === true;
  }

  /** Judges the windows cut so far. */
  async judge(): Promise<void> {
    const waiting = this.#pending.splice(0);
    this.#pendingBytes = 0;
    // A window may be judged in several ways; which kind a secret is, is decided over all of them.
    const found = new Map<PendingWindow, Judgement[]>(
      waiting.map((pending) => [pending, judgePatterns(latin1(pending.window.bytes), pending.window.detectors)]),
    );
    for (const context of ['plain', 'npmrc', 'package-json', 'json'] as const) {
      for (const batch of batches(waiting, context)) await judgeBatch(batch, context, found);
    }
    for (const [pending, judgements] of found) {
      for (const judgement of withoutOverlaps(judgements)) this.#add(judgement, pending);
      this.#custom?.judgeWindow(pending);
      if (pending.window.detectors.has(BASE64)) await this.#judgeBase64(pending);
    }
    await this.#custom?.judge();
  }

  /** Decodes the runs of base64 in a window, and searches what comes out. */
  async #judgeBase64(pending: PendingWindow): Promise<void> {
    if (this.#depth >= MAX_DEPTH) return;
    this.#inner ??= new SecretScanner(this.#options, this.#depth + 1);
    const inner = this.#inner;
    for (const { start, end, decoded } of base64Runs(latin1(pending.window.bytes))) {
      inner.begin(pending.carrier, 0, pending.name);
      inner.push(decoded, true);
      await inner.judge();
      for (const match of inner.matches.splice(0)) {
        const place = this.#placeOf(start, end, pending);
        this.matches.push({ ...match, ...place, encodings: [...place.encodings, 'base64', ...match.encodings] });
        // What is shown of instructions and labels must not have it in base64 either.
        const encoded = pending.window.bytes.subarray(start, end);
        this.values.set(this.#fingerprint(encoded), Buffer.from(encoded).toString('latin1'));
      }
      for (const [fingerprint, value] of inner.values) this.values.set(fingerprint, value);
      inner.values.clear();
    }
  }

  #queue(window: Window): void {
    const { maxSecretWindowBytes, maxSecretsPerLayer } = this.#options.limits;
    this.#judgedBytes += window.bytes.byteLength;
    if (this.#judgedBytes > maxSecretWindowBytes || this.matches.length >= maxSecretsPerLayer) {
      this.skippedBytes += window.bytes.byteLength;
      return;
    }
    this.#pendingBytes += window.bytes.byteLength;
    this.#pending.push({ window, ...this.#stream });
  }

  get #stream(): SearchedStream {
    return {
      carrier: this.#carrier,
      baseOffset: this.#baseOffset,
      name: this.#name,
      wide: this.#wide,
      manual: this.#manual,
    };
  }

  #fingerprint(secret: Uint8Array): string {
    return `hmac-sha256:${createHmac('sha256', this.#options.fingerprintKey).update(secret).digest('hex')}`;
  }

  /** Where a part of a window stands in its carrier. */
  #placeOf(
    start: number,
    end: number,
    { window, baseOffset, wide }: PendingWindow,
  ): Pick<SecretMatch, 'byteRange' | 'line' | 'encodings'> {
    const width = wide === null ? 1 : 2;
    const at = (offset: number): number => baseOffset + (window.offset + offset) * width;
    return {
      byteRange: [at(start), at(end)],
      line: window.line === null ? null : window.line + countFeeds(window.bytes.subarray(0, start)),
      encodings: wide === null ? [] : [wide.encoding],
    };
  }

  #add(judgement: Judgement, pending: PendingWindow): void {
    const { window, carrier } = pending;
    const { custom } = judgement.detector;
    // The user's rules may match anywhere, and are asked at once: what is too much is told with the windows.
    if (custom !== undefined && this.matches.length >= this.#options.limits.maxSecretsPerLayer) {
      this.skippedBytes += judgement.end - judgement.start;
      return;
    }
    const bytes = window.bytes.subarray(judgement.start, judgement.end);
    const value = Buffer.from(bytes).toString('utf8');
    // A rule may report a file for its name alone: then nothing of it is secret.
    const fingerprint = this.#fingerprint(value === '' ? Buffer.from(pending.name, 'utf8') : bytes);
    if (value !== '') this.values.set(fingerprint, value);
    this.matches.push({
      detector: judgement.detector.id,
      carrier,
      ...this.#placeOf(judgement.start, judgement.end, pending),
      ...(value === '' ? { line: null } : {}),
      redacted: Buffer.from(judgement.redacted, 'latin1').toString('utf8'),
      doubt: judgement.doubt ?? (pending.manual && custom === undefined ? doubtInManual(judgement.detector.id) : null),
      fingerprint,
      lengthChars: value.length,
      ...(custom === undefined ? {} : { custom }),
    });
  }
}

/** A prefilter and what its hits stand for. */
class Sieve {
  readonly prefilter: Prefilter;
  readonly #set: LiteralSet;
  readonly #hits: Hit[] = [];
  readonly #onHit = (index: number, offset: number): void => {
    const lengthBytes = (this.#set.literals[index] as Literal).text.length;
    for (const detector of this.#set.detectors[index] as readonly Detector[]) {
      this.#hits.push({ offset, lengthBytes, detector });
    }
  };

  constructor(set: LiteralSet) {
    this.#set = set;
    this.prefilter = new Prefilter(set.literals, set.placements);
  }

  /** The hits in the next bytes of a stream, in order. Good until the next call. */
  hits(bytes: Uint8Array, last: boolean): readonly Hit[] {
    const hits = this.#hits;
    hits.length = 0;
    this.prefilter.scan(bytes, last, this.#onHit);
    // A literal is told when the part of it that is looked at comes by, which is not always its beginning.
    if (hits.length > 1) hits.sort((a, b) => a.offset - b.offset);
    return hits;
  }
}

/** The windows of a context, in batches for one call of secretlint each. */
function* batches(waiting: readonly PendingWindow[], context: WindowContext): Generator<PendingWindow[]> {
  let batch: PendingWindow[] = [];
  let bytes = 0;
  for (const pending of waiting) {
    if (!pending.window.contexts.has(context)) continue;
    batch.push(pending);
    bytes += pending.window.bytes.byteLength;
    // A JSON document is judged alone: it has to parse.
    if (bytes < BATCH_BYTES && context !== 'json') continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Judges windows in one call, and adds what was found to the window it was found in. */
async function judgeBatch(
  batch: readonly PendingWindow[],
  context: WindowContext,
  found: ReadonlyMap<PendingWindow, Judgement[]>,
): Promise<void> {
  const starts: number[] = [];
  let text = '';
  for (const { window } of batch) {
    starts.push(text.length);
    text += latin1(window.bytes) + SEPARATOR;
  }
  let shift = 0;
  if (context === 'json') {
    // Only the JSON object around the hit: windows are cut by bytes.
    shift = Math.max(0, text.indexOf('{'));
    text = text.slice(shift, text.lastIndexOf('}') + 1);
  }
  // Loaded when first needed: most layers have no candidate, and secretlint takes a while to load.
  const { judgeText } = await import('./judge.ts');
  for (const judgement of await judgeText(text, context)) {
    const index = starts.findLastIndex((start) => start <= judgement.start + shift);
    const pending = batch[index];
    if (pending !== undefined) found.get(pending)?.push(shifted(judgement, (starts[index] as number) - shift));
  }
}

/** A judgement of a text as one of a part that begins at `offset`. */
function shifted(judgement: Judgement, offset: number): Judgement {
  const [from, to] = judgement.region;
  return {
    ...judgement,
    start: judgement.start - offset,
    end: judgement.end - offset,
    region: [from - offset, to - offset],
  };
}

/** One character for each byte, so that places in the text are places in the bytes. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function countFeeds(bytes: Uint8Array): number {
  let feeds = 0;
  for (const byte of bytes) if (byte === 0x0a) feeds += 1;
  return feeds;
}
