/** Secrets that only the name of a variable or setting tells: the last resort, where no provider's form does. */
import { doubtToken } from '../doubts.ts';
import { followed } from './literals.ts';
import { isWritten, doubtPassword as readsLikeSample } from './password-checks.ts';
import { doubtPassword, isPassword } from './passwords.ts';
import type { Provider } from './provider.ts';

/** How a value begins behind a name: in a shell, an .env file, an INI, YAML, JSON, HCL or program. */
const ASSIGNED = [
  ...['=', '="', "='", ' = ', ' = "', " = '", ' := "', ': ', ': "', ": '"],
  ...['": "', '":"', "': '", '" : "', "' : '", "' => '", '" => "', "', '", '", "'],
];

/** Names of what is kept secret. A bare `key` says nothing. */
const SECRET_NAME =
  /(?:[_.-](?:key|token|secret|Key|Token|Secret|KEY|TOKEN|SECRET)|[a-z](?:Key|Token|Secret)|(?:api|auth|access)(?:key|token)|(?:API|AUTH|ACCESS)(?:KEY|TOKEN)|^(?:token|secret|TOKEN|SECRET))$/;

/** Names of what everybody may see, of identifiers and hashes: GPG_KEY of Docker's images, CACHE_KEY, a page's token. */
const NO_SECRET =
  /publi[cs]|pub[_-]?key|anon|gpg|pgp|finger|sha\d|hash|digest|checksum|cache|sort|primary|foreign|partition|(?:row|object|storage|s3|site|host)[_-]?key|i18n|locale|translat|csrf|xsrf|next|continuation|page|cursor|resume|sync|nonce|etag|version|commit|circle-token|recaptcha|turnstile|sentry_key|instrumentation|known|signed[_-]?by|apt|rpm|repo|keyring|trusted|test|mock|fake|example|sample|dummy/i;

/** Texts that are no values: numbers, names of variables and files, hashes with their method's name. */
const NO_VALUE = /^(?:[\d.]+|[A-Z_]+|[a-z_]+|sha\d+-.*|[\w.-]+\.(?:js|json|ya?ml|pem|key|crt|py|txt|com|org|net|io))$/;

/** Words of names that stand for values. */
const NAMES = /secret|token|passw|private|key|test|example/i;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const VARIABLE_PROVIDERS: readonly Provider[] = [
  {
    id: 'password-variable',
    title: 'Password in an environment variable',
    gives: 'log in to whatever the variable’s name tells',
    revoke: 'Change the password',
    reference: 'https://owasp.org/www-community/vulnerabilities/Password_Plaintext_Storage',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [
          { text: 'password=', ignoreCase: true },
          ...['_PASSWD=', '_PASSPHRASE=', '_PASS=', '_PWD='].map((text) => ({ text })),
        ],
        before: 64,
        after: 160,
        pattern:
          /(?<![\w$%{-])[A-Z][A-Z0-9_]{0,48}_(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD)=["']?([^\s"'$`|;&<>(){},\\]{4,128})(?=["'\s\\]|$)/g,
        accepts: (password) => isPassword(password) && !/^[\d.]{1,4}$|\/|^%/.test(password),
        doubt: (password, match) =>
          doubtPassword(password, match) ??
          readsLikeSample(password) ??
          (isWritten(password) ? null : 'it reads like a name that stands for one'),
        redact: () => '****',
      },
    ],
  },
  {
    id: 'generic-secret',
    title: 'Key, token or secret under a name that says so',
    gives: 'do what it is for, wherever the program uses it',
    revoke: 'Find out by its name, and by the program that reads it, what issued it, and replace it there',
    reference: 'https://owasp.org/www-community/vulnerabilities/Use_of_hard-coded_cryptographic_key',
    severity: 'medium',
    confidence: 'low',
    formats: [
      {
        literals: ['key', 'token', 'secret'].flatMap((name) =>
          followed(
            ASSIGNED.map((sign) => `${name}${sign}`),
            'wordDash',
            20,
          ).map((literal) => ({ ...literal, ignoreCase: true })),
        ),
        before: 64,
        after: 200,
        pattern:
          /(?<![A-Za-z0-9])[A-Za-z][\w.-]{0,60}["']?\]?[ \t]{0,20}(?:=>|:=|[=:,])[ \t]{0,20}["']?([\w-][\w.+/=~-]{19,180})(?![\w.+/=~-])/g,
        accepts: isSecretAssignment,
        doubt: (secret) => doubtToken(secret),
        redact: () => '****',
      },
    ],
  },
];

/** Whether a name is of something secret, and its value random. */
function isSecretAssignment(value: string, { 0: all, index, input }: RegExpExecArray): boolean {
  const name = /^[\w.-]+/.exec(all)?.[0] ?? '';
  // The end of a sentence: `The next token: …`.
  if (/^(?:token|secret):/i.test(all) && /[a-z] $/i.test(input.slice(Math.max(0, index - 2), index))) return false;
  return SECRET_NAME.test(name) && !NO_SECRET.test(name) && isRandom(value);
}

/** Whether a text is as random as a key that a program made: words and identifiers are not. */
function isRandom(text: string): boolean {
  const digits = text.match(/\d/g) ?? [];
  if (NO_VALUE.test(text) || NAMES.test(text) || digits.length < 2 || !/[A-Za-z]/.test(text)) return false;
  if (UUID.test(text)) return true;
  if (/^[0-9a-f]+$/i.test(text)) return text.length >= 32 && text.length % 8 === 0 && entropyOf(text) >= 3;
  if (isPlainText(Buffer.from(text, 'base64'))) return false;
  const words = text.split(/[-_.]|(?<=[a-z])(?=[A-Z])/).filter((word) => /^[A-Za-z]?[a-z]{3,}$/.test(word));
  if (words.join('').length * 2 > text.length) return false;
  return entropyOf(text) >= (/[a-z]/.test(text) && /[A-Z]/.test(text) ? 3.7 : 3.5);
}

/** Whether bytes are words: of a text in Base64 that is no secret. */
function isPlainText(bytes: Uint8Array): boolean {
  return bytes.includes(0x20) && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** Bits of entropy that a character of a text has, by how often each occurs. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
