import { AuditError } from '../core/index.ts';

/** A limit on bytes, or on a share of something. */
export interface SizeBudget {
  /** As it was given. */
  readonly text: string;
  readonly kind: 'bytes' | 'share';
  /** Bytes, or a share from 0 to 1. */
  readonly value: number;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1000,
  KB: 1000,
  KIB: 1024,
  M: 1e6,
  MB: 1e6,
  MIB: 1024 ** 2,
  G: 1e9,
  GB: 1e9,
  GIB: 1024 ** 3,
  T: 1e12,
  TB: 1e12,
  TIB: 1024 ** 4,
};

/**
 * Reads `250MB`, `1.5GiB`, `1024`, and where a share makes sense `5%`.
 * @throws AuditError `USAGE_INVALID`
 */
export function parseSizeBudget(text: string, flag: string, share = false): SizeBudget {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]{0,3}|%)$/.exec(text.trim());
  const unit = match?.[2]?.toUpperCase() ?? '';
  const factor = share && unit === '%' ? 0.01 : UNITS[unit];
  if (match === null || factor === undefined) {
    throw new AuditError('USAGE_INVALID', `${flag} is no size: ${text}`, {
      hint: `Write for example ${flag} 250MB${share ? ` or ${flag} 5%` : ''}. MB are powers of a thousand, MiB of 1024.`,
    });
  }
  return { text: text.trim(), kind: unit === '%' ? 'share' : 'bytes', value: Number(match[1]) * factor };
}

/** The limit in bytes, of a whole that a share is of. */
export function budgetBytes({ kind, value }: SizeBudget, wholeBytes: number): number {
  return Math.floor(kind === 'share' ? value * wholeBytes : value);
}
