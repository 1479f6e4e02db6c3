import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Most accounts told; a hostile file can have thousands. */
const MAX_ACCOUNTS = 100;

/** Accounts with UID 0 besides root. */
export const userSecondRoot: Rule = {
  id: 'user/second-root',
  title: 'An account besides root has UID 0',
  severity: 'medium',
  confidence: 'high',
  why: 'Whoever logs in or is switched to as that account is root, under a name that does not say so: a classic back door.',
  fix: 'Delete the account, or give it a UID of its own: RUN usermod --uid 10001 --non-unique ….',
  references: [
    'https://www.cisecurity.org/benchmark/distribution_independent_linux',
    'https://attack.mitre.org/techniques/T1136/001/',
  ],
  *judgeImage(evidence) {
    const file = evidence.filesystem.resolve('etc/passwd');
    if (file === null) return;
    const others = evidence.system.accounts.filter(({ name, uid }) => uid === 0 && name !== 'root');
    for (const { name } of others.slice(0, MAX_ACCOUNTS)) {
      const shown = evidence.redact(name);
      yield {
        key: name,
        state: 'live',
        message: `The account ${JSON.stringify(shown)} has UID 0.`,
        evidence: [entryPlace(evidence, file, { detail: shown })],
      };
    }
  },
};
