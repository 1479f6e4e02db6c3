/** Finds secrets in bytes and texts. */
export {
  type CustomAllowlist,
  type CustomKind,
  type CustomLint,
  type CustomLintRule,
  type CustomPattern,
  type CustomRules,
  compileRegex,
  importRule,
  keywordLiterals,
} from './custom/index.ts';
export { DETECTORS } from './detectors.ts';
export { distinctMatches } from './distinct-matches.ts';
export { SPARE_LITERALS } from './literal-sets.ts';
export type { Carrier, LayerRegion, SecretMatch, SecretValues } from './match.ts';
export { PROVIDERS, type Provider } from './providers/index.ts';
export { isExampleWord } from './providers/passwords.ts';
export { TextScanner } from './scan-text.ts';
export { SecretScanner } from './scanner.ts';
