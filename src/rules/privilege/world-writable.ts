import type { FilesystemEntry } from '../../filesystem/index.ts';
import type { ImageEvidence } from '../evidence.ts';
import { entryPlace } from '../places.ts';
import { listPaths, modeOf } from '../programs.ts';
import type { Draft, Rule } from '../rule.ts';

const WORLD_WRITE = 0o002;
const STICKY = 0o1000;
/** Places of a finding; a layer of a million such files is one problem. */
const MAX_PLACES = 200;

/** Files and folders that everybody may write. */
export const privilegeWorldWritable: Rule = {
  id: 'privilege/world-writable',
  title: 'Everybody may write to files or folders of the image',
  severity: 'low',
  confidence: 'high',
  why: 'What everybody may write, every process of the container may: put something in the place of a program, a library or a setting that another user, root perhaps, reads next. In a folder without the sticky bit everybody may also delete and rename what belongs to others.',
  fix: 'Take the bit away where the files come from: COPY --chmod=u=rwX,go=rX src/ /app/. For folders that several users share, set the sticky bit: RUN chmod 1777 /shared.',
  references: ['https://www.cisecurity.org/benchmark/distribution_independent_linux'],
  *judgeImage(evidence) {
    const files: FilesystemEntry[] = [];
    const folders: FilesystemEntry[] = [];
    for (const entry of evidence.filesystem.live()) {
      const mode = modeOf(entry);
      if ((mode & WORLD_WRITE) === 0) continue;
      if (entry.kind === 'file' || entry.kind === 'hardlink') files.push(entry);
      else if (entry.kind === 'directory' && (mode & STICKY) === 0) folders.push(entry);
    }
    if (files.length > 0) yield toDraft(evidence, 'files', files);
    if (folders.length > 0) yield toDraft(evidence, 'folders', folders);
  },
};

function toDraft(evidence: ImageEvidence, what: 'files' | 'folders', entries: readonly FilesystemEntry[]): Draft {
  const shown = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MAX_PLACES);
  const one = entries.length === 1;
  return {
    key: what,
    state: 'live',
    message: `Everybody may write to ${entries.length} ${one ? what.slice(0, -1) : what}${what === 'folders' ? ' without the sticky bit' : ''}: ${listPaths(evidence, shown)}${entries.length > 8 && shown.length < entries.length ? ' of those shown' : ''}.`,
    evidence: shown.map((entry) => entryPlace(evidence, entry)),
  };
}
