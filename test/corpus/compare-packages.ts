/** Holds our list of an image's packages against Syft's. */

/** A package as either of them lists it. */
export interface Listed {
  /** As we call its ecosystem. */
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** A file that names it. */
  readonly path: string;
  readonly purl: string | null;
}

/** The members that are read of what `syft -o json` writes. */
export interface SyftDocument {
  readonly artifacts: readonly {
    readonly name: string;
    readonly version: string;
    readonly type: string;
    readonly purl: string;
    readonly locations: readonly { readonly path: string }[];
  }[];
}

/** Syft's names of ecosystems that are not ours. */
const TYPES: Readonly<Record<string, string>> = {
  deb: 'dpkg',
  alpm: 'pacman',
  python: 'pypi',
  'java-archive': 'maven',
  'jenkins-plugin': 'maven',
  'go-module': 'golang',
  dotnet: 'nuget',
  'php-composer': 'composer',
  'rust-crate': 'cargo',
  'R-package': 'cran',
  'lua-rocks': 'luarocks',
  'php-pear': 'pear',
  'wordpress-plugin': 'wordpress',
  binary: 'generic',
  homebrew: 'brew',
};

/** The packages that Syft lists. */
export function syftPackages({ artifacts }: SyftDocument): Listed[] {
  return artifacts.map(({ name, version, type, purl, locations }) => ({
    // To Syft opkg is dpkg.
    type: locations[0]?.path.includes('/opkg/') === true ? 'opkg' : (TYPES[type] ?? type),
    name,
    version: version === 'UNKNOWN' ? '' : version,
    path: locations[0]?.path ?? '',
    purl: purl === '' ? null : purl,
  }));
}

/** A package that only one of them lists, and why, where that is known. */
export interface OneSided extends Listed {
  readonly why: string | null;
}

/** How the lists of one ecosystem differ. Places do not count: a package that is in two is there. */
export interface ListDifference {
  readonly type: string;
  readonly both: number;
  readonly onlyOurs: readonly OneSided[];
  readonly onlyTheirs: readonly OneSided[];
}

/** Differences by ecosystem. */
export function compareLists(ours: readonly Listed[], theirs: readonly Listed[]): ListDifference[] {
  const types = [...new Set([...ours, ...theirs].map(({ type }) => type))].sort();
  return types.map((type) => {
    const mine = byKey(ours.filter((one) => one.type === type));
    const other = byKey(theirs.filter((one) => one.type === type));
    const without = (some: ReadonlyMap<string, Listed>, those: ReadonlyMap<string, Listed>): OneSided[] =>
      [...some]
        .filter(([key]) => !those.has(key))
        .map(([, one]) => ({ ...one, why: whyOneSided(one, [...those.values()], some === mine) }));
    return {
      type,
      both: [...mine.keys()].filter((key) => other.has(key)).length,
      onlyOurs: without(mine, other),
      onlyTheirs: without(other, mine),
    };
  });
}

function byKey(packages: readonly Listed[]): Map<string, Listed> {
  const entries = packages.map((one): [string, Listed] => [keyOf(one), one]);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What makes two packages the same: spelling that means nothing left out. */
function keyOf({ type, name, version }: Listed): string {
  switch (type) {
    case 'pypi':
      return `${name.toLowerCase().replace(/[-_.]+/g, '-')} ${version}`;
    case 'golang':
      return `${name} ${version.replace(/^go|^\(devel\)$/, '')}`;
    default:
      return `${name} ${version}`;
  }
}

/** Why only one of them lists a package, of the reasons that were looked into; null for any other. */
function whyOneSided(one: Listed, others: readonly Listed[], isOurs: boolean): string | null {
  const { type, name, version, path } = one;
  const sameFile = others.filter((other) => other.path === path && other.version === version);
  if (type === 'maven' && sameFile.some((other) => other.name.endsWith(`-${name}`) || name.endsWith(`-${other.name}`)))
    return isOurs ? 'Syft cuts its name, which the file has whole' : 'audit gives it the name that the file has';
  if (type === 'wordpress') return 'audit gives the name of the folder, as lists of vulnerabilities do, Syft the title';
  if (isOurs) {
    if (type === 'maven') return 'Syft goes by its manifest, which names something else than the name of the file';
    if (type === 'generic') return 'Syft knows it under other names of files only, or not';
    if (type === 'conda' || type === 'brew') return 'Syft reads them in folders, not in images';
    if (type === 'bitnami') return 'Syft looks at the root only';
    return null;
  }
  if (type === 'npm' && version === '') return 'an entry point of a module, which is no package';
  if (type === 'generic' && version === '') return 'a file of which nothing but the name is known';
  if (type === 'generic' && /\.(?:exe|dll)$/i.test(path)) return 'audit reads no versions of programs for Windows';
  if (type === 'maven') return 'its manifest names or versions something else than the name of the file';
  if (type === 'luarocks') return 'a specification in a source tree';
  if (type === 'cran') return 'nothing says that it was installed';
  if (type === 'nuget')
    return path.endsWith('packages.lock.json')
      ? 'a lock file, which audit lists as declared'
      : 'nothing of it is among the files, or audit gives the package that holds them';
  return null;
}
