import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** The configuration names root as the user, by name or by number. */
export const userRoot: Rule = {
  id: 'user/root',
  title: 'The container runs as root',
  severity: 'medium',
  confidence: 'high',
  why: 'A process that runs as root in a container is root on every file and device that the container is given, and on the host the moment an isolation bug is found. Anything it runs, it runs with all that (CIS Docker Benchmark 1.6, 4.1).',
  fix: 'Create an account in the Dockerfile and switch to it before the last instruction, by number so that Kubernetes can check runAsNonRoot: RUN adduser --system --uid 10001 app, USER 10001.',
  references: ['https://www.cisecurity.org/benchmark/docker', 'https://docs.docker.com/reference/dockerfile/#user'],
  *judgeImage(evidence) {
    const { config, platform } = evidence.image;
    if (config === null || platform.startsWith('windows/')) return;
    const user = config.config.user.trim();
    const [name = '', group] = user.split(':');
    if (user === '' || !isRoot(name, evidence.system.accounts)) return;
    const shown = evidence.redact(user);
    const why =
      name === 'root' || name === '0' ? '' : name === '' ? ', which names no account' : ', an account with UID 0';
    yield {
      key: 'root',
      state: 'metadata',
      message: `USER is ${JSON.stringify(shown)}${why}${group === undefined ? '' : ` (group ${evidence.redact(group)})`}.`,
      evidence: [imagePlace(evidence, { field: 'config.User' })],
    };
  },
};

/**
 * As runc decides: no name before the group is root, and what Go's Atoi reads as a number is one. The attack:
 * `USER +0` or `USER :1000` looks like an unprivileged account, and starts as root.
 */
function isRoot(name: string, accounts: readonly { name: string; uid: number | null }[]): boolean {
  if (name === '') return true;
  if (/^[+-]?\d+$/.test(name)) return Number(name) === 0;
  const account = accounts.find((one) => one.name === name);
  return account === undefined ? name === 'root' : account.uid === 0;
}
