import { baseName, parentPath } from '../core/index.ts';
import {
  databaseFolder,
  type LayerRecord,
  ownerKey,
  type PackageDatabase,
  type PackageFacts,
  type PackageKind,
} from '../examine/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';
import { OwnedFiles } from './owned-files.ts';
import type { ImagePackage } from './packages.ts';

/** A package that a file belongs to. */
export interface FileOwner {
  readonly package: ImagePackage;
  /** `listed` by it; the `database` that says that it is there; or in its `folder`. */
  readonly how: 'listed' | 'database' | 'folder';
}

/** What is known of an image's packages. */
export interface KnownPackages {
  readonly filesystem: Filesystem;
  readonly records: readonly (LayerRecord | null)[];
  readonly databases: readonly { readonly database: PackageDatabase; readonly entry: FilesystemEntry }[];
  readonly installed: readonly ImagePackage[];
  readonly isSystemKind: (kind: PackageKind) => boolean;
}

interface FileList {
  readonly files: string;
  readonly facts: Facts;
}

/** What tells a package from others. */
type Facts = Pick<PackageFacts, 'name' | 'version' | 'architecture'> & { readonly kind: PackageKind };

/**
 * Packages that a file of the final filesystem belongs to: those that list it; those whose database it is, as of a jar
 * or a program; and of npm, which lists nothing, the one in whose folder it is.
 */
export function fileOwners(known: KnownPackages, file: FilesystemEntry): FileOwner[] {
  const { filesystem, installed } = known;
  const byFacts = new Map(installed.map((one) => [keyOf(one), one]));
  const found = (facts: Facts, how: FileOwner['how']): FileOwner[] => {
    const one = byFacts.get(keyOf(facts));
    return one === undefined ? [] : [{ package: one, how }];
  };
  const { lists, whole } = listsOf(known, file);
  // A package that lists one name of a file owns it under all of them.
  const same = [file, ...filesystem.sharing(file)];
  const names = [...new Set(same.map(({ path }) => baseName(path)))];
  const isIt = (entry: FilesystemEntry | null): boolean =>
    same.some(({ layerIndex, row }) => layerIndex === entry?.layerIndex && row === entry.row);
  const owners = new Map<ImagePackage, FileOwner>();
  // What it knows of folders, and how much it may spend on links, is for all lists together.
  const paths = new OwnedFiles(filesystem);
  for (const { files, facts } of lists) {
    // Only paths with its last name in them are followed: there are a hundred thousand files in all.
    if (!names.some((name) => pathsNamed(files, name).some((path) => isIt(paths.entryAt(path))))) continue;
    for (const owner of found(facts, 'listed')) owners.set(owner.package, owner);
  }
  for (const facts of whole) for (const owner of found(facts, 'database')) owners.set(owner.package, owner);
  return owners.size > 0 ? [...owners.values()] : inFolderOf(file, installed);
}

function listsOf(
  { filesystem, records, databases, isSystemKind }: KnownPackages,
  file: FilesystemEntry,
): { lists: FileList[]; whole: Facts[] } {
  const lists: FileList[] = [];
  const whole: Facts[] = [];
  const byOwner = new Map<string, Facts[]>();
  for (const { database, entry } of databases) {
    if (entry.state !== 'live' || database.declared) continue;
    const { kind } = database;
    const isOwn = entry.layerIndex === file.layerIndex && entry.row === file.row;
    for (const { name, version, architecture, files } of database.packages) {
      const facts = { kind, name, version, architecture };
      // A database of many belongs to their manager, and to none of them.
      if (isOwn && !isSystemKind(kind)) whole.push(facts);
      if (files !== null) lists.push({ files, facts });
      for (const key of ownerKeys(facts, entry)) {
        const one = byOwner.get(key);
        if (one === undefined) byOwner.set(key, [facts]);
        else one.push(facts);
      }
    }
  }
  for (const [layerIndex, record] of records.entries()) {
    for (const { row, owner, files } of record?.packageFiles ?? []) {
      if (filesystem.entry(layerIndex, row).state !== 'live') continue;
      for (const facts of byOwner.get(owner) ?? []) lists.push({ files, facts });
    }
  }
  return { lists, whole };
}

/** Keys under which lists of files name a package of a database. */
export function ownerKeys({ kind, name, architecture }: Facts, entry: FilesystemEntry): string[] {
  if (kind !== 'dpkg' && kind !== 'opkg' && kind !== 'pacman' && kind !== 'pypi') return [];
  const path = entry.table.path(entry.row);
  if (kind === 'pacman' || kind === 'pypi') return [ownerKey(kind, parentPath(path), '')];
  return [name, `${name}:${architecture}`].map((key) => ownerKey(kind, databaseFolder(path), key));
}

/** Paths of a list, in which each is ended by a NUL, that end with a name. */
function pathsNamed(files: string, name: string): string[] {
  const paths: string[] = [];
  const wanted = `${name}\0`;
  for (let at = files.indexOf(wanted); at >= 0; at = files.indexOf(wanted, at + wanted.length)) {
    if (at > 0 && files[at - 1] !== '/' && files[at - 1] !== '\0') continue;
    const from = at === 0 ? 0 : files.lastIndexOf('\0', at - 1) + 1;
    paths.push(files.slice(from, at + name.length));
  }
  return paths;
}

/** Of npm the package that is nearest above a file. */
function inFolderOf(file: FilesystemEntry, installed: readonly ImagePackage[]): FileOwner[] {
  const folders = new Map<string, ImagePackage>();
  for (const one of installed) {
    if (one.kind === 'npm' && one.members.length === 0) folders.set(parentPath(one.database.path), one);
  }
  for (let folder = parentPath(file.path); folder !== ''; folder = parentPath(folder)) {
    const owner = folders.get(folder);
    if (owner !== undefined) return [{ package: owner, how: 'folder' }];
  }
  return [];
}

function keyOf({ kind, name, version, architecture }: Facts): string {
  return [kind, name, version, architecture].join('\0');
}
