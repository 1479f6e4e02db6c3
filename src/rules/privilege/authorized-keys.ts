import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Keys that let somebody log in. */
export const privilegeAuthorizedKeys: Rule = {
  id: 'privilege/authorized-keys',
  title: 'The image lets somebody log in with a key',
  severity: 'medium',
  confidence: 'high',
  why: 'Whoever has the private key to a line of authorized_keys logs in to every container of the image that an SSH server runs in: a back door if nobody of yours put it there, and a key that is never taken back if somebody did.',
  fix: 'Delete the file, in the instruction that brings it. Keys that are really needed are mounted at run time.',
  references: ['https://man7.org/linux/man-pages/man8/sshd.8.html', 'https://attack.mitre.org/techniques/T1098/004/'],
  *judgeImage(evidence) {
    const { filesystem } = evidence;
    for (const entry of [...filesystem.named('authorized_keys'), ...filesystem.named('authorized_keys2')]) {
      if (
        (entry.kind !== 'file' && entry.kind !== 'hardlink') ||
        !/(?:^|\/)\.ssh\/[^/]+$|^etc\/(?:ssh|dropbear)\//.test(entry.path)
      )
        continue;
      if ((entry.content?.sizeBytes ?? 0) === 0) continue;
      yield {
        key: entry.path,
        state: 'live',
        message: `/${evidence.redact(entry.path)} names keys that may log in.`,
        evidence: [entryPlace(evidence, entry)],
      };
    }
  },
};
