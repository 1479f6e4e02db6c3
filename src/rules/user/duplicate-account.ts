import type { ImageEvidence } from '../evidence.ts';
import { entryPlace } from '../places.ts';
import type { Draft, Rule } from '../rule.ts';

/** Most told; a hostile file can have thousands. */
const MAX_TOLD = 20;

/** Names and numbers that passwd and group give twice. */
export const userDuplicateAccount: Rule = {
  id: 'user/duplicate-account',
  title: 'Accounts or groups share a name or a number',
  severity: 'low',
  confidence: 'high',
  why: 'Two accounts of one number are one account under two names: what one owns belongs to the other. Of two of one name, programs that look from the end see another one than those that look from the start.',
  fix: 'Give each its own: RUN useradd --uid 10001 app, without --non-unique, and do not write into /etc/passwd by hand.',
  references: [
    'https://man7.org/linux/man-pages/man5/passwd.5.html',
    'https://man7.org/linux/man-pages/man8/pwck.8.html',
  ],
  *judgeImage(evidence) {
    const { accounts, groups } = evidence.system;
    // UID 0 twice is a graver thing, and told by user/second-root.
    yield* judgeFile(
      evidence,
      'etc/passwd',
      'UID',
      accounts.filter(({ uid }) => uid !== 0).map(({ name, uid }) => [name, uid]),
    );
    yield* judgeFile(
      evidence,
      'etc/group',
      'GID',
      groups.map(({ name, gid }) => [name, gid]),
    );
  },
};

function* judgeFile(
  evidence: ImageEvidence,
  path: string,
  number: string,
  lines: readonly (readonly [name: string, id: number | null])[],
): Iterable<Draft> {
  const file = evidence.filesystem.resolve(path);
  if (file === null) return;
  const names = [...Map.groupBy(lines, ([name]) => name)].filter(([, group]) => group.length > 1);
  const ids = [
    ...Map.groupBy(
      lines.filter(([, id]) => id !== null),
      ([, id]) => id,
    ),
  ].filter(([, group]) => new Set(group.map(([name]) => name)).size > 1);
  const told = [
    ...names.map(([name, group]) => `${JSON.stringify(evidence.redact(name))} is there ${group.length} times`),
    ...ids.map(
      ([id, group]) =>
        `${group
          .map(([name]) => JSON.stringify(evidence.redact(name)))
          .slice(0, 5)
          .join(' and ')} share ${number} ${id}`,
    ),
  ];
  if (told.length === 0) return;
  const more = told.length > MAX_TOLD ? `; ${told.length - MAX_TOLD} more` : '';
  yield {
    key: path,
    state: 'live',
    message: `/${path}: ${told.slice(0, MAX_TOLD).join('; ')}${more}.`,
    evidence: [entryPlace(evidence, file)],
  };
}
