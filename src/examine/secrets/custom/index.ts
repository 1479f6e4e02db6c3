/** Rules that the user brings: gitleaks' regular expressions, and secretlint's rules. */
export { compileRules, keywordLiterals } from './compiled-rules.ts';
export type {
  CustomAllowlist,
  CustomKind,
  CustomLint,
  CustomLintRule,
  CustomPattern,
  CustomRules,
} from './custom-rules.ts';
export { type CustomGap, CustomSearch } from './custom-search.ts';
export { importRule } from './import-rule.ts';
export { compileRegex } from './pattern-rule.ts';
