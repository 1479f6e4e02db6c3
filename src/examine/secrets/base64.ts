import type { Literal } from '../prefilter/index.ts';
import type { Detector } from './detector.ts';

/**
 * Beginnings of secrets that are looked for in base64, too: Kubernetes keeps secrets so, kubeconfigs their keys,
 * Docker its logins, and HTTP its passwords. Each makes three literals, because a text may begin at any of three
 * places in a group of four characters.
 */
const WRAPPED = [
  '-----BEGIN ',
  'AKIA',
  'ASIA',
  'ghp_',
  'gho_',
  'ghs_',
  'github_pat_',
  'glpat-',
  'xoxb-',
  'xoxp-',
  'sk_live_',
  'rk_live_',
  'npm_',
  'AIza',
  'hvs.',
  'dop_v1_',
  'sk-ant-',
  'sk-proj-',
  'dckr_pat_',
  'postgres://',
  'postgresql://',
  'mongodb',
  'mysql://',
  '"private_key_id"',
  '"auths"',
];

/** Shortest run of base64 that is decoded. */
const MIN_RUN = 20;
/** Longest text decoded at once: the largest secret, a private key, in base64. */
const REACH = 24 * 1024;

/** The characters of base64 that a text makes when `offset` bytes stand before it in its group of three. */
function encodedAt(text: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + text.length) * 8) / 6));
}

/** What the prefilter looks for. */
const LITERALS: readonly Literal[] = [
  ...new Set(WRAPPED.flatMap((text) => [0, 1, 2].map((offset) => encodedAt(text, offset)))),
].map((text) => ({ text, gate: { follows: 'run', of: 'base64', atLeast: 8 } }));

/** Stands for all of them: it judges nothing itself, what it hits is decoded and searched again. */
export const BASE64: Detector = { id: 'base64', messages: [], literals: LITERALS, before: 1024, after: REACH };

/** A run of base64 in a text. */
export interface Base64Run {
  readonly start: number;
  readonly end: number;
  readonly decoded: Uint8Array;
}

/** The runs of base64 in a text that hold one of the literals, in either alphabet, line breaks inside allowed. */
export function base64Runs(text: string): Base64Run[] {
  const runs: Base64Run[] = [];
  for (const match of text.matchAll(
    /[A-Za-z0-9+/_-]{16,}(?:\r?\n[ \t]{0,16}[A-Za-z0-9+/_-]{16,}){0,400}[A-Za-z0-9+/_-]{0,76}={0,2}/g,
  )) {
    const run = match[0];
    if (run.length < MIN_RUN || !LITERALS.some((literal) => run.includes(literal.text))) continue;
    runs.push({
      start: match.index,
      end: match.index + run.length,
      decoded: Buffer.from(run.replace(/\s/g, ''), 'base64'),
    });
  }
  return runs;
}
