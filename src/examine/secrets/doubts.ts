import { createHash } from 'node:crypto';
import { PUBLIC_KEY_ORIGINS } from './public-keys.ts';
import { publishedOrigin } from './published-secrets.ts';

/**
 * Reasons for which something that looks like a secret is none: it stays in the report, as information, and
 * says why. Null where there is no doubt.
 */
export type Doubt = string | null;

/** Names set aside for documentation and tests (RFC 2606, RFC 6761), and this machine. */
const RESERVED_HOST = /^(?:.*\.)?(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$/i;

/** Whether the host of a URL is one that documentation uses. */
export function doubtUrl(url: string): Doubt {
  const host = /@(\[[^\]]*\]|[^/:?#\s]*)/.exec(url)?.[1] ?? '';
  if (RESERVED_HOST.test(host)) return `${host} is a host name for documentation`;
  return /^(?:127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(host) ? `${host} is the machine itself` : null;
}

/** Whether a token is a word that stands for one. */
export function doubtPlaceholder(token: string): Doubt {
  if (token.length < 16) return 'it is too short for a token';
  return /^[<[{$%]|^[A-Z_]+$|x{6,}|\.{3}|\*{3}/i.test(token) && !/\d.*\d/.test(token) ? 'it is a placeholder' : null;
}

/** Whether a text is a Slack token: they have a number behind the prefix, and packages called xapp have not. */
export function doubtSlackToken(token: string): Doubt {
  return /^[a-z]+-\d/.test(token) && token.length >= 20 ? null : 'it has not the form of Slack’s tokens';
}

/** Whether a private key is one that everybody has. */
export function doubtPrivateKey(pem: string): Doubt {
  const body = pem.replace(/-----[A-Z ]+-----/g, '').replace(/\\[nrt]|\s|\\/g, '');
  if (body.length < 40 || /\.{3}|^x+$/i.test(body)) return 'it is a placeholder';
  const origin = PUBLIC_KEY_ORIGINS.get(createHash('sha256').update(body).digest('hex'));
  return origin === undefined ? null : `it is a public test key (${origin})`;
}

/** Words that people write where a secret goes. */
const PLACEHOLDER_WORDS =
  /example|sample|placeholder|dummy|changeme|redacted|your[_-]?|x{5,}|\*{3}|0{8,}|1{8,}|(?:0?123456789|abcdefgh|deadbeef|qwertyuiop)/i;

/** What fingers write who make a key up. */
const TYPED = /a1b2c3d4|d4c3b2a1|abcd1234/;

/** Whether a token is one that nobody was ever given: a word, or hardly any different characters behind its prefix. */
export function doubtToken(token: string, prefix = ''): Doubt {
  const body = token.slice(prefix.length);
  const origin = publishedOrigin(token);
  if (origin !== undefined) return `it is ${origin}`;
  if (PLACEHOLDER_WORDS.test(body) || TYPED.test(body)) return 'it reads like a placeholder';
  return body.length >= 16 && new Set(body.toLowerCase()).size < 6 ? 'it has hardly any different characters' : null;
}

/** Kinds that are whatever people choose: nothing in the secret itself tells that somebody was given it. */
const CHOSEN_KINDS = /password|login|basic-auth|connection-string|dotnet-credential|wireguard-key/;

/**
 * Whether a text is the source of a manual page, by its first line: a comment of roff's, or the request that gives a
 * page its title. Who writes one in front of passwords of their own has them told as examples, and still told.
 */
export function isManualPage(head: Uint8Array): boolean {
  let at = 0;
  while (head[at] === 0x0a || head[at] === 0x0d) at += 1;
  if (head[at] !== 0x2e && head[at] !== 0x27) return false;
  return /^(?:[.']\\"|\.(?:TH|Dd) )/.test(Buffer.from(head.subarray(at, at + 4)).toString('latin1'));
}

/** Whether a kind of secret is an example where it stands in a manual page. */
export function doubtInManual(kind: string): Doubt {
  return CHOSEN_KINDS.test(kind) ? 'it stands in a manual page, where passwords are examples' : null;
}
