import { readFileSync, statSync } from 'node:fs';
import { AuditError, systemErrorCode } from '../../core/index.ts';

/** Larger files are no rules. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a file with rules.
 * @throws AuditError `RULES_INVALID`
 */
export function readRulesFile(path: string, flag: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) throw invalidRules(path, null, 'it is too large for a file of rules');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw new AuditError('RULES_INVALID', `${path} cannot be read: ${systemErrorCode(error) ?? String(error)}`, {
      hint: `Check the file given with ${flag}.`,
      cause: error,
    });
  }
}

/** What is wrong with a file of rules, and in which line. */
export function invalidRules(path: string, line: number | null, message: string, hint?: string): AuditError {
  const place = line === null ? path : `${path}:${line}`;
  return new AuditError('RULES_INVALID', `${place}: ${message}`, hint === undefined ? {} : { hint });
}
