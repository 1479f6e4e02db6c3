import { baseName } from '../core/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';

/** Programs that hold many under one name, and run the one they are called as. */
const MULTI_CALL = new Set(['busybox', 'toybox']);

/** A program in the final filesystem, under one of its names. */
export interface Program {
  /** The name it was looked for by. */
  readonly name: string;
  /** Where that name is. */
  readonly entry: FilesystemEntry;
  /** The file that runs: the entry itself, or what its links lead to. */
  readonly file: FilesystemEntry;
  /** Whether that file is busybox or toybox. */
  readonly multiCall: boolean;
}

/**
 * Programs of certain names that a container can run: executable files, also by links. Folders, documents and
 * links that lead nowhere are none.
 */
export function findPrograms(filesystem: Filesystem, names: readonly string[]): Program[] {
  return names.flatMap((name) =>
    filesystem.named(name).flatMap((entry) => {
      const file = runnableFile(filesystem, entry);
      return file === null ? [] : [{ name, entry, file, multiCall: isMultiCall(filesystem, file) }];
    }),
  );
}

/** The file that runs when a path is executed; null if nothing does. */
export function runnableFile(filesystem: Filesystem, entry: FilesystemEntry): FilesystemEntry | null {
  const resolved = entry.kind === 'symlink' ? filesystem.resolve(entry.path) : entry;
  if (resolved === null || (resolved.kind !== 'file' && resolved.kind !== 'hardlink')) return null;
  return (modeOf(resolved) & 0o111) === 0 ? null : resolved;
}

/**
 * Mode bits that a file has in a container. A hard link has those of the file it names: runtimes link, and keep
 * the file's mode whatever the link's record says. The attack: a link to a program states 0644, and an audit that
 * believes it sees a text. Where the two differ both count.
 */
export function modeOf(file: FilesystemEntry): number {
  return file.kind === 'hardlink' ? file.mode | (file.content?.mode ?? 0) : file.mode;
}

/** Whether a file is busybox or toybox under any of its names: hard links share one file. */
function isMultiCall(filesystem: Filesystem, file: FilesystemEntry): boolean {
  return filesystem.sharing(file).some((entry) => MULTI_CALL.has(baseName(entry.path).replace(/[.-].*$/, '')));
}
