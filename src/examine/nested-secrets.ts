import { decodeBytes } from '../core/index.ts';
import type { LayerGap, LayerJob } from './layer-record.ts';
import { type ByteSink, NestedExaminer, NOWHERE } from './nested/index.ts';
import { type SecretMatch, SecretScanner, type SecretValues } from './secrets/index.ts';

/** Smallest file that can hold another. */
const MIN_BYTES = 20;
/** Archives named in the gap that tells of those which could not be read to their end. */
const MAX_NAMED = 5;

/** Searches what is in the archives of a layer for secrets. */
export class NestedSecrets {
  readonly #job: Pick<LayerJob, 'limits' | 'fingerprintKey'>;
  readonly #examiner: NestedExaminer;
  /** One for each depth: an archive is still being read while its members are. */
  readonly #scanners: SecretScanner[] = [];
  #row = -1;
  #path: Uint8Array = new Uint8Array(0);
  #notes = 0;
  readonly #named: string[] = [];

  constructor(job: Pick<LayerJob, 'limits' | 'fingerprintKey'>) {
    this.#job = job;
    const { maxNestedDepth, maxNestedBytes, maxNestedMembers } = job.limits;
    this.#examiner = new NestedExaminer({
      maxDepth: maxNestedDepth,
      maxBytes: maxNestedBytes,
      maxMembers: maxNestedMembers,
      open: (members) => this.#open(members),
      note: (members, message) => this.#note(members, message),
    });
  }

  /** Starts a file of the layer. */
  begin(row: number, path: Uint8Array, sizeBytes: number): ByteSink {
    this.#row = row;
    this.#path = path;
    return sizeBytes < MIN_BYTES ? NOWHERE : this.#examiner.begin(() => decodeBytes(path));
  }

  /** Whether {@link judge} has enough to do. */
  get isDue(): boolean {
    return this.#scanners.some((scanner) => scanner.isDue);
  }

  async judge(): Promise<void> {
    for (const scanner of this.#scanners) await scanner.judge();
  }

  matches(): SecretMatch[] {
    return this.#scanners.flatMap((scanner) => scanner.matches);
  }

  values(): SecretValues {
    return new Map(this.#scanners.flatMap((scanner) => [...scanner.values]));
  }

  /** What of the archives was not examined. */
  gaps(): LayerGap[] {
    const gaps: LayerGap[] = [];
    const skipped = this.#scanners.reduce((bytes, scanner) => bytes + scanner.skippedBytes, 0);
    if (this.#examiner.exhausted || skipped > 0) {
      gaps.push({
        reason: 'budget-exceeded',
        bytes: skipped > 0 ? skipped : null,
        message: 'the archives in this layer hold more than the limit; the rest was not examined',
      });
    }
    if (this.#notes > 0) {
      const more = this.#notes - this.#named.length;
      gaps.push({
        reason: 'nested-not-examined',
        bytes: null,
        message: `in archives in this layer: ${this.#named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
      });
    }
    return gaps;
  }

  #open(members: readonly string[]): ByteSink {
    const depth = members.length - 1;
    this.#scanners[depth] ??= new SecretScanner(this.#job);
    const scanner = this.#scanners[depth];
    scanner.begin({ kind: 'nested', row: this.#row, members });
    return { push: (bytes) => scanner.push(bytes, false), end: () => scanner.end() };
  }

  #note(members: readonly string[], message: string): void {
    this.#notes += 1;
    if (this.#named.length < MAX_NAMED)
      this.#named.push(`/${[decodeBytes(this.#path), ...members].join(' > ')}: ${message}`);
  }
}
