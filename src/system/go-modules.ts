import type { PackageDatabase, PackageFacts, ProgramFacts } from '../examine/index.ts';

const MODULE: Omit<PackageFacts, 'name' | 'version'> = {
  architecture: '',
  source: null,
  sourceVersion: null,
  license: null,
  namespace: null,
  epoch: null,
  files: null,
};

/** The modules that a Go program was built from, and Go's own library, as packages; null for other programs. */
export function goModules({ row, go }: ProgramFacts): PackageDatabase | null {
  if (go === null) return null;
  const modules = go.dependencies.map(({ path, version, replacedBy }) => replacedBy ?? { path, version });
  const packages = [...(go.main === null ? [] : [go.main]), ...modules]
    .filter(({ path }) => path !== '')
    .map(({ path, version }) => ({ ...MODULE, name: path, version }));
  const standard =
    go.version === null ? [] : [{ ...MODULE, name: 'stdlib', version: go.version.split(' ', 1)[0] as string }];
  return {
    kind: 'golang',
    row,
    members: [],
    declared: false,
    packages: [...packages, ...standard],
    development: [],
    trouble: null,
  };
}
