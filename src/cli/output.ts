import { writeFile } from 'node:fs/promises';
import { AuditError, systemErrorCode } from '../core/index.ts';

/**
 * Writes a command's result to a file, or to standard output, and resolves when it is all out. A file that is made
 * for it with `secret` is readable by its owner only.
 * @throws AuditError `OUTPUT_UNWRITABLE`
 */
export async function writeOutput(
  text: string,
  path: string | undefined,
  options: { readonly secret?: boolean } = {},
): Promise<void> {
  if (path !== undefined) {
    try {
      await writeFile(path, text, { mode: options.secret === true ? 0o600 : 0o666 });
    } catch (error) {
      throw new AuditError(
        'OUTPUT_UNWRITABLE',
        `${path} cannot be written: ${systemErrorCode(error) ?? String(error)}`,
        {
          hint: 'Check the folder and its permissions.',
          cause: error,
        },
      );
    }
    return;
  }
  await new Promise<void>((resolve, reject) => {
    process.stdout.once('error', reject);
    process.stdout.write(text, () => {
      process.stdout.off('error', reject);
      resolve();
    });
  });
}

/** Whether output may have colours: on a terminal, unless NO_COLOR says otherwise (no-color.org). */
export function wantsColours(env: Readonly<Record<string, string | undefined>>, path: string | undefined): boolean {
  if (path !== undefined || (env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return process.stdout.isTTY === true && env['TERM'] !== 'dumb';
}

/** Whether the terminal's locale says that it has no more than ASCII. Files are UTF-8 in any case. */
export function wantsAscii(env: Readonly<Record<string, string | undefined>>, path: string | undefined): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((one) => one !== undefined && one !== '');
  return path === undefined && locale !== undefined && !/utf-?8/i.test(locale);
}

/** Columns to draw for: the terminal's, or a width that logs bear. */
export function outputWidth(path: string | undefined): number {
  return path === undefined && process.stdout.isTTY === true ? process.stdout.columns : 120;
}
