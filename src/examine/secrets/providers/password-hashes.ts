/** Password hashes in lines of accounts: shadow, htpasswd, and what is given to chpasswd and useradd. */
import type { Provider } from './provider.ts';

/** Before a hash: the name of an account, an option, a quote, or nothing at all. */
const BEFORE = String.raw`(?:(?<![^\n"'\s])[A-Za-z_][\w.@-]{0,63}:|(?<![^\s"'=:,(]))`;
/** Behind a hash. */
const END = '(?![A-Za-z0-9./])';

const account = (hash: string): RegExp => new RegExp(`${BEFORE}(${hash})${END}`, 'g');

/** Hides the whole hash, and tells its method. */
const redact = (hash: string): string => `${/^(?:\$[\w-]{1,12}\$|\{[A-Z]{3,4}\})/.exec(hash)?.[0] ?? ''}****`;

export const PASSWORD_HASH_PROVIDERS: readonly Provider[] = [
  {
    id: 'password-hash',
    title: 'Password hash of an account',
    gives: 'try passwords without being seen, and with the right one log in',
    revoke: 'Change the password, and lock accounts that nobody logs in to: usermod --lock',
    reference: 'https://man7.org/linux/man-pages/man5/crypt.5.html',
    severity: 'medium',
    formats: [
      {
        literals: ['$5$', '$6$', '$y$', '$gy$', '$7$'].map((text) => ({ text })),
        before: 80,
        after: 180,
        pattern: account(
          String.raw`\$(?:6\$(?:rounds=\d{4,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{86}|5\$(?:rounds=\d{4,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{43}|g?y\$[A-Za-z0-9./]{2,8}\$[A-Za-z0-9./]{1,86}\$[A-Za-z0-9./]{43}|7\$[A-Za-z0-9./]{11,97}\$[A-Za-z0-9./]{43})`,
        ),
        redact,
      },
      {
        literals: ['$2a$', '$2b$', '$2y$'].map((text) => ({
          text,
          gate: { follows: 'run' as const, of: 'digit' as const, atLeast: 2 },
        })),
        before: 80,
        after: 72,
        pattern: account(String.raw`\$2[aby]\$\d\d\$[A-Za-z0-9./]{53}`),
        redact,
      },
      {
        literals: [{ text: '$argon2i' }, { text: '$argon2d' }],
        before: 80,
        after: 240,
        pattern: account(
          String.raw`\$argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,4},p=\d{1,4}\$[A-Za-z0-9+/]{8,64}\$[A-Za-z0-9+/]{16,128}`,
        ),
        redact,
      },
      {
        // Of routers: Cisco’s types 8 and 9.
        literals: [{ text: '$8$' }, { text: '$9$' }],
        before: 80,
        after: 72,
        pattern: account(String.raw`\$[89]\$[A-Za-z0-9./]{14}\$[A-Za-z0-9./]{43}`),
        redact,
      },
      {
        // Of Kerberos, taken from the wire: AS-REP and TGS-REP with RC4.
        literals: [{ text: '$krb5asrep$' }, { text: '$krb5tgs$' }],
        before: 1,
        after: 6000,
        pattern: /\$krb5(?:asrep|tgs)\$[^\s]{0,400}?[0-9a-f]{32}\$[0-9a-f]{200,5000}(?![0-9a-f])/g,
        redact,
      },
    ],
  },
  {
    id: 'weak-password-hash',
    title: 'Password hash of an account, by a method that is quick to try',
    gives: 'find out all but the longest passwords within days, and log in',
    revoke: 'Change the password, and hash it by yescrypt, SHA-512 crypt or bcrypt',
    reference: 'https://httpd.apache.org/docs/2.4/misc/password_encryptions.html',
    severity: 'high',
    formats: [
      {
        literals: [{ text: '$apr1$' }, { text: '$1$' }],
        before: 80,
        after: 48,
        pattern: account(String.raw`\$(?:apr1|1)\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}`),
        redact,
      },
      {
        literals: [{ text: '{SHA}', gate: { follows: 'run', of: 'base64', atLeast: 28 } }],
        before: 80,
        after: 40,
        pattern: account(String.raw`\{SHA\}[A-Za-z0-9+/]{27}=`),
        redact,
      },
    ],
  },
];
