/**
 * What is kept of system files that hold more than rules need. Records hold no secrets: of password files the kinds of
 * hashes stay, of crontabs what is run, of sudoers the lines that ask for no password.
 */

/** Kinds of hashes by what they begin with (crypt(5)). */
const HASH = /^\$(?:[0-9a-z]{1,8})\$|^\$md5[$,]|^_(?=[./0-9A-Za-z]{19}$)/;
/** Traditional DES, which has no mark. */
const DES = /^[./0-9A-Za-z]{13}$/;

/** What of a system file's text is kept, by its path. */
export function essentialText(path: string, text: string): string {
  if (path === 'etc/shadow' || path === 'etc/passwd') return mapLines(text, withoutHash);
  if (path.startsWith('etc/sudoers')) return sudoRules(text);
  return isCrontab(path) ? mapLines(text, (line) => withoutArguments(line, hasUserField(path))) : text;
}

/** Whether a file lists jobs of cron. */
export function isCrontab(path: string): boolean {
  return /^(?:etc\/crontab|etc\/cron\.d\/[^/.][^/]*|etc\/crontabs\/[^/]+|var\/spool\/cron\/(?:crontabs\/|tabs\/)?[^/]+)$/.test(
    path,
  );
}

/** Crontabs of the system name the user to run as in front of the command (crontab(5)). */
function hasUserField(path: string): boolean {
  return path === 'etc/crontab' || path.startsWith('etc/cron.d/');
}

/** The line of a password file, its hash replaced by what tells its kind: `$6$`, `des`. A lock in front of it stays. */
function withoutHash(line: string): string {
  const [name, password, ...rest] = line.split(':');
  if (password === undefined || password.length <= 2) return line;
  const [, lock = '', hash = ''] = /^([!*]*)(.*)$/s.exec(password) ?? [];
  const kind = HASH.exec(hash)?.[0] ?? (DES.test(hash) ? 'des' : '');
  return [name, kind === '' ? '*' : lock + kind, ...rest].join(':');
}

/** Lines of sudoers that let somebody run something without a password (sudoers(5)). */
function sudoRules(text: string): string {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => /\bNOPASSWD\b|!authenticate\b/.test(line))
    .join('\n');
}

/** A job: when, as whom, and which program; its arguments only where it runs all programs of a folder. */
function withoutArguments(line: string, withUser: boolean): string {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#') || /^[\w"']+\s*=/.test(trimmed)) return '';
  const words = trimmed.split(/\s+/);
  const when = (words[0] as string).startsWith('@') ? 1 : 5;
  const command = words.slice(when + (withUser ? 1 : 0));
  if (command.length === 0) return '';
  const folder = command.find((word) => word.startsWith('/etc/'));
  const kept =
    command.includes('run-parts') && folder !== undefined
      ? ['run-parts', folder]
      : [(command[0] as string).includes('=') ? '…' : (command[0] as string)];
  return [...words.slice(0, when), withUser ? (words[when] ?? '') : '-', ...kept].join(' ');
}

function mapLines(text: string, map: (line: string) => string): string {
  return text
    .split('\n')
    .map(map)
    .filter((line) => line !== '')
    .join('\n');
}
