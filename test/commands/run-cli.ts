/** Runs the program as its users do: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The image that ships with the repository. */
export const ACME = `${ROOT}fixtures/images/acme-api.tar`;

/** What a run of the program left. */
export interface CliResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface CliOptions {
  /** Standard input; nothing unless given, `open` for one that never ends. */
  readonly stdin?: Uint8Array | 'open';
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Is told of the process as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs `audit` from its TypeScript sources, to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${ROOT}bin/dev.js`, ...args], {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: 'pipe',
      // A hang is a failure of one test, not of the whole run.
      timeout: 20_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
    // A program that ends before it has read all is what some tests are about.
    child.stdin.on('error', () => undefined);
    if (options.stdin !== 'open') child.stdin.end(options.stdin ?? '');
    options.onStart?.(child);
  });
}

/** What no user should ever see. */
export const STACK_TRACE = /^\s+at .+:\d+|node:internal|Node\.js v\d/m;
