import { DEFAULT_LIMITS, plainBytes } from '../core/index.ts';
import type { TarAnomaly, TarAnomalyKind } from './anomaly.ts';
import { DamageLog, type TarDamage } from './damage.ts';
import type { TarEntry } from './entry.ts';
import { ExtendedHeaderReader } from './extended-header-reader.ts';
import { toEntry } from './extended-headers.ts';
import { BLOCK, checksumHolds, isZeroBlock, type RawHeader, readHeader, writePlainHeader } from './header.ts';
import { HeaderSearch } from './header-search.ts';
import { firstNonZero, SlackReader } from './slack.ts';
import {
  isExtended,
  MAX_SPARSE_MAP_BYTES,
  readGnuRealSize,
  readGnuSegments,
  type SparseSegment,
  validSparseMap,
} from './sparse.ts';
import { strayParts } from './stray-bytes.ts';

/** Bytes of a tar that belong to no file: where data hides from readers of files. */
export type HiddenRegion = 'padding' | 'after-end' | 'header' | 'extended-header' | 'unparsed';

/** Why a tar could not be read to its end. */
export interface TarFailure {
  readonly reason: 'tar-damaged' | 'blob-truncated';
  readonly message: string;
  /** Offset in the uncompressed tar from which on nothing was understood. */
  readonly offset: number;
}

/** What the guard tells while it reads. */
export interface GuardListener {
  /** Each entry, in order and before its content is passed on. */
  entry(entry: TarEntry): void;
  anomaly(anomaly: TarAnomaly): void;
  hidden(region: HiddenRegion, bytes: Uint8Array, offset: number): void;
  /** Bytes for tar-stream: one plain header and padded content for each entry told, nothing else. */
  pass(bytes: Uint8Array): void;
}

/** An old GNU sparse header whose map is not complete yet. */
interface OldSparseHeader {
  /** The header block: rewritten for tar-stream when the entry begins. */
  readonly block: Uint8Array;
  readonly raw: RawHeader;
  readonly headerOffset: number;
  readonly segments: SparseSegment[];
  readonly sizeBytes: number;
  extensionBlocks: number;
}

/** What a {@link HeaderGuard} may be told. */
export interface GuardOptions {
  readonly maxExtendedHeaderBytes?: number;
  /** Look behind damage for the next header and go on there, instead of giving up. */
  readonly salvage?: boolean;
}

type State = 'header' | 'content' | 'extended' | 'sparse-extension' | 'ended' | 'lost' | 'failed';

/**
 * Walks the headers of a tar in front of tar-stream and decides what each record is, following Go's
 * archive/tar, because containerd and Docker create what Go reads (docs/adr/0003).
 *
 * The attack it answers: a record that one reader skips and another one creates. tar-stream therefore
 * never sees a header from the layer. It gets a plain one with the size decided here for every entry, and
 * extended headers not at all; what is left to it is framing and streaming of content.
 *
 * Chunks are changed in place: hand over bytes that nobody else reads afterwards.
 */
export class HeaderGuard {
  /** The first failure. */
  failure: TarFailure | null = null;
  /** Whether the tar ends inside a header or an entry. */
  isCut = false;
  readonly #listener: GuardListener;
  readonly #wantsSalvage: boolean;
  readonly #damageLog = new DamageLog();
  /** Looks for the next header while the state is `lost`. */
  #search: HeaderSearch | undefined;
  /** Whether damage lies behind: nothing that follows is what a runtime would create. */
  #salvaging = false;
  #state: State = 'header';
  #offset = 0;
  #sequence = 0;
  /** A header that began in an earlier chunk. */
  readonly #partial = new Uint8Array(BLOCK);
  #partialBytes = 0;
  /** What is left of the content, and of the padding behind it. */
  #contentLeft = 0;
  #paddingLeft = 0;
  #zeroBlocks = 0;
  readonly #extended: ExtendedHeaderReader;
  #sparse: OldSparseHeader | undefined;
  readonly #slack: SlackReader;

  constructor(listener: GuardListener, options: GuardOptions = {}) {
    this.#listener = listener;
    const maxExtendedBytes = options.maxExtendedHeaderBytes ?? DEFAULT_LIMITS.maxExtendedHeaderBytes;
    this.#extended = new ExtendedHeaderReader(maxExtendedBytes, (anomaly) => listener.anomaly(anomaly));
    this.#slack = new SlackReader(listener);
    this.#wantsSalvage = options.salvage ?? false;
  }

  /** How many entries were told so far. */
  get entries(): number {
    return this.#sequence;
  }

  /** Whether the end marker came, or its first block: without it the tar may have been cut between entries. */
  get endMarked(): boolean {
    return this.#zeroBlocks > 0;
  }

  /** Bytes of the last entry told that are still to come. */
  get contentLeft(): number {
    return this.#contentLeft;
  }

  /** The parts of the tar in which nothing was understood. Complete when the tar is over. */
  get damages(): readonly TarDamage[] {
    return this.#damageLog.all();
  }

  /**
   * Says that bytes are missing in front of the next ones, nobody knows how many. What was under way is cut, and the
   * next header may stand anywhere.
   */
  hole(): void {
    this.#hideUnread();
    this.#contentLeft = 0;
    this.#paddingLeft = 0;
    this.#damageLog.begin(this.#offset, `bytes are missing in front of byte ${this.#offset} of the tar`);
    this.#lose(this.#offset, true);
  }

  /** Takes the next bytes of the tar. */
  push(bytes: Uint8Array): void {
    const chunk = plainBytes(bytes);
    const chunkOffset = this.#offset;
    let at = 0;
    let passFrom = -1;
    const flush = (to: number): void => {
      if (passFrom >= 0 && to > passFrom) this.#listener.pass(chunk.subarray(passFrom, to));
      passFrom = -1;
    };
    while (at < chunk.byteLength) {
      this.#offset = chunkOffset + at;
      const left = chunk.byteLength - at;
      switch (this.#state) {
        case 'header':
        case 'sparse-extension': {
          if (this.#partialBytes > 0 || left < BLOCK) {
            flush(at);
            const taken = Math.min(BLOCK - this.#partialBytes, left);
            this.#partial.set(chunk.subarray(at, at + taken), this.#partialBytes);
            this.#partialBytes += taken;
            at += taken;
            if (this.#partialBytes < BLOCK) break;
            this.#partialBytes = 0;
            this.#offset = chunkOffset + at - BLOCK;
            if (this.#block(this.#partial, 0)) this.#listener.pass(this.#partial.slice());
            break;
          }
          if (this.#block(chunk, at)) {
            if (passFrom < 0) passFrom = at;
          } else {
            flush(at);
          }
          at += BLOCK;
          break;
        }
        case 'content': {
          if (passFrom < 0) passFrom = at;
          const content = Math.min(this.#contentLeft, left);
          this.#contentLeft -= content;
          at += content;
          const padding = Math.min(this.#paddingLeft, left - content);
          if (this.#contentLeft === 0 && padding > 0) {
            this.#slack.padding(
              chunk.subarray(at, at + padding),
              chunkOffset + at,
              this.#paddingLeft,
              this.#sequence - 1,
            );
            this.#paddingLeft -= padding;
            at += padding;
          }
          if (this.#contentLeft === 0 && this.#paddingLeft === 0) this.#state = 'header';
          break;
        }
        case 'extended': {
          const content = Math.min(this.#contentLeft, left);
          if (content > 0) {
            const part = chunk.subarray(at, at + content);
            this.#listener.hidden('extended-header', part, this.#offset);
            this.#extended.collect(part);
          }
          this.#contentLeft -= content;
          at += content;
          const padding = this.#contentLeft === 0 ? Math.min(this.#paddingLeft, left - content) : 0;
          if (padding > 0)
            this.#slack.padding(chunk.subarray(at, at + padding), chunkOffset + at, this.#paddingLeft, null);
          this.#paddingLeft -= padding;
          at += padding;
          if (this.#contentLeft === 0 && this.#paddingLeft === 0) {
            this.#state = 'header';
            this.#extended.finish();
          }
          break;
        }
        case 'ended':
          flush(at);
          this.#slack.trailing(chunk.subarray(at), chunkOffset + at);
          at = chunk.byteLength;
          break;
        case 'lost':
          flush(at);
          at += this.#searchHeader(chunk.subarray(at));
          break;
        case 'failed':
          flush(at);
          this.#damageLog.noteData();
          this.#listener.hidden('unparsed', chunk.subarray(at), chunkOffset + at);
          at = chunk.byteLength;
          break;
      }
    }
    flush(chunk.byteLength);
    this.#offset = chunkOffset + chunk.byteLength;
  }

  /**
   * Says that the tar is over. A missing end marker is no damage, nor is missing padding: Go takes the end of
   * the file for one.
   */
  end(): void {
    this.#slack.end();
    const isLost = this.#state === 'lost' || this.#state === 'failed';
    if (isLost) this.#hideUnread();
    this.#damageLog.close(this.#offset, 'end');
    if (isLost || this.#state === 'ended') return;
    if (this.#state === 'header' && this.#partialBytes === 0) return;
    if (this.#contentLeft === 0 && (this.#state === 'content' || this.#state === 'extended')) {
      if (this.#state === 'content') this.#listener.pass(new Uint8Array(this.#paddingLeft));
      return;
    }
    this.#hideUnread();
    this.isCut = true;
    const where = this.#state === 'header' ? 'inside a header' : 'inside an entry';
    this.#fail('blob-truncated', `the tar ends ${where}`);
    this.#state = 'failed';
  }

  /** Tells the bytes that were kept because a header may have begun with them. */
  #hideUnread(): void {
    if (this.#partialBytes > 0) {
      const rest = this.#partial.slice(0, this.#partialBytes);
      this.#partialBytes = 0;
      this.#listener.hidden('unparsed', rest, this.#offset - rest.byteLength);
    }
    const kept = this.#search?.rest();
    this.#search = undefined;
    if (kept !== undefined) this.#hideLost(kept.passed, kept.offset);
  }

  #hideLost(bytes: Uint8Array, offset: number): void {
    if (bytes.byteLength === 0) return;
    if (firstNonZero(bytes) >= 0) this.#damageLog.noteData();
    this.#listener.hidden('unparsed', bytes, offset);
  }

  /** Looks in the next bytes for a header to go on with; tells how many of them it took. */
  #searchHeader(bytes: Uint8Array): number {
    const { passed, offset, head, takenBytes } = (this.#search as HeaderSearch).push(bytes);
    this.#hideLost(passed, offset);
    if (head === undefined) return takenBytes;
    this.#damageLog.close(offset + passed.byteLength, 'header');
    this.#search = undefined;
    this.#partial.set(head);
    this.#partialBytes = head.byteLength;
    this.#state = 'header';
    return takenBytes;
  }

  /** From here on nothing is known but what can be found again. */
  #lose(offset: number, anywhere: boolean): void {
    this.#salvaging = true;
    this.#state = 'lost';
    this.#search = new HeaderSearch(offset, anywhere);
    this.#extended.clear();
    this.#sparse = undefined;
  }

  /** Takes one whole block where a header is due; tells whether tar-stream is to get it (rewritten). */
  #block(bytes: Uint8Array, at: number): boolean {
    if (this.#state === 'sparse-extension') return this.#sparseExtension(bytes, at);
    if (isZeroBlock(bytes, at)) {
      this.#zeroBlocks += 1;
      // Behind damage nobody knows whether this is the end of this tar or of one that was a file in it.
      if (this.#zeroBlocks === 2 && !this.#salvaging) this.#state = 'ended';
      return false;
    }
    if (!checksumHolds(bytes, at)) {
      this.#giveUp(`no valid header at byte ${this.#offset} of the tar: the checksum does not hold`, bytes, at);
      return false;
    }
    if (this.#zeroBlocks === 1 && !this.#salvaging)
      this.#anomaly('lone-zero-block', 'entries follow a single zero block', this.#offset);
    this.#zeroBlocks = 0;
    const raw = readHeader(bytes, at);
    if ('xgLK'.includes(raw.typeFlag)) return this.#startExtended(raw, bytes, at);
    for (const [from, to] of strayParts(bytes, at, raw.dialect)) {
      this.#listener.hidden('header', bytes.subarray(at + from, at + to), this.#offset + from);
    }
    if (raw.typeFlag === 'S' && raw.dialect === 'gnu') {
      this.#sparse = {
        block: bytes.slice(at, at + BLOCK),
        raw,
        headerOffset: this.#offset,
        // A map that cannot be read is told as one that makes no sense, when the entry is.
        segments: readGnuSegments(bytes, at, 'header') ?? [{ offset: -1, length: 0 }],
        sizeBytes: readGnuRealSize(bytes, at) ?? -1,
        extensionBlocks: 0,
      };
      if (isExtended(bytes, at, 'header')) {
        this.#state = 'sparse-extension';
        return false;
      }
    }
    return this.#startEntry(raw, this.#offset, bytes, at);
  }

  /**
   * Extension blocks follow the header and count in no size: tar-stream must not see them. The attack: they
   * need hold no segments, so that any number of them, each with 480 bytes of anything, would go unseen. So
   * they are limited as in Go, and their bytes are told.
   */
  #sparseExtension(bytes: Uint8Array, at: number): boolean {
    const sparse = this.#sparse;
    if (sparse === undefined) return false;
    const more = readGnuSegments(bytes, at, 'extension');
    sparse.extensionBlocks += 1;
    if (more === undefined || sparse.extensionBlocks * BLOCK > MAX_SPARSE_MAP_BYTES) {
      this.#listener.hidden('unparsed', sparse.block, sparse.headerOffset);
      this.#giveUp(`the sparse map of the entry at byte ${sparse.headerOffset} is broken`, bytes, at);
      return false;
    }
    this.#listener.hidden('extended-header', bytes.subarray(at, at + BLOCK), this.#offset);
    sparse.segments.push(...more);
    if (isExtended(bytes, at, 'extension')) return false;
    if (this.#startEntry(sparse.raw, sparse.headerOffset, sparse.block, 0)) this.#listener.pass(sparse.block);
    return false;
  }

  #startEntry(raw: RawHeader, headerOffset: number, target: Uint8Array, at: number): boolean {
    const sequence = this.#sequence;
    const note = (kind: TarAnomalyKind, detail: string, bytes: number | null = null): void =>
      this.#anomaly(kind, detail, headerOffset, bytes, sequence);
    const oldSparse = this.#sparse === undefined ? undefined : validSparseMap(this.#sparse);
    if (this.#sparse !== undefined && oldSparse === undefined) {
      note('sparse-map-invalid', 'the sparse map makes no sense; its bytes are read as they are stored');
    }
    const contentOffset = headerOffset + BLOCK * (1 + (this.#sparse?.extensionBlocks ?? 0));
    this.#sparse = undefined;
    const entry = toEntry(raw, this.#extended.take(), { sequence, headerOffset, contentOffset }, oldSparse, note);
    if (entry === undefined) {
      this.#giveUp(`the header at byte ${headerOffset} states an impossible size`, target, at);
      return false;
    }
    this.#sequence += 1;
    this.#listener.entry(this.#salvaging ? { ...entry, salvaged: true } : entry);
    this.#expect(entry.storedBytes);
    this.#state = entry.storedBytes > 0 ? 'content' : 'header';
    writePlainHeader(target, at, entry.storedBytes);
    return true;
  }

  #expect(sizeBytes: number): void {
    this.#contentLeft = sizeBytes;
    this.#paddingLeft = (BLOCK - (sizeBytes % BLOCK)) % BLOCK;
    this.#slack.startPadding();
  }

  #startExtended(raw: RawHeader, bytes: Uint8Array, at: number): false {
    if (raw.invalidNumbers.includes('size') || !(raw.sizeBytes >= 0) || raw.sizeBytes > Number.MAX_SAFE_INTEGER) {
      this.#giveUp(`the extended header at byte ${this.#offset} states an impossible size`, bytes, at);
      return false;
    }
    // Its name is nobody's, its other fields mean nothing: all of it is a place to hide something.
    this.#listener.hidden('extended-header', bytes.subarray(at, at + BLOCK), this.#offset);
    this.#expect(raw.sizeBytes);
    this.#extended.begin(raw, this.#offset);
    if (raw.sizeBytes > 0) this.#state = 'extended';
    else this.#extended.finish();
    return false;
  }

  #anomaly(
    kind: TarAnomalyKind,
    detail: string,
    offset: number,
    bytes: number | null = null,
    sequence: number | null = this.#sequence,
  ): void {
    this.#listener.anomaly({ kind, sequence, offset, bytes, detail });
  }

  /** Stops, or looks for the next header, where one is due and none can be made of the block there. */
  #giveUp(message: string, bytes: Uint8Array, at: number): void {
    this.#fail('tar-damaged', message);
    this.#listener.hidden('unparsed', bytes.subarray(at, at + BLOCK), this.#offset);
    this.#damageLog.begin(this.#offset, message);
    this.#damageLog.noteData();
    if (this.#wantsSalvage) this.#lose(this.#offset + BLOCK, false);
    else this.#state = 'failed';
  }

  #fail(reason: TarFailure['reason'], message: string): void {
    this.failure ??= { reason, message, offset: this.#offset };
  }
}
