import { Flags } from '@oclif/core';
import { type AuditImageOptions, loadCustomRules, loadFingerprintKey } from '../audit/index.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/index.ts';

/** Flags that say what is looked for besides our own rules, and how secrets are told of. */
export const SECRET_FLAGS = {
  'secret-rules': Flags.string({
    description: 'look for what these rules say, too: a TOML file in the format of gitleaks',
    helpValue: 'FILE',
    helpGroup: 'SECRETS',
  }),
  secretlintrc: Flags.string({
    description: 'run the rules of this secretlint configuration, too; its plugins are run as programs',
    helpValue: 'FILE',
    helpGroup: 'SECRETS',
  }),
  'fingerprint-key': Flags.string({
    description: 'fingerprint secrets with the key in this file, so that other machines with it recognise them',
    helpValue: 'FILE',
    helpGroup: 'SECRETS',
  }),
  deep: Flags.boolean({
    description: 'look into xz and bzip2 files without limit; they take twenty times as long as gzip',
    helpGroup: 'SECRETS',
  }),
  reveal: Flags.boolean({
    description: 'write secrets into the report in full; keep it to yourself',
    helpGroup: 'SECRETS',
  }),
};

/** What the flags above say. */
export interface SecretFlags {
  readonly 'secret-rules'?: string | undefined;
  readonly secretlintrc?: string | undefined;
  readonly 'fingerprint-key'?: string | undefined;
  readonly deep?: boolean | undefined;
  readonly reveal: boolean;
}

const DEEP_LIMITS: Limits = { ...DEFAULT_LIMITS, maxSlowNestedBytes: DEFAULT_LIMITS.maxNestedBytes };

/**
 * Turns flags into options: reads the key and the rules.
 * @throws AuditError `RULES_INVALID`, `USAGE_INVALID`
 */
export async function toSecretOptions(
  flags: SecretFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Pick<AuditImageOptions, 'fingerprintKey' | 'customRules' | 'reveal' | 'limits'>> {
  return {
    fingerprintKey: loadFingerprintKey(env, flags['fingerprint-key']),
    customRules: await loadCustomRules({ secretRules: flags['secret-rules'], secretlintrc: flags.secretlintrc }),
    reveal: flags.reveal,
    ...(flags.deep === true ? { limits: DEEP_LIMITS } : {}),
  };
}
