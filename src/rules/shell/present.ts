import type { ImageEvidence } from '../evidence.ts';
import { entryPlace } from '../places.ts';
import { findPrograms, type Program, runnableFile } from '../programs.ts';
import type { Draft, Rule } from '../rule.ts';

/** Names of shells. busybox and toybox are shells under any name: `busybox sh`. */
const SHELLS = [
  'sh',
  'bash',
  'dash',
  'ash',
  'zsh',
  'ksh',
  'ksh93',
  'mksh',
  'oksh',
  'fish',
  'csh',
  'tcsh',
  'rbash',
  'yash',
  'pwsh',
  'nu',
  'elvish',
  'xonsh',
  'busybox',
  'toybox',
];

/** Each shell that can be reached in the final filesystem. */
export const shellPresent: Rule = {
  id: 'shell/present',
  title: 'A shell is in the image',
  severity: 'low',
  confidence: 'high',
  why: 'Whoever gets a program of the container to run a command needs a shell to go on: to look around, to fetch tools, to open a way back. An image that serves one program needs none (NIST SP 800-190, 4.1.2).',
  fix: 'Copy the program into an image without a shell in the last stage: FROM gcr.io/distroless/static-debian12, or FROM scratch for a static binary. For debugging, attach an ephemeral container (kubectl debug, docker debug).',
  references: ['https://github.com/GoogleContainerTools/distroless', 'https://doi.org/10.6028/NIST.SP.800-190'],
  *judgeImage(evidence) {
    const programs = [...findPrograms(evidence.filesystem, SHELLS), ...loginShells(evidence)];
    // One finding a file: /bin/sh and /bin/dash are one shell with two names.
    for (const group of Map.groupBy(programs, ({ file }) => file.contentId).values()) yield toDraft(evidence, group);
  },
};

function loginShells(evidence: ImageEvidence): Program[] {
  return evidence.system.loginShells.flatMap((path) => {
    const entry = evidence.filesystem.resolve(path);
    const file = entry === null ? null : runnableFile(evidence.filesystem, entry);
    return entry === null || file === null ? [] : [{ name: path, entry, file, multiCall: false }];
  });
}

function toDraft(evidence: ImageEvidence, group: readonly Program[]): Draft {
  const byPath = new Map(group.map(({ entry }) => [entry.path, entry]));
  const paths = [...byPath.keys()].sort();
  const file = (group[0] as Program).file;
  const shown = paths.map((path) => `/${evidence.redact(path)}`);
  return {
    key: file.path,
    state: 'live',
    message: `${shown.slice(0, 8).join(', ')}${shown.length > 8 ? ` and ${shown.length - 8} more` : ''} can be run.`,
    evidence: paths.map((path) => entryPlace(evidence, byPath.get(path) as Program['entry'])),
  };
}
