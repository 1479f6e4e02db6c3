import { type ExtractEvents, extract } from 'tar-stream';
import type { TarAnomaly } from './anomaly.ts';
import type { TarDamage } from './damage.ts';
import type { TarEntry } from './entry.ts';
import { type GuardOptions, HeaderGuard, type HiddenRegion, type TarFailure } from './guard.ts';
import { parseSparseContent, SparseExpander } from './sparse.ts';

/**
 * What a {@link TarReader} tells. Entries and their content come in the order of the tar; anomalies and
 * hidden bytes may come before the entry they stand next to.
 */
export interface TarVisitor {
  /** An entry begins. */
  entry(entry: TarEntry): void;
  /** Bytes of the entry's content and where in the file they stand. Copy what you keep. */
  content(entry: TarEntry, bytes: Uint8Array, offset: number): void;
  /** Zeros of a sparse file that are not stored. */
  hole(entry: TarEntry, lengthBytes: number): void;
  /** The entry is over. `complete` is false where the tar ended or broke inside it. */
  finish(entry: TarEntry, complete: boolean): void;
  anomaly(anomaly: TarAnomaly): void;
  /** Bytes that belong to no file. Copy what you keep. */
  hidden(region: HiddenRegion, bytes: Uint8Array, offset: number): void;
}

/** What was read of a tar. */
export interface TarFacts {
  readonly entries: number;
  /** The first failure. */
  readonly failure: TarFailure | null;
  /** The parts in which nothing was understood. */
  readonly damages: readonly TarDamage[];
  /** Whether it has an end marker; no reader needs one, but without it the tar may be cut between entries. */
  readonly endMarked: boolean;
}

/**
 * Bytes given to tar-stream at a time. The attack: it calls itself once for each entry without content in a write, and
 * a megabyte of them overflows the stack.
 */
const WRITE_BYTES = 256 * 1024;

/**
 * Reads a tar through tar-stream behind the {@link HeaderGuard}.
 *
 * Damage is reported in the result, never thrown: a layer that breaks in the middle was still examined up
 * to there.
 */
export class TarReader {
  readonly #visitor: TarVisitor;
  readonly #guard: HeaderGuard;
  #extract = startExtract();
  /** Entries the guard has told and tar-stream has not reached yet. */
  readonly #expected: TarEntry[] = [];
  #expectedFrom = 0;
  #current: { entry: TarEntry; content: ContentReader } | undefined;
  #needsDrain = false;
  #closed = false;
  #wake: () => void = () => undefined;
  #streamError: Error | undefined;

  constructor(visitor: TarVisitor, options: GuardOptions = {}) {
    this.#visitor = visitor;
    this.#guard = new HeaderGuard(
      {
        entry: (entry) => this.#expected.push(entry),
        anomaly: (anomaly) => visitor.anomaly(anomaly),
        hidden: (region, bytes, offset) => visitor.hidden(region, bytes, offset),
        pass: (bytes) => {
          if (!this.#extract.write(bytes)) this.#needsDrain = true;
        },
      },
      options,
    );
    this.#listen();
  }

  /**
   * Takes the next bytes of the tar and resolves when they are read: their memory may then be used for
   * something else. The bytes are changed in place: hand over what nobody else reads afterwards.
   */
  async push(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength; at += WRITE_BYTES) await this.#push(chunk.subarray(at, at + WRITE_BYTES));
  }

  async #push(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return;
    this.#guard.push(bytes);
    while (this.#needsDrain && !this.#closed) await this.#untilWoken();
    // tar-stream is done with the bytes; the stream it made for the entry may still hold a few.
    const left = this.#guard.contentLeft;
    while (this.#current !== undefined && this.#current.content.leftBytes > left && !this.#closed)
      await this.#untilWoken();
  }

  /**
   * Says that bytes of the tar are missing here: the entry under way is cut, and reading goes on with the next header
   * that is found.
   */
  hole(): void {
    if (this.#closed) return;
    this.#guard.hole();
    // It waits for the rest of an entry that never comes.
    const cut = this.#extract;
    this.#extract = startExtract();
    this.#needsDrain = false;
    this.#finishRest();
    this.#listen();
    cut.destroy(null);
  }

  /** Says that the tar is over, and tells what was read. */
  async end(): Promise<TarFacts> {
    this.#guard.end();
    if (!this.#guard.isCut && this.#streamError === undefined) {
      this.#extract.end(undefined);
      while (!this.#closed) await this.#untilWoken();
    } else {
      // What is complete has been passed on already; let tar-stream hand it out, then cut.
      await new Promise(setImmediate);
      this.#extract.destroy(null);
    }
    this.#finishRest();
    const { entries, damages, endMarked } = this.#guard;
    return { entries, failure: this.#failure(), damages, endMarked };
  }

  /** Listens to tar-stream, as long as it is the one in use. */
  #listen(): void {
    const own = this.#extract;
    own.on('entry', (header, stream, next) => {
      if (own === this.#extract) this.#onEntry(header.size, stream, next);
    });
    own.on('error', (error: Error) => {
      if (own === this.#extract) this.#streamError ??= error;
    });
    own.on('drain', () => {
      if (own !== this.#extract) return;
      this.#needsDrain = false;
      this.#wake();
    });
    own.on('close', () => {
      if (own !== this.#extract) return;
      this.#closed = true;
      this.#wake();
    });
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #failure(): TarFailure | null {
    if (this.#guard.failure !== null) return this.#guard.failure;
    if (this.#streamError === undefined) return null;
    const offset = this.#current?.entry.headerOffset ?? 0;
    return { reason: 'tar-damaged', message: `tar-stream gave up: ${this.#streamError.message}`, offset };
  }

  #onEntry(sizeBytes: number, stream: ExtractEvents['entry'][1], next: ExtractEvents['entry'][2]): void {
    const entry = this.#expected[this.#expectedFrom];
    if (entry === undefined || entry.storedBytes !== sizeBytes) {
      next(new Error('it found an entry that the header guard did not'));
      return;
    }
    this.#expectedFrom += 1;
    this.#forgetReached();
    this.#visitor.entry(entry);
    const content = new ContentReader(entry, this.#visitor);
    if (sizeBytes === 0) {
      content.end();
      this.#visitor.finish(entry, true);
      next();
      return;
    }
    this.#current = { entry, content };
    stream.on('data', (bytes) => {
      if (this.#current?.content !== content) return;
      content.push(bytes as Uint8Array);
      this.#wake();
    });
    stream.on('end', () => {
      if (this.#current?.content !== content) return;
      this.#current = undefined;
      content.end();
      this.#visitor.finish(entry, true);
      next();
    });
    // A cut in the middle destroys the stream; the cut itself is reported by the guard.
    stream.on('error', () => undefined);
  }

  #forgetReached(): void {
    if (this.#expectedFrom < 4096) return;
    this.#expected.splice(0, this.#expectedFrom);
    this.#expectedFrom = 0;
  }

  /** Entries that were announced and never completed: the tar was cut inside the last of them, or in its padding. */
  #finishRest(): void {
    if (this.#current !== undefined) {
      const { entry, content } = this.#current;
      this.#current = undefined;
      const complete = content.leftBytes === 0;
      if (complete) content.end();
      this.#visitor.finish(entry, complete);
    }
    for (const entry of this.#expected.splice(this.#expectedFrom)) {
      this.#visitor.entry(entry);
      this.#visitor.finish(entry, false);
    }
  }
}

/** With this mark every write waits for 'drain', which then means that all that was written is read. */
function startExtract(): ReturnType<typeof extract> {
  return extract({ highWaterMark: 1 } as Parameters<typeof extract>[0]);
}

/** Turns an entry's stored bytes into the file's bytes: the same, but for sparse files. */
class ContentReader {
  readonly #entry: TarEntry;
  readonly #visitor: TarVisitor;
  #position = 0;
  /** Stored bytes taken so far. */
  #stored = 0;
  #unmappedTold = false;
  #expander: SparseExpander | undefined;
  /** The beginning of a PAX 1.0 sparse file until its map is complete. */
  #mapBytes: Uint8Array | undefined;

  constructor(entry: TarEntry, visitor: TarVisitor) {
    this.#entry = entry;
    this.#visitor = visitor;
    if (entry.sparse === 'in-content') this.#mapBytes = new Uint8Array(0);
    else if (entry.sparse !== null) this.#expander = new SparseExpander(entry.sparse);
  }

  /** Stored bytes that are still to come. */
  get leftBytes(): number {
    return this.#entry.storedBytes - this.#stored;
  }

  push(bytes: Uint8Array): void {
    this.#stored += bytes.byteLength;
    if (this.#mapBytes !== undefined) this.#readMap(bytes);
    else if (this.#expander !== undefined) this.#expand(bytes);
    else {
      this.#visitor.content(this.#entry, bytes, this.#position);
      this.#position += bytes.byteLength;
    }
  }

  end(): void {
    if (this.#mapBytes !== undefined) this.#asStored(this.#mapBytes);
    const missing = this.#expander?.end((length) => this.#visitor.hole(this.#entry, length)) ?? 0;
    if (missing > 0) this.#noteMap(`the sparse map states ${missing} bytes that are not stored; they read as zeros`);
  }

  #readMap(bytes: Uint8Array): void {
    const head = Buffer.concat([this.#mapBytes as Uint8Array, bytes]);
    const found = parseSparseContent(head, this.#entry.sizeBytes);
    if (found === 'incomplete') {
      this.#mapBytes = head;
    } else if (found === undefined) {
      this.#asStored(head);
    } else {
      this.#mapBytes = undefined;
      this.#expander = new SparseExpander(found.map);
      const { textBytes, mapBytes } = found;
      const padding = head.subarray(textBytes, mapBytes);
      if (padding.some((byte) => byte !== 0)) {
        this.#hidden(
          padding,
          this.#stored - head.byteLength + textBytes,
          'the padding behind the sparse map is not zero',
        );
      }
      this.#expand(head.subarray(mapBytes));
    }
  }

  #expand(bytes: Uint8Array): void {
    const unmapped = this.#expander?.push(
      bytes,
      (piece, offset) => this.#visitor.content(this.#entry, piece, offset),
      (length) => this.#visitor.hole(this.#entry, length),
    );
    if (unmapped !== undefined && unmapped.byteLength > 0) this.#unmapped(unmapped);
  }

  /**
   * Bytes stored beyond the map. The attack: a sparse file with an empty map can store anything, and whoever
   * only looks at what the map places never sees it.
   */
  #unmapped(bytes: Uint8Array): void {
    const at = this.#stored - bytes.byteLength;
    if (!this.#unmappedTold) {
      this.#unmappedTold = true;
      this.#noteMap(`the sparse map has no place for ${this.#entry.storedBytes - at} bytes that are stored`);
    }
    this.#visitor.hidden('padding', bytes, this.#entry.contentOffset + at);
  }

  #hidden(bytes: Uint8Array, at: number, detail: string): void {
    const { sequence, contentOffset } = this.#entry;
    const offset = contentOffset + at;
    this.#visitor.anomaly({ kind: 'data-in-padding', sequence, offset, bytes: bytes.byteLength, detail });
    this.#visitor.hidden('padding', bytes, offset);
  }

  #noteMap(detail: string): void {
    const { sequence, headerOffset } = this.#entry;
    this.#visitor.anomaly({ kind: 'sparse-map-invalid', sequence, offset: headerOffset, bytes: null, detail });
  }

  /** The map makes no sense: read what is stored as it is stored, rather than not at all. */
  #asStored(bytes: Uint8Array): void {
    this.#mapBytes = undefined;
    this.#noteMap(
      'the sparse map at the beginning of the content makes no sense; its bytes are read as they are stored',
    );
    this.#visitor.content(this.#entry, bytes, this.#position);
    this.#position += bytes.byteLength;
  }
}
