/**
 * Kinds of package. Those of distributions are called by their package manager, those of languages as in package
 * URLs (https://github.com/package-url/purl-spec). `generic` are programs that no package manager brought.
 */
export type PackageKind =
  | 'dpkg'
  | 'apk'
  | 'rpm'
  | 'pacman'
  | 'opkg'
  | 'portage'
  | 'npm'
  | 'pypi'
  | 'gem'
  | 'composer'
  | 'cargo'
  | 'maven'
  | 'nuget'
  | 'conda'
  | 'golang'
  | 'cran'
  | 'luarocks'
  | 'pear'
  | 'wordpress'
  | 'bitnami'
  | 'brew'
  | 'nix'
  | 'generic';

/** A package as a database, a manifest or a lock file names it. What is not stated is empty or null. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Name and version of the source package it was built from. */
  readonly source: string | null;
  readonly sourceVersion: string | null;
  /** As it is stated there: an SPDX expression, or a name that no list knows. */
  readonly license: string | null;
  /** What a package URL needs besides: an npm scope, a Maven group, an rpm epoch. */
  readonly namespace: string | null;
  readonly epoch: number | null;
  /**
   * The files that it owns, where the database says: paths from the root, each ended by a NUL. One text, because
   * databases own a hundred thousand files and more. Null where the database does not say.
   */
  readonly files: string | null;
}

/** One file that says which packages there are. */
export interface PackageDatabase {
  readonly kind: PackageKind;
  /** The entry that holds it. */
  readonly row: number;
  /** Members of archives in that file that lead to it, outermost first: a jar in a war. */
  readonly members: readonly string[];
  /** A lock file says what is to be installed, and not that it was. */
  readonly declared: boolean;
  readonly packages: readonly PackageFacts[];
  /** Packages that are there for development only, by name, where it says so. */
  readonly development: readonly string[];
  /** Why not all of it could be read. */
  readonly trouble: string | null;
}

/** A file that says which files a package owns, beside the database that names the package. */
export interface PackageFileList {
  readonly kind: 'dpkg' | 'opkg' | 'pacman' | 'pypi';
  readonly row: number;
  /** Names the package as `ownerKey` in the same room does. */
  readonly owner: string;
  /** As in {@link PackageFacts.files}. */
  readonly files: string;
}

const MAX_NAME = 512;
const MAX_LICENSE = 1024;

/** What parsers state of a package. */
export type PartialPackage = Pick<PackageFacts, 'name'> & Partial<PackageFacts>;

/** A package with everything it does not state. Texts are cut: names are attacker-made, and shown in tables. */
export function toPackage(facts: PartialPackage): PackageFacts {
  return {
    name: facts.name.slice(0, MAX_NAME),
    version: (facts.version ?? '').slice(0, MAX_NAME),
    architecture: (facts.architecture ?? '').slice(0, MAX_NAME),
    source: cutOr(facts.source, MAX_NAME),
    sourceVersion: cutOr(facts.sourceVersion, MAX_NAME),
    license: cutOr(facts.license, MAX_LICENSE),
    namespace: cutOr(facts.namespace, MAX_NAME),
    epoch: facts.epoch ?? null,
    files: facts.files ?? null,
  };
}

function cutOr(text: string | null | undefined, length: number): string | null {
  return text === undefined || text === null || text === '' ? null : text.slice(0, length);
}

/** The part of a budget that files leave to names: a package without a list of its files is a package. */
const NAMES_SHARE = 4;

/**
 * How much may be kept of one layer's packages, in characters: names, and the files they own.
 *
 * The attack: a header of ten megabytes that puts a million files of one letter into a folder with a name of four
 * thousand.
 */
export class PackageBudget {
  #left: number;
  readonly #forNames: number;
  #exhausted = false;

  constructor(characters: number) {
    this.#left = characters;
    this.#forNames = characters / NAMES_SHARE;
  }

  /** Whether anything was left out for want of it. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Takes characters for names of files; false if there are not so many left for them. */
  spendOnFiles(characters: number): boolean {
    if (characters > this.#left - this.#forNames) {
      this.#exhausted = true;
      return false;
    }
    return this.spend(characters);
  }

  /** Takes characters out of it; false if there are not so many left. */
  spend(characters: number): boolean {
    if (characters > this.#left) {
      this.#exhausted = true;
      return false;
    }
    this.#left -= characters;
    return true;
  }
}

/** What a parser is told besides the bytes. */
export interface ParseContext {
  /** What the paths in a database are below: empty, or the root of a filesystem within the image, with its slash. */
  readonly root: string;
  readonly budget: PackageBudget;
}
