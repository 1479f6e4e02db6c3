import { AuditError } from '../core/index.ts';

/** An SBOM that is not what its format says. */
export function invalid(message: string, cause?: unknown): AuditError {
  return new AuditError('SBOM_INVALID', `the SBOM ${message}`, {
    hint: 'Write it anew with the tool that made it.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** An SBOM beyond the bounds in which SBOMs are read. */
export function tooLarge(message: string, cause?: unknown): AuditError {
  return new AuditError('SBOM_TOO_LARGE', `the SBOM ${message}`, {
    hint: 'No SBOM of one image has that much: give one for each image.',
    ...(cause === undefined ? {} : { cause }),
  });
}
