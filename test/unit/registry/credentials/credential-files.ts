/** Credential files for tests, in a home of their own. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type AuditError, parseReference } from '../../../../src/core/index.ts';
import { type CredentialLookup, type CredentialOptions, lookUpCredentials } from '../../../../src/registry/index.ts';

export const PASSWORD = `pass:${'word'}-ü`;
export const ALICE = { username: 'alice', password: PASSWORD };
export const AUTH = encode('alice', PASSWORD);

/** What `auth` holds. */
export function encode(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** What a login is among credentials. */
export function only(login: { username: string; password: string }): unknown {
  return { login, identityToken: null, registryToken: null };
}

/** A home with nothing in it. */
export class Home implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'layer-audit-credentials-'));
  readonly docker = join(this.folder, '.docker', 'config.json');
  readonly podman = join(this.folder, 'run', 'containers', 'auth.json');
  readonly containers = join(this.folder, '.config', 'containers', 'auth.json');
  readonly env: Record<string, string> = {
    HOME: this.folder,
    XDG_RUNTIME_DIR: join(this.folder, 'run'),
    PATH: join(this.folder, 'bin'),
  };

  write(path: string, content: unknown): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** Puts a credential helper into PATH, which notes what it is asked. */
  helper(name: string, script: string): void {
    const path = join(this.folder, 'bin', `docker-credential-${name}`);
    const asked = join(this.folder, 'asked');
    this.write(path, `#!/bin/sh\nserver=$(/bin/cat)\necho "${name} $1 $server" >> '${asked}'\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /** Looks up the credentials of an image. */
  lookUp(image: string, more: Partial<CredentialOptions> = {}): Promise<CredentialLookup> {
    return lookUpCredentials(parseReference(image), { env: this.env, ...more });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A script that answers as helpers do. */
export function says(username: string, secret: string): string {
  return `echo '${JSON.stringify({ ServerURL: 'x', Username: username, Secret: secret })}'`;
}

/** The error of what must fail. */
export async function failure(run: Promise<unknown>): Promise<AuditError> {
  return run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: AuditError) => error,
  );
}
