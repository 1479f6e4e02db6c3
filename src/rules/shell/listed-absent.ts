import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Shells that /etc/shells lists and the image does not have. */
export const shellListedAbsent: Rule = {
  id: 'shell/listed-absent',
  title: '/etc/shells lists a shell that is not there',
  severity: 'info',
  confidence: 'high',
  why: 'Login programs take what /etc/shells lists for a shell. A path that is free is one that whoever can write there fills, and accounts whose shell it is cannot log in.',
  fix: 'Delete the line together with the shell, in the same instruction: RUN sed -i "\\\\|^/bin/bash$|d" /etc/shells. An image without shells needs no /etc/shells.',
  references: ['https://man7.org/linux/man-pages/man5/shells.5.html'],
  *judgeImage(evidence) {
    const file = evidence.filesystem.resolve('etc/shells');
    if (file === null) return;
    const absent = evidence.system.loginShells.filter((path) => evidence.system.programs.fileAt(path) === null);
    if (absent.length === 0) return;
    const shown = absent.slice(0, 8).map((path) => evidence.redact(path));
    const more = absent.length > 8 ? ` and ${absent.length - 8} more` : '';
    yield {
      key: 'shells',
      state: 'live',
      message: `/etc/shells lists ${shown.join(', ')}${more}, where no program is.`,
      evidence: [entryPlace(evidence, file, { detail: shown.join(', ') })],
    };
  },
};
