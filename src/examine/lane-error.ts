import { AuditError } from '../core/index.ts';
import type { LaneError } from './lane-messages.ts';

/** An error as plain data, to cross from one thread to another. */
export function toLaneError(error: unknown): LaneError {
  if (error instanceof AuditError) return { code: error.code, message: error.message, hint: error.hint ?? null };
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error), hint: null };
}

/** The error again. Without a code it is a mistake in this program. */
export function fromLaneError(error: LaneError): Error {
  if (error.code === null) return new Error(error.message);
  return new AuditError(error.code, error.message, error.hint === null ? {} : { hint: error.hint });
}
