import { baseName } from '../../core/index.ts';
import type { FilesystemEntry } from '../../filesystem/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import { entryPlace } from '../places.ts';
import { findPrograms, listPaths, type Program, programAt, runs } from '../programs.ts';
import type { Draft, Rule } from '../rule.ts';

/** Names of shells. */
const SHELLS = [
  'sh',
  'bash',
  'dash',
  'ash',
  'hush',
  'zsh',
  'ksh',
  'ksh93',
  'mksh',
  'lksh',
  'oksh',
  'posh',
  'fish',
  'csh',
  'tcsh',
  'rbash',
  'rzsh',
  'rksh',
  'yash',
  'pwsh',
  'nu',
  'elvish',
  'xonsh',
];
/** Programs that are shells when called by their own name: `busybox sh`. */
const MULTI_CALL = ['busybox', 'toybox'];
/** Shells that are scripts of another language. */
const SCRIPT_SHELLS: ReadonlySet<string> = new Set(['xonsh']);

/** Each shell that can be reached in the final filesystem. */
export const shellPresent: Rule = {
  id: 'shell/present',
  title: 'A shell is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'Whoever gets a program of the container to run a command needs a shell to go on: to look around, to fetch tools, to open a way back. An image that serves one program needs none (NIST SP 800-190, 4.1.2).',
  fix: 'Copy the program into an image without a shell in the last stage: FROM gcr.io/distroless/static-debian12, or FROM scratch for a static binary. For debugging, attach an ephemeral container (kubectl debug, docker debug).',
  references: ['https://github.com/GoogleContainerTools/distroless', 'https://doi.org/10.6028/NIST.SP.800-190'],
  *judgeImage(evidence) {
    const named = findPrograms(evidence, [...SHELLS, ...MULTI_CALL]).filter(isShell);
    const known = new Set(named.map(({ file }) => file.contentId));
    const programs = [...named, ...shellsByContent(evidence, known), ...loginShells(evidence)];
    // One finding a file: /bin/sh and /bin/dash are one shell with two names.
    for (const group of Map.groupBy(programs, ({ file }) => file.contentId).values()) yield toDraft(evidence, group);
  },
};

/** Whether a program that is called like a shell is one, as far as its content tells. */
function isShell({ name, facts }: Program): boolean {
  if (facts === null) return true;
  if (facts.identity !== null) return facts.identity.shells.length > 0;
  if (facts.format === 'script') return SCRIPT_SHELLS.has(name);
  // A program of Go says what it is; a library or a core dump is nothing to type commands into.
  return facts.go?.path == null && facts.kind === 'executable';
}

/** Shells by their content, whatever they are called. `known` are files that have the name of a shell. */
function* shellsByContent(evidence: ImageEvidence, known: ReadonlySet<string>): Iterable<Program> {
  for (const { file, facts } of evidence.system.programs.live()) {
    if (facts.identity === null || facts.identity.shells.length === 0) continue;
    // busybox has hundreds of names; those that make it a shell were found by them.
    if (facts.identity.multiCall && known.has(file.contentId)) continue;
    const names = evidence.filesystem.sharing(file).filter(({ state }) => state === 'live');
    for (const entry of facts.identity.multiCall ? names.slice(0, 1) : names) {
      const program = programAt(evidence, entry, baseName(entry.path));
      if (program !== null) yield program;
    }
  }
}

function* loginShells(evidence: ImageEvidence): Iterable<Program> {
  for (const path of evidence.system.loginShells) {
    const entry = evidence.filesystem.resolve(path);
    const program = entry === null ? null : programAt(evidence, entry, path);
    if (program === null) continue;
    // A listed busybox without a shell, or a listed program of Go, is still what accounts log in to.
    yield program;
  }
}

function toDraft(evidence: ImageEvidence, group: readonly Program[]): Draft {
  const byPath = new Map(group.map(({ entry }) => [entry.path, entry]));
  const paths = [...byPath.keys()].sort();
  const { file, facts } = group[0] as Program;
  const { usable, text } = runs(group);
  const entries = paths.map((path) => byPath.get(path) as FilesystemEntry);
  return {
    key: file.path,
    state: 'live',
    ...(usable ? {} : { severity: 'info', title: 'A shell is in the image, and cannot be run' }),
    ...(facts?.identity == null ? { confidence: 'medium' } : {}),
    message: `${listPaths(evidence, entries)} ${text}. ${basis(group)}`,
    evidence: entries.map((entry) => entryPlace(evidence, entry)),
  };
}

/** What makes it a shell. */
function basis(group: readonly Program[]): string {
  const { name, facts } = group[0] as Program;
  if (facts === null) return 'It has the name of a shell; its bytes were not examined.';
  const { identity } = facts;
  if (identity !== null && identity.shells.length > 0) {
    const version = identity.version === null ? '' : ` ${identity.version}`;
    const brings = identity.multiCall ? `, which brings ${identity.shells.join(' and ')}` : '';
    return `By its content it is ${identity.name}${version}${brings}.`;
  }
  return name.startsWith('/')
    ? 'It is listed in /etc/shells.'
    : 'It is a program with the name of a shell; its content is that of none that is known here.';
}
