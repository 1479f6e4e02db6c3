import { Flags } from '@oclif/core';
import type { TrustOptions } from '../audit/index.ts';

/** Flags that say whom to trust; named as cosign names them. */
export const TRUST_FLAGS = {
  key: Flags.string({
    description: 'trust this public key, a file in PEM as cosign.pub; may be given several times',
    multiple: true,
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'certificate-identity': Flags.string({
    description: 'trust this signer: the e-mail address or workflow in the certificate, all of it',
    helpValue: 'NAME',
    helpGroup: 'TRUST',
  }),
  'certificate-identity-regexp': Flags.string({
    description: 'trust signers whom this regular expression fits, from the first character to the last',
    helpValue: 'REGEXP',
    helpGroup: 'TRUST',
  }),
  'certificate-oidc-issuer': Flags.string({
    description: 'who has to vouch for the signer, as https://token.actions.githubusercontent.com',
    helpValue: 'URL',
    helpGroup: 'TRUST',
  }),
  'certificate-oidc-issuer-regexp': Flags.string({
    description: 'the same as a regular expression, from the first character to the last',
    helpValue: 'REGEXP',
    helpGroup: 'TRUST',
  }),
  'trusted-root': Flags.string({
    description: 'hold signatures against the authorities and logs in this file, not the embedded ones',
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'certificate-chain': Flags.string({
    description: 'trust certificates of the authority in this file (PEM; its root last) in place of those of Sigstore',
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'ca-roots': Flags.string({
    description: 'trust certificates of the roots in this file (PEM) in place of those of Sigstore',
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'ca-intermediates': Flags.string({
    description: 'authorities between a signer and one of the --ca-roots, unless the signature brings them',
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'timestamp-certificate-chain': Flags.string({
    description: 'believe time stamps of the authority in this file (PEM; its root last)',
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'notation-root': Flags.string({
    description: 'trust signatures of Notation that lead to the root in this file; may be given several times',
    multiple: true,
    helpValue: 'FILE',
    helpGroup: 'TRUST',
  }),
  'notation-identity': Flags.string({
    description: 'only those of this signer: x509.subject: C=US, ST=WA, O=Acme; may be given several times',
    multiple: true,
    helpValue: 'SUBJECT',
    helpGroup: 'TRUST',
  }),
  'notation-config': Flags.string({
    description:
      'trust signatures of Notation as its own configuration says: trustpolicy.json and truststore in this folder',
    helpValue: 'DIR',
    helpGroup: 'TRUST',
  }),
  'notation-scope': Flags.string({
    description: 'ask that trust policy for this repository, where the image is in no registry or a copy',
    helpValue: 'REPOSITORY',
    helpGroup: 'TRUST',
  }),
  'insecure-ignore-tlog': Flags.boolean({
    description: 'accept signatures that no transparency log knows',
    helpGroup: 'TRUST',
  }),
};

/** What the flags above say. */
export interface TrustFlags {
  readonly key?: readonly string[] | undefined;
  readonly 'certificate-identity'?: string | undefined;
  readonly 'certificate-identity-regexp'?: string | undefined;
  readonly 'certificate-oidc-issuer'?: string | undefined;
  readonly 'certificate-oidc-issuer-regexp'?: string | undefined;
  readonly 'trusted-root'?: string | undefined;
  readonly 'certificate-chain'?: string | undefined;
  readonly 'ca-roots'?: string | undefined;
  readonly 'ca-intermediates'?: string | undefined;
  readonly 'timestamp-certificate-chain'?: string | undefined;
  readonly 'notation-root'?: readonly string[] | undefined;
  readonly 'notation-identity'?: readonly string[] | undefined;
  readonly 'notation-config'?: string | undefined;
  readonly 'notation-scope'?: string | undefined;
  readonly 'insecure-ignore-tlog'?: boolean | undefined;
}

/** Turns flags into options. */
export function toTrustOptions(flags: TrustFlags): TrustOptions {
  return {
    keys: flags.key ?? [],
    identity: flags['certificate-identity'],
    identityPattern: flags['certificate-identity-regexp'],
    issuer: flags['certificate-oidc-issuer'],
    issuerPattern: flags['certificate-oidc-issuer-regexp'],
    trustedRoot: flags['trusted-root'],
    certificateChain: flags['certificate-chain'],
    caRoots: flags['ca-roots'],
    caIntermediates: flags['ca-intermediates'],
    timestampChain: flags['timestamp-certificate-chain'],
    notationRoots: flags['notation-root'] ?? [],
    notationIdentities: flags['notation-identity'] ?? [],
    notationConfig: flags['notation-config'],
    notationScope: flags['notation-scope'],
    ignoreLog: flags['insecure-ignore-tlog'] ?? false,
  };
}
