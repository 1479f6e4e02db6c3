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

/** Reads /etc/shells: paths, a line each (shells(5)). */
export function parseShells(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line.startsWith('/'));
}
