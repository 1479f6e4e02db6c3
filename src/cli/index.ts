/** The edge: the only room, besides the commands, that knows oclif and the terminal. */
export { BaseCommand, type DeclaredFlags } from './base-command.ts';
export {
  FAIL_ON_FLAG,
  IMAGE_ARGUMENT,
  IMAGE_FLAGS,
  isStdin,
  runToOutput,
  tableOptions,
  toExamineOptions,
} from './image-flags.ts';
export { abortOnInterrupt } from './interrupt.ts';
export { outputWidth, wantsColours, writeOutput } from './output.ts';
export { POLICY_FLAGS, toPolicyOptions } from './policy-flags.ts';
export { ProgressLine } from './progress-line.ts';
export { CONNECTION_FLAGS, CREDENTIAL_FLAGS, toRegistryOptions } from './registry-flags.ts';
export { renderCredentials } from './render-credentials.ts';
export { SECRET_FLAGS, toSecretOptions } from './secret-flags.ts';
export { TRUST_FLAGS, type TrustFlags, toTrustOptions } from './trust-flags.ts';
export { programVersion } from './version.ts';
