/** A package that a database says is installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** Kinds of package database read. */
export type PackageDatabaseKind = 'dpkg' | 'apk';

/** One file of a package database in a layer. */
export interface PackageDatabase {
  readonly kind: PackageDatabaseKind;
  /** The entry that holds it. */
  readonly row: number;
  readonly packages: readonly InstalledPackage[];
}
