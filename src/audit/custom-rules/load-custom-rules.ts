import { createHash } from 'node:crypto';
import { type CustomPattern, type CustomRules, keywordLiterals, SPARE_LITERALS } from '../../examine/index.ts';
import { readGitleaksRules } from './gitleaks-rules.ts';
import { invalidRules } from './rules-file.ts';
import { readSecretlintConfig } from './secretlint-config.ts';

/** Which files of rules the user gave. */
export interface CustomRuleFiles {
  /** In gitleaks' format. */
  readonly secretRules?: string | undefined;
  /** A configuration of secretlint's. */
  readonly secretlintrc?: string | undefined;
}

/** Rules that the user brings, and what is to be said of them. */
export interface LoadedRules {
  readonly rules: CustomRules;
  readonly notes: readonly string[];
}

/**
 * Reads the rules that the user brings; null where there are none.
 * @throws AuditError `RULES_INVALID`
 */
export async function loadCustomRules(files: CustomRuleFiles): Promise<LoadedRules | null> {
  const { secretRules, secretlintrc } = files;
  if (secretRules === undefined && secretlintrc === undefined) return null;
  const { patterns, allowlists, notes } =
    secretRules === undefined ? { patterns: [], allowlists: [], notes: [] } : readGitleaksRules(secretRules);
  if (secretRules !== undefined) checkKeywords(secretRules, patterns);
  const { lint, modules } =
    secretlintrc === undefined ? { lint: null, modules: [] } : await readSecretlintConfig(secretlintrc);
  const said = JSON.stringify({ patterns, allowlists, lint: lint && { ...lint, rules: lint.rules.map(withoutUrl) } });
  const digest = createHash('sha256')
    .update(`${said} ${modules.join(' ')}`)
    .digest('hex');
  return { rules: { digest, patterns, allowlists, lint }, notes: [...notes, ...slowNotes(patterns)] };
}

/** Where a module is installed changes nothing of what it finds. */
function withoutUrl({ id, settings }: NonNullable<CustomRules['lint']>['rules'][number]): unknown {
  return { id, settings };
}

function checkKeywords(path: string, patterns: readonly CustomPattern[]): void {
  const keywords = new Set(patterns.flatMap((rule) => (keywordLiterals(rule) ?? []).map(({ text }) => text)));
  if (keywords.size > SPARE_LITERALS)
    throw invalidRules(path, null, `its rules have ${keywords.size} keywords; at most ${SPARE_LITERALS} are taken`);
}

function slowNotes(patterns: readonly CustomPattern[]): string[] {
  const slow = patterns.filter((rule) => rule.regex !== null && keywordLiterals(rule) === null).map(({ id }) => id);
  if (slow.length === 0) return [];
  const listed = slow.slice(0, 5).join(', ');
  const more = slow.length > 5 ? ` and ${slow.length - 5} more` : '';
  return [`${listed}${more}: without keywords of three characters or more, all text is searched; this takes longer`];
}
