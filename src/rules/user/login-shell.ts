import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';
import { unprivilegedUser } from '../runtime-user.ts';

/** The account that the container runs as can be logged in to. */
export const userLoginShell: Rule = {
  id: 'user/login-shell',
  title: 'The runtime user has a login shell',
  severity: 'info',
  confidence: 'high',
  why: 'An account that only runs a service needs no shell to log in with; without one, su and a leftover SSH server have nothing to give to whoever knows its name.',
  fix: 'Make the account without one: RUN adduser --system --shell /usr/sbin/nologin app.',
  references: ['https://man7.org/linux/man-pages/man8/nologin.8.html'],
  *judgeImage(evidence) {
    const user = unprivilegedUser(evidence);
    const account = evidence.system.accounts.find(({ name, uid }) => uid === user?.uid && name === user?.name);
    const file = evidence.filesystem.resolve('etc/passwd');
    if (user === null || account === undefined || file === null) return;
    // An empty field means /bin/sh (passwd(5)).
    const shell = account.shell === '' ? '/bin/sh' : account.shell;
    const { programs } = evidence.system;
    const program = programs.fileAt(shell);
    if (/\/(?:nologin|false|true|sync)$/.test(shell) || program === null || programs.canRun(program).can === 'no')
      return;
    yield {
      key: 'login-shell',
      state: 'live',
      message: `The account ${JSON.stringify(evidence.redact(account.name))} logs in with ${evidence.redact(shell)}.`,
      evidence: [entryPlace(evidence, file, { detail: evidence.redact(account.name) })],
    };
  },
};
