/** Which passwords in settings and command lines are written there, and which only stand for one. */
import type { Doubt } from '../doubts.ts';

/** Interpolations, names of variables, and code: what is put in later is no secret here. */
const STANDS_FOR_ANOTHER =
  /^[$<{%[(&@#!|>]|\$\{|\$\(|\{\{|^(?:[A-Z][A-Z0-9]*_[A-Z0-9_]*|null|none|nil|true|false|undefined|string|env|file|prompt)$|[()[\]]$|^(?:os|process|config|self|this|args?|opts?|options|settings|env)\.|^[*.…x-]+$/i;

/** Whether a value is a password itself, and nothing that one is put into. */
export function isWritten(password: string): boolean {
  return password.length >= 3 && !STANDS_FOR_ANOTHER.test(password);
}

/** Words of manuals and samples, among them those of RFC 7617, of Maven's settings, of git's netrc helper and of Go's tests. */
const SAMPLE =
  /^(?:(?:my|your|the|some|new|a)?[-_]?(?:very|super|top)?[-_]?(?:secret|strong)?[-_]?(?:password|passwd|passphrase|pass|secret|pwd|pw|key)(?:here|123?|1234|!)?|foo(?:bar)?|bar|baz|test(?:ing|123)?|demo|user(?:name)?|hunter2|s3cr3t|s3cret|swordfish|geheim|qwerty|abc123|12345?6?7?8?9?|open[ _-]?sesame|repopwd|pwd\d|ignored|too-late-in-file|(?:bob|carol|example)(?:will)?knows?)$|example|sample|placeholder|dummy|change[-_]?(?:me|it|this)|redacted|replace|your[-_]|x{4,}|\*{3}/i;

/** Whether a password is one that manuals use. */
export function doubtPassword(password: string): Doubt {
  return SAMPLE.test(password) ? 'it reads like a placeholder' : null;
}

/** Whether a host is one that manuals use; its password then is made up, too. */
export function doubtHost(host: string): Doubt {
  return /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid)$/i.test(host)
    ? `${host} is a host name for documentation`
    : null;
}

/** A line of the form `user:password` in Base64; null where it is none. */
export function decodeLogin(base64: string): { user: string; password: string } | null {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1 || !/^[\x20-\x7e\u00a0-\ufffc]+$/u.test(text)) return null;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
