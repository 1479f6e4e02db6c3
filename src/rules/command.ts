import type { FilesystemEntry } from '../filesystem/index.ts';
import type { ImageEvidence } from './evidence.ts';

/** What a configuration has a container run. */
export interface Command {
  /** `config.Entrypoint`. */
  readonly field: string;
  readonly words: readonly string[];
}

/** The program that a container starts with, and that of its health check. */
export function commandsOf({ image }: ImageEvidence): Command[] {
  const config = image.config?.config;
  if (config === undefined) return [];
  const { entrypoint, cmd, healthcheck } = config;
  const commands: Command[] = [];
  if (entrypoint.length > 0) commands.push({ field: 'config.Entrypoint', words: [...entrypoint, ...cmd] });
  else if (cmd.length > 0) commands.push({ field: 'config.Cmd', words: cmd });
  const [kind, ...test] = healthcheck?.test ?? [];
  if (kind === 'CMD' && test.length > 0) commands.push({ field: 'config.Healthcheck.Test', words: test });
  if (kind === 'CMD-SHELL') {
    // Docker's daemon wraps it into the image's SHELL, or into this one.
    const shell = config.shell.length > 0 ? config.shell : ['/bin/sh', '-c'];
    commands.push({ field: 'config.Healthcheck.Test', words: [...shell, ...test] });
  }
  return commands;
}

/** The program that a command ends up with: behind inits that only start it, and in the text that a shell is given. */
export function programCall(words: readonly string[]): string {
  const start = words.findIndex((word) => !INIT.test(word) && word !== '--' && !/^-\w$/.test(word));
  const [program = '', option = '', text = ''] = words.slice(Math.max(start, 0));
  const isShell = /(?:^|\/)(?:ba|da|a)?sh$/.test(program) && /^-\w*c$/.test(option);
  return (isShell ? text.trim().replace(/^exec\s+/, '') : words.slice(Math.max(start, 0)).join(' ')).slice(0, 4096);
}

/** Programs whose only task is to be the first process, and to start another. */
const INIT = /(?:^|\/)(?:tini|dumb-init|catatonit|docker-init|gosu|su-exec|setpriv|docker-entrypoint\.sh)$/;

/** The value of a variable of the configuration's environment; null where it is not set. */
export function environment({ image }: ImageEvidence, name: string): string | null {
  // Of several, runtimes give the last to the program.
  const line = (image.config?.config.env ?? []).findLast((one) => one.startsWith(`${name}=`));
  return line === undefined ? null : line.slice(name.length + 1);
}

/** The file that a command of the configuration runs, found as the runtime finds it; null if it is not there. */
export function fileOfCommand(evidence: ImageEvidence, command: string): FilesystemEntry | null {
  const folder = evidence.image.config?.config.workingDir ?? '';
  return evidence.system.programs.find(command, environment(evidence, 'PATH'), folder === '' ? '/' : folder);
}
