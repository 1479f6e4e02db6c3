import { decodeBytes } from '../core/index.ts';
import type { LayerGap, LayerJob } from './layer-record.ts';
import { type ByteSink, NOWHERE } from './nested/index.ts';
import { NestedSecrets } from './nested-secrets.ts';
import { distinctMatches, type SecretMatch, SecretScanner, type SecretValues } from './secrets/index.ts';

/** Paths kept before those of files without a secret are let go. */
const MAX_PATHS = 10_000;

/** Searches files that are in no layer, one after the other: their content, what is in archives in them, their names. */
export class FileSecrets {
  readonly #scanner: SecretScanner;
  readonly #nested: NestedSecrets;
  /** Paths by number of file. */
  readonly #paths = new Map<number, string>();
  #inside: ByteSink = NOWHERE;
  #row = -1;

  constructor(job: Pick<LayerJob, 'limits' | 'fingerprintKey' | 'customRules'>) {
    this.#scanner = new SecretScanner(job);
    this.#nested = new NestedSecrets(job, null, 'folder');
  }

  /** Begins a file; its name is searched, too. */
  begin(path: Uint8Array, sizeBytes = Number.POSITIVE_INFINITY): void {
    const name = this.#enter(path);
    this.#scanner.begin({ kind: 'content', row: this.#row }, 0, name);
    this.#inside = this.#nested.begin(this.#row, Uint8Array.from(path), sizeBytes);
  }

  /** The next bytes of the file. */
  push(bytes: Uint8Array): void {
    this.#scanner.push(bytes, false);
    this.#inside.push(bytes);
  }

  /** Says that the file is over. */
  end(): void {
    this.#scanner.end();
    this.#inside.end();
    this.#inside = NOWHERE;
  }

  /** A link, which is searched and not followed. */
  link(path: Uint8Array, target: Uint8Array): void {
    this.#enter(path);
    this.#scanner.begin({ kind: 'link', row: this.#row });
    this.#scanner.push(target, true);
  }

  /** Whether {@link judge} has enough to do. */
  get isDue(): boolean {
    return this.#scanner.isDue || this.#nested.isDue || this.#paths.size > MAX_PATHS;
  }

  /** Judges what may be secrets so far. */
  async judge(): Promise<void> {
    await this.#scanner.judge();
    await this.#nested.judge();
    if (this.#paths.size <= MAX_PATHS) return;
    const found = new Set([this.#row, ...this.matches().map(rowOf)]);
    for (const row of this.#paths.keys()) if (!found.has(row)) this.#paths.delete(row);
  }

  /** All secrets found, in the order of the files. */
  matches(): SecretMatch[] {
    return distinctMatches([...this.#scanner.matches, ...this.#nested.matches()]);
  }

  values(): SecretValues {
    return new Map([...this.#scanner.values, ...this.#nested.values()]);
  }

  /** The path of a file in which a secret was found. */
  pathOf(row: number): string {
    return this.#paths.get(row) ?? '';
  }

  /** What limits kept from being examined. */
  gaps(): LayerGap[] {
    const { skippedBytes } = this.#scanner;
    const message = 'there are more possible secrets than the limit; the rest was not judged';
    return [
      ...(skippedBytes > 0 ? [{ reason: 'budget-exceeded' as const, bytes: skippedBytes, message }] : []),
      ...this.#scanner.customGaps(),
      ...this.#nested.gaps(),
    ];
  }

  #enter(path: Uint8Array): string {
    const name = decodeBytes(path);
    this.#row += 1;
    this.#paths.set(this.#row, name);
    this.#scanner.begin({ kind: 'path', row: this.#row });
    this.#scanner.push(path, true);
    return name;
  }
}

function rowOf({ carrier }: SecretMatch): number {
  return 'row' in carrier ? carrier.row : -1;
}
