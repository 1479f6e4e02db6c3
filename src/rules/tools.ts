import type { Severity } from '../core/index.ts';
import type { ImageEvidence } from './evidence.ts';
import { entryPlace } from './places.ts';
import { findPrograms, listPaths, runs } from './programs.ts';
import type { Draft } from './rule.ts';

/** Compilers, assemblers and linkers. */
export const COMPILERS = [
  'gcc',
  'g++',
  'cc',
  'c++',
  'cc1',
  'clang',
  'clang++',
  'tcc',
  'ld',
  'as',
  'go',
  'rustc',
  'javac',
  'ghc',
  'ocamlopt',
  'zig',
  'nim',
  'gfortran',
  'gnat',
  'swiftc',
  'kotlinc',
  'scalac',
  'tsc',
  'lld',
  'ld.lld',
  'ld.gold',
  'mold',
  'nasm',
  'yasm',
];

/** What drives a build, and what fetches sources for it. */
export const BUILD_TOOLS = [
  'make',
  'gmake',
  'cmake',
  'ninja',
  'meson',
  'bazel',
  'buck2',
  'scons',
  'autoconf',
  'automake',
  'mvn',
  'gradle',
  'ant',
  'sbt',
  'svn',
  'hg',
  'bzr',
  'cvs',
];

/** One finding for all programs of some names; `info` where none of them can run. */
export function* judgeTools(
  evidence: ImageEvidence,
  key: string,
  names: readonly string[],
  severity: Severity,
): Iterable<Draft> {
  const programs = findPrograms(evidence, names).filter(({ multiCall }) => !multiCall);
  if (programs.length === 0) return;
  const entries = programs.map(({ entry }) => entry);
  const { usable, text } = runs(programs);
  yield {
    key,
    state: 'live',
    severity: usable ? severity : 'info',
    message: `${listPaths(evidence, entries)} ${text}.`,
    evidence: entries.map((entry) => entryPlace(evidence, entry)),
  };
}
