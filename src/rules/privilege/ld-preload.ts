import { environment } from '../command.ts';
import { entryPlace, imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

/** Libraries that every program of the container is made to load. */
export const privilegeLdPreload: Rule = {
  id: 'privilege/ld-preload',
  title: 'Every program is made to load a library',
  severity: 'medium',
  confidence: 'high',
  why: 'What /etc/ld.so.preload names is loaded into every dynamic program, those of root included, and can change what each of them sees and does: user-mode rootkits work that way. LD_PRELOAD in the environment does the same to what is not setuid; allocators are put in like that as well.',
  fix: 'Delete /etc/ld.so.preload. For an allocator, set LD_PRELOAD for the one program that needs it, or link it.',
  references: ['https://man7.org/linux/man-pages/man8/ld.so.8.html', 'https://attack.mitre.org/techniques/T1574/006/'],
  *judgeImage(evidence) {
    const { preloads } = evidence.system;
    for (const [file, lines] of Map.groupBy(preloads, (line) => line.file)) {
      const libraries = lines.flatMap(({ text }) => text.split(/[\s:]+/)).filter((path) => path !== '');
      const shown = evidence.redact(libraries.slice(0, 8).join(', '));
      yield {
        key: file.path,
        state: 'live',
        message: `/${evidence.redact(file.path)} has every program load ${shown}.`,
        evidence: [entryPlace(evidence, file, { detail: shown })],
      };
    }
    const variable = environment(evidence, 'LD_PRELOAD');
    if (variable === null || variable.trim() === '') return;
    yield {
      key: 'LD_PRELOAD',
      state: 'metadata',
      severity: 'info',
      message: `LD_PRELOAD has every program load ${evidence.redact(variable)}.`,
      evidence: [imagePlace(evidence, { field: 'config.Env', detail: evidence.redact(variable) })],
    };
  },
};
