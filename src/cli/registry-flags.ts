import { Flags } from '@oclif/core';
import type { AuditImageOptions } from '../audit/index.ts';
import { AuditError } from '../core/index.ts';
import { readRegistriesConf } from '../registry/index.ts';
import { type PasswordInput, readPassword } from './read-password.ts';

/** Flags that say which credentials to show a registry. */
export const CREDENTIAL_FLAGS = {
  username: Flags.string({
    description: 'user name for the registry; with --password-stdin',
    helpValue: 'NAME',
    helpGroup: 'REGISTRY',
  }),
  'password-stdin': Flags.boolean({
    description: 'read the password, or an access token, from standard input',
    helpGroup: 'REGISTRY',
  }),
  anonymous: Flags.boolean({
    description: 'use no credentials, whatever is stored; public images can be read so',
    helpGroup: 'REGISTRY',
  }),
};

/** Flags that say how to reach a registry. */
export const CONNECTION_FLAGS = {
  'plain-http': Flags.boolean({
    description: 'speak plain HTTP to the registry; without it only to registries on this machine',
    helpGroup: 'REGISTRY',
  }),
  'registry-ca': Flags.string({
    description: 'trust the authorities in this PEM file, too',
    helpValue: 'FILE',
    helpGroup: 'REGISTRY',
  }),
  'registry-cert': Flags.string({
    description: 'client certificate to show the registry, in PEM',
    helpValue: 'FILE',
    helpGroup: 'REGISTRY',
  }),
  'registry-key': Flags.string({
    description: 'its private key, unless it is in the same file',
    helpValue: 'FILE',
    helpGroup: 'REGISTRY',
  }),
  'registries-conf': Flags.string({
    description: 'mirrors and blocked registries, in the form of containers-registries.conf(5)',
    env: 'CONTAINERS_REGISTRIES_CONF',
    helpValue: 'FILE',
    helpGroup: 'REGISTRY',
  }),
};

/** What the flags above say. */
export interface RegistryFlags {
  readonly username?: string | undefined;
  readonly 'password-stdin'?: boolean | undefined;
  readonly anonymous?: boolean | undefined;
  readonly 'plain-http'?: boolean | undefined;
  readonly 'registry-ca'?: string | undefined;
  readonly 'registry-cert'?: string | undefined;
  readonly 'registry-key'?: string | undefined;
  readonly 'registries-conf'?: string | undefined;
}

/** Where registry options come from besides flags. */
export interface RegistryInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: PasswordInput;
  /** Whether the image comes from standard input. */
  readonly stdinIsImage: boolean;
}

/**
 * Turns flags into options, and reads the password if it is to be read.
 * @throws AuditError `USAGE_INVALID`, `REGISTRIES_CONFIG_INVALID`
 */
export async function toRegistryOptions(
  flags: RegistryFlags,
  { env, stdin, stdinIsImage }: RegistryInput,
): Promise<NonNullable<AuditImageOptions['registry']>> {
  const { username } = flags;
  // oclif leaves flags out that are not given.
  const anonymous = flags.anonymous ?? false;
  const fromStdin = flags['password-stdin'] ?? false;
  if ((username !== undefined) !== fromStdin) {
    const [given, missing] = fromStdin ? ['--password-stdin', '--username'] : ['--username', '--password-stdin'];
    throw new AuditError('USAGE_INVALID', `${given} wants ${missing} beside it`, {
      hint: 'Write for example: audit image REF --username NAME --password-stdin < token.txt',
    });
  }
  if (username === '') throw new AuditError('USAGE_INVALID', '--username is empty');
  if (username !== undefined && anonymous)
    throw new AuditError('USAGE_INVALID', '--anonymous and --username contradict each other');
  if (flags['registry-key'] !== undefined && flags['registry-cert'] === undefined)
    throw new AuditError('USAGE_INVALID', '--registry-key wants --registry-cert beside it');
  if (fromStdin && stdinIsImage) {
    throw new AuditError('USAGE_INVALID', '--password-stdin and the image - both want standard input', {
      hint: 'An image on standard input needs no password. Else set LAYER_AUDIT_USERNAME and LAYER_AUDIT_PASSWORD.',
    });
  }
  return {
    env,
    anonymous,
    plainHttp: flags['plain-http'] ?? false,
    certificates: {
      ...(flags['registry-ca'] === undefined ? {} : { ca: flags['registry-ca'] }),
      ...(flags['registry-cert'] === undefined ? {} : { certificate: flags['registry-cert'] }),
      ...(flags['registry-key'] === undefined ? {} : { key: flags['registry-key'] }),
    },
    ...(flags['registries-conf'] === undefined ? {} : { registries: readRegistriesConf(flags['registries-conf']) }),
    ...(username === undefined ? {} : { login: { username, password: await readPassword(stdin) } }),
  };
}
