import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Hashes that a graphics card tries billions of a second of. */
const WEAK: ReadonlySet<string> = new Set(['des', 'bsdi', 'md5', 'sunmd5', 'nthash']);

/** Most accounts told; a hostile file can have thousands. */
const MAX_ACCOUNTS = 100;

/** Accounts with a password that is known to whoever built the image. */
export const userPassword: Rule = {
  id: 'user/password',
  title: 'An account has a password',
  severity: 'low',
  confidence: 'high',
  why: 'Everybody who has the image has the hash and can try passwords on it at leisure, and all containers of the image have the same one. A container needs no passwords.',
  fix: 'Lock the account: RUN passwd --lock ….',
  references: ['https://man7.org/linux/man-pages/man5/crypt.5.html'],
  *judgeImage(evidence) {
    const file = evidence.filesystem.resolve('etc/shadow');
    if (file === null) return;
    const set = evidence.system.passwords.filter(({ state }) => state === 'set');
    for (const { name, hash } of set.slice(0, MAX_ACCOUNTS)) {
      if (hash === null) continue;
      const weak = WEAK.has(hash);
      const shown = evidence.redact(name);
      yield {
        key: name,
        state: 'live',
        ...(weak ? { severity: 'medium' } : {}),
        message: `The account ${JSON.stringify(shown)} has a password, hashed with ${hash}${weak ? ', which is quickly broken' : ''}.`,
        evidence: [entryPlace(evidence, file, { detail: `${shown}: ${hash}` })],
      };
    }
  },
};
