import { AuditError, printable } from '../core/index.ts';

/** An error as the user sees it: what happened, and what to do next. Never a stack, unless asked for. */
export function renderError(error: unknown, verbose: boolean): string {
  if (error instanceof AuditError) {
    const lines = [`audit: ${printable(error.message)} [${error.code}]`];
    if (error.hint !== undefined) lines.push(`  ${printable(error.hint)}`);
    if (verbose) lines.push(...causes(error));
    return `${lines.join('\n')}\n`;
  }
  const message = error instanceof Error ? error.message : String(error);
  const lines = [
    `audit: this is a mistake in layer-audit, not in what you did: ${printable(message)}`,
    '  Please report it with the command you ran: https://github.com/layer-audit/layer-audit/issues',
  ];
  if (verbose && error instanceof Error && error.stack !== undefined)
    lines.push(error.stack.split('\n').map(printable).join('\n'));
  else lines.push('  Run it again with --verbose to see where it happened.');
  return `${lines.join('\n')}\n`;
}

function causes(error: Error): string[] {
  const lines: string[] = [];
  for (let cause = error.cause, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    lines.push(`  caused by: ${printable(cause.message)}`);
  }
  return lines;
}
