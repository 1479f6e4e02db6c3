import { readFileSync, statSync } from 'node:fs';
import { AuditError, type AuditErrorCode, systemErrorCode } from '../core/index.ts';

/** No key, no certificate, no trusted root and no policy is larger. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a file that the user names.
 * @param flag that named it, for errors
 * @param code of errors
 * @throws AuditError
 */
export function readSmallFile(path: string, flag: string, code: AuditErrorCode): Uint8Array {
  try {
    if (statSync(path).size > MAX_BYTES) throw new AuditError(code, `${path} is too large for what ${flag} takes`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw new AuditError(code, `${path} cannot be read: ${systemErrorCode(error) ?? String(error)}`, {
      hint: `Check the file given with ${flag}.`,
      cause: error,
    });
  }
}
