import type { Literal } from '../../prefilter/index.ts';
import type { Detector } from '../detector.ts';
import { type LiteralSet, literalSetsWith } from '../literal-sets.ts';
import type { CustomLint, CustomPattern, CustomRules } from './custom-rules.ts';
import { PatternRule } from './pattern-rule.ts';

/** Bytes that a match may begin before a keyword of its rule, and end behind it. */
const BEFORE = 1024;
const AFTER = 8192;
/** Longest literal the prefilter takes; of longer keywords it looks for the beginning. */
const MAX_LITERAL = 44;
const MIN_LITERAL = 3;

/** The user's rules, ready to be asked. */
export interface CompiledRules {
  /** Literals to look for: ours, and the keywords of the user's. */
  readonly text: LiteralSet;
  readonly binary: LiteralSet;
  readonly patterns: ReadonlyMap<Detector, PatternRule>;
  /** Those of them that all text is shown to. */
  readonly everywhere: readonly Detector[];
  /** Those that report files by their path. */
  readonly byPath: readonly Detector[];
  readonly lint: CustomLint | null;
}

let known: { readonly digest: string; readonly compiled: CompiledRules } | undefined;

/** Compiles rules. The last ones are kept: every layer comes with the same. */
export function compileRules(rules: CustomRules): CompiledRules {
  if (known?.digest !== rules.digest) known = { digest: rules.digest, compiled: compile(rules) };
  return known.compiled;
}

function compile({ patterns, allowlists, lint }: CustomRules): CompiledRules {
  const all = new Map(patterns.map((rule) => [toDetector(rule), rule] as const));
  const withRegex = [...all].filter(([, rule]) => rule.regex !== null);
  const sets = literalSetsWith([...all.keys()]);
  return {
    ...sets,
    patterns: new Map([...all].map(([detector, rule]) => [detector, new PatternRule(rule, allowlists)])),
    everywhere: withRegex.filter(([{ literals }]) => literals.length === 0).map(([detector]) => detector),
    byPath: [...all].filter(([, rule]) => rule.regex === null).map(([detector]) => detector),
    lint,
  };
}

function toDetector(rule: CustomPattern): Detector {
  const { id, title, severity } = rule;
  const literals = rule.regex === null ? null : keywordLiterals(rule);
  return { id, messages: [], literals: literals ?? [], before: BEFORE, after: AFTER, custom: { title, severity } };
}

/** What the prefilter looks for instead of all keywords; null where it cannot, so that the rule has to see all text. */
export function keywordLiterals({ keywords }: Pick<CustomPattern, 'keywords'>): readonly Literal[] | null {
  const texts = keywords.map((keyword) => {
    const runs = keyword.toLowerCase().match(/[\x20-\x7e]+/g) ?? [];
    return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '').slice(0, MAX_LITERAL);
  });
  if (texts.length === 0 || texts.some((text) => text.length < MIN_LITERAL)) return null;
  return [...new Set(texts)].map((text) => ({ text, ignoreCase: true }));
}
