/** Passwords that are none: variables, placeholders, words that everybody uses in examples. */
import type { Doubt } from '../doubts.ts';

/** What is filled in later: `${NAME}`, `{{ name }}`, `%s`, `<password>`, `$NAME`, `****`, `[password]`. */
const TEMPLATE =
  /^(?:\$|%[sdv({]|%[A-Z_]{1,40}%$|<|\{|\[|\(|@|#\{|:|\+|\*{2,}|\.{3}|x{3,}$|-{2,})|\$\{|\{\{|\$\(|%\(|\{\d\}|\{[a-z_]{1,40}\}|\*{3}|\.\.\./i;

/** Words of examples; whoever has them as a password has worse troubles than a leak. */
const WORDS =
  /^(?:my|your|the|some|test|db|user|super|new|old|default|root|admin|sample|example|dummy|fake|a|strong)?[_-]?(?:pass(?:w(?:or)?d)?|pwd|pw|secret|password123?|pass123|changeme|change[_-]?me|change[_-]?it|example|placeholder|redacted|masked|hidden|string|value|empty|todo|required|optional|root|admin|user(?:name)?|guest|test(?:ing)?|demo|foo|bar|baz|foobar|hunter2|postgres|mysql|redis|rabbitmq|mongo|letmein|qwerty|xyzzy|open[ _-]?sesame|12345678?9?0?|123|1234|password|here|secretpassword|mysecretpassword|secret_password|p@ssw0rd|passw0rd)$/i;

const LOCAL_HOST =
  /@(?:\[::1\]|localhost|127\.[\d.]+|0\.0\.0\.0|(?:[\w-]+\.)*example(?:\.(?:com|org|net))?|(?:[\w-]+\.)*(?:test|invalid))(?=[:/?#\s"'`]|$)/i;

/** Whether a text is a password, and not a place for one that is filled in later. */
export function isPassword(text: string): boolean {
  return (
    !TEMPLATE.test(text) &&
    !/^(?:none|null|nil|undefined|true|false)$|^[\w.-]{1,40}=$|\u00e2\u0080\u00a6/i.test(text) &&
    !/^[\W_]{0,2}(.)\1*[\W_]{0,2}$/.test(text)
  );
}

/** Whether a text is a word that examples and manuals have as a password. */
export function isExampleWord(text: string): boolean {
  return WORDS.test(text);
}

/** Whether a password is one for documentation, or for the machine itself. */
export function doubtPassword(password: string, match?: RegExpExecArray): Doubt {
  if (isExampleWord(password)) return 'it is a word that examples have as a password';
  if (/^[A-Z]{2,}(?:_[A-Z]{2,})+$/.test(password)) return 'it reads like a name that stands for one';
  if (match === undefined) return null;
  const from = match.index + match[0].length;
  const address = `${match[0].slice(-1) === '@' ? '@' : ''}${match.input.slice(from, from + 100)}`;
  const host = LOCAL_HOST.exec(address);
  return host?.index === 0 ? `${host[0].slice(1)} is the machine itself or a name for documentation` : null;
}
