import { AuditError } from '../core/index.ts';
import {
  checkPattern,
  embeddedRoots,
  isTypeName,
  readTrustedKey,
  refuseKeyService,
  rootsOfFile,
  type SignerPolicy,
  type TextPolicy,
  type TrustContext,
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
}

/** What signatures are held against. */
export interface LoadedTrust extends TrustContext {
  readonly predicateTypes: readonly string[];
}

/**
 * Reads keys and trusted root, and makes sure that what the user says makes sense: what is not understood is never
 * passed over, because it would let more pass than was asked for (CVE-2025-29778).
 * @throws AuditError `KEY_INVALID`, `TRUSTED_ROOT_INVALID`, `CERTIFICATE_INVALID`, `NOTATION_CONFIG_INVALID`, `USAGE_INVALID`
 */
export function loadTrust(options: TrustOptions): LoadedTrust {
  const keys = (options.keys ?? []).map((name) => {
    refuseKeyService(name);
    return readTrustedKey(name, readSmallFile(name, '--key', 'KEY_INVALID'));
  });
  const predicateTypes = options.predicateTypes ?? [];
  const unknown = predicateTypes.find((type) => !isTypeName(type));
  if (unknown !== undefined) {
    throw new AuditError('USAGE_INVALID', `${JSON.stringify(unknown)} is no type of attestation`, {
      hint: 'Give its URI, or a name: slsaprovenance1, spdx, cyclonedx, vuln, openvex, link, custom.',
    });
  }
  const notation = loadNotation(options);
  const { identity, authorities } = signersOf(options);
  return {
    policy: {
      keys,
      identity,
      ...(authorities === undefined ? {} : { authorities }),
      ...(notation === undefined ? {} : { notation }),
    },
    ignoreLog: options.ignoreLog ?? false,
    roots:
      options.trustedRoot === undefined
        ? embeddedRoots()
        : rootsOfFile(
            options.trustedRoot,
            readSmallFile(options.trustedRoot, '--trusted-root', 'TRUSTED_ROOT_INVALID'),
          ),
    predicateTypes,
  };
}

/** Where the user brings authorities of their own, a name alone says enough: these vouch for it. */
function signersOf(options: TrustOptions): Pick<SignerPolicy, 'identity' | 'authorities'> {
  const name = textPolicy(options.identity, options.identityPattern, '--certificate-identity');
  const issuer = textPolicy(options.issuer, options.issuerPattern, '--certificate-oidc-issuer');
  const authorities = loadAuthorities(options, name && { name, issuer });
  if (authorities === undefined) return { identity: identityOf(name, issuer) };
  if (name === null && issuer !== null) return { identity: identityOf(name, issuer) };
  return { identity: null, authorities };
}

function identityOf(name: TextPolicy | null, issuer: TextPolicy | null): SignerPolicy['identity'] {
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
