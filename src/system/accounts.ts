/** A line of /etc/passwd (passwd(5)). */
export interface Account {
  readonly name: string;
  /** Null where the field is no number. */
  readonly uid: number | null;
  readonly gid: number | null;
  readonly home: string;
  readonly shell: string;
  /** Whether the password field is empty: anybody may log in. */
  readonly emptyPassword: boolean;
}

/** Most accounts read; a hostile file can have millions. */
const MAX_ACCOUNTS = 65_536;

/** Reads /etc/passwd. Comments and lines without the seven fields are passed over. */
export function parsePasswd(text: string): Account[] {
  const accounts: Account[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(':');
    if (fields.length < 7 || line.startsWith('#') || accounts.length >= MAX_ACCOUNTS) continue;
    const [name = '', password = '', uid = '', gid = '', , home = '', shell = ''] = fields;
    accounts.push({ name, uid: toId(uid), gid: toId(gid), home, shell: shell.trim(), emptyPassword: password === '' });
  }
  return accounts;
}

function toId(text: string): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/** Most login shells read. */
const MAX_SHELLS = 1000;

/** Reads /etc/shells: paths, a line each (shells(5)). */
export function parseShells(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line.startsWith('/'))
    .slice(0, MAX_SHELLS);
}

/** A line of /etc/group (group(5)). */
export interface Group {
  readonly name: string;
  readonly gid: number | null;
  readonly members: readonly string[];
}

/** Reads /etc/group. */
export function parseGroups(text: string): Group[] {
  const groups: Group[] = [];
  for (const line of text.split('\n')) {
    const [name = '', , gid, members = ''] = line.split(':');
    if (gid === undefined || line.startsWith('#') || groups.length >= MAX_ACCOUNTS) continue;
    const names = members.split(',').map((member) => member.trim());
    groups.push({ name, gid: toId(gid), members: names.filter((member) => member !== '') });
  }
  return groups;
}

/** How an account may log in, by /etc/shadow (shadow(5)). */
export interface PasswordState {
  readonly name: string;
  /** `empty` lets anybody in; `locked` nobody, not even with the password that may stand behind the lock. */
  readonly state: 'empty' | 'locked' | 'set';
  /** Kind of the hash: `yescrypt`, `des`; null where there is none. */
  readonly hash: string | null;
}

/** Names of kinds of hashes (crypt(5)). */
const HASH_NAMES: Readonly<Record<string, string>> = {
  $1$: 'md5',
  $md5$: 'sunmd5',
  $2$: 'bcrypt',
  $2a$: 'bcrypt',
  $2b$: 'bcrypt',
  $2x$: 'bcrypt',
  $2y$: 'bcrypt',
  $3$: 'nthash',
  $5$: 'sha256',
  $6$: 'sha512',
  $7$: 'scrypt',
  $gy$: 'gost-yescrypt',
  $y$: 'yescrypt',
  _: 'bsdi',
  des: 'des',
};

/** Reads what is kept of /etc/shadow: names, and of the passwords locks and kinds of hashes. */
export function parseShadow(text: string): PasswordState[] {
  const states: PasswordState[] = [];
  for (const line of text.split('\n')) {
    const [name = '', password] = line.split(':');
    if (password === undefined || name === '' || states.length >= MAX_ACCOUNTS) continue;
    const kind = password.replace(/^[!*]+/, '');
    const hash = HASH_NAMES[kind] ?? (kind.startsWith('$') ? kind.replaceAll('$', '') : null);
    const state = password === '' ? 'empty' : hash === null || password !== kind ? 'locked' : 'set';
    states.push({ name, state, hash });
  }
  return states;
}
