import { baseName } from '../../core/index.ts';
import { commandsOf, fileOfCommand } from '../command.ts';
import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const SHELL_NAMES: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** Commands of the configuration that need a shell which is not there. */
export const shellNeeded: Rule = {
  id: 'shell/needed',
  title: 'A command needs a shell that the image does not have',
  severity: 'medium',
  confidence: 'high',
  why: 'CMD, ENTRYPOINT and HEALTHCHECK that are written as one text run through /bin/sh -c. In an image without that shell the container does not start, or is unhealthy for good.',
  fix: 'Write the command as a list, which needs no shell: ENTRYPOINT ["/app"], HEALTHCHECK CMD ["/app", "health"].',
  references: ['https://docs.docker.com/reference/dockerfile/#shell-and-exec-form'],
  *judgeImage(evidence) {
    if (evidence.image.platform.startsWith('windows/') || evidence.layers.some(({ record }) => record === null)) return;
    for (const { field, words } of commandsOf(evidence)) {
      const [shell = ''] = words;
      if (!SHELL_NAMES.has(baseName(shell))) continue;
      const file = fileOfCommand(evidence, shell);
      const runnable = file === null ? null : evidence.system.programs.canRun(file);
      if (runnable !== null && runnable.can !== 'no') continue;
      const why = runnable === null ? 'is not there' : `cannot be run: ${runnable.why}`;
      yield {
        key: field,
        state: 'metadata',
        message: `${field} runs ${evidence.redact(shell)}, which ${why}.`,
        evidence: [imagePlace(evidence, { field })],
      };
    }
  },
};
