import { AuditError } from '../core/index.ts';

/** A signal that aborts on Ctrl-C or a request to end, so that work stops cleanly; a second Ctrl-C kills. */
export function abortOnInterrupt(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = (): void => {
    release();
    controller.abort(new AuditError('INTERRUPTED', 'the audit was stopped before it was done'));
  };
  const release = (): void => {
    process.off('SIGINT', abort);
    process.off('SIGTERM', abort);
  };
  process.once('SIGINT', abort);
  process.once('SIGTERM', abort);
  return { signal: controller.signal, release };
}
