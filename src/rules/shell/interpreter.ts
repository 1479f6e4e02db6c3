import { baseName } from '../../core/index.ts';
import { entryPlace } from '../places.ts';
import { listPaths, programAt } from '../programs.ts';
import type { Rule } from '../rule.ts';

/** Names of programs that run any text in a language that can start programs and open connections. */
const INTERPRETER =
  /^(?:python|pypy|perl|ruby|jruby|node|nodejs|deno|bun|lua|luajit|php|tclsh|expect|guile|qjs|gosh|Rscript|erl|elixir|julia|groovysh|jshell|ghci|ocaml|racket|sbcl)[\d.-]*(?:-cgi)?$/;

/** Interpreters of languages, which do what shells do. */
export const shellInterpreter: Rule = {
  id: 'shell/interpreter',
  title: 'An interpreter that serves as a shell is in the image',
  severity: 'info',
  confidence: 'high',
  why: 'An interpreter starts programs, opens connections and reads files for whoever gets to feed it a line: for an intruder it is as good as a shell. Where the program is written in that language it has to be there, and it is worth knowing that taking the shell away does not take this away.',
  fix: 'Where nothing needs it, take it out: build in one stage and copy the result into an image without it. Where the program needs it, run with a read-only root filesystem and without capabilities.',
  references: ['https://attack.mitre.org/techniques/T1059/', 'https://gtfobins.github.io/'],
  *judgeImage(evidence) {
    const { programs } = evidence.system;
    for (const { file, facts } of programs.live()) {
      if (facts.format !== 'elf' || facts.kind !== 'executable') continue;
      const entries = evidence.filesystem
        .sharing(file)
        .filter((entry) => entry.state === 'live' && INTERPRETER.test(baseName(entry.path)));
      const first = entries[0];
      const program = first === undefined ? null : programAt(evidence, first, baseName(first.path));
      if (program === null || program.runnable.can === 'no' || program.facts?.identity != null) continue;
      yield {
        key: entries[0]?.path ?? file.path,
        state: 'live',
        message: `${listPaths(evidence, entries)} can be run.`,
        evidence: entries.map((entry) => entryPlace(evidence, entry)),
      };
    }
  },
};
