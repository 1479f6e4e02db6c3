/** Reads a whole tar and keeps everything that was told, checking the order of the telling on the way. */
import { createHash } from 'node:crypto';
import { decodeBytes } from '../../../src/core/index.ts';
import {
  type HiddenRegion,
  type TarAnomaly,
  type TarAnomalyKind,
  type TarEntry,
  type TarFacts,
  TarReader,
  type TarVisitor,
} from '../../../src/tar/index.ts';

/** One entry with its content as a container would see it. */
export interface CollectedEntry {
  readonly entry: TarEntry;
  readonly name: string;
  readonly linkName: string;
  /** Content with the holes of sparse files filled, as long as they are small. */
  content: string;
  /** SHA-256 of the content. */
  digest: string;
  /** Bytes told as content, and as holes. */
  dataBytes: number;
  holeBytes: number;
  complete: boolean;
}

/** Consecutive bytes that belong to no file. */
export interface CollectedRegion {
  readonly region: HiddenRegion;
  readonly offset: number;
  text: string;
}

/** Everything told of one tar. */
export interface Collected {
  readonly entries: CollectedEntry[];
  /** In the order of the tar. */
  readonly anomalies: TarAnomaly[];
  /** Pieces that follow each other are one. */
  readonly hidden: CollectedRegion[];
  readonly facts: TarFacts;
}

const MAX_FILLED_HOLE_BYTES = 1024 * 1024;

class Collector implements TarVisitor {
  readonly entries: CollectedEntry[] = [];
  readonly anomalies: TarAnomaly[] = [];
  readonly hiddenPieces: { region: HiddenRegion; offset: number; bytes: Buffer }[] = [];
  #open: { collected: CollectedEntry; parts: Buffer[]; position: number } | undefined;

  entry(entry: TarEntry): void {
    if (this.#open !== undefined) throw new Error('an entry began inside another one');
    if (entry.sequence !== this.entries.length) throw new Error(`entry ${entry.sequence} came out of order`);
    const collected: CollectedEntry = {
      entry,
      name: decodeBytes(entry.name),
      linkName: decodeBytes(entry.linkName),
      content: '',
      digest: '',
      dataBytes: 0,
      holeBytes: 0,
      complete: false,
    };
    this.entries.push(collected);
    this.#open = { collected, parts: [], position: 0 };
  }

  content(entry: TarEntry, bytes: Uint8Array, offset: number): void {
    const open = this.#current(entry);
    if (offset !== open.position) throw new Error(`content at ${offset} instead of ${open.position}`);
    open.position += bytes.byteLength;
    open.collected.dataBytes += bytes.byteLength;
    open.parts.push(Buffer.from(bytes));
  }

  hole(entry: TarEntry, lengthBytes: number): void {
    const open = this.#current(entry);
    open.position += lengthBytes;
    open.collected.holeBytes += lengthBytes;
    if (lengthBytes <= MAX_FILLED_HOLE_BYTES) open.parts.push(Buffer.alloc(lengthBytes));
  }

  finish(entry: TarEntry, complete: boolean): void {
    const { collected, parts } = this.#current(entry);
    const content = Buffer.concat(parts);
    collected.content = content.toString('latin1');
    collected.digest = createHash('sha256').update(content).digest('hex');
    collected.complete = complete;
    this.#open = undefined;
  }

  anomaly(anomaly: TarAnomaly): void {
    this.anomalies.push(anomaly);
  }

  hidden(region: HiddenRegion, bytes: Uint8Array, offset: number): void {
    this.hiddenPieces.push({ region, offset, bytes: Buffer.from(bytes) });
  }

  /** All of it; throws where an entry was begun and never finished. */
  finished(facts: TarFacts): Collected {
    if (this.#open !== undefined) throw new Error('an entry was never finished');
    const hidden: CollectedRegion[] = [];
    for (const piece of this.hiddenPieces.toSorted((a, b) => a.offset - b.offset)) {
      const last = hidden.at(-1);
      const text = piece.bytes.toString('latin1');
      if (last?.region === piece.region && last.offset + last.text.length === piece.offset) last.text += text;
      else hidden.push({ region: piece.region, offset: piece.offset, text });
    }
    const anomalies = this.anomalies.toSorted((a, b) => a.offset - b.offset || a.kind.localeCompare(b.kind));
    return { entries: this.entries, anomalies, hidden, facts };
  }

  #current(entry: TarEntry): { collected: CollectedEntry; parts: Buffer[]; position: number } {
    if (this.#open?.collected.entry !== entry) throw new Error('told of an entry that is not open');
    return this.#open;
  }
}

/** Reads a tar in chunks of one size; bytes are said to be missing at `holes`. */
export async function collect(
  tar: Uint8Array,
  options: { chunkBytes?: number; maxExtendedHeaderBytes?: number; salvage?: boolean; holes?: readonly number[] } = {},
): Promise<Collected> {
  const { chunkBytes = 64 * 1024, holes = [], ...readerOptions } = options;
  const collector = new Collector();
  const reader = new TarReader(collector, readerOptions);
  for (let at = 0; at < tar.byteLength; ) {
    if (holes.includes(at)) reader.hole();
    const next = Math.min(at + chunkBytes, ...holes.filter((hole) => hole > at));
    await reader.push(Uint8Array.from(tar.subarray(at, next)));
    at = next;
  }
  return collector.finished(await reader.end());
}

/** Entries' names, in order. */
export function names({ entries }: Collected): string[] {
  return entries.map(({ name }) => name);
}

/** Kinds of the anomalies, in the order of the tar. */
export function kinds({ anomalies }: Collected): TarAnomalyKind[] {
  return anomalies.map(({ kind }) => kind);
}

/** The one entry of that name. */
export function entryNamed({ entries }: Collected, name: string): CollectedEntry {
  const found = entries.filter((entry) => entry.name === name);
  if (found.length !== 1) throw new Error(`${found.length} entries are called ${name}`);
  return found[0] as CollectedEntry;
}
