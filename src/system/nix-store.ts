import { baseName } from '../core/index.ts';
import type { PackageDatabase } from '../examine/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';

/** A digest in Nix's base 32, then a name (Nix manual, "Store Path"). */
const STORE_PATH = /^[0-9a-df-np-sv-z]{32}-(.{1,211})$/;
/** Where the version begins: at the first digit behind a dash (builtins.parseDrvName). */
const VERSIONED = /^(.+?)-(\d.*)$/;
/** Outputs that a package is split into; its first has no name. */
const OUTPUT = /-(?:bin|dev|devdoc|doc|info|lib|man|out|static|debug)$/;

/** The packages of a Nix store: each folder of it is one output of one. What is no package has no version. */
export function* nixStore(filesystem: Filesystem): Iterable<{ entry: FilesystemEntry; database: PackageDatabase }> {
  for (const entry of filesystem.in('nix/store')) {
    const stored = STORE_PATH.exec(baseName(entry.path))?.[1] ?? '';
    const named = stored.endsWith('.drv') ? null : VERSIONED.exec(stored.replace(OUTPUT, ''));
    if (named === null) continue;
    const [, name = '', version = ''] = named;
    const nothing = { architecture: '', source: null, sourceVersion: null, license: null };
    const packages = [{ ...nothing, name, version, namespace: null, epoch: null, files: null }];
    const database = {
      kind: 'nix',
      row: entry.row,
      members: [],
      declared: false,
      development: [],
      trouble: null,
    } as const;
    yield { entry, database: { ...database, packages } };
  }
}
