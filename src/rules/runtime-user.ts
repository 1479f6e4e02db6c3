import type { FilesystemEntry } from '../filesystem/index.ts';
import { modeOf } from '../system/index.ts';
import type { ImageEvidence } from './evidence.ts';

/** As whom a container runs unless it is told otherwise. */
export interface RuntimeUser {
  readonly uid: number;
  /** Its group, and those that it is a member of. */
  readonly gids: ReadonlySet<number>;
  /** Name of its account; null where it has none. */
  readonly name: string | null;
}

/** What of USER names nothing. */
export interface UnknownUser {
  readonly what: 'user' | 'group';
  readonly name: string;
}

/** A number as Go's Atoi reads it, which runc asks first. */
const NUMBER = /^[+-]?\d+$/;

/**
 * Resolves USER in the image's own passwd and group files, as runc does (moby/sys/user, GetExecUser); what is unknown
 * where that fails, and the container would not start. Null where there is no configuration, and on Windows.
 */
export function runtimeUser({ image, system }: ImageEvidence): RuntimeUser | UnknownUser | null {
  if (image.config === null || image.platform.startsWith('windows/')) return null;
  const [user = '', group] = image.config.config.user.trim().split(':');
  const account = system.accounts.find(({ name, uid }) =>
    user === '' ? uid === 0 : NUMBER.test(user) ? uid === Number(user) || name === user : name === user,
  );
  const uid = account?.uid ?? (user === '' ? 0 : NUMBER.test(user) ? Number(user) : null);
  if (uid === null) return user === 'root' ? ROOT : { what: 'user', name: user };
  const name = account?.name ?? null;
  if (group === undefined || group === '') {
    const memberOf = system.groups.filter(({ members }) => name !== null && members.includes(name));
    return { uid, name, gids: new Set([account?.gid ?? 0, ...memberOf.map(({ gid }) => gid ?? 0)]) };
  }
  const gid = NUMBER.test(group) ? Number(group) : system.groups.find((one) => one.name === group)?.gid;
  return gid == null ? { what: 'group', name: group } : { uid, name, gids: new Set([gid]) };
}

const ROOT: RuntimeUser = { uid: 0, gids: new Set([0]), name: 'root' };

/** The user, where it is one without root's rights. */
export function unprivilegedUser(evidence: ImageEvidence): RuntimeUser | null {
  const user = runtimeUser(evidence);
  return user === null || 'what' in user || user.uid === 0 ? null : user;
}

/** Whether a user may write to a file or into a folder, by its mode bits. */
export function mayWrite({ uid, gids }: RuntimeUser, entry: FilesystemEntry): boolean {
  const owner = entry.kind === 'hardlink' ? (entry.content ?? entry) : entry;
  const bit = owner.uid === uid ? 0o200 : gids.has(owner.gid) ? 0o020 : 0o002;
  return (modeOf(entry) & bit) !== 0;
}
