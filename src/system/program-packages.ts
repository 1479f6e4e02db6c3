import type { PackageDatabase, PackageFacts, PackageKind, ProgramFacts } from '../examine/index.ts';

/** What a program says of the packages in it. */
export interface ProgramPackages {
  readonly database: PackageDatabase;
  /**
   * Whether it is the program itself that is named, and not what it was built from: no news where a package of the
   * distribution brought the file.
   */
  readonly isItself: boolean;
}

const NOTHING_STATED: Omit<PackageFacts, 'name' | 'version'> = {
  architecture: '',
  source: null,
  sourceVersion: null,
  license: null,
  namespace: null,
  epoch: null,
  files: null,
};

/** Kinds of package by the type in the note of a program. */
const NOTE_KINDS: Readonly<Record<string, PackageKind>> = { rpm: 'rpm', deb: 'dpkg', apk: 'apk', alpm: 'pacman' };

/** The modules and crates that a program was built from, and what it is itself, as packages. */
export function packagesOfProgram(facts: ProgramFacts): ProgramPackages[] {
  const found: ProgramPackages[] = [];
  const add = (kind: PackageKind, packages: readonly PackageFacts[], isItself: boolean): void => {
    if (packages.length === 0) return;
    const database = { kind, row: facts.row, members: [], declared: false, packages, development: [], trouble: null };
    found.push({ database, isItself });
  };
  add('golang', goModules(facts), false);
  add(
    'cargo',
    (facts.crates ?? []).map(({ name, version }) => ({ ...NOTHING_STATED, name, version })),
    false,
  );
  const { note } = facts;
  if (note !== null) {
    const { type, name, version, architecture } = note;
    add(NOTE_KINDS[type] ?? 'generic', [{ ...NOTHING_STATED, name, version, architecture }], true);
  }
  add('generic', itself(facts), true);
  return found;
}

/** The modules that a Go program was built from, and Go's own library. */
function goModules({ go }: ProgramFacts): PackageFacts[] {
  if (go === null) return [];
  const modules = go.dependencies.map(({ path, version, replacedBy }) => replacedBy ?? { path, version });
  const packages = [...(go.main === null ? [] : [go.main]), ...modules]
    .filter(({ path }) => path !== '')
    .map(({ path, version }) => ({ ...NOTHING_STATED, name: path, version }));
  return go.version === null
    ? packages
    : [...packages, { ...NOTHING_STATED, name: 'stdlib', version: go.version.split(' ', 1)[0] as string }];
}

/** The well-known program that it is. Go programs name themselves among their modules. */
function itself({ product, identity, go }: ProgramFacts): PackageFacts[] {
  if (product !== null) return [{ ...NOTHING_STATED, ...product }];
  if (identity === null || identity.version === null || go !== null) return [];
  return [{ ...NOTHING_STATED, name: identity.name, version: identity.version }];
}
