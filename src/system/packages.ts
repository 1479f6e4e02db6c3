import { baseName } from '../core/index.ts';
import type { LayerRecord, PackageDatabase, PackageFacts, PackageKind } from '../examine/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';
import { type FileOwner, fileOwners, ownerKeys } from './file-owners.ts';
import { nixStore } from './nix-store.ts';
import { OwnedFiles } from './owned-files.ts';
import { packagesOfProgram } from './program-packages.ts';

/**
 * Whether a package is there: in a database of the final filesystem; only named by a lock file; or only in a
 * database that later layers replaced or deleted.
 */
export type PackageState = 'installed' | 'declared' | 'removed';

/** A package of an image, and what says so. */
export interface ImagePackage extends Omit<PackageFacts, 'files'> {
  readonly kind: PackageKind;
  readonly state: PackageState;
  /** The file that names it: in the version that is there, or of removed packages in the last that named them. */
  readonly database: FilesystemEntry;
  /** Members of archives in that file that lead to it. */
  readonly members: readonly string[];
  /** The layer that brought it: the first from which on every version of its database names it. */
  readonly layerIndex: number;
  /** Of a removed package: the layer whose database no longer names it. */
  readonly removedIn: number | null;
}

/** Kinds whose databases name packages of the distribution, of which each is there once. */
const SYSTEM_KINDS: ReadonlySet<PackageKind> = new Set(['dpkg', 'apk', 'rpm', 'pacman', 'opkg', 'portage']);

/** Whether packages of a kind belong to a distribution, and not to a language. */
export function isSystemKind(kind: PackageKind): boolean {
  return SYSTEM_KINDS.has(kind);
}

interface DatabaseVersion {
  readonly database: PackageDatabase;
  readonly entry: FilesystemEntry;
}

/** A file that tells of packages. */
interface Teller extends DatabaseVersion {
  /** `program` tells what it was built from, `itself` is the package. */
  readonly by: 'database' | 'program' | 'itself';
}

/**
 * The packages of an image: which are there, which layer brought each, and which files belong to them. Worked out when
 * asked for: most rules need none of it.
 */
export class ImagePackages {
  readonly #filesystem: Filesystem;
  readonly #records: readonly (LayerRecord | null)[];
  #known: readonly ImagePackage[] | undefined;
  #list: readonly Teller[] | undefined;

  /** @param records the layers' records, null for layers that were not examined */
  constructor(filesystem: Filesystem, records: readonly (LayerRecord | null)[]) {
    this.#filesystem = filesystem;
    this.#records = records;
  }

  /** All packages, by kind, name, version and place. */
  get all(): readonly ImagePackage[] {
    this.#known ??= this.#read();
    return this.#known;
  }

  get installed(): ImagePackage[] {
    return this.all.filter(({ state }) => state === 'installed');
  }

  /** How many are installed of each kind; kinds of which there are none are left out, but for empty databases. */
  counts(): Partial<Record<PackageKind, number>> {
    const counts: Partial<Record<PackageKind, number>> = {};
    for (const { database, entry } of this.systemDatabases()) {
      if (!database.declared && entry.state === 'live') counts[database.kind] = 0;
    }
    for (const { kind } of this.installed) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** Files that hold a database of a distribution's packages, whatever became of them. */
  systemDatabases(): DatabaseVersion[] {
    return this.#databases().filter(({ database, by }) => by === 'database' && isSystemKind(database.kind));
  }

  /** Names of packages for development only, by the folder of the file that says so. */
  development(): {
    readonly kind: PackageKind;
    readonly entry: FilesystemEntry;
    readonly names: ReadonlySet<string>;
  }[] {
    return this.#databases()
      .filter(({ database, entry }) => entry.state === 'live' && database.development.length > 0)
      .map(({ database, entry }) => ({ kind: database.kind, entry, names: new Set(database.development) }));
  }

  /** What packages of the distribution own: a module that it brought is installed by it, and by its language's tools. */
  ownedBySystem(): Pick<OwnedFiles, 'has'> {
    const owned = new OwnedFiles(this.#filesystem);
    for (const { database, entry } of this.systemDatabases()) {
      if (entry.state !== 'live') continue;
      for (const { files } of database.packages) if (files !== null) owned.add(files);
    }
    const owners = this.#liveOwners();
    for (const [layerIndex, record] of this.#records.entries()) {
      for (const { kind, row, owner, files } of record?.packageFiles ?? []) {
        const isLive = isSystemKind(kind) && this.#filesystem.entry(layerIndex, row).state === 'live';
        if (isLive && owners.has(owner)) owned.add(files);
      }
    }
    return owned;
  }

  /** Regular files that a container sees and no package of a database owns. */
  *unmanaged(): Iterable<FilesystemEntry> {
    const owned = this.#owned(null);
    for (const entry of this.#filesystem.live()) {
      if ((entry.kind === 'file' || entry.kind === 'hardlink') && !owned.has(entry)) yield entry;
    }
  }

  /** @param names of the files that will be asked for; null for all */
  #owned(names: ReadonlySet<string> | null): OwnedFiles {
    const owned = new OwnedFiles(this.#filesystem, names);
    for (const { database, entry, by } of this.#databases()) {
      if (entry.state !== 'live' || by !== 'database') continue;
      // A database is its manager's; a jar or a program that tells what is in it is nobody's because of that.
      if (isSystemKind(database.kind)) owned.addOne(entry);
      for (const { files } of database.packages) if (files !== null) owned.add(files);
    }
    const owners = this.#liveOwners();
    for (const [layerIndex, record] of this.#records.entries()) {
      for (const list of record?.packageFiles ?? []) {
        const entry = this.#filesystem.entry(layerIndex, list.row);
        // What dpkg left of a package that was purged owns nothing.
        if (entry.state !== 'live') continue;
        owned.addOne(entry);
        if (owners.has(list.owner)) owned.add(list.files);
      }
    }
    return owned;
  }

  /** Packages that a file of the final filesystem belongs to. */
  ownersOf(file: FilesystemEntry): FileOwner[] {
    const { installed } = this;
    const [filesystem, records, databases] = [this.#filesystem, this.#records, this.#databases()];
    return fileOwners({ filesystem, records, databases, installed, isSystemKind }, file);
  }

  /** Keys of all packages that are there, as lists of files name them. */
  #liveOwners(): Set<string> {
    const live = this.#databases().filter(({ entry, by }) => by === 'database' && entry.state === 'live');
    return new Set(
      live.flatMap(({ database: { kind, packages }, entry }) =>
        packages.flatMap((facts) => ownerKeys({ kind, ...facts }, entry)),
      ),
    );
  }

  #read(): ImagePackage[] {
    const packages = new Map<string, ImagePackage>();
    const programs = this.#databases().filter(tellsOfItself);
    const owned = this.#owned(new Set(programs.map(({ entry }) => baseName(entry.path))));
    for (const versions of this.#byPlace().values()) {
      for (const one of packagesOf(versions)) {
        const { kind, name, version, architecture, state } = one;
        // What a program is itself is told of those that are there, and that no database knows of.
        const isItself = versions.some(tellsOfItself);
        if (isItself && (state !== 'installed' || owned.has(one.database))) continue;
        // Two databases of one distribution are one that moved: a package of both is there once. So is a program with its
        // library.
        const place = isSystemKind(kind) || kind === 'generic' ? '' : `${one.database.path}\0${one.members.join('\0')}`;
        const key = [kind, name, version, architecture, one.namespace ?? '', place].join('\0');
        // What was deleted and put there again is there.
        const before = packages.get(key);
        if (before === undefined || (before.state === 'removed' && state !== 'removed')) packages.set(key, one);
      }
    }
    return [...packages.values()].sort(
      (a, b) =>
        compare(a.kind, b.kind) ||
        compare(a.name, b.name) ||
        compare(a.version, b.version) ||
        compare(a.database.path, b.database.path) ||
        compare(a.members.join('\0'), b.members.join('\0')) ||
        compare(a.state, b.state),
    );
  }

  /** Versions of each database, lowest layer first. */
  #byPlace(): ReadonlyMap<string, readonly Teller[]> {
    return Map.groupBy(this.#databases(), ({ database, entry, by }) =>
      [database.kind, by, String(database.declared), entry.path, ...database.members].join('\0'),
    );
  }

  /** All files that tell of packages, in the order of layers; programs among them. */
  #databases(): readonly Teller[] {
    if (this.#list !== undefined) return this.#list;
    const told = this.#records.flatMap((record, layerIndex) => {
      const tell = (database: PackageDatabase, by: Teller['by']): Teller => ({
        ...{ database, by },
        entry: this.#filesystem.entry(layerIndex, database.row),
      });
      return [
        ...(record?.packageDatabases ?? []).map((database) => tell(database, 'database')),
        ...(record?.programs ?? [])
          .flatMap(packagesOfProgram)
          .map(({ database, isItself }) => tell(database, isItself ? 'itself' : 'program')),
      ];
    });
    const stored = [...nixStore(this.#filesystem)].map((one): Teller => ({ ...one, by: 'database' }));
    this.#list = [...told, ...stored];
    return this.#list;
  }
}

/** Whether a file tells what program it is, or is of: no news where a package of the distribution brought it. */
function tellsOfItself({ by, database }: Teller): boolean {
  return by === 'itself' || database.kind === 'generic';
}

/** Packages that the versions of one database name. */
function* packagesOf(versions: readonly DatabaseVersion[]): Iterable<ImagePackage> {
  /** Since which layer each package was named without a break, and by which version last. */
  let named = new Map<string, { facts: PackageFacts; since: number; last: DatabaseVersion }>();
  for (const version of versions) {
    const { database, entry } = version;
    if (entry.state === 'never-effective') continue;
    const now = new Map<string, { facts: PackageFacts; since: number; last: DatabaseVersion }>();
    for (const facts of database.packages) {
      const key = keyOf(facts);
      now.set(key, { facts, since: named.get(key)?.since ?? entry.layerIndex, last: version });
    }
    for (const [key, before] of named) if (!now.has(key)) yield toImagePackage(before, entry.layerIndex);
    // Deleted in between: what a later version names came with that one.
    named = entry.state === 'deleted' ? new Map() : now;
    if (entry.state === 'deleted') {
      const removedIn = entry.hiddenBy?.layerIndex ?? entry.layerIndex;
      for (const one of now.values()) yield toImagePackage(one, removedIn);
    }
  }
  const isThere = versions.at(-1)?.entry.state === 'live';
  for (const one of named.values())
    yield toImagePackage(one, isThere ? null : (one.last.entry.hiddenBy?.layerIndex ?? null));
}

function toImagePackage(
  { facts, since, last }: { facts: PackageFacts; since: number; last: DatabaseVersion },
  removedIn: number | null,
): ImagePackage {
  const { database, entry } = last;
  const { files: _, ...stated } = facts;
  const isThere = entry.state === 'live' && removedIn === null;
  return {
    ...stated,
    kind: database.kind,
    state: isThere ? (database.declared ? 'declared' : 'installed') : 'removed',
    database: entry,
    members: database.members,
    layerIndex: since,
    removedIn,
  };
}

function keyOf({ name, version, architecture, namespace }: PackageFacts): string {
  return `${name}\0${version}\0${architecture}\0${namespace ?? ''}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
