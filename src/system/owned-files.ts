import { parentPath } from '../core/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';

/**
 * Most segments of link targets walked. The attack: a database that names a million folders, each behind a chain of
 * two hundred links.
 */
const MAX_LINK_SEGMENTS = 16_000_000;

/** Entries that packages own. Databases name files as they were installed: by folders that may be links by now. */
export class OwnedFiles {
  readonly #filesystem: Filesystem;
  readonly #rows = new Map<number, Set<number>>();
  /** Where folders are once links are followed; null for those that are not there. */
  readonly #folders = new Map<string, string | null>();
  readonly #names: ReadonlySet<string> | null;
  #segmentsLeft = MAX_LINK_SEGMENTS;

  /** @param names of the only files that will be asked for; null for all. Most of the time goes into looking files up. */
  constructor(filesystem: Filesystem, names: ReadonlySet<string> | null = null) {
    this.#filesystem = filesystem;
    this.#names = names;
  }

  /** Adds paths, each ended by a NUL. */
  add(files: string): void {
    for (let from = 0; from < files.length; ) {
      const end = files.indexOf('\0', from);
      // Cut out first: searching back for a slash in all that came before would never end where there is none.
      const path = files.slice(from, end);
      const isWanted = this.#names === null || this.#names.has(path.slice(path.lastIndexOf('/') + 1));
      const entry = isWanted ? this.entryAt(path) : null;
      if (entry !== null) this.addOne(entry);
      from = end + 1;
    }
  }

  addOne(entry: FilesystemEntry): void {
    const rows = this.#rows.get(entry.layerIndex) ?? new Set();
    this.#rows.set(entry.layerIndex, rows);
    rows.add(entry.row);
  }

  has(entry: FilesystemEntry): boolean {
    return this.#rows.get(entry.layerIndex)?.has(entry.row) ?? false;
  }

  /** What a package means by a path: folders may be links, the file itself is none. */
  entryAt(path: string): FilesystemEntry | null {
    const parent = parentPath(path);
    let folder = this.#folders.get(parent);
    if (folder === undefined) {
      folder = parent === '' ? '' : this.#filesystem.realPath(parent, (segments) => this.#maySpend(segments));
      this.#folders.set(parent, folder);
    }
    if (folder === null) return null;
    const name = path.slice(path.lastIndexOf('/') + 1);
    return this.#filesystem.lookUp(folder === '' ? name : `${folder}/${name}`);
  }

  #maySpend(segments: number): boolean {
    this.#segmentsLeft -= segments;
    return this.#segmentsLeft >= 0;
  }
}
