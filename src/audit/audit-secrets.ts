import { createReadStream, type Stats, statSync } from 'node:fs';
import { posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AuditError, DEFAULT_LIMITS, type Gap, type Limits, type Severity, systemErrorCode } from '../core/index.ts';
import { FileSecrets } from '../examine/index.ts';
import type { Report } from '../report/index.ts';
import { customSecretRules, type FilesEvidence, judge, RULES } from '../rules/index.ts';
import { type FolderEntry, walkFolder } from '../source/index.ts';
import { assembleReport } from './assemble-report.ts';
import type { LoadedRules } from './custom-rules/load-custom-rules.ts';
import type { OnProgress } from './progress.ts';
import { Redactor } from './redactor.ts';
import { untilAborted } from './until-aborted.ts';

/** What {@link auditSecrets} is told. */
export interface AuditSecretsOptions {
  /** A folder, a file, or `-` for standard input. */
  readonly target: string;
  readonly failOn?: Severity | 'none';
  readonly allowIncomplete?: boolean;
  /** Put secrets into the report in full. */
  readonly reveal?: boolean;
  /** Leave out of the report what differs between two runs on the same bytes. */
  readonly reproducible?: boolean;
  readonly limits?: Limits;
  /** Key of secret fingerprints. */
  readonly fingerprintKey: Uint8Array;
  /** Rules that the user brings; see `loadCustomRules`. */
  readonly customRules?: LoadedRules | null;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Version of this program, for the report. */
  readonly version: string;
}

/** Files that could not be read, told one by one; the rest is added up. */
const MAX_TOLD = 100;
/** Time after which others, a signal among them, get their turn. */
const TURN_MS = 50;

/**
 * Searches a folder, a file or a stream for secrets, as layers are searched.
 * @throws AuditError where it cannot be begun; what the files hold is never a reason to throw
 */
export async function auditSecrets(options: AuditSecretsOptions): Promise<Report> {
  const startedAt = new Date();
  const start = performance.now();
  const { target, fingerprintKey } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const customRules = options.customRules ?? null;
  const onProgress = options.onProgress ?? (() => undefined);
  const search = new Search(
    new FileSecrets({ limits, fingerprintKey, customRules: customRules?.rules }),
    limits,
    options.signal ?? new AbortController().signal,
    onProgress,
  );
  onProgress({ type: 'opening', reference: target });
  const holder = await searchTarget(search, target, options.stdin ?? process.stdin);
  onProgress({ type: 'judging' });
  await search.files.judge();
  const values = search.files.values();
  const redactor = new Redactor(values);
  const redact = (text: string): string => redactor.redact(text);
  const secrets = search.files.matches();
  const findings = judge([...RULES, ...customSecretRules(secrets)], {
    reference: target,
    sourceKind: holder,
    problems: [],
    allPlatforms: true,
    images: [],
    orphans: [],
    files: { secrets, holder, pathOf: (row) => (holder === 'stream' ? null : search.files.pathOf(row)) },
    redact,
    reveal: (fingerprint) => (options.reveal === true ? (values.get(fingerprint) ?? null) : null),
  });
  const gaps = search.gaps().map((gap) => ({ ...gap, subject: redact(gap.subject), message: redact(gap.message) }));
  return assembleReport({
    version: options.version,
    reference: target,
    source: { kind: holder, digest: null, mediaType: null, attachments: [] },
    images: [],
    orphans: [],
    trust: null,
    records: [],
    findings,
    coverage: {
      layers: { examined: 0, partial: 0, absent: 0 },
      entries: search.entries,
      bytes: {
        read: search.bytes,
        examined: search.bytes,
        notExamined: gaps.filter((gap) => gap.incomplete).reduce((sum, gap) => sum + (gap.bytes ?? 0), 0),
      },
    },
    gaps,
    redact,
    failOn: options.failOn ?? 'high',
    allowIncomplete: options.allowIncomplete ?? false,
    revealed: options.reveal === true,
    customRules,
    time: options.reproducible === true ? null : { startedAt, durationMs: performance.now() - start },
  });
}

/** Searches what the user named, and tells what it is. */
async function searchTarget(
  search: Search,
  target: string,
  stdin: AsyncIterable<Uint8Array>,
): Promise<FilesEvidence['holder']> {
  if (target === '-') {
    await search.stream('standard input', stdin);
    return 'stream';
  }
  const stats = statOf(target);
  if (stats.isDirectory()) {
    for (const entry of walkFolder(target)) await search.entry(entry);
    return 'folder';
  }
  // Whoever names a pipe, as shells do for <(…), wants it read.
  await search.stream(posix.normalize(target), createReadStream(target), stats.isFile() ? stats.size : null);
  return stats.isFile() ? 'file' : 'stream';
}

function statOf(target: string): Stats {
  try {
    return statSync(target);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') {
      throw new AuditError('SOURCE_NOT_FOUND', `${target} does not exist`, {
        hint: 'Give a folder, a file, or - for standard input. For an image write: audit image IMAGE',
        cause: error,
      });
    }
    throw new AuditError('SOURCE_UNREADABLE', `${target} cannot be read: ${code ?? String(error)}`, {
      hint: 'Check the path and its permissions.',
      cause: error,
    });
  }
}

/** A search under way. */
class Search {
  readonly files: FileSecrets;
  entries = 0;
  bytes = 0;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  readonly #onProgress: OnProgress;
  readonly #gaps: Gap[] = [];
  #untold = 0;
  #turnAt = performance.now();

  constructor(files: FileSecrets, limits: Limits, signal: AbortSignal, onProgress: OnProgress) {
    this.files = files;
    this.#limits = limits;
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  /** Searches one thing of a folder. */
  async entry(entry: FolderEntry): Promise<void> {
    const { kind, path } = entry;
    const name = Buffer.from(path).toString('utf8');
    this.entries += 1;
    if (kind === 'unreadable') this.#miss(name, entry.message, true);
    else if (kind === 'special') this.#miss(name, `${name} is ${entry.what}, and was not opened`, false);
    else if (kind === 'link') this.files.link(path, entry.target);
    else {
      this.files.begin(path, entry.sizeBytes);
      await this.#content(name, entry.read());
    }
    await this.#turn();
  }

  /** Searches one file, or what comes through a pipe. */
  async stream(name: string, chunks: AsyncIterable<Uint8Array>, sizeBytes: number | null = null): Promise<void> {
    this.entries += 1;
    this.files.begin(Buffer.from(name), sizeBytes ?? undefined);
    await this.#content(name, chunks);
  }

  gaps(): Gap[] {
    const found = this.files.gaps().map(({ reason, bytes, message }) => ({
      subject: 'the files',
      reason,
      bytes,
      message,
      // As in layers: the file that holds the archive was searched.
      incomplete: reason !== 'nested-not-examined',
    }));
    if (this.#untold === 0) return [...this.#gaps, ...found];
    const message = `${this.#untold} more files could not be read`;
    const rest: Gap = { subject: 'the files', reason: 'entry-not-examined', bytes: null, message, incomplete: true };
    return [...this.#gaps, rest, ...found];
  }

  async #content(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const before = this.bytes;
    try {
      const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
      try {
        for (;;) {
          const next = iterator.next();
          // A pipe may have nothing to say for hours, and knows no signal.
          const { done, value } = next instanceof Promise ? await untilAborted(next, this.#signal) : next;
          if (done === true) break;
          if (this.bytes - before + value.byteLength > this.#limits.maxLayerBytes) {
            this.#miss(name, `${name} is larger than the limit; the rest was not searched`, true, 'budget-exceeded');
            break;
          }
          this.bytes += value.byteLength;
          this.files.push(value);
          await this.#turn();
        }
      } finally {
        // Not waited for: a pipe that nobody writes to closes when it likes.
        Promise.resolve(iterator.return?.()).catch(() => undefined);
      }
    } catch (error) {
      if (error instanceof AuditError || this.#signal.aborted) throw error;
      const code = systemErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
      this.#miss(name, `${name} cannot be read to its end: ${code}`, true);
    }
    this.files.end();
  }

  async #turn(): Promise<void> {
    if (this.files.isDue) await this.files.judge();
    this.#onProgress({ type: 'files', files: this.entries, bytes: this.bytes });
    if (performance.now() - this.#turnAt < TURN_MS) return;
    await setImmediate();
    this.#turnAt = performance.now();
    this.#signal.throwIfAborted();
  }

  #miss(subject: string, message: string, incomplete: boolean, reason: Gap['reason'] = 'entry-not-examined'): void {
    if (this.#gaps.length < MAX_TOLD) this.#gaps.push({ subject, reason, bytes: null, message, incomplete });
    else if (incomplete) this.#untold += 1;
  }
}
