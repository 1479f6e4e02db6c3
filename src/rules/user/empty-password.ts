import { modeOf } from '../../system/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import { entryPlace } from '../places.ts';
import { findPrograms } from '../programs.ts';
import type { Rule } from '../rule.ts';

/** Programs that ask for a password and then let somebody be somebody else, if they may. */
const DOORS = ['su', 'login', 'newgrp'];
const SETUID = 0o4000;
/** Most accounts told; a hostile file can have thousands. */
const MAX_ACCOUNTS = 100;

/** Accounts that anybody may log in to. */
export const userEmptyPassword: Rule = {
  id: 'user/empty-password',
  title: 'An account has no password, and is not locked',
  severity: 'medium',
  confidence: 'high',
  why: 'An empty password field lets anybody in who gets asked for the password. Alpine images of 2015 to 2019 had it for root (CVE-2019-5021). One that is ! or * is locked and lets nobody in.',
  fix: 'Lock the account: RUN passwd --lock root, or in an Alpine image RUN sed -i "s/^root::/root:!:/" /etc/shadow.',
  references: ['https://nvd.nist.gov/vuln/detail/CVE-2019-5021', 'https://man7.org/linux/man-pages/man5/shadow.5.html'],
  *judgeImage(evidence) {
    const { system, filesystem } = evidence;
    const shadow = filesystem.resolve('etc/shadow');
    const passwd = filesystem.resolve('etc/passwd');
    const empty = [
      ...system.passwords.filter(({ state }) => state === 'empty').map(({ name }) => ({ name, file: shadow })),
      ...system.accounts.filter(({ emptyPassword }) => emptyPassword).map(({ name }) => ({ name, file: passwd })),
    ];
    const door = openDoor(evidence);
    for (const { name, file } of empty.slice(0, MAX_ACCOUNTS)) {
      if (file === null) continue;
      const shown = evidence.redact(name);
      yield {
        key: name,
        state: 'live',
        ...(door === null ? {} : { severity: 'high' }),
        message: `The account ${JSON.stringify(shown)} has an empty password in /${evidence.redact(file.path)}${door === null ? '' : `, and ${door} lets anybody be it`}.`,
        evidence: [entryPlace(evidence, file, { detail: shown })],
      };
    }
  },
};

/** A setuid program that turns the empty password into another identity. Servers do so only where they are started. */
function openDoor(evidence: ImageEvidence): string | null {
  const door = findPrograms(evidence, DOORS).find(
    ({ file, runnable }) => runnable.can !== 'no' && (modeOf(file) & SETUID) !== 0,
  );
  return door === undefined ? null : `/${evidence.redact(door.entry.path)}`;
}
