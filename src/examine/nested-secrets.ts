import { decodeBytes } from '../core/index.ts';
import type { LayerGap, LayerJob } from './layer-record.ts';
import { type ByteSink, NestedExaminer, NOWHERE } from './nested/index.ts';
import type { PackageCollector } from './packages/index.ts';
import { type SecretMatch, SecretScanner, type SecretValues } from './secrets/index.ts';

/** Smallest file that can hold another. */
const MIN_BYTES = 20;
/** Archives named in the gap that tells of those which could not be read to their end. */
const MAX_NAMED = 5;

/** Searches what is in the archives of a layer for secrets, and shows what tells of packages to their collector. */
export class NestedSecrets {
  readonly #job: Pick<LayerJob, 'limits' | 'fingerprintKey' | 'customRules'>;
  readonly #packages: PackageCollector | null;
  readonly #holder: 'layer' | 'folder';
  readonly #examiner: NestedExaminer;
  /** One for each depth: an archive is still being read while its members are. */
  readonly #scanners: SecretScanner[] = [];
  #row = -1;
  #path: Uint8Array = new Uint8Array(0);
  #notes = 0;
  readonly #named: string[] = [];

  constructor(
    job: Pick<LayerJob, 'limits' | 'fingerprintKey' | 'customRules'>,
    packages: PackageCollector | null,
    holder: 'layer' | 'folder' = 'layer',
  ) {
    this.#job = job;
    this.#holder = holder;
    this.#packages = packages;
    this.#examiner = new NestedExaminer({
      limits: job.limits,
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
        message: `the archives in this ${this.#holder} hold more than the limit; the rest was not examined`,
      });
    }
    if (this.#notes > 0) {
      const more = this.#notes - this.#named.length;
      gaps.push({
        reason: 'nested-not-examined',
        bytes: null,
        message: `in archives in this ${this.#holder}: ${this.#named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
      });
    }
    return [...gaps, ...this.#scanners.flatMap((scanner) => scanner.customGaps())];
  }

  #open(members: readonly string[]): ByteSink {
    const depth = members.length - 1;
    // Of archives whose members stand in them as they are, only what is in those has a scanner.
    while (this.#scanners.length <= depth) this.#scanners.push(new SecretScanner(this.#job));
    const scanner = this.#scanners[depth] as SecretScanner;
    scanner.begin({ kind: 'nested', row: this.#row, members }, 0, this.#nameOf(members));
    const telling = this.#packages?.openMember(this.#path, members) ?? null;
    if (telling === null) return { push: (bytes) => scanner.push(bytes, false), end: () => scanner.end() };
    return {
      push: (bytes) => {
        telling.push(bytes);
        scanner.push(bytes, false);
      },
      end: () => {
        telling.end();
        scanner.end();
      },
    };
  }

  /** What rules of the user's know a member by: as gitleaks has it. */
  #nameOf(members: readonly string[]): string {
    return this.#job.customRules === undefined ? '' : [decodeBytes(this.#path), ...members].join('!');
  }

  #note(members: readonly string[], message: string): void {
    this.#notes += 1;
    if (this.#named.length < MAX_NAMED)
      this.#named.push(
        `${this.#holder === 'layer' ? '/' : ''}${[decodeBytes(this.#path), ...members].join(' > ')}: ${message}`,
      );
  }
}
