import { AuditError } from '../core/index.ts';

/** Where a password is read from. */
export interface PasswordInput extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean;
}

const MAX_PASSWORD_BYTES = 64 * 1024;

/**
 * Reads a password to the end of the input; the newline that `echo` puts behind it is no part of it.
 * @throws AuditError `USAGE_INVALID`
 */
export async function readPassword(input: PasswordInput): Promise<string> {
  if (input.isTTY === true) {
    throw new AuditError('USAGE_INVALID', '--password-stdin wants the password in a pipe, not typed', {
      hint: 'It would be shown as you type. Write for example: audit image REF --username NAME --password-stdin < token.txt',
    });
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.byteLength;
    if (size > MAX_PASSWORD_BYTES)
      throw new AuditError('USAGE_INVALID', 'standard input holds no password: it is too long');
  }
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') throw new AuditError('USAGE_INVALID', 'standard input holds no password: it is empty');
  return password;
}
