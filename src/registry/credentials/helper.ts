/**
 * Asks credential helpers: programs that keep logins in the keychain of the machine or of a cloud
 * (github.com/docker/docker-credential-helpers). The only place in this program that starts another one.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { parse } from 'node:path';
import { AuditError } from '../../core/index.ts';
import { asObject, asText } from '../../oci/index.ts';
import { type Credentials, identityTokenOnly, loginOnly } from './credentials.ts';

/** How a helper is run. */
export interface HelperOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

const MAX_OUTPUT_BYTES = 64 * 1024;
/** The user name that says: this is no password, but an identity token. */
const IDENTITY_TOKEN_USER = '<token>';

/**
 * Asks `docker-credential-NAME` for the credentials of a registry; null where it has none.
 * @throws AuditError `CREDENTIALS_INVALID`; nothing that the helper wrote stands in it
 */
export async function askHelper(name: string, server: string, options: HelperOptions): Promise<Credentials | null> {
  // The attack: a configuration that came with a project names `../../project/evil`, and it is run.
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new AuditError('CREDENTIALS_INVALID', `${JSON.stringify(name)} is not the name of a credential helper`, {
      hint: 'A name has letters, digits, dots, dashes and underscores; the program is docker-credential-NAME.',
    });
  }
  const program = `docker-credential-${name}`;
  const { error, stdout } = await run(program, server, options);
  if (error !== null) {
    if (/^credentials not found\b/i.test(stdout.trim())) return null;
    throw helperFailed(program, server, describeFailure(error, options.timeoutMs));
  }
  const answer = parseAnswer(stdout);
  if (answer === null) throw helperFailed(program, server, 'its answer is not what a credential helper says');
  const { username, secret } = answer;
  if (secret === '') return null;
  return username === IDENTITY_TOKEN_USER ? identityTokenOnly(secret) : loginOnly(username, secret);
}

function run(
  program: string,
  server: string,
  { env, timeoutMs }: HelperOptions,
): Promise<{ error: ExecFileException | null; stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      ['get'],
      {
        env: { ...env },
        // The attack: on Windows, programs in the current folder come before those in PATH.
        cwd: parse(process.cwd()).root,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: MAX_OUTPUT_BYTES,
        encoding: 'utf8',
        windowsHide: true,
      },
      (error, stdout) => resolve({ error, stdout }),
    );
    // A helper that ends without reading what it is asked is judged by its answer.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(server);
  });
}

function parseAnswer(text: string): { username: string; secret: string } | null {
  try {
    const object = asObject(JSON.parse(text));
    const username = asText(object?.['Username']);
    const secret = asText(object?.['Secret']);
    return username === undefined || secret === undefined ? null : { username, secret };
  } catch {
    return null;
  }
}

function describeFailure(error: ExecFileException, timeoutMs: number): string {
  if (error.code === 'ENOENT') return 'there is no such program in PATH';
  if (error.code === 'EACCES') return 'it may not be run';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'its answer has no end';
  if (error.killed === true) return `it did not answer within ${Math.ceil(timeoutMs / 1000)} seconds`;
  return `it failed (${error.signal ?? `status ${String(error.code)}`})`;
}

/** Without a cause: the error of a program that failed quotes what it wrote, secrets and all. */
function helperFailed(program: string, server: string, why: string): AuditError {
  return new AuditError('CREDENTIALS_INVALID', `${program} gives no credentials for ${server}: ${why}`, {
    hint: `See what it says: echo ${server} | ${program} get. To read a public image without credentials, give --anonymous.`,
  });
}
