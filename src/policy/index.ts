/** The configuration file: what the user decided once, and read only where it was named. */
export { CONFIG_NAME, type Config, parseConfig } from './config.ts';
export { chooseRule, isRepositoryPattern } from './repository-pattern.ts';
export type { AttestationRule, SignerRule, TrustRule } from './trust-rule.ts';
