/** Real images of a faulty Dockerfile and of the mended one, built by buildah: each fault at its layer and instruction. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import { elf } from '../../support/elf-writer.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import { isInstalled } from '../../support/installed-programs.ts';

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-dockerfiles-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const inScratch = (name: string): string => join(scratch, name);
const BUSYBOX = '/bin/busybox';

async function buildah(...args: string[]): Promise<void> {
  const store = ['--root', inScratch('root'), '--runroot', inScratch('run'), '--storage-driver', 'vfs'];
  await run('buildah', [...store, ...args], {
    timeout: 120_000,
    cwd: inScratch('context'),
    env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
  });
}

/** Builds one of the Dockerfiles beside this file, each instruction a layer, and audits what comes out. */
async function build(name: string): Promise<Report> {
  const policy = ['--signature-policy', inScratch('policy.json'), '--authfile', inScratch('auth.json')];
  copyFileSync(new URL(`./${name}.Dockerfile`, import.meta.url), inScratch(`context/Dockerfile.${name}`));
  const tag = `localhost/layer-audit-${name}`;
  // The configuration of OCI has no health check; Docker's has.
  const docker = ['--format', 'docker'];
  await buildah('bud', ...policy, ...docker, '--quiet', '--layers', '--tag', tag, '--file', `Dockerfile.${name}`, '.');
  await buildah('push', ...policy, '--format', 'v2s2', '--quiet', tag, `docker-archive:${inScratch(name)}.tar`);
  return await auditImage({
    reference: `${inScratch(name)}.tar`,
    fingerprintKey: TEST_KEY,
    version: '0.0.0-test',
    reproducible: true,
  });
}

// Its store needs the right to change owners; its RUN needs a shell that needs no libraries.
const works = [isInstalled('buildah'), isInstalled(BUSYBOX, '--help')].every(Boolean) && process.getuid?.() === 0;

describe.skipIf(!works)('images that buildah makes of Dockerfiles', () => {
  let faulty: Report;
  let mended: Report;
  beforeAll(async () => {
    mkdirSync(inScratch('context/.git'), { recursive: true });
    mkdirSync(inScratch('context/.vscode'));
    writeFileSync(inScratch('policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}');
    writeFileSync(inScratch('auth.json'), '{}');
    copyFileSync(BUSYBOX, inScratch('context/busybox'));
    writeFileSync(inScratch('context/.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(inScratch('context/.vscode/launch.json'), '{}\n');
    writeFileSync(inScratch('context/.env'), `GITHUB_TOKEN=${EXAMPLE_SECRETS['github-token']?.secret}\n`);
    writeFileSync(inScratch('context/app.conf'), 'port = 8080\n');
    writeFileSync(inScratch('context/data.bin'), Buffer.alloc(12 * 1024 * 1024, 'data '));
    writeFileSync(inScratch('context/server'), elf({ texts: ['server'] }), { mode: 0o755 });
    await build('base');
    faulty = await build('faulty');
    mended = await build('mended');
  }, 240_000);

  test.each([
    ['secrets/github-token', /^COPY/, '/app/.env'],
    ['leftover/git-repository', /^RUN chmod -R/, '/app/.git'],
    ['leftover/build-files', /^RUN chmod -R/, '/app/Dockerfile.base'],
    ['leftover/editor-files', /^RUN chmod -R/, '/app/.vscode/launch.json'],
    ['layer/metadata-rewrite', /^COPY/, null],
    ['layer/late-cleanup', /^RUN chmod -R/, '/app/data.bin'],
    ['privilege/setuid', /^RUN cp/, '/usr-tool'],
    ['privilege/world-writable', /^RUN chmod -R/, null],
    ['leftover/apk-cache', /^RUN mkdir -p \/var\/cache/, '/var/cache/apk/APKINDEX.tar.gz'],
    ['leftover/temporary-files', /^RUN mkdir -p \/tmp/, '/tmp/install.txt'],
    ['user/empty-password', /^RUN mkdir -p \/etc/, '/etc/shadow'],
    ['layer/add-local', /^ADD/, null],
  ])('%s names the instruction that did it', (rule, instruction, path) => {
    const findings = faulty.findings.filter((finding) => finding.rule === rule);
    expect(findings.length).toBeGreaterThan(0);
    const places = findings.flatMap(({ evidence }) => evidence);
    const place = places.find((one) => instruction.test(one.instruction ?? '') && (path === null || one.path === path));
    expect(place, JSON.stringify(places.map((one) => [one.path, one.instruction]))).toBeDefined();
  });

  test.each([
    ['config/maintainer', 'history'],
    ['config/development-mode', 'config.Env'],
    ['config/development-mode', 'config.Cmd'],
    ['config/tls-off', 'config.Env'],
    ['config/ssh-port', 'config.ExposedPorts'],
    ['config/sensitive-volume', 'config.Volumes'],
    ['config/healthcheck-program', 'config.Healthcheck'],
    ['config/shell-form', 'config.Cmd'],
    ['user/no-user', 'config.User'],
  ])('%s is found at %s', (rule, field) => {
    const fields = faulty.findings
      .filter((finding) => finding.rule === rule)
      .flatMap(({ evidence }) => evidence.map((place) => place.field));
    expect(fields.some((one) => one?.startsWith(field))).toBe(true);
  });

  test('the secret was deleted by the layer that says so', () => {
    const secret = faulty.findings.find(({ rule }) => rule === 'secrets/github-token');
    expect(secret?.state).toBe('deleted');
    const hider = secret?.evidence[0]?.hiddenBy?.layerIndex ?? -1;
    expect(faulty.images[0]?.layers[hider]?.instruction).toMatch(/^RUN rm \/app\/\.env/);
  });

  test('nothing is found in what the mended Dockerfile makes', () => {
    expect(mended.findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
    expect(mended.verdict.complete).toBe(true);
  });
});
