import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Flags } from '@oclif/core';
import type { TrustOptions } from '../audit/index.ts';
import { AuditError } from '../core/index.ts';

/** Flags for what was decided once: a policy in a file, and where the trusted root of today is had from. */
export const POLICY_FLAGS = {
  config: Flags.string({
    description: 'take from this file who has to sign which images (docs/policy.md); none is read unless it is named',
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'policy-for': Flags.string({
    description: 'use the rule that --config has for this repository, for an image that is in none',
    helpValue: 'REPOSITORY',
    helpGroup: 'TRUST',
  }),
  'update-trusted-root': Flags.boolean({
    description: 'ask Sigstore’s TUF repository for the trusted root of today, instead of the embedded one',
    helpGroup: 'TRUST',
  }),
  'tuf-mirror': Flags.string({
    description: 'the TUF repository of --update-trusted-root, for an instance of your own',
    helpValue: 'URL',
    helpGroup: 'TRUST',
  }),
  'tuf-root': Flags.string({
    description: 'root.json that the TUF repository’s metadata have to lead to',
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
};

/** What the flags above say. */
export interface PolicyFlags {
  readonly config?: string | undefined;
  readonly 'policy-for'?: string | undefined;
  readonly 'update-trusted-root'?: boolean | undefined;
  readonly 'tuf-mirror'?: string | undefined;
  readonly 'tuf-root'?: string | undefined;
}

/**
 * Turns flags into options.
 * @throws AuditError `USAGE_INVALID`
 */
export function toPolicyOptions(
  flags: PolicyFlags,
  reference: string,
  env: Readonly<Record<string, string | undefined>>,
): Pick<TrustOptions, 'config' | 'policyFor' | 'reference' | 'updateRoot'> {
  const { 'tuf-mirror': mirror, 'tuf-root': root } = flags;
  if (flags['update-trusted-root'] !== true && (mirror !== undefined || root !== undefined)) {
    const given = mirror === undefined ? '--tuf-root' : '--tuf-mirror';
    throw new AuditError('USAGE_INVALID', `${given} wants --update-trusted-root beside it`, {
      hint: 'Nothing is asked for a trusted root unless you say so.',
    });
  }
  const updateRoot = flags['update-trusted-root'] === true ? { mirror, root, cache: cacheFolder(env) } : undefined;
  return { config: flags.config, policyFor: flags['policy-for'], reference, updateRoot };
}

/** As the XDG specification has it; relative folders count as not set, as they would be the audited repository's. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const folder = (name: string): string | undefined => (isAbsolute(env[name] ?? '') ? env[name] : undefined);
  return join(folder('XDG_CACHE_HOME') ?? join(folder('HOME') ?? homedir(), '.cache'), 'layer-audit', 'tuf');
}
