import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** ENTRYPOINT or CMD that a shell runs, which then is process 1. */
export const configShellForm: Rule = {
  id: 'config/shell-form',
  title: 'A shell is process 1, and keeps signals from the program',
  severity: 'low',
  confidence: 'high',
  why: 'An ENTRYPOINT or CMD that is written as one text runs below /bin/sh -c. The shell does not hand SIGTERM on: the program is killed after the grace period, with work under way, and it needs a shell in the image.',
  fix: 'Write a list: CMD ["/app", "serve"]. Where a shell has to expand something, let it make room: ENTRYPOINT exec /app --port "$PORT".',
  references: [
    'https://docs.docker.com/reference/dockerfile/#shell-and-exec-form',
    'https://docs.docker.com/reference/build-checks/json-args-recommended/',
  ],
  *judgeImage(evidence) {
    const config = evidence.image.config?.config;
    if (config === undefined || evidence.image.platform.startsWith('windows/')) return;
    const { entrypoint, cmd } = config;
    const [field, words] = entrypoint.length > 0 ? ['config.Entrypoint', entrypoint] : ['config.Cmd', cmd];
    const [shell = '', flag = '', text] = words;
    if (!/(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(shell) || !/^-\w*c$/.test(flag) || text === undefined) return;
    if (/^\s*exec\s/.test(text) || /[;&]\s*exec\s+[^;&|]+$/.test(text)) return;
    yield {
      key: field,
      state: 'metadata',
      message: `${field} runs ${JSON.stringify(shortened(evidence.redact(text)))} below ${evidence.redact(shell)}.`,
      evidence: [imagePlace(evidence, { field })],
    };
  },
};

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
