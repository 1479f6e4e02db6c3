import { dirname, resolve } from 'node:path';
import { AuditError, parseReference } from '../core/index.ts';
import { chooseRule, parseConfig } from '../policy/index.ts';
import { parseLocation } from '../source/index.ts';
import {
  checkPattern,
  embeddedRoots,
  type IdentityPolicy,
  isTypeName,
  type NamedSigner,
  readTrustedKey,
  refuseKeyService,
  requirementsOf,
  rootsOfFile,
  type SignerPolicy,
  type TextPolicy,
  type TrustContext,
  type TrustRequirements,
  type UpdateRootOptions,
  updateRoots,
} from '../trust/index.ts';
import { type AuthorityOptions, loadAuthorities } from './load-authorities.ts';
import { loadNotation, type NotationOptions } from './load-notation.ts';
import { readSmallFile } from './small-file.ts';

/** Whom to trust, as the user says it. */
export interface TrustOptions extends NotationOptions, AuthorityOptions {
  /** Files with public keys. */
  readonly keys?: readonly string[];
  readonly identity?: string | undefined;
  readonly identityPattern?: string | undefined;
  readonly issuer?: string | undefined;
  readonly issuerPattern?: string | undefined;
  /** A file with a trusted root; the embedded one unless told. */
  readonly trustedRoot?: string | undefined;
  readonly ignoreLog?: boolean;
  /** Types of attestations that have to be there. */
  readonly predicateTypes?: readonly string[];
  /**
   * A configuration file. None is read that was not named. The attack: a repository that is checked out to be audited
   * brings a policy of its own, in the folder where the audit is run, that trusts whoever made it.
   */
  readonly config?: string | undefined;
  /** The image, of which such a file may say something. */
  readonly reference?: string | undefined;
  /** The repository whose rule counts for an image that is in none. */
  readonly policyFor?: string | undefined;
  /** Brings the trusted root up to date, for {@link prepareTrust}. */
  readonly updateRoot?: UpdateRootOptions | undefined;
}

/** What signatures are held against, and what has to be there. */
export interface LoadedTrust extends TrustContext {
  readonly requirements: TrustRequirements;
  readonly origin: TrustOrigin;
}

/**
 * Who said whom to trust. `nobody`: no one did; `flags`: the command line; `rule`: a rule of a configuration file, for
 * the repositories that it names; `no-rule`: such a file, which says nothing of this image.
 */
export type TrustOrigin =
  | { readonly kind: 'nobody' | 'flags' }
  | { readonly kind: 'rule'; readonly path: string; readonly repository: string }
  | { readonly kind: 'no-rule'; readonly path: string; readonly repository: string | null };

/**
 * Does what {@link loadTrust} does, and brings the trusted root up to date before where that was asked for: the only
 * thing here that asks the network.
 * @throws AuditError as {@link loadTrust}, and `TRUSTED_ROOT_UNREACHABLE`
 */
export async function prepareTrust(options: TrustOptions): Promise<LoadedTrust> {
  const { updateRoot } = options;
  // What is wrong on the command line is told before anybody is asked.
  const trust = loadTrust(options);
  return updateRoot === undefined ? trust : { ...trust, roots: await updateRoots(updateRoot) };
}

/**
 * Reads keys, trusted root and policy, and makes sure that what the user says makes sense: what is not understood is never
 * passed over, because it would let more pass than was asked for (CVE-2025-29778).
 * @throws AuditError `KEY_INVALID`, `TRUSTED_ROOT_INVALID`, `CERTIFICATE_INVALID`, `NOTATION_CONFIG_INVALID`, `CONFIG_INVALID`, `USAGE_INVALID`
 */
export function loadTrust(options: TrustOptions): LoadedTrust {
  const predicateTypes = options.predicateTypes ?? [];
  const unknown = predicateTypes.find((type) => !isTypeName(type));
  if (unknown !== undefined) {
    throw new AuditError('USAGE_INVALID', `${JSON.stringify(unknown)} is no type of attestation`, {
      hint: 'Give its URI, or a name: slsaprovenance1, spdx, cyclonedx, vuln, openvex, link, custom.',
    });
  }
  if (options.updateRoot !== undefined && options.trustedRoot !== undefined) {
    throw new AuditError('USAGE_INVALID', '--trusted-root and --update-trusted-root contradict each other');
  }
  const keys = (options.keys ?? []).map((name) => readKey(name, name, '--key'));
  const notation = loadNotation(options);
  const { identities, authorities } = signersOf(options);
  const policy: SignerPolicy = {
    keys,
    identities,
    ...(authorities === undefined ? {} : { authorities }),
    ...(notation === undefined ? {} : { notation }),
  };
  const isSaid =
    keys.length + identities.length + predicateTypes.length > 0 || authorities !== undefined || notation !== undefined;
  if (options.config !== undefined) {
    if (isSaid || options.ignoreLog === true) {
      throw new AuditError('USAGE_INVALID', 'whom to trust is said by --config and by other flags as well', {
        hint: 'Give the configuration file, or keys and identities; of two answers nobody could say which one counts.',
      });
    }
    return loadConfigured(options.config, options);
  }
  if (options.policyFor !== undefined) {
    throw new AuditError('USAGE_INVALID', '--policy-for wants --config beside it');
  }
  return {
    policy,
    ignoreLog: options.ignoreLog ?? false,
    roots: rootsOf(options.trustedRoot ?? null, '--trusted-root'),
    requirements: requirementsOf(predicateTypes),
    origin: { kind: isSaid ? 'flags' : 'nobody' },
  };
}

/** What a configuration file says of an image. */
function loadConfigured(path: string, options: TrustOptions): LoadedTrust {
  const { trustedRoot } = options;
  const { trust } = parseConfig(path, readSmallFile(path, '--config', 'CONFIG_INVALID'));
  const repository = ruleRepository(options);
  const rule = chooseRule(trust, repository);
  if (rule === null) {
    return {
      policy: { keys: [], identities: [] },
      ignoreLog: false,
      roots: rootsOf(trustedRoot ?? null, '--trusted-root'),
      requirements: requirementsOf([]),
      origin: { kind: 'no-rule', path, repository },
    };
  }
  const beside = (file: string): string => resolve(dirname(path), file);
  const signers = rule.signers.map(
    ({ name, identity, keys, notationRoots, notationIdentities }): NamedSigner => ({
      name,
      policy: {
        keys: keys.map((file) => readKey(file, beside(file), 'key')),
        identities: identity === null ? [] : [identity],
        ...notationOf(notationRoots.map(beside), notationIdentities),
      },
    }),
  );
  return {
    policy: {
      keys: signers.flatMap(({ policy }) => policy.keys),
      identities: signers.flatMap(({ policy }) => policy.identities),
    },
    signers,
    ignoreLog: rule.ignoreLog,
    roots:
      trustedRoot !== undefined
        ? rootsOf(trustedRoot, '--trusted-root')
        : rootsOf(rule.trustedRoot === null ? null : beside(rule.trustedRoot), 'trusted-root'),
    requirements: { signatures: rule.signatures, attestations: rule.attestations },
    origin: { kind: 'rule', path, repository: rule.repository },
  };
}

/**
 * The repository of an image, with its registry; null for one that is in none. An archive is in none, whatever it calls
 * itself. The attack: it gives itself the name of a repository for which a policy wants less.
 */
export function repositoryOf(reference: string): string | null {
  const location = parseLocation(reference);
  return location.kind === 'registry' ? `${location.reference.registry}/${location.reference.repository}` : null;
}

/** The repository whose rule counts. */
function ruleRepository({ reference, policyFor }: TrustOptions): string | null {
  if (policyFor === undefined) return reference === undefined ? null : repositoryOf(reference);
  const { registry, repository } = parseReference(policyFor);
  return `${registry}/${repository}`;
}

function readKey(name: string, path: string, flag: string): ReturnType<typeof readTrustedKey> {
  refuseKeyService(name);
  return readTrustedKey(name, readSmallFile(path, flag, 'KEY_INVALID'));
}

function rootsOf(path: string | null, flag: string): TrustContext['roots'] {
  return path === null ? embeddedRoots() : rootsOfFile(path, readSmallFile(path, flag, 'TRUSTED_ROOT_INVALID'));
}

function notationOf(
  notationRoots: readonly string[],
  notationIdentities: readonly string[],
): Pick<SignerPolicy, 'notation'> {
  const notation = loadNotation({ notationRoots, notationIdentities });
  return notation === undefined ? {} : { notation };
}

/** Where the user brings authorities of their own, a name alone says enough: these vouch for it. */
function signersOf(options: TrustOptions): Pick<SignerPolicy, 'identities' | 'authorities'> {
  const name = textPolicy(options.identity, options.identityPattern, '--certificate-identity');
  const issuer = textPolicy(options.issuer, options.issuerPattern, '--certificate-oidc-issuer');
  const authorities = loadAuthorities(options, name && { name, issuer });
  if (authorities !== undefined && (name !== null || issuer === null)) return { identities: [], authorities };
  const identity = identityOf(name, issuer);
  return { identities: identity === null ? [] : [identity] };
}

function identityOf(name: TextPolicy | null, issuer: TextPolicy | null): IdentityPolicy | null {
  if (name === null && issuer === null) return null;
  if (name === null || issuer === null) {
    const [given, missing] =
      name === null
        ? ['--certificate-oidc-issuer', '--certificate-identity']
        : ['--certificate-identity', '--certificate-oidc-issuer'];
    throw new AuditError('USAGE_INVALID', `${given} wants ${missing} beside it`, {
      hint: 'A name alone is worth nothing: some issuer somewhere vouches for every name.',
    });
  }
  return { name, issuer };
}

function textPolicy(exactly: string | undefined, pattern: string | undefined, flag: string): TextPolicy | null {
  if (exactly !== undefined && pattern !== undefined) {
    throw new AuditError('USAGE_INVALID', `${flag} and ${flag}-regexp contradict each other`);
  }
  const policy = exactly !== undefined ? { exactly } : pattern !== undefined ? { pattern } : null;
  if (policy !== null) checkPattern(policy, exactly === undefined ? `${flag}-regexp` : flag);
  return policy;
}
