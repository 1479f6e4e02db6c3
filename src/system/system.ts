import type { InstalledPackage, LayerRecord, PackageDatabaseKind } from '../examine/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';
import { type Account, parsePasswd, parseShells } from './accounts.ts';
import { type OsRelease, parseOsRelease } from './os-release.ts';

/** What the final filesystem says about the system in it. */
export interface System {
  readonly os: OsRelease | null;
  readonly accounts: readonly Account[];
  /** Paths listed in /etc/shells. */
  readonly loginShells: readonly string[];
  /** Installed packages by kind of database; kinds that are not there are left out. */
  readonly packages: Readonly<Partial<Record<PackageDatabaseKind, readonly InstalledPackage[]>>>;
}

/**
 * Reads the system files that a container would read: links followed, lower versions ignored.
 * @param records the layers' records, null for layers that were not examined
 */
export function readSystem(filesystem: Filesystem, records: readonly (LayerRecord | null)[]): System {
  const text = (path: string): string | null => {
    const entry = filesystem.resolve(path)?.content ?? null;
    if (entry === null) return null;
    return records[entry.layerIndex]?.systemFiles.find((file) => file.row === entry.row)?.text ?? null;
  };
  const osText = text('etc/os-release') ?? text('usr/lib/os-release');
  return {
    os: osText === null ? null : parseOsRelease(osText),
    accounts: parsePasswd(text('etc/passwd') ?? ''),
    loginShells: parseShells(text('etc/shells') ?? ''),
    packages: readPackages(filesystem, records),
  };
}

/** Databases are files at fixed places, or folders of them: those whose bytes are still live count. */
function readPackages(filesystem: Filesystem, records: readonly (LayerRecord | null)[]): System['packages'] {
  const packages: Partial<Record<PackageDatabaseKind, InstalledPackage[]>> = {};
  for (const [layerIndex, record] of records.entries()) {
    for (const database of record?.packageDatabases ?? []) {
      const entry: FilesystemEntry = filesystem.entry(layerIndex, database.row);
      if (entry.state !== 'live') continue;
      const list = packages[database.kind] ?? [];
      packages[database.kind] = list;
      for (const one of database.packages) list.push(one);
    }
  }
  return packages;
}
