import { parentPath } from '../../core/index.ts';
import type { Filesystem, FilesystemEntry } from '../../filesystem/index.ts';
import type { ImagePackage, System } from '../../system/index.ts';
import type { SbomDocument } from '../inventory.ts';
import { imagePath } from './image-files.ts';

/** A program that neither a package nor the SBOM explains. */
export interface UnexplainedProgram {
  readonly entry: FilesystemEntry;
  /** `program`, `library`, `script`, `Java archive`. */
  readonly what: string;
}

/** Folders of package managers: what is in them is theirs, the scripts that packages are installed with above all. */
const MANAGERS =
  /^(?:var\/lib\/(?:dpkg|rpm|pacman|apt|dnf|yum|opkg)|(?:usr\/)?lib\/(?:apk|opkg|sysimage)|usr\/lib\/rpm)\//;
const JAVA_ARCHIVE = /\.(?:jar|war|ear|jmod)$/i;
/** Folders above a file that are looked at. */
const MAX_FOLDERS = 64;

/**
 * Programs of the final filesystem that no package of a database owns and no entry of the SBOM explains: nobody would look
 * for flaws in them.
 * @param matched packages of the image that the SBOM lists
 */
export function unexplainedPrograms(
  document: Pick<SbomDocument, 'files' | 'packages'>,
  matched: readonly ImagePackage[],
  filesystem: Filesystem,
  { packages, programs }: System,
): UnexplainedProgram[] {
  const explained = new Set<string>();
  for (const { path } of document.files) explained.add(imagePath(path));
  for (const { locations } of document.packages) for (const path of locations) explained.add(imagePath(path));
  const folders = new Set<string>();
  for (const one of matched) {
    explained.add(one.database.path);
    const folder = folderOf(one);
    if (folder !== null) folders.add(folder);
  }
  const found: UnexplainedProgram[] = [];
  // One file has as many names as an image likes: each is asked for them once.
  const known = new Map<string, boolean>();
  const isKnownByAnotherName = (entry: FilesystemEntry): boolean => {
    const id = entry.contentId;
    const before = known.get(id);
    if (before !== undefined) return before;
    const isKnown = filesystem.sharing(entry).some((other) => other.state === 'live' && explained.has(other.path));
    known.set(id, isKnown);
    return isKnown;
  };
  for (const entry of packages.unmanaged()) {
    const facts = programs.factsOf(entry);
    const { path } = entry;
    const isJava = facts === null && JAVA_ARCHIVE.test(path);
    if ((facts === null && !isJava) || explained.has(path) || MANAGERS.test(path) || isBelow(path, folders)) continue;
    if (isKnownByAnotherName(entry)) continue;
    found.push({
      entry,
      what: facts === null ? 'Java archive' : facts.format === 'script' ? 'script' : nameOf(facts.kind),
    });
  }
  return found.sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
}

function nameOf(kind: 'executable' | 'library' | 'core'): string {
  return kind === 'executable' ? 'program' : kind === 'library' ? 'library' : 'memory of a crashed program';
}

/** The folder that a package of a language is: its files are there, and no list names them. */
function folderOf({ kind, name, version, database: { path } }: ImagePackage): string | null {
  const folder = parentPath(path);
  switch (kind) {
    case 'npm':
    case 'nuget':
      return folder === '' ? null : folder;
    case 'gem': {
      const home = /^(.*)\/specifications(?:\/default)?$/.exec(folder)?.[1];
      return home === undefined ? null : `${home}/gems/${name}-${version}`;
    }
    case 'composer': {
      const vendor = /^(.*)\/composer$/.exec(folder)?.[1];
      return vendor === undefined ? null : `${vendor}/${name}`;
    }
    case 'conda':
      return /^(.*)\/conda-meta$/.exec(folder)?.[1] ?? null;
    default:
      return null;
  }
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  let at = parentPath(path);
  for (let i = 0; i < MAX_FOLDERS && at !== ''; i += 1, at = parentPath(at)) if (folders.has(at)) return true;
  return false;
}
