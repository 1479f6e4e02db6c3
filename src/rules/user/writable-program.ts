import type { FilesystemEntry } from '../../filesystem/index.ts';
import { foldersAbove } from '../../system/index.ts';
import { commandsOf, fileOfCommand } from '../command.ts';
import type { ImageEvidence } from '../evidence.ts';
import { entryPlace } from '../places.ts';
import type { Rule } from '../rule.ts';
import { mayWrite, type RuntimeUser, unprivilegedUser } from '../runtime-user.ts';

/** Words of a command that are looked at: programs and scripts come early. */
const MAX_WORDS = 16;
const STICKY = 0o1000;

/** Programs that the container starts with, and that the user it runs as may change. */
export const userWritableProgram: Rule = {
  id: 'user/writable-program',
  title: 'The runtime user may change what it runs',
  severity: 'low',
  confidence: 'high',
  why: 'Who takes over the program can write its own code into it, and is still there after the next restart of the process. A program that belongs to root, in folders that belong to root, is the same after every attack.',
  fix: 'Copy programs as root, without --chown, and give the user only the folders that it has to write: COPY app /app, RUN install -d -o 10001 /data.',
  references: [
    'https://docs.docker.com/reference/dockerfile/#copy---chown---chmod',
    'https://attack.mitre.org/techniques/T1554/',
  ],
  *judgeImage(evidence) {
    const user = unprivilegedUser(evidence);
    if (user === null) return;
    const seen = new Set<string>();
    for (const { field, words } of commandsOf(evidence)) {
      for (const [i, word] of words.slice(0, MAX_WORDS).entries()) {
        const file = i === 0 ? fileOfCommand(evidence, word) : fileOfArgument(evidence, word);
        if (file === null || seen.has(file.path)) continue;
        seen.add(file.path);
        const open = writableAt(evidence, user, file);
        if (open === null) continue;
        const shown = `/${evidence.redact(file.path)}`;
        yield {
          key: file.path,
          state: 'live',
          message: `${field} runs ${shown}, and UID ${user.uid} may ${open === file ? 'write to it' : `replace it: it may write into /${evidence.redact(open.path)}`}.`,
          evidence: [entryPlace(evidence, open, { detail: shown })],
        };
      }
    }
  },
};

/** The file that an argument names; a script, a configuration. */
function fileOfArgument(evidence: ImageEvidence, word: string): FilesystemEntry | null {
  if (word.startsWith('-') || !/[/.]/.test(word)) return null;
  const folder = evidence.image.config?.config.workingDir ?? '';
  const file = evidence.filesystem.resolve(word.startsWith('/') ? word : `${folder}/${word}`);
  return file?.kind === 'file' || file?.kind === 'hardlink' ? file : null;
}

/** The file, or the folder above it, that the user may write; null if none. Folders without an entry belong to root. */
function writableAt(evidence: ImageEvidence, user: RuntimeUser, file: FilesystemEntry): FilesystemEntry | null {
  if (mayWrite(user, file)) return file;
  for (const path of foldersAbove(file.path)) {
    const folder = evidence.filesystem.lookUp(path);
    if (folder === null || folder.kind !== 'directory' || !mayWrite(user, folder)) continue;
    // In a sticky folder only its own files can be moved away.
    if ((folder.mode & STICKY) === 0 || folder.uid === user.uid) return folder;
  }
  return null;
}
