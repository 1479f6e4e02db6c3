/** The configuration file: what the user decided once, and read only where it was named. */
export { type Config, parseConfig } from './config.ts';
export { chooseRule, isRepositoryPattern } from './repository-pattern.ts';
