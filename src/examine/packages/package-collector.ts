import { baseName, decodeBytes, type Limits, parentPath } from '../../core/index.ts';
import { JavaArchive, tellsOfJavaPackages } from './java.ts';
import {
  PackageBudget,
  type PackageDatabase,
  type PackageFacts,
  type PackageFileList,
  type ParseContext,
} from './package.ts';
import { parsePackageFile } from './parse.ts';
import { type PackageFile, packageFileAt } from './places.ts';

/** Largest member of a Java archive that is read. */
const MAX_MANIFEST_BYTES = 1024 * 1024;
/** Most Java archives in one file. */
const MAX_ARCHIVES = 20_000;
/** Files named of those that were not read. */
const MAX_GAPS = 100;
/** What a package, a database or a list weighs besides its texts, in characters. */
const BASE_CHARS = 100;

type PackageLimits = Pick<Limits, 'maxPackageFileBytes' | 'maxRpmDatabaseBytes' | 'maxPackageTextChars'>;

/** Takes the bytes of a member, and is told its end. */
interface MemberSink {
  push(bytes: Uint8Array): void;
  end(): void;
}

/** What of the packages of a layer was not read. */
export interface PackageGap {
  readonly bytes: number | null;
  readonly message: string;
  readonly exceeded: boolean;
}

/** Reads the files of a layer that tell of packages, one at a time, as their content passes. */
export class PackageCollector {
  readonly databases: PackageDatabase[] = [];
  readonly fileLists: PackageFileList[] = [];
  readonly #limits: PackageLimits;
  readonly #budget: PackageBudget;
  #file: PackageFile | null = null;
  #bytes: Uint8Array = new Uint8Array(0);
  #filled = 0;
  readonly #gaps: PackageGap[] = [];
  #gapsDropped = 0;
  readonly #archives = new Map<string, { readonly members: readonly string[]; readonly archive: JavaArchive }>();

  constructor(limits: PackageLimits) {
    this.#limits = limits;
    this.#budget = new PackageBudget(limits.maxPackageTextChars);
  }

  /** Says that a file begins. */
  begin(path: Uint8Array, sizeBytes: number): void {
    this.#file = packageFileAt(path);
    if (this.#file === null) return;
    const { format } = this.#file;
    const limit = format === 'rpm' ? this.#limits.maxRpmDatabaseBytes : this.#limits.maxPackageFileBytes;
    if (sizeBytes > limit) {
      this.#note(`${this.#file.path} is too large to be read for its packages`, sizeBytes, true);
      this.#file = null;
      return;
    }
    if (format === 'rpm-journal') {
      // What rpm wrote there last is not in the database yet. Where rpm came to its end it is empty.
      if (sizeBytes > 0)
        this.#note(`${this.#file.path} may change the database beside it, and was not read`, sizeBytes);
      this.#file = null;
      return;
    }
    this.#bytes = new Uint8Array(sizeBytes);
    this.#filled = 0;
  }

  /** Takes content of the file that began. */
  content(bytes: Uint8Array): void {
    if (this.#file === null) return;
    this.#bytes.set(bytes.subarray(0, this.#bytes.byteLength - this.#filled), this.#filled);
    this.#filled = Math.min(this.#bytes.byteLength, this.#filled + bytes.byteLength);
  }

  /** Takes a member of an archive in the file that began; null for one that tells nothing. */
  openMember(path: Uint8Array, members: readonly string[]): MemberSink | null {
    const member = members.at(-1) as string;
    // One of a thousand members: the rest is told by nine characters.
    if (member.length < 20 || !member.toUpperCase().startsWith('META-INF/')) return null;
    const outer = members.slice(0, -1);
    const name = outer.at(-1) ?? decodeBytes(path);
    if (!tellsOfJavaPackages(name, member)) return null;
    const parts: Uint8Array[] = [];
    let length = 0;
    return {
      push: (bytes) => {
        length += bytes.byteLength;
        if (length <= MAX_MANIFEST_BYTES) parts.push(bytes.slice());
      },
      end: () => {
        const key = outer.join('\0');
        const known = this.#archives.get(key) ?? { members: outer, archive: new JavaArchive(name) };
        if (length > MAX_MANIFEST_BYTES || (!this.#archives.has(key) && this.#archives.size >= MAX_ARCHIVES)) return;
        this.#archives.set(key, known);
        known.archive.take(member, Buffer.concat(parts));
      },
    };
  }

  /** Says that the file, and all archives in it, are over. */
  finish(row: number): void {
    this.#finishArchives(row);
    const file = this.#file;
    if (file === null) return;
    this.#file = null;
    const bytes = this.#bytes;
    this.#bytes = new Uint8Array(0);
    const isCut = this.#filled < bytes.byteLength;
    const context: ParseContext = { root: file.root, budget: this.#budget };
    const parsed = parsePackageFile(file, bytes.subarray(0, this.#filled), context);
    if (file.owner !== null) {
      if (!this.#budget.spend(BASE_CHARS + file.owner.length)) return;
      this.fileLists.push({ kind: file.kind as PackageFileList['kind'], row, owner: file.owner, files: parsed.files });
      return;
    }
    const trouble = parsed.trouble ?? (isCut ? 'it is cut short' : null);
    if (trouble !== null) this.#note(`${file.path} could not be read in full for its packages: ${trouble}`);
    const { packages: named, development: names } = parsed;
    if (named.length === 0 && names.length === 0 && trouble === null && !parsed.isDatabase) return;
    if (!this.#budget.spend(BASE_CHARS)) return;
    const packages = this.#affordable(named);
    const { kind } = file;
    const { declared } = parsed;
    const development = names.filter((name) => this.#budget.spend(name.length + 1));
    this.databases.push({ kind, row, members: [], declared, packages, development, trouble });
  }

  /** What of the layer was not read. */
  gaps(): PackageGap[] {
    const gaps = [...this.#gaps];
    if (this.#gapsDropped > 0) {
      const message = `${this.#gapsDropped} more files could not be read for their packages`;
      gaps.push({ bytes: null, message, exceeded: false });
    }
    if (this.#budget.exhausted) {
      const message = 'its packages and their files are more than the limit of one layer; the rest was left out';
      gaps.push({ bytes: null, message, exceeded: true });
    }
    return gaps;
  }

  #finishArchives(row: number): void {
    if (this.#archives.size === 0) return;
    for (const { members, archive } of this.#archives.values()) {
      const packages = this.#affordable(archive.packages());
      if (packages.length === 0 || !this.#budget.spend(BASE_CHARS + members.join().length)) continue;
      this.databases.push({ kind: 'maven', row, members, declared: false, packages, development: [], trouble: null });
    }
    this.#archives.clear();
  }

  #note(message: string, bytes: number | null = null, exceeded = false): void {
    if (this.#gaps.length < MAX_GAPS) this.#gaps.push({ bytes, message, exceeded });
    else this.#gapsDropped += 1;
  }

  #affordable(packages: readonly PackageFacts[]): PackageFacts[] {
    return packages.filter((one) =>
      this.#budget.spend(one.name.length + one.version.length + (one.license?.length ?? 0) + BASE_CHARS),
    );
  }
}

/** The folder in which the lists of files of a database's packages are. */
export function databaseFolder(path: string): string {
  const folder = parentPath(path);
  return baseName(folder) === 'status.d' ? parentPath(folder) : folder;
}
