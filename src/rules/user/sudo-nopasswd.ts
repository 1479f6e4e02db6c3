import { entryPlace } from '../places.ts';
import { findPrograms } from '../programs.ts';
import type { Rule } from '../rule.ts';

/** Lines of sudoers that ask for no password. */
export const userSudoNopasswd: Rule = {
  id: 'user/sudo-nopasswd',
  title: 'sudo asks for no password',
  severity: 'medium',
  confidence: 'high',
  why: 'With NOPASSWD the account that USER names is root for whoever gets it to run a command: USER then only looks like a precaution.',
  fix: 'Do in the Dockerfile as root what needs root, and leave sudo and its rules out of the image. An entry point that begins as root and then drops its rights uses gosu or setpriv.',
  references: [
    'https://man7.org/linux/man-pages/man5/sudoers.5.html',
    'https://docs.docker.com/build/building/best-practices/#user',
  ],
  *judgeImage(evidence) {
    const usable = findPrograms(evidence, ['sudo']).some(({ runnable }) => runnable.can !== 'no');
    for (const { file, text } of evidence.system.sudoRules) {
      const shown = evidence.redact(text.replace(/\s+/g, ' ').slice(0, 200));
      yield {
        key: `${file.path} ${text}`,
        state: 'live',
        ...(usable ? {} : { severity: 'info' }),
        message: `/${evidence.redact(file.path)}: ${shown}${usable ? '' : ' (there is no sudo that could be run)'}.`,
        evidence: [entryPlace(evidence, file, { detail: shown })],
      };
    }
  },
};
