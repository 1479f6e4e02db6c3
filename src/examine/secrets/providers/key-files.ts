/** Private keys in forms of their own. Plain PEM is in detectors.ts. */
import { doubtPrivateKey } from '../doubts.ts';
import type { Provider } from './provider.ts';
import { isBase64Of, isMixedCase } from './value-checks.ts';

const KEY_REACH = 16 * 1024;

/** Whether a text is a JSON Web Key with its private part. */
function isPrivateJwk(json: string): boolean {
  try {
    const { kty, d } = JSON.parse(json) as Record<string, unknown>;
    return typeof kty === 'string' && typeof d === 'string' && d.length >= 40 && isMixedCase(d);
  } catch {
    return false;
  }
}

export const KEY_FILE_PROVIDERS: readonly Provider[] = [
  {
    id: 'encrypted-private-key',
    title: 'Encrypted private key',
    gives: 'try passphrases without being seen, and with the right one be whoever the key belongs to',
    revoke: 'Replace the key pair where the passphrase could be guessed or stands near',
    reference: 'https://datatracker.ietf.org/doc/html/rfc5958',
    severity: 'medium',
    formats: [
      {
        literals: ['ENCRYPTED PRIVATE KEY-----', 'ENCRYPTED COSIGN PRIVATE KEY', 'ENCRYPTED SIGSTORE PRIVATE KEY'].map(
          (text) => ({ text }),
        ),
        before: 16,
        after: KEY_REACH,
        pattern:
          /-----BEGIN ENCRYPTED (?:COSIGN |SIGSTORE )?PRIVATE KEY-----[A-Za-z0-9+/=\s\\"',]{40,14000}-----END ENCRYPTED (?:COSIGN |SIGSTORE )?PRIVATE KEY-----/g,
        accepts: isMixedBody,
        doubt: doubtPrivateKey,
        redact: () => '-----BEGIN ENCRYPTED PRIVATE KEY-----****',
      },
      {
        literals: [{ text: 'Proc-Type: 4,ENCRYPTED' }],
        before: 64,
        after: KEY_REACH,
        pattern:
          /-----BEGIN (?:RSA |DSA |EC )?PRIVATE KEY-----[\s\\rn"'+,]{1,40}Proc-Type: 4,ENCRYPTED[\s\\rn"'+,]{1,40}DEK-Info: ?[A-Z0-9-]{4,24},[0-9A-Fa-f]{8,64}[^-]{60,14000}-----END (?:RSA |DSA |EC )?PRIVATE KEY-----/g,
        doubt: doubtPrivateKey,
        redact: () => '-----BEGIN PRIVATE KEY-----****',
      },
      {
        literals: [{ text: 'PuTTY-User-Key-File-' }],
        before: 0,
        after: KEY_REACH,
        pattern:
          /PuTTY-User-Key-File-[1-3]: [\w@.-]{1,60}\r?\nEncryption: aes256-cbc\r?\nComment: [^\n]{0,300}\n[\w+/=\s:-]{100,14000}?Private-(?:MAC|Hash): [0-9a-f]{40,64}/g,
        redact: () => 'PuTTY-User-Key-File****',
      },
    ],
  },
  {
    id: 'putty-private-key',
    title: 'PuTTY private key',
    gives: 'log in wherever the key is known',
    revoke: 'Replace the key pair, and take it out of every authorized_keys',
    reference: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html',
    formats: [
      {
        literals: [{ text: 'PuTTY-User-Key-File-' }],
        before: 0,
        after: KEY_REACH,
        pattern:
          /PuTTY-User-Key-File-[1-3]: [\w@.-]{1,60}\r?\nEncryption: none\r?\nComment: [^\n]{0,300}\nPublic-Lines: \d{1,3}\r?\n[A-Za-z0-9+/=\s]{40,8000}?Private-Lines: \d{1,3}\r?\n([A-Za-z0-9+/=\s]{20,8000}?)\r?\nPrivate-(?:MAC|Hash): /g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'age-secret-key',
    title: 'age secret key',
    gives: 'read everything that was encrypted for it',
    revoke: 'Make a new key, and encrypt again what was encrypted for this one',
    reference: 'https://github.com/C2SP/C2SP/blob/main/age.md',
    formats: [
      {
        literals: [{ text: 'AGE-SECRET-KEY-1', gate: { follows: 'run', of: 'upperAlphanumeric', atLeast: 58 } }],
        before: 1,
        after: 64,
        pattern: /(?<![A-Za-z0-9-])AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}(?![A-Za-z0-9])/g,
      },
    ],
  },
  {
    id: 'minisign-secret-key',
    title: 'minisign or signify secret key',
    gives: 'sign releases in the owner’s name, with its passphrase where it has one',
    revoke: 'Publish a new public key, and sign again what is still in use',
    reference: 'https://jedisct1.github.io/minisign/',
    severity: 'high',
    formats: [
      { prefixes: ['RWRTY0Iy', 'RWQAAEIy'], body: ['base64', 190, 220] },
      { prefixes: ['RWRCSw'], body: ['base64', 130, 146] },
    ],
  },
  {
    id: 'wireguard-key',
    title: 'WireGuard private or preshared key',
    gives: 'join the network as its owner',
    revoke: 'Make a new key pair, and remove the old public key from every peer',
    reference: 'https://www.wireguard.com/quickstart/',
    formats: [
      {
        literals: ['PrivateKey = ', 'PrivateKey=', 'PresharedKey = ', 'PresharedKey='].map((text) => ({
          text,
          gate: { follows: 'run' as const, of: 'base64' as const, atLeast: 44 },
        })),
        before: 1,
        after: 60,
        pattern: /(?<![A-Za-z0-9_])(?:PrivateKey|PresharedKey) ?= ?([A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/g,
        accepts: (key) => isBase64Of(key, 32),
        redact: () => '****',
      },
    ],
  },
  {
    id: 'json-web-key',
    title: 'Private JSON Web Key',
    gives: 'be whoever the key belongs to: sign tokens, or read what was encrypted for it',
    revoke: 'Replace the key pair, and take the public key out of every key set',
    reference: 'https://datatracker.ietf.org/doc/html/rfc7517',
    formats: [
      {
        literals: [{ text: '"kty"' }],
        before: 1024,
        after: 6000,
        pattern: /\{[^{}]{0,6000}?"kty"[^{}]{0,6000}\}/g,
        accepts: isPrivateJwk,
        redact: () => '{"kty":****',
      },
    ],
  },
  {
    id: 'tsig-key',
    title: 'Key of a name server',
    gives: 'control the name server, or change its zones, as far as the key may',
    revoke: 'Make a new one: rndc-confgen -a, or tsig-keygen',
    reference: 'https://bind9.readthedocs.io/en/stable/reference.html#key-block-definition-and-usage',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'algorithm hmac-' }, { text: 'algorithm "hmac-' }],
        before: 0,
        after: 240,
        pattern: /algorithm\s{1,8}"?hmac-[a-z0-9-]{3,12}"?;\s{1,40}secret\s{1,8}"?([A-Za-z0-9+/]{16,128}={0,2})"?;/g,
        redact: () => '****',
      },
    ],
  },
];

/** Behind the first line, which has no small letters. */
function isMixedBody(pem: string): boolean {
  return isMixedCase(pem.replace(/\s/g, '').slice(40));
}
