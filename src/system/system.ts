import type { LayerRecord } from '../examine/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';
import {
  type Account,
  type Group,
  type PasswordState,
  parseGroups,
  parsePasswd,
  parseShadow,
  parseShells,
} from './accounts.ts';
import { type OsRelease, parseOsRelease } from './os-release.ts';
import { ImagePackages } from './packages.ts';
import { Programs } from './programs.ts';

/** What the final filesystem says about the system in it. */
export interface System {
  readonly os: OsRelease | null;
  readonly accounts: readonly Account[];
  readonly groups: readonly Group[];
  readonly passwords: readonly PasswordState[];
  /** Paths listed in /etc/shells. */
  readonly loginShells: readonly string[];
  readonly packages: ImagePackages;
  readonly programs: Programs;
  /** Lines of sudoers that ask for no password. */
  readonly sudoRules: readonly SystemLine[];
  /** Jobs of cron: when, as whom (`-` for a user's own crontab), and the program. */
  readonly cronJobs: readonly SystemLine[];
  /** Libraries that every program is made to load. */
  readonly preloads: readonly SystemLine[];
}

/** A line of a system file. */
export interface SystemLine {
  readonly file: FilesystemEntry;
  readonly text: string;
}

/** Most lines read of the files of one kind; a hostile one can have millions. */
const MAX_LINES = 1000;

/** Folders of files that are read together. */
const SUDOERS = ['etc/sudoers', 'etc/sudoers.d'];
const CRONTABS = ['etc/crontab', 'etc/cron.d', 'etc/crontabs', 'var/spool/cron'];

/**
 * Reads the system files that a container would read: links followed, lower versions ignored.
 * @param records the layers' records, null for layers that were not examined
 * @param architecture of the image, as its configuration spells it
 */
export function readSystem(
  filesystem: Filesystem,
  records: readonly (LayerRecord | null)[],
  architecture: string | null = null,
): System {
  const textOf = (file: FilesystemEntry | null): string | null => {
    const entry = file?.content ?? null;
    if (entry === null) return null;
    return records[entry.layerIndex]?.systemFiles.find(({ row }) => row === entry.row)?.text ?? null;
  };
  const text = (path: string): string | null => textOf(filesystem.resolve(path));
  const lines = (places: readonly string[]): SystemLine[] =>
    places
      .flatMap((place) =>
        filesAt(filesystem, place).flatMap((file) =>
          (textOf(file) ?? '')
            .split('\n')
            .filter((line) => line.trim() !== '' && !line.startsWith('#'))
            .map((line) => ({ file, text: line.trim() })),
        ),
      )
      .slice(0, MAX_LINES);
  const osText = text('etc/os-release') ?? text('usr/lib/os-release');
  return {
    os: osText === null ? null : parseOsRelease(osText),
    accounts: parsePasswd(text('etc/passwd') ?? ''),
    loginShells: parseShells(text('etc/shells') ?? ''),
    packages: new ImagePackages(filesystem, records),
    programs: new Programs(filesystem, records, architecture),
    groups: parseGroups(text('etc/group') ?? ''),
    passwords: parseShadow(text('etc/shadow') ?? ''),
    sudoRules: lines(SUDOERS),
    cronJobs: lines(CRONTABS),
    preloads: lines(['etc/ld.so.preload']),
  };
}

/** The file at a path, or all files below it, by name. */
function filesAt(filesystem: Filesystem, path: string): FilesystemEntry[] {
  const entry = filesystem.resolve(path);
  if (entry?.kind === 'file' || entry?.kind === 'hardlink') return [entry];
  return [...filesystem.below(path)]
    .filter(({ kind }) => kind === 'file' || kind === 'hardlink')
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
