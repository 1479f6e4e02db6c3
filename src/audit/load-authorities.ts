import { AuditError } from '../core/index.ts';
import { type PrivateAuthorities, readTrustedCertificates } from '../trust/index.ts';
import { readSmallFile } from './small-file.ts';

/** Authorities of the user's own, in files that cosign takes as well. */
export interface AuthorityOptions {
  /** Authorities in PEM: those between a signer and the root, and the root last. */
  readonly certificateChain?: string | undefined;
  /** Roots in PEM. */
  readonly caRoots?: string | undefined;
  /** Authorities between a signer and one of those. */
  readonly caIntermediates?: string | undefined;
  /** Authorities for time stamps in PEM, a root among them. */
  readonly timestampChain?: string | undefined;
}

/**
 * Reads authorities of the user's own; undefined where there are none.
 * @param identity who has to be named in certificates
 * @throws AuditError `USAGE_INVALID`, `CERTIFICATE_INVALID`
 */
export function loadAuthorities(
  options: AuthorityOptions,
  identity: PrivateAuthorities['identity'],
): PrivateAuthorities | undefined {
  const { certificateChain, caRoots, caIntermediates, timestampChain } = options;
  if (certificateChain !== undefined && (caRoots !== undefined || caIntermediates !== undefined)) {
    throw new AuditError(
      'USAGE_INVALID',
      '--certificate-chain and --ca-roots or --ca-intermediates contradict each other',
      {
        hint: 'A chain has its root in it. Give one of the two.',
      },
    );
  }
  if (caIntermediates !== undefined && caRoots === undefined) {
    throw new AuditError('USAGE_INVALID', '--ca-intermediates wants --ca-roots beside it', {
      hint: 'A certificate in between is trusted by its root.',
    });
  }
  if (certificateChain === undefined && caRoots === undefined) {
    if (timestampChain === undefined) return undefined;
    throw new AuditError(
      'USAGE_INVALID',
      '--timestamp-certificate-chain wants --certificate-chain or --ca-roots beside it',
      {
        hint: 'For certificates of a Sigstore instance its authorities for time stamps are in its trusted root: --trusted-root FILE.',
      },
    );
  }
  const { roots, others } =
    certificateChain === undefined
      ? {
          roots: readAll(caRoots as string, '--ca-roots', 'root'),
          others: caIntermediates === undefined ? [] : readAll(caIntermediates, '--ca-intermediates', 'authority'),
        }
      : readChain(certificateChain, '--certificate-chain', 'authority');
  const timeStamps =
    timestampChain === undefined ? null : readChain(timestampChain, '--timestamp-certificate-chain', 'certificate');
  return { roots, intermediates: others, timeStamps, identity };
}

type Certificates = ReturnType<typeof readTrustedCertificates>;

function readAll(path: string, flag: string, kind: 'root' | 'authority' | 'certificate'): Certificates {
  return readTrustedCertificates(path, readSmallFile(path, flag, 'CERTIFICATE_INVALID'), kind);
}

/** The last is the root. */
function readChain(
  path: string,
  flag: string,
  kind: 'authority' | 'certificate',
): { readonly roots: Certificates; readonly others: Certificates } {
  const certificates = readAll(path, flag, kind);
  const root = certificates.at(-1);
  if (root === undefined || root.subject !== root.issuer) {
    throw new AuditError('CERTIFICATE_INVALID', `${path} does not end in a root`, {
      hint: `${flag} takes the authorities from the signer's on, each certified by the next, and the root last.`,
    });
  }
  return { roots: [root], others: certificates.slice(0, -1) };
}
