import { baseName, parentPath } from '../core/index.ts';
import type { LayerRecord, ProgramFacts } from '../examine/index.ts';
import type { Filesystem, FilesystemEntry } from '../filesystem/index.ts';

/** Whether a container can run a program. */
export interface Runnable {
  /** `unknown` where what decides it was not examined. */
  readonly can: 'yes' | 'no' | 'unknown';
  /** Why not, or what is not known; null where it can. */
  readonly why: string | null;
}

const YES: Runnable = { can: 'yes', why: null };
/** Scripts that are run by scripts, and so on, until the kernel gives up. */
const MAX_SCRIPTS = 4;
/** Libraries looked at for one program. */
const MAX_LIBRARIES = 1000;
const EXECUTE_BITS = 0o111;

/** Machines that run programs of another one, too: their kernels are built so. */
const ALSO_RUNS: Readonly<Record<string, readonly string[]>> = {
  amd64: ['386'],
  arm64: ['arm'],
  ppc64: ['ppc'],
  mips64: ['mips'],
  mips64le: ['mipsle'],
};

/** Libraries that musl's loader is itself, whatever they are asked for as (musl, ldso/dynlink.c, load_library). */
const MUSL_OWN = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;
const MUSL_LOADER = /^ld-musl-/;

/** Folders that runtimes look for programs in where no PATH is set. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The programs of a final filesystem: what their bytes say, and whether they can run there. */
export class Programs {
  readonly #filesystem: Filesystem;
  readonly #records: readonly (LayerRecord | null)[];
  readonly #architecture: string | null;
  readonly #rows: (Map<number, ProgramFacts> | undefined)[] = [];
  readonly #known = new Map<string, Runnable>();
  readonly #libraries = new Map<string, FilesystemEntry | null>();

  /** @param architecture of the image, as its configuration spells it; null where that is not known */
  constructor(filesystem: Filesystem, records: readonly (LayerRecord | null)[], architecture: string | null) {
    this.#filesystem = filesystem;
    this.#records = records;
    this.#architecture = architecture;
  }

  /** What the bytes of a file say; null where they are no program's. */
  factsOf(file: FilesystemEntry): ProgramFacts | null {
    const content = file.content;
    return content === null ? null : (this.#rowsOf(content.layerIndex).get(content.row) ?? null);
  }

  /** Whether every program of the layer that a file is in was looked at. */
  isExamined(file: FilesystemEntry): boolean {
    const record = this.#records[(file.content ?? file).layerIndex];
    return record != null && !record.gaps.some(({ reason }) => reason === 'budget-exceeded');
  }

  /** Files with the content of programs whose bytes a container can get at, each once. */
  *live(): Iterable<{ readonly file: FilesystemEntry; readonly facts: ProgramFacts }> {
    for (const [layerIndex, record] of this.#records.entries()) {
      for (const facts of record?.programs ?? []) {
        const file = this.#filesystem.entry(layerIndex, facts.row);
        if (this.#filesystem.isContentLive(file)) yield { file, facts };
      }
    }
  }

  /** The file that runs when a path is executed: its links followed, and executable; null if nothing does. */
  fileAt(path: string): FilesystemEntry | null {
    const resolved = this.#filesystem.resolve(path);
    if (resolved === null || (resolved.kind !== 'file' && resolved.kind !== 'hardlink')) return null;
    return (modeOf(resolved) & EXECUTE_BITS) === 0 ? null : resolved;
  }

  /** Where a command is found: as execvp looks for it, in a PATH and from a working folder. */
  find(command: string, path: string | null, folder: string): FilesystemEntry | null {
    if (command.includes('/')) return this.fileAt(command.startsWith('/') ? command : `${folder}/${command}`);
    for (const place of (path ?? DEFAULT_PATH).split(':')) {
      const file = command === '' || place === '' ? null : this.fileAt(`${place}/${command}`);
      if (file !== null) return file;
    }
    return null;
  }

  /** Whether a file can run: for this machine, and with all that it needs. */
  canRun(file: FilesystemEntry): Runnable {
    return this.#canRun(file, 0);
  }

  #canRun(file: FilesystemEntry, scripts: number): Runnable {
    const id = file.contentId;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const runnable = this.#judge(file, scripts);
    if (scripts === 0) this.#known.set(id, runnable);
    return runnable;
  }

  #judge(file: FilesystemEntry, scripts: number): Runnable {
    const facts = this.factsOf(file);
    if (facts === null) {
      return this.isExamined(file) && file.content !== null
        ? no('it is no program')
        : { can: 'unknown', why: 'its bytes were not examined' };
    }
    if (facts.damage !== null) return no(facts.damage);
    if (facts.format === 'script') return this.#judgeScript(facts, scripts);
    if (facts.format === 'mach-o') return no('it is a program for macOS');
    if (facts.kind === 'core') return no('it is the memory of a program that crashed');
    if (!this.#isFor(facts.architecture)) {
      return no(`it is for ${facts.architecture}, and the image for ${this.#architecture}`);
    }
    return facts.format === 'elf' ? this.#judgeElf(file, facts) : YES;
  }

  #judgeScript({ interpreter, envProgram }: ProgramFacts, scripts: number): Runnable {
    if (interpreter === null) return no('it names no interpreter');
    if (scripts >= MAX_SCRIPTS) return no('its interpreters go round in circles');
    for (const [name, file] of [
      [interpreter, this.fileAt(interpreter)],
      [envProgram, envProgram === null ? null : this.find(envProgram, null, '/')],
    ] as const) {
      if (name === null) continue;
      // What env looks for may be in a PATH that only the container has.
      if (file === null && name === envProgram && this.#filesystem.named(baseName(name)).length > 0) continue;
      if (file === null) return no(`its interpreter ${name} is not there`);
      const runnable = this.#canRun(file, scripts + 1);
      if (runnable.can === 'no') return no(`its interpreter ${name} cannot run: ${runnable.why}`);
      if (runnable.can === 'unknown') return runnable;
    }
    return YES;
  }

  #judgeElf(file: FilesystemEntry, facts: ProgramFacts): Runnable {
    const { interpreter } = facts;
    if (interpreter === null) {
      // Loaders and libc are started, too; a library that is not would crash.
      return facts.kind === 'library' && facts.soname !== null ? no('it is a library') : YES;
    }
    const loader = this.#filesystem.resolve(interpreter);
    if (loader === null) return no(`its loader ${interpreter} is not there`);
    const loaderFacts = this.factsOf(loader);
    if (loaderFacts === null && this.isExamined(loader)) return no(`its loader ${interpreter} is no program`);
    return this.#judgeLibraries(file, facts, MUSL_LOADER.test(baseName(interpreter)));
  }

  /** Looks for all libraries, and for those that these need. */
  #judgeLibraries(file: FilesystemEntry, facts: ProgramFacts, musl: boolean): Runnable {
    const seen = new Set<string>();
    const pending: { readonly file: FilesystemEntry; readonly facts: ProgramFacts }[] = [{ file, facts }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.facts.needed === null) return { can: 'unknown', why: 'the names of its libraries could not be read' };
      for (const name of next.facts.needed) {
        if (seen.has(name) || (musl && MUSL_OWN.test(name))) continue;
        seen.add(name);
        if (seen.size > MAX_LIBRARIES) return { can: 'unknown', why: 'it needs very many libraries' };
        const library = this.#library(name, facts.architecture);
        if (library === null) return no(`it needs ${name}, which is not there`);
        const libraryFacts = this.factsOf(library);
        if (libraryFacts !== null) pending.push({ file: library, facts: libraryFacts });
      }
    }
    return YES;
  }

  /**
   * A library by its name, wherever it is: where a loader looks depends on its settings and on variables of the
   * container. One that is nowhere is missing for sure.
   */
  #library(name: string, architecture: string | null): FilesystemEntry | null {
    const key = `${architecture}\0${name}`;
    const known = this.#libraries.get(key);
    if (known !== undefined) return known;
    const isIt = (entry: FilesystemEntry | null): entry is FilesystemEntry => {
      if (entry === null || (entry.kind !== 'file' && entry.kind !== 'hardlink')) return false;
      const facts = this.factsOf(entry);
      return facts === null
        ? !this.isExamined(entry)
        : facts.format === 'elf' && facts.damage === null && facts.architecture === architecture;
    };
    const places = name.includes('/') ? [name] : this.#filesystem.named(name).map(({ path }) => path as string);
    const library = places.map((path) => this.#filesystem.resolve(path)).find(isIt) ?? null;
    this.#libraries.set(key, library);
    return library;
  }

  #isFor(architecture: string | null): boolean {
    const own = this.#architecture;
    if (own === null || architecture === null || architecture === own) return true;
    return ALSO_RUNS[own]?.includes(architecture) === true;
  }

  #rowsOf(layerIndex: number): Map<number, ProgramFacts> {
    const known = this.#rows[layerIndex];
    if (known !== undefined) return known;
    const rows = new Map((this.#records[layerIndex]?.programs ?? []).map((facts) => [facts.row, facts]));
    this.#rows[layerIndex] = rows;
    return rows;
  }
}

/**
 * Mode bits that a file has in a container. A hard link has those of the file it names: runtimes link, and keep
 * the file's mode whatever the link's record says. The attack: a link to a program states 0644, and an audit that
 * believes it sees a text. Where the two differ both count.
 */
export function modeOf(file: FilesystemEntry): number {
  return file.kind === 'hardlink' ? file.mode | (file.content?.mode ?? 0) : file.mode;
}

/** The folders above a path, the nearest first, down to the root. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = path; at !== ''; ) {
    at = parentPath(at);
    folders.push(at);
  }
  return folders;
}

function no(why: string): Runnable {
  return { can: 'no', why };
}
