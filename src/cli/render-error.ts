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

/**
 * What oclif says of a command line, in the form of all other errors: what is wrong and its code, then what to do.
 * Its advice on flags that may be given several times is left out; it is wrong for most mistakes.
 */
export function renderUsageError(message: string, command: string): string {
  const [first = '', ...rest] = message
    .split('\n')
    .map((line) => printable(line.trim()))
    .filter((line) => line !== '' && !/^(?:Note: --|Alternatively, you can use "--")/.test(line));
  const lines = rest.filter((line) => line !== 'See more help with --help').map((line) => `  ${line}`);
  return [`audit: ${first} [USAGE_INVALID]`, ...lines, `  See: audit ${command.replaceAll(':', ' ')} --help`, ''].join(
    '\n',
  );
}

function causes(error: Error): string[] {
  const lines: string[] = [];
  for (let cause = error.cause, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    lines.push(`  caused by: ${printable(cause.message)}`);
  }
  return lines;
}
