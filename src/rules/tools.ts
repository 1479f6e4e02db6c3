import type { Severity } from '../core/index.ts';
import type { ImageEvidence } from './evidence.ts';
import { entryPlace } from './places.ts';
import { findPrograms, listPaths, runs } from './programs.ts';
import type { Draft } from './rule.ts';

/** One finding for all programs of some names; `info` where none of them can run. */
export function* judgeTools(
  evidence: ImageEvidence,
  key: string,
  names: readonly string[],
  severity: Severity,
): Iterable<Draft> {
  const programs = findPrograms(evidence, names).filter(({ multiCall }) => !multiCall);
  if (programs.length === 0) return;
  const entries = programs.map(({ entry }) => entry);
  const { usable, text } = runs(programs);
  yield {
    key,
    state: 'live',
    severity: usable ? severity : 'info',
    message: `${listPaths(evidence, entries)} ${text}.`,
    evidence: entries.map((entry) => entryPlace(evidence, entry)),
  };
}
