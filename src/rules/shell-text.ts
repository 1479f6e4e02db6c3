/** The text of a RUN instruction or of `sh -c`, read as a shell reads it, as far as rules have to know. */

/** A program that a shell runs, with its arguments. */
export interface ShellCall {
  /** Program and arguments, quotes and backslashes taken away. */
  readonly words: readonly string[];
  /** Variables set for it alone, in front of it or by `env`; those of `export` for all that follow. */
  readonly variables: readonly string[];
  /** Whether `sudo` runs it. */
  readonly sudo: boolean;
  /** The first words of the call that is given what it prints: by a pipe, `$(…)` or `<(…)`. */
  readonly into: readonly string[];
}

/** Words of the shell, and programs whose only task is to run another. */
const IN_FRONT: ReadonlySet<string> = new Set(
  'if then elif else while until do ! time exec command env nice nohup eval { }'.split(' '),
);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** What is read so far of a list of commands in parentheses, or of the whole text. */
interface Level {
  /** The words of the call that surrounds it. */
  readonly outer: string[] | null;
  words: string[];
  /** The call before a `|`. */
  before: string[] | null;
}

/**
 * Splits a text into the programs that it calls. One pass, whatever the text is. The attack: an instruction of a megabyte
 * that says `curl` two hundred thousand times makes a pattern that may begin anywhere look through the rest once for each.
 */
export function readShell(text: string): ShellCall[] {
  const calls: { words: string[]; into: string[] }[] = [];
  const levels: Level[] = [{ outer: null, words: [], before: null }];
  const top = (): Level => levels[levels.length - 1] as Level;
  let word: string | null = null;

  const endWord = (): void => {
    if (word !== null) top().words.push(word);
    word = null;
  };
  const endCall = (pipe: boolean): void => {
    endWord();
    const level = top();
    const { words } = level;
    if (words.length > 0) {
      const into: string[] = [];
      calls.push({ words, into });
      if (level.before !== null) level.before.push(...words.slice(0, MAX_INTO));
      else if (level.outer !== null) into.push(...level.outer.slice(0, MAX_INTO));
      level.before = pipe ? into : null;
      // What it prints goes to the next call, and not to whoever is around it.
      if (pipe) into.length = 0;
    }
    level.words = [];
  };
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] as string;
    if (character === '\\') {
      i += 1;
      if (text[i] !== '\n') word = (word ?? '') + (text[i] ?? '');
    } else if (character === "'" || character === '"') {
      const end = closingQuote(text, i);
      word = (word ?? '') + unquote(text.slice(i + 1, end), character);
      i = end;
    } else if (character === ' ' || character === '\t' || character === '\r') {
      endWord();
    } else if (character === '#' && word === null) {
      while (i + 1 < text.length && text[i + 1] !== '\n') i += 1;
    } else if (character === '&' && (text[i - 1] === '>' || text[i + 1] === '>')) {
      word = (word ?? '') + character;
    } else if (character === '|' && text[i + 1] !== '|') {
      endCall(true);
      if (text[i + 1] === '&') i += 1;
    } else if (character === ';' || character === '\n' || character === '&' || character === '|') {
      endCall(false);
      if (text[i + 1] === character) i += 1;
    } else if (character === '(' && levels.length < MAX_DEPTH) {
      if (word === '$' || word === '<') word = null;
      endWord();
      levels.push({ outer: top().words, words: [], before: null });
    } else if (character === ')') {
      endCall(false);
      if (levels.length > 1) levels.pop();
    } else {
      word = (word ?? '') + character;
    }
  }
  while (levels.length > 0) {
    endCall(false);
    levels.pop();
  }
  return calls.flatMap(({ words, into }) => toCall(words, into) ?? []);
}

/** Words kept of the call that is given what another prints: the program is among them, and copies stay small. */
const MAX_INTO = 16;
/** Parentheses in parentheses; whoever writes more does not want to be read. */
const MAX_DEPTH = 64;

function closingQuote(text: string, from: number): number {
  const quote = text[from];
  let i = from + 1;
  while (i < text.length && text[i] !== quote) i += quote === '"' && text[i] === '\\' ? 2 : 1;
  return Math.min(i, text.length);
}

function unquote(text: string, quote: string): string {
  return quote === "'"
    ? text
    : text.replace(/\\(["\\$`\n])/g, (_, escaped: string) => (escaped === '\n' ? '' : escaped));
}

/** Takes what stands in front of the program apart; null where no program is left. */
function toCall(all: readonly string[], into: readonly string[]): ShellCall | null {
  const variables: string[] = [];
  let sudo = false;
  let at = 0;
  for (; at < all.length; at += 1) {
    const word = all[at] as string;
    if (ASSIGNMENT.test(word)) variables.push(word);
    else if (word === 'sudo') sudo = true;
    else if (!IN_FRONT.has(word) && !(sudo && word.startsWith('-'))) break;
  }
  const words = all.slice(at);
  if (words[0] === 'export') variables.push(...words.slice(1).filter((word) => ASSIGNMENT.test(word)));
  return words.length === 0 && variables.length === 0 && !sudo ? null : { words, variables, sudo, into };
}

const DOWNLOAD = /^(?:curl|wget|fetch)$/;
const INTERPRETER = /^(?:\S*\/)?(?:(?:ba|da|a|z|k)?sh|python\d?(?:\.\d+)?|perl|ruby|node|php|source|\.)$/;
/** A substitution in quotes, which is one word to the shell that is given it. */
const SUBSTITUTED = /^\s*(?:\$\(|<\(|`)\s*(?:curl|wget)\s/;

/** Whether a download is run as it comes. */
export function runsDownload(calls: readonly ShellCall[]): boolean {
  return calls.some(({ words, into }) => {
    const program = words[0] ?? '';
    if (DOWNLOAD.test(program)) return INTERPRETER.test(programOf(into));
    return INTERPRETER.test(program) && words.some((word) => SUBSTITUTED.test(word));
  });
}

function programOf(words: readonly string[]): string {
  return toCall(words, [])?.words[0] ?? '';
}
