import { printable } from '../../core/index.ts';

/** Rows as RFC 4180 has them. */
export function renderCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/**
 * The attack: a package or a file called `=HYPERLINK(…)` is a formula to the program that opens the list. An apostrophe makes a
 * text of it.
 */
function cell(text: string): string {
  const shown = printable(text);
  const harmless = /^[=+\-@]/.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
