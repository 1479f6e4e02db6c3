/** Finds secrets in bytes and texts. */
export { DETECTORS } from './detectors.ts';
export type { Carrier, LayerRegion, SecretMatch, SecretValues } from './match.ts';
export { PROVIDERS, type Provider } from './providers/index.ts';
export { TextScanner } from './scan-text.ts';
export { distinctMatches, SecretScanner } from './scanner.ts';
