import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildImage } from '../support/image-builder.ts';
import { type RegistryAuth, RegistryServer, refuse } from '../support/registry-server.ts';
import { file } from '../support/tar-writer.ts';
import { type CliResult, runCli, STACK_TRACE } from './run-cli.ts';

const PASSWORD = `correct ${'horse'}`;
const ACCOUNT = { username: 'alice', password: PASSWORD };
const ENCODED = Buffer.from(`alice:${PASSWORD}`).toString('base64');
const IMAGE = buildImage({
  config: { User: '1000' },
  steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x')] }],
});

let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-auth-'));
  env = { HOME: folder, DOCKER_CONFIG: join(folder, 'docker'), PATH: `${folder}:${process.env['PATH']}` };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
}

/** Runs the program, and looks for the password in all that it says. */
async function run(args: readonly string[], more: Parameters<typeof runCli>[1] = {}): Promise<CliResult> {
  const result = await runCli(args, { ...more, env: { ...env, ...more.env } });
  const shown = result.stdout + result.stderr;
  expect(shown).not.toContain(PASSWORD);
  expect(shown).not.toContain(ENCODED.slice(0, 12));
  expect(shown).not.toMatch(STACK_TRACE);
  return result;
}

async function start(auth: RegistryAuth): Promise<RegistryServer> {
  const server = await RegistryServer.start(auth);
  server.push('acme/api', [IMAGE]);
  server.tag('acme/api', '1', IMAGE.manifest);
  return server;
}

describe('audit auth explain', () => {
  test('says which file has the credentials, under which key, and where else was looked', async () => {
    write(join(folder, 'docker', 'config.json'), { auths: { 'ghcr.io': { auth: ENCODED } } });
    const { status, stdout, stderr } = await run(['auth', 'explain', 'ghcr.io/acme/api:1']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('ghcr.io/acme/api: user name "alice" and a password\n');
    expect(stdout).toContain(`  from ${join(folder, 'docker', 'config.json')}\n`);
    expect(stdout).toContain('   - LAYER_AUDIT_USERNAME and LAYER_AUDIT_PASSWORD: not set\n');
    expect(stdout).toContain(
      `  => ${join(folder, 'docker', 'config.json')}: auths["ghcr.io"]: user name "alice" and a password\n`,
    );
  });

  test('says that there are none', async () => {
    const { status, stdout } = await run(['auth', 'explain', 'debian']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^docker\.io\/library\/debian: no credentials; the registry is asked as anybody\n/);
  });

  test('says it as JSON', async () => {
    const { stdout } = await run(['auth', 'explain', 'debian', '--format', 'json'], {
      env: { LAYER_AUDIT_USERNAME: 'alice', LAYER_AUDIT_PASSWORD: PASSWORD },
    });
    const explanation = JSON.parse(stdout) as { places: { outcome: string }[] };
    expect(explanation).toMatchObject({
      repository: 'docker.io/library/debian',
      host: 'registry-1.docker.io',
      found: 'user name "alice" and a password',
      origin: 'LAYER_AUDIT_USERNAME and LAYER_AUDIT_PASSWORD',
    });
    expect(explanation.places.map(({ outcome }) => outcome)).toContain('not-reached');
  });

  test('asks the helpers that an audit would ask', async () => {
    write(join(folder, 'docker', 'config.json'), { credHelpers: { 'ghcr.io': 'fake' } });
    const answer = JSON.stringify({ Username: '<token>', Secret: PASSWORD });
    writeFileSync(join(folder, 'docker-credential-fake'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    const { stdout } = await run(['auth', 'explain', 'ghcr.io/acme/api']);
    expect(stdout).toContain('ghcr.io/acme/api: an identity token\n');
    expect(stdout).toContain('credHelpers["ghcr.io"]: docker-credential-fake has, for ghcr.io, an identity token');
  });

  test('refuses what is in no registry', async () => {
    const { status, stderr } = await run(['auth', 'explain', 'oci-archive:x.tar']);
    expect(status).toBe(2);
    expect(stderr).toContain('[USAGE_INVALID]');
  });

  test('names the file that cannot be read', async () => {
    const path = join(folder, 'docker', 'config.json');
    mkdirSync(join(folder, 'docker'));
    writeFileSync(path, `{"auths": {"ghcr.io": {"password": "${PASSWORD}"`);
    const { status, stderr } = await run(['auth', 'explain', 'ghcr.io/acme/api', '--verbose']);
    expect(status).toBe(2);
    expect(stderr).toContain(`${path} is no valid JSON [CREDENTIALS_INVALID]`);
  });
});

describe('audit image', () => {
  test('takes a password from standard input, without its newline', async () => {
    await using server = await start({ kind: 'basic', ...ACCOUNT });
    const args = ['image', `${server.host}/acme/api:1`, '--username', 'alice', '--password-stdin', '--fail-on', 'none'];
    const { status, stderr } = await run(args, { stdin: Buffer.from(`${PASSWORD}\n`) });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('takes them from the environment', async () => {
    await using server = await start({ kind: 'bearer', account: ACCOUNT });
    const { status, stderr } = await run(['image', `${server.host}/acme/api:1`, '--fail-on', 'none'], {
      env: { LAYER_AUDIT_USERNAME: 'alice', LAYER_AUDIT_PASSWORD: PASSWORD },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('does not go on without credentials where those that are stored are refused, but says how to', async () => {
    await using server = await start({ kind: 'bearer', account: { ...ACCOUNT, password: 'changed' } });
    write(join(folder, 'docker', 'config.json'), { auths: { [server.host]: { auth: ENCODED } } });
    const { status, stderr } = await run(['image', `${server.host}/acme/api:1`, '--verbose']);
    expect(status).toBe(2);
    expect(stderr).toContain('[REGISTRY_UNAUTHORIZED]');
    expect(stderr).toContain('--anonymous');
    expect(server.paths(/^\/token$/)).toHaveLength(1);
  });

  test('reads a public image with --anonymous, whatever is stored', async () => {
    await using server = await start({ kind: 'bearer' });
    write(join(folder, 'docker', 'config.json'), { auths: { [server.host]: { auth: ENCODED } } });
    const { status } = await run(['image', `${server.host}/acme/api:1`, '--anonymous', '--fail-on', 'none']);
    expect(status).toBe(0);
    expect(server.requests.map(({ headers }) => headers.authorization ?? '').join()).not.toContain('Basic');
  });

  test('does not show a password that the registry quotes in its refusal', async () => {
    await using server = await start({ kind: 'basic', username: 'x', password: 'y' });
    server.on(/manifests/, (response, request) => {
      const header = request.headers.authorization;
      const said =
        header === undefined
          ? 'log in'
          : `you sent ${header}, that is ${PASSWORD}; see https://x.invalid/?sig=${PASSWORD}`;
      refuse(401, 'UNAUTHORIZED', said, { 'www-authenticate': 'Basic realm="x"' })(response, request, undefined);
    });
    const { status, stderr } = await run(['image', `${server.host}/acme/api:1`, '--verbose'], {
      env: { LAYER_AUDIT_USERNAME: 'alice', LAYER_AUDIT_PASSWORD: PASSWORD },
    });
    expect(status).toBe(2);
    expect(stderr).toContain('you sent Basic ****, that is ****; see https://x.invalid/');
  });

  test('does not take image and password from one standard input', async () => {
    const { status, stderr } = await run(['image', '-', '--username', 'alice', '--password-stdin']);
    expect(status).toBe(2);
    expect(stderr).toContain('both want standard input [USAGE_INVALID]');
  });
});
