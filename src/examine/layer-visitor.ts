import { cleanPathBytes, decodeBytes } from '../core/index.ts';
import type { TarAnomaly, TarEntry, TarVisitor } from '../tar/index.ts';
import { AnomalyLog } from './anomaly-log.ts';
import { DIGEST_BYTES } from './content-digester.ts';
import { type EntryColumns, type EntryKind, EntryTableBuilder } from './entry-table.ts';
import type { DigestedRows, FileDigests } from './file-digests.ts';
import type { EntryDevice, EntryXattr, LayerGap, LayerJob } from './layer-record.ts';
import { type ByteSink, NOWHERE } from './nested/index.ts';
import { NestedSecrets } from './nested-secrets.ts';
import { PackageCollector } from './packages/index.ts';
import { ProgramCollector } from './programs/index.ts';
import {
  type Carrier,
  distinctMatches,
  type LayerRegion,
  type SecretMatch,
  SecretScanner,
  type SecretValues,
} from './secrets/index.ts';
import { SystemFileCollector } from './system-files.ts';

/** Longest path Linux can make, with its NUL (PATH_MAX). Longer names exist in no container. */
const PATH_MAX = 4096;

/** Hands what the tar reader tells to the examiners, and keeps what they find. */
export class LayerVisitor implements TarVisitor {
  readonly anomalies: AnomalyLog;
  readonly systemFiles: SystemFileCollector;
  readonly packages: PackageCollector;
  readonly programs: ProgramCollector;
  readonly xattrs: EntryXattr[] = [];
  /** Those that containers do not get: they are searched, and that is all. */
  readonly #ignoredXattrs: EntryXattr[] = [];
  readonly devices: EntryDevice[] = [];
  contentBytes = 0;
  readonly #job: Pick<LayerJob, 'limits' | 'fingerprintKey' | 'customRules'>;
  readonly #table = new EntryTableBuilder();
  readonly #scanner: SecretScanner;
  /** Hidden bytes come while an entry's content is under way, so they have a scanner of their own. */
  #hiddenScanner: SecretScanner | undefined;
  #hiddenRegion: LayerRegion | undefined;
  #hiddenEnd = -1;
  readonly #files: FileDigests;
  readonly #nested: NestedSecrets;
  /** Looks into the file that is being read. */
  #inside: ByteSink = NOWHERE;
  #row = -1;
  /** What rules of the user's know the entry by. */
  #name = '';
  #isFile = false;
  /** Whether the file's digest will be known. */
  #isDigested = false;
  #scanning = false;
  #xattrBytes = 0;
  #holeBytes = 0;
  #entriesDropped = 0;
  #filesUndigested = 0;
  #xattrsDropped = 0;

  constructor(job: Pick<LayerJob, 'limits' | 'fingerprintKey' | 'customRules'>, files: FileDigests) {
    this.#job = job;
    this.#files = files;
    this.anomalies = new AnomalyLog(job.limits.maxAnomaliesPerKind);
    this.#scanner = new SecretScanner(job);
    this.systemFiles = new SystemFileCollector(job.limits);
    this.programs = new ProgramCollector(job.limits);
    this.packages = new PackageCollector(job.limits);
    this.#nested = new NestedSecrets(job, this.packages);
  }

  entry(entry: TarEntry): void {
    const { maxEntries, maxNameBytes } = this.#job.limits;
    this.#row = -1;
    this.#isFile = false;
    this.#scanning = false;
    if (this.#table.length >= maxEntries || this.#table.nameBytes >= maxNameBytes) {
      this.#entriesDropped += 1;
      return;
    }
    const { path, absolute, escapes } = cleanPathBytes(entry.name);
    if (absolute) this.#note(entry, 'absolute-path');
    if (escapes) this.#note(entry, 'escaping-path');
    if (path.byteLength >= PATH_MAX) this.#note(entry, 'path-too-long');
    const kind = kindOf(entry, path);
    this.#row = this.#table.add(entry, kind, path);
    if (kind === 'character-device' || kind === 'block-device') {
      this.devices.push({ row: this.#row, major: entry.deviceMajor, minor: entry.deviceMinor });
    }
    if (this.#job.customRules !== undefined) this.#name = decodeBytes(path);
    this.#keepXattrs(entry);
    if (kind !== 'file') return;
    this.#isFile = true;
    if (!entry.salvaged) this.contentBytes += entry.sizeBytes;
    this.#isDigested = true;
    this.#files.begin(this.#row, entry.sizeBytes);
    this.#inside = this.#nested.begin(this.#row, path, entry.sizeBytes);
    this.systemFiles.begin(path, entry.sizeBytes);
    this.packages.begin(path, entry.sizeBytes);
    this.programs.begin(this.#row, entry.mode, path, entry.sizeBytes);
  }

  content(entry: TarEntry, bytes: Uint8Array, offset: number): void {
    if (this.#row < 0) return;
    if (!this.#scanning) {
      this.#scanning = true;
      this.#scanner.begin({ kind: 'content', row: this.#row }, offset, this.#name);
    }
    this.#scanner.push(bytes, offset + bytes.byteLength >= entry.sizeBytes);
    if (!this.#isFile) return;
    if (this.#isDigested) this.#files.update(bytes);
    this.systemFiles.content(bytes);
    this.packages.content(bytes);
    this.programs.content(bytes);
    this.#inside.push(bytes);
  }

  hole(_entry: TarEntry, lengthBytes: number): void {
    if (!this.#isFile) return;
    // Offsets go on behind the hole, so what follows is a stream of its own.
    if (this.#scanning) this.#scanner.end();
    this.#scanning = false;
    this.#inside.end();
    this.#inside = NOWHERE;
    this.programs.hole(lengthBytes);
    this.#holeBytes += lengthBytes;
    // The attack: a header of 512 bytes asks for the digest of exabytes of zeros.
    if (this.#holeBytes > this.#job.limits.maxHoleBytes) {
      this.#filesUndigested += 1;
      this.#isDigested = false;
    } else if (this.#isDigested) {
      this.#files.updateHole(lengthBytes);
    }
  }

  finish(_entry: TarEntry, complete: boolean): void {
    if (this.#scanning) this.#scanner.end();
    if (!this.#isFile) return;
    if (complete && this.#isDigested) this.#files.finish();
    this.systemFiles.finish(this.#row);
    this.programs.finish();
    this.#inside.end();
    this.#inside = NOWHERE;
    // Behind its members: one that was open until now ends with the file.
    this.packages.finish(this.#row);
  }

  anomaly(anomaly: TarAnomaly): void {
    this.anomalies.add(anomaly);
  }

  hidden(region: LayerRegion, bytes: Uint8Array, offset: number): void {
    this.#hiddenScanner ??= new SecretScanner(this.#job);
    if (region !== this.#hiddenRegion || offset !== this.#hiddenEnd) {
      this.#hiddenScanner.end();
      this.#hiddenScanner.begin({ kind: 'hidden', region }, offset);
    }
    this.#hiddenRegion = region;
    this.#hiddenEnd = offset + bytes.byteLength;
    this.#hiddenScanner.push(bytes, false);
  }

  /** Whether {@link judge} has enough to do. */
  get isDue(): boolean {
    return this.#scanner.isDue || this.#hiddenScanner?.isDue === true || this.#nested.isDue;
  }

  /** Judges what may be secrets so far. */
  async judge(): Promise<void> {
    await this.#scanner.judge();
    await this.#hiddenScanner?.judge();
    await this.#nested.judge();
  }

  /** The entries' columns, when all entries came by; searches their names as well. */
  finishColumns({ rows, digests }: DigestedRows): EntryColumns {
    this.#hiddenScanner?.end();
    for (const [i, row] of rows.entries())
      this.#table.setDigest(row, digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES));
    const columns = this.#table.finish();
    this.#scanNames('path', columns.paths, columns.pathEnd);
    this.#scanNames('link', columns.links, columns.linkEnd);
    this.#scanXattrs();
    return columns;
  }

  /** All secrets found, in an order that depends on the bytes only. */
  secrets(): SecretMatch[] {
    const { matches } = this.#scanner;
    // Extended attributes stand in extended headers: they are told with the file that has them.
    const inXattrs = new Set(matches.filter(({ carrier }) => carrier.kind === 'xattr').map(fingerprintOf));
    const hidden = (this.#hiddenScanner?.matches ?? []).filter(
      (match) =>
        !(
          match.carrier.kind === 'hidden' &&
          match.carrier.region === 'extended-header' &&
          inXattrs.has(fingerprintOf(match))
        ),
    );
    return distinctMatches([...matches, ...hidden, ...this.#nested.matches()]);
  }

  secretValues(): SecretValues {
    return new Map([...this.#scanner.values, ...(this.#hiddenScanner?.values ?? []), ...this.#nested.values()]);
  }

  /** What limits kept from being examined. */
  gaps(): LayerGap[] {
    const gaps: LayerGap[] = [];
    const note = (count: number, message: string, bytes: number | null = null): void => {
      if (count > 0) gaps.push({ reason: 'budget-exceeded', bytes, message });
    };
    note(this.#entriesDropped, `${this.#entriesDropped} entries beyond the limit of one layer were not examined`);
    note(
      this.#filesUndigested,
      `${this.#filesUndigested} sparse files have more holes than the limit; their digests are unknown`,
    );
    note(this.#xattrsDropped, `${this.#xattrsDropped} extended attributes beyond the limit were not kept`);
    const secretBytes = this.#scanner.skippedBytes + (this.#hiddenScanner?.skippedBytes ?? 0);
    note(
      secretBytes,
      'there are more possible secrets than the limit of one layer; the rest was not judged',
      secretBytes,
    );
    note(
      this.programs.dropped,
      `what ${this.programs.dropped} programs beyond the limit say of themselves was not kept`,
    );
    note(
      this.programs.cratesExhausted ? 1 : 0,
      'its programs hold more that may be lists of crates than the limit of one layer; the rest was not looked at',
    );
    gaps.push(...this.#scanner.customGaps(), ...(this.#hiddenScanner?.customGaps() ?? []), ...this.#nested.gaps());
    for (const { exceeded, bytes, message } of this.packages.gaps())
      gaps.push({ reason: exceeded ? 'budget-exceeded' : 'entry-not-examined', bytes, message });
    for (const { path, sizeBytes } of this.systemFiles.skipped) {
      gaps.push({
        reason: 'budget-exceeded',
        bytes: sizeBytes,
        message: `${path} is too large to be read as a system file`,
      });
    }
    return gaps;
  }

  #scanNames(kind: 'path' | 'link', names: Uint8Array, ends: Uint32Array): void {
    for (const row of this.#partsWithHits(names, ends)) {
      this.#scanOne({ kind, row }, names.subarray(row === 0 ? 0 : ends[row - 1], ends[row]));
    }
  }

  /** All values at once: where security labels are in use, every file has one. */
  #scanXattrs(): void {
    const xattrs = [...this.xattrs, ...this.#ignoredXattrs];
    let end = 0;
    const ends = xattrs.map(({ value }) => {
      end += value.byteLength;
      return end;
    });
    for (const index of this.#partsWithHits(Buffer.concat(xattrs.map(({ value }) => value)), ends)) {
      const { row, name, value } = xattrs[index] as EntryXattr;
      this.#scanOne({ kind: 'xattr', row, name }, value);
    }
  }

  /** Which parts of bytes that stand one behind the other have a hit; `ends` says where each part ends. */
  #partsWithHits(bytes: Uint8Array, ends: ArrayLike<number>): Set<number> {
    const parts = new Set<number>();
    let part = 0;
    for (const offset of this.#scanner.hitOffsets(bytes)) {
      while ((ends[part] as number) <= offset) part += 1;
      parts.add(part);
    }
    return parts;
  }

  #scanOne(carrier: Carrier, bytes: Uint8Array): void {
    this.#scanner.begin(carrier);
    this.#scanner.push(bytes, true);
  }

  #note(entry: TarEntry, kind: TarAnomaly['kind']): void {
    // Not cut to what is shown of it: half of a token in it would be none that redaction knows.
    const detail = decodeBytes(entry.name.subarray(0, PATH_MAX));
    this.anomalies.add({ kind, sequence: entry.sequence, offset: entry.headerOffset, bytes: null, detail });
  }

  #keepXattrs(entry: TarEntry): void {
    for (const { name, value, isIgnored } of entry.xattrs) {
      this.#xattrBytes += value.byteLength;
      if (this.#xattrBytes > this.#job.limits.maxXattrBytes) this.#xattrsDropped += 1;
      else (isIgnored ? this.#ignoredXattrs : this.xattrs).push({ row: this.#row, name, value });
    }
  }
}

function fingerprintOf({ fingerprint }: SecretMatch): string {
  return fingerprint;
}

const WHITEOUT_PREFIX = Buffer.from('.wh.');

/** Tells whiteouts from other entries by their base name. */
function kindOf(entry: TarEntry, path: Uint8Array): EntryKind {
  const from = path.lastIndexOf(0x2f) + 1;
  if (path[from] !== 0x2e || !startsWith(path, from, WHITEOUT_PREFIX)) return entry.kind;
  const rest = path.subarray(from + WHITEOUT_PREFIX.byteLength);
  if (!startsWith(rest, 0, WHITEOUT_PREFIX)) return 'whiteout';
  return Buffer.from(rest).toString('latin1') === '.wh..opq' ? 'opaque' : 'aufs-metadata';
}

function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.byteLength; i += 1) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}
