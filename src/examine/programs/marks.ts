/** Tells well-known programs by texts that only they hold, whatever they are called. */
import type { Literal, Placement } from '../prefilter/index.ts';
import type { GoBuild } from './go-build.ts';
import type { ProgramIdentity } from './program-facts.ts';

/** A program, and how it is told. */
interface Mark {
  readonly name: string;
  /** All of these stand in it. */
  readonly all: readonly string[];
  /** None of these does. */
  readonly none?: readonly string[];
  /** One of `all`, behind which its version stands. */
  readonly versionBehind?: string;
  /** The shell that it is. */
  readonly shell?: string;
  readonly multiCall?: boolean;
}

/** Shells that multi-call programs may bring, by what only they hold. */
interface Applet {
  readonly of: string;
  readonly shell: string;
  readonly all: readonly string[];
}

const MARKS: readonly Mark[] = [
  // version.c: sccsversion, for what(1); variables.c makes BASH_VERSINFO.
  {
    name: 'bash',
    all: ['@(#)Bash version ', 'BASH_VERSINFO'],
    versionBehind: '@(#)Bash version ',
    shell: 'bash',
  },
  // libbb/messages.c: bb_banner; libbb/appletlib.c says what it is. Applets are compressed, or may be left out.
  {
    name: 'busybox',
    all: ['BusyBox v', 'multi-call binary'],
    versionBehind: 'BusyBox v',
    multiCall: true,
  },
  // main.c: toybox_main. Its other texts stand in its help, which may be left out.
  { name: 'toybox', all: ['toybox', 'multicall binary%s'], multiCall: true },
  // src/coreutils.c: usage of the single binary.
  { name: 'coreutils', all: ['--coreutils-prog='], multiCall: true },
  // uutils/coreutils, src/bin/coreutils.rs.
  { name: 'uutils', all: ['(multi-call binary)', 'uutils'], multiCall: true },
  // var.c of dash: the variables that it begins with. busybox holds them, too, where it brings ash.
  { name: 'dash', all: ['OPTIND=1', 'PS4=+ ', 'Syntax error: %s'], none: ['BusyBox v'], shell: 'dash' },
  { name: 'ash', all: ['OPTIND=1', 'PS4=+ '], none: ['BusyBox v', 'Syntax error: %s'], shell: 'ash' },
  // Src/params.c: special parameters.
  { name: 'zsh', all: ['ZSH_EVAL_CONTEXT', 'ZSH_PATCHLEVEL'], shell: 'zsh' },
  // sh/version.h through sh/init.c: the value of KSH_VERSION. shcomp compiles scripts with the same library.
  {
    name: 'ksh93',
    all: ['@(#)$Id: Version '],
    none: ['@(#)$Id: shcomp ('],
    versionBehind: '@(#)$Id: Version ',
    shell: 'ksh93',
  },
  // main.c: the value of KSH_VERSION.
  { name: 'mksh', all: ['@(#)MIRBSD KSH R'], versionBehind: '@(#)MIRBSD KSH R', shell: 'mksh' },
  { name: 'lksh', all: ['@(#)LEGACY KSH R'], versionBehind: '@(#)LEGACY KSH R', shell: 'lksh' },
  // version.c of pdksh, and of oksh and loksh, which come from it.
  { name: 'pdksh', all: ['@(#)PD KSH v'], versionBehind: '@(#)PD KSH v', shell: 'ksh' },
  { name: 'posh', all: ['POSH_VERSION', "Use `exit' to leave ksh"], shell: 'posh' },
  // yash.c: its version; its variables stand as wide characters.
  { name: 'yash', all: ['Yet another shell, version '], shell: 'yash' },
  // sh.h and pathnames.h: where csh and tcsh look for what to begin and end with.
  { name: 'csh', all: ['/etc/csh.cshrc', '/etc/csh.logout'], shell: 'csh' },
  // env_universal_common and reader. Its helpers fish_indent and fish_key_reader do not bind keys.
  {
    name: 'fish',
    all: ['fish universal variable definitions', 'fish_default_key_bindings'],
    shell: 'fish',
  },
  // nu-cli and nu-engine: where it looks for modules and plugins.
  { name: 'nu', all: ['NU_LIB_DIRS', 'NU_PLUGIN_DIRS'], shell: 'nu' },
  // The starter of .NET programs holds the name of what it starts.
  { name: 'pwsh', all: ['pwsh.dll'], shell: 'pwsh' },
];

const APPLETS: readonly Applet[] = [
  { of: 'busybox', shell: 'ash', all: ['OPTIND=1', 'PS4=+ '] },
  { of: 'busybox', shell: 'hush', all: ['HUSH_VERSION'] },
  // toys/*/sh.c: variables of its sh.
  { of: 'toybox', shell: 'sh', all: ['BASHPID', 'TOYSH'] },
  { of: 'toybox', shell: 'sh', all: ['BASHPID', 'OPTIND'] },
];

/** Shells written in Go, by their main package. */
const GO_SHELLS: readonly (readonly [path: RegExp, name: string])[] = [
  [/^src\.elv\.sh\/cmd\/[^/]+$/, 'elvish'],
  [/^github\.com\/elves\/elvish(?:\/cmd\/[^/]+)?$/, 'elvish'],
  [/^mvdan\.cc\/sh(?:\/v\d+)?\/cmd\/gosh$/, 'gosh'],
];

/** Buckets of the prefilter. */
const BUCKETS = 16;

const TEXTS: readonly string[] = [...new Set([...MARKS, ...APPLETS].flatMap(({ all }) => all))];
const REFUSALS = MARKS.flatMap(({ none }) => none ?? []).filter((text) => !TEXTS.includes(text));

/** What to look for in programs. */
export const MARK_LITERALS: readonly Literal[] = [...TEXTS, ...new Set(REFUSALS)].map((text) => ({ text }));

/**
 * Where the prefilter looks for each: at the four characters that words have least of. Working out the best places takes
 * longer than the audit of a small image, and gains nothing on so few.
 */
export const MARK_PLACEMENTS: readonly Placement[] = MARK_LITERALS.map(({ text }, i) => {
  const rarity = (window: number): number => text.slice(window, window + 4).replace(/[a-z ]/g, '').length;
  const windows = Array.from({ length: text.length - 3 }, (_, window) => window);
  return { bucket: i % BUCKETS, window: windows.toSorted((a, b) => rarity(b) - rarity(a) || a - b)[0] ?? 0 };
});

/** Texts behind which a version stands. */
export const VERSION_MARKS: ReadonlySet<string> = new Set(MARKS.flatMap(({ versionBehind }) => versionBehind ?? []));

/**
 * What a program is.
 * @param found the texts that it holds
 * @param behind what stands behind those of {@link VERSION_MARKS}
 */
export function identify(found: ReadonlySet<string>, behind: ReadonlyMap<string, string>): ProgramIdentity | null {
  const has = (text: string): boolean => found.has(text);
  const mark = MARKS.find(({ all, none }) => all.every(has) && !(none ?? []).some(has));
  if (mark === undefined) return null;
  const applets = APPLETS.filter(({ of, all }) => of === mark.name && all.every(has)).map(({ shell }) => shell);
  return {
    name: mark.name,
    version: versionIn(mark.versionBehind === undefined ? undefined : behind.get(mark.versionBehind)),
    shells: [...new Set([...(mark.shell === undefined ? [] : [mark.shell]), ...applets])],
    multiCall: mark.multiCall === true,
  };
}

/** What a Go program is. */
export function identifyGo({ path, main }: GoBuild): ProgramIdentity | null {
  const name = GO_SHELLS.find(([pattern]) => path !== null && pattern.test(path))?.[1];
  return name === undefined ? null : { name, version: main?.version ?? null, shells: [name], multiCall: false };
}

/** The version at the beginning of a text, up to a blank, parenthesis or NUL. */
function versionIn(text: string | undefined): string | null {
  const version = /^(?:AJM |JM |A )?[\w.+/:~-]+/.exec(text ?? '')?.[0];
  return version === undefined ? null : version.slice(0, 40);
}
