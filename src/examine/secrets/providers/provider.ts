import type { CharacterClass, Literal } from '../../prefilter/index.ts';
import type { Detector } from '../detector.ts';
import { doubtToken } from '../doubts.ts';

/** How many characters of which class: exactly so many, or at least and at most. */
export type Run = readonly [of: CharacterClass, atLeast: number, atMost?: number];

/** A token that begins with a text of its own. */
export interface PrefixedToken {
  readonly prefixes: readonly string[];
  readonly body: Run;
  /** What stands behind the body, as the source of a regular expression. */
  readonly end?: string;
  readonly accepts?: (secret: string, match: RegExpExecArray) => boolean;
}

/** A value without a mark of its own, assigned to a name that tells what it is: `MAILGUN_KEY=…`. */
export interface NamedValue {
  /** Words of the name, in lower case; each is found in any case, and with `_` also where a name has `-`, `.` or nothing. */
  readonly names: readonly string[];
  readonly value: Run;
  /** What the prefilter looks for, in lower case, instead of the first words of the names, where those are common words. */
  readonly literals?: readonly string[];
  /** What the value has to look like besides, as the source of a regular expression that takes the place of the run. */
  readonly form?: string;
  readonly accepts?: (secret: string, match: RegExpExecArray) => boolean;
}

/** Anything else. */
export interface PatternToken {
  readonly literals: readonly Literal[];
  readonly before: number;
  readonly after: number;
  /** See {@link Detector.pattern}. */
  readonly pattern: RegExp;
  readonly accepts?: (secret: string, match: RegExpExecArray) => boolean;
  readonly redact?: (text: string) => string;
  /** See {@link Detector.doubt}; tells placeholders unless given. */
  readonly doubt?: NonNullable<Detector['doubt']>;
}

/** One kind of secret of one provider: how it is found, and what to say of it. */
export interface Provider {
  /** Names the rule: `secrets/<id>`. */
  readonly id: string;
  readonly title: string;
  /** What who has it can do, as the end of "who has it can …". */
  readonly gives: string;
  /** Where and how to take it out of use. */
  readonly revoke: string;
  /** Where the provider describes it. */
  readonly reference: string;
  /** `critical` unless given. */
  readonly severity?: 'critical' | 'high' | 'medium' | 'low';
  /** `high` unless given; `medium` for values that only a name tells. */
  readonly confidence?: 'high' | 'medium' | 'low';
  readonly formats: readonly (PrefixedToken | NamedValue | PatternToken)[];
}

/** The detectors of a provider, one for each format. */
export function detectorsOf({ id, formats }: Provider): Detector[] {
  return formats.map((format) => {
    if ('prefixes' in format) return prefixed(id, format);
    if ('names' in format) return named(id, format);
    const own: Detector = { doubt: (secret) => doubtToken(secret), ...format, id, messages: [] };
    return own;
  });
}

/** Characters of each class, as the inside of a regular expression's class. */
const CLASSES: Readonly<Record<CharacterClass, string>> = {
  word: 'A-Za-z0-9_',
  alphanumeric: 'A-Za-z0-9',
  upperAlphanumeric: 'A-Z0-9',
  letter: 'A-Za-z',
  hex: 'A-Fa-f0-9',
  base64: 'A-Za-z0-9+/=',
  wordDash: 'A-Za-z0-9_-',
  wordDashDot: 'A-Za-z0-9_.-',
  digit: '0-9',
};

function source([of, atLeast, atMost = atLeast]: Run): string {
  return `[${CLASSES[of]}]{${atLeast},${atMost}}`;
}

function prefixed(id: string, { prefixes, body, end = '', accepts }: PrefixedToken): Detector {
  const [of, atLeast, atMost = atLeast] = body;
  const alternatives = prefixes.map(escapeSource).join('|');
  return {
    id,
    messages: [],
    literals: prefixes.map((text) => ({ text, gate: { follows: 'run', of, atLeast } })),
    before: 1,
    after: atMost + 64,
    // A longer run is something else; so is one that only ends like a prefix.
    pattern: new RegExp(
      `(?<![A-Za-z0-9_])((?:${alternatives})${source(body)}${end})(?![A-Za-z0-9_]|[${CLASSES[of]}])`,
      'g',
    ),
    doubt: (secret) =>
      doubtToken(
        secret,
        prefixes.find((prefix) => secret.startsWith(prefix)),
      ),
    ...(accepts === undefined ? {} : { accepts }),
  };
}

/** Characters between a name's last word and its value: the rest of the name, quotes, an operator. */
const REST_OF_NAME = 40;

/**
 * What stands between a name and its value, as the source of a regular expression:
 * an operator, or white space on a command line; `name: X`, `value: …` of Kubernetes and `key="X" value="…"` of .NET;
 * the default of a variable in Terraform; and a dash, where the name says what follows.
 */
const ASSIGNS = [
  '[ \\t]{0,4}(?:=>|:=|[=:,>])\\s{0,20}',
  '[ \\t]{1,4}',
  '\\r?\\n[ \\t]{0,40}(?=value:)',
  '[ \\t]{0,2}\\{\\s{0,20}(?:[a-z]{4,11}[ \\t]{1,8}=[^\\n{}]{1,80}\\n\\s{0,20}){0,3}default[ \\t]{1,8}=[ \\t]{1,4}',
  '(?<=key|token|secret|private)[-_]',
].join('|');

/** Between an operator and a value: the name of its member, or a type or scheme. */
const PREAMBLE = '(?:["\']?value["\']?\\s{0,2}[:=]\\s{0,4}|[A-Za-z]{1,8}[ \\t]{1,2})?';

function named(id: string, { names, literals, value, form, accepts }: NamedValue): Detector {
  const [of, atLeast, atMost = atLeast] = value;
  const alternatives = names.map((name) => name.split('_').map(escapeSource).join('[_. -]?')).join('|');
  return {
    id,
    messages: [],
    // Of a name of several words the first is what the prefilter looks for: how they are joined differs.
    literals: [...new Set(literals ?? names.map((name) => name.split('_')[0] as string))].map((text) => ({
      text,
      ignoreCase: true,
    })),
    before: 1,
    after: Math.max(...names.map((name) => name.length)) + REST_OF_NAME + 112 + atMost,
    pattern: new RegExp(
      `(?:${alternatives})[\\w. -]{0,${REST_OF_NAME}}["'\`\\]\\\\]{0,4}(?:${ASSIGNS})${PREAMBLE}[\\\\"'\`(]{0,3}(${form ?? source(value)})(?![${CLASSES[of]}])`,
      'gi',
    ),
    doubt: (secret) => doubtToken(secret),
    redact: () => '****',
    ...(accepts === undefined ? {} : { accepts }),
  };
}

function escapeSource(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
