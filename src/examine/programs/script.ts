import { decodeBytes } from '../../core/index.ts';
import { bareFacts, type ProgramFacts } from './program-facts.ts';

/** What Linux reads of the first line (BINPRM_BUF_SIZE in include/uapi/linux/binfmts.h). */
const LINE_BYTES = 256;
/** How much of a script is looked at: the beginning of what gzexe writes has some 600 bytes. */
export const SCRIPT_HEAD_BYTES = 1024;

/** Reads the first line of a script, as fs/binfmt_script.c does; null where the kernel would not start it. */
export function readScript(row: number, head: Uint8Array): ProgramFacts | null {
  const line = decodeBytes(head.subarray(2, LINE_BYTES)).split('\n', 1)[0] ?? '';
  const [, interpreter, rest = ''] = /^[ \t]*([^ \t\0]+)[ \t]*([^\0]*)/.exec(line.replace(/\r$/, '')) ?? [];
  if (interpreter === undefined) return null;
  return {
    ...bareFacts(row, 'script'),
    interpreter,
    envProgram: /(?:^|\/)env$/.test(interpreter) ? envProgram(rest.trim()) : null,
    packer: isGzexe(decodeBytes(head)) ? 'gzexe' : null,
  };
}

/** What env(1) runs: behind its options and its assignments. */
function envProgram(text: string): string | null {
  const words = text.split(/[ \t]+/);
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    if (/^(?:-u|--unset|-C|--chdir)$/.test(word)) i += 1;
    // -S and what it is glued to: the rest of the line as words.
    else if (/^-[a-zA-Z]*S./.test(word) && !word.startsWith('--')) return word.replace(/^-[a-zA-Z]*?S/, '') || null;
    else if (word.startsWith('--split-string=')) return word.slice('--split-string='.length) || null;
    else if (!word.startsWith('-') && !/^\w+=/.test(word)) return word === '' ? null : word;
  }
  return null;
}

/** gzexe(1) writes a script that unpacks what stands behind it. */
function isGzexe(head: string): boolean {
  return /^skip=\d+$/m.test(head) && head.includes('gztmpdir');
}
