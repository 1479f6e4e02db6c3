import type { ProgramFacts } from '../examine/index.ts';
import type { FilesystemEntry } from '../filesystem/index.ts';
import { modeOf, type Runnable } from '../system/index.ts';
import type { ImageEvidence } from './evidence.ts';

export { modeOf };

/** A program in the final filesystem, under one of its names. */
export interface Program {
  /** The name it was looked for by. */
  readonly name: string;
  /** Where that name is. */
  readonly entry: FilesystemEntry;
  /** The file that runs: the entry itself, or what its links lead to. */
  readonly file: FilesystemEntry;
  /** What its bytes say; null where they were not examined. */
  readonly facts: ProgramFacts | null;
  readonly runnable: Runnable;
  /** Whether that file is busybox or another that runs what it is called as. */
  readonly multiCall: boolean;
}

/**
 * Programs of certain names in the final filesystem: executable files whose bytes are a program's, also by links.
 * Folders, documents and links that lead nowhere are none.
 */
export function findPrograms(evidence: ImageEvidence, names: readonly string[]): Program[] {
  return names.flatMap((name) =>
    evidence.filesystem
      .named(name)
      .flatMap((entry) => programAt(evidence, entry, name) ?? [])
      // Jobs of cron and scripts that start services are called after the program that they are about.
      .filter(({ entry, facts }) => facts?.format !== 'script' || !entry.path.startsWith('etc/')),
  );
}

/** The program that runs when an entry is executed; null if none does. */
export function programAt(evidence: ImageEvidence, entry: FilesystemEntry, name: string): Program | null {
  const { programs } = evidence.system;
  const file = programs.fileAt(entry.path);
  if (file === null) return null;
  const facts = programs.factsOf(file);
  if (facts === null && programs.isExamined(file)) return null;
  return { name, entry, file, facts, runnable: programs.canRun(file), multiCall: facts?.identity?.multiCall === true };
}

/** Paths as they are told in a message, not more than a few. */
export function listPaths(evidence: ImageEvidence, entries: readonly FilesystemEntry[]): string {
  const paths = [...new Set(entries.map(({ path }) => `/${evidence.redact(path)}`))];
  return `${paths.slice(0, 8).join(', ')}${paths.length > 8 ? ` and ${paths.length - 8} more` : ''}`;
}

/**
 * Whether programs can run, as the end of a sentence that begins with their paths. Those that cannot are in the way
 * of nobody yet, and come to life with the library that is missing.
 */
export function runs(programs: readonly Program[]): { readonly usable: boolean; readonly text: string } {
  if (programs.some(({ runnable }) => runnable.can === 'yes')) return { usable: true, text: 'can be run' };
  const unknown = programs.find(({ runnable }) => runnable.can === 'unknown');
  return unknown === undefined
    ? { usable: false, text: `cannot be run: ${programs[0]?.runnable.why}` }
    : { usable: true, text: `can perhaps be run: ${unknown.runnable.why}` };
}
