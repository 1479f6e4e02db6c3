import { entryPlace } from '../places.ts';
import { modeOf } from '../programs.ts';
import type { Rule } from '../rule.ts';

const SETUID = 0o4000;
const SETGID = 0o2000;
const EXECUTABLE = 0o111;

/** Programs that run with the rights of their owner or group, whoever starts them. */
export const privilegeSetuid: Rule = {
  id: 'privilege/setuid',
  title: 'A setuid or setgid program is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'A setuid program runs with the rights of its owner, nearly always root. One bug in it turns an unprivileged process of the container into root, which is what USER was to prevent (CIS Docker Benchmark 1.6, 4.8).',
  fix: 'Take the bits away where nothing needs them: RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +. At run time, no-new-privileges makes them powerless.',
  references: [
    'https://www.cisecurity.org/benchmark/docker',
    'https://docs.docker.com/engine/security/#other-kernel-security-features',
  ],
  *judgeImage(evidence) {
    for (const entry of evidence.filesystem.live()) {
      if (entry.kind !== 'file' && entry.kind !== 'hardlink') continue;
      const mode = modeOf(entry);
      if ((mode & (SETUID | SETGID)) === 0) continue;
      const bits = [(mode & SETUID) === 0 ? '' : 'setuid', (mode & SETGID) === 0 ? '' : 'setgid'].filter(
        (bit) => bit !== '',
      );
      const runs = (mode & EXECUTABLE) !== 0;
      const isScript = evidence.system.programs.factsOf(entry)?.format === 'script';
      yield {
        key: entry.path,
        state: 'live',
        // Without an execute bit nobody can start it, and Linux passes over the bits of scripts.
        severity: runs && !isScript ? 'low' : 'info',
        message: `/${evidence.redact(entry.path)} is ${bits.join(' and ')} (mode ${mode.toString(8)}, owner ${entry.uid}, group ${entry.gid})${runs ? (isScript ? ', but a script, for which Linux ignores that' : '') : ', but not executable'}.`,
        evidence: [entryPlace(evidence, entry, { mode: mode.toString(8).padStart(4, '0') })],
      };
    }
  },
};
