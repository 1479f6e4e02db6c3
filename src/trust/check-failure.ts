/** Why a signature does not count. Whatever goes wrong in a check is one of these, or becomes one: never a pass. */
export class CheckFailure extends Error {
  /**
   * `failed`: it was checked, and it is not right. `not-checked`: it could not be checked, or this version does not
   * know how. `unverified`: it is consistent, and nobody said whom to trust.
   */
  readonly verdict: 'failed' | 'not-checked' | 'unverified';

  constructor(verdict: CheckFailure['verdict'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CheckFailure';
    this.verdict = verdict;
  }
}

/** A check that found something wrong. */
export function failed(message: string, cause?: unknown): CheckFailure {
  return new CheckFailure('failed', message, cause);
}

/** A check that could not be made. */
export function notChecked(message: string, cause?: unknown): CheckFailure {
  return new CheckFailure('not-checked', message, cause);
}

/**
 * Runs a check that others wrote. They throw all kinds of errors at hostile input; each of them is a failure.
 * @throws CheckFailure
 */
export function orFail<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof CheckFailure) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw failed(`${what}: ${why.slice(0, 300)}`, error);
  }
}
