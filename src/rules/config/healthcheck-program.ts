import { commandsOf, environment, fileOfCommand } from '../command.ts';
import type { ImageEvidence } from '../evidence.ts';
import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** What shells do themselves. */
const BUILT_IN: ReadonlySet<string> = new Set(
  '. : [ break cd command continue echo eval exec exit export false if kill printf pwd read return set shift test then true type umask unset wait while for case until ! {'.split(
    ' ',
  ),
);

/** The health check calls a program that the image does not have. */
export const configHealthcheckProgram: Rule = {
  id: 'config/healthcheck-program',
  title: 'The health check calls a program that the image does not have',
  severity: 'medium',
  confidence: 'high',
  why: 'The check fails for good: the container is unhealthy, whatever its service does, and orchestrators restart or drain it. It happens where curl or wget stayed behind in a smaller base image.',
  fix: 'Have the program check itself: HEALTHCHECK CMD ["/app", "health"], or copy the tool that it calls into the last stage.',
  references: ['https://docs.docker.com/reference/dockerfile/#healthcheck'],
  *judgeImage(evidence) {
    // What was not examined may hold it; on Windows programs are found in other ways.
    if (evidence.image.platform.startsWith('windows/') || evidence.layers.some(({ record }) => record === null)) return;
    const program = calledProgram(evidence);
    if (program === null || fileOfCommand(evidence, program) !== null) return;
    const path = environment(evidence, 'PATH');
    const where = program.includes('/')
      ? 'which is not in the final filesystem'
      : `which is nowhere in PATH (${path === null ? 'not set' : evidence.redact(path)})`;
    yield {
      key: 'program',
      state: 'metadata',
      message: `The health check runs ${evidence.redact(program)}, ${where}.`,
      evidence: [imagePlace(evidence, { field: 'config.Healthcheck.Test' })],
    };
  },
};

/** The first program that the check calls; null where that cannot be told. */
function calledProgram(evidence: ImageEvidence): string | null {
  const test = evidence.image.config?.config.healthcheck?.test ?? [];
  if (test[0] === 'CMD') {
    const words = commandsOf(evidence).find(({ field }) => field === 'config.Healthcheck.Test')?.words ?? [];
    const shellText = /(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(words[0] ?? '') && words[1] === '-c' ? words[2] : undefined;
    // A shell that is not there is for shell/needed to tell.
    return shellText === undefined ? (words[0] ?? null) : firstWord(shellText);
  }
  return test[0] === 'CMD-SHELL' ? firstWord(test[1] ?? '') : null;
}

/** The program in front of a line of shell; null for what only a shell can tell. */
function firstWord(line: string): string | null {
  const words = line.trim().split(/\s+/);
  const word = words.find((one) => !/^\w+=/.test(one)) ?? '';
  if (!/^[\w./+-]+$/.test(word) || BUILT_IN.has(word)) return null;
  return word;
}
