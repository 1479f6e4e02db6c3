/** The real registry of Debian's package docker-registry, filled with plain HTTP calls and by skopeo. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { auditImages } from '../../support/audit-recipe.ts';
import { archive, buildIndex, type LayerCompression, ociLayout } from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { auditReference, exampleImage } from './example-images.ts';
import { ACCOUNT, RealRegistry } from './real-registry.ts';

const DOCKER_CONFIG = process.env['DOCKER_CONFIG'] as string;

const hasRegistry = isInstalled('docker-registry');
const hasSkopeo = isInstalled('skopeo');

let running: RealRegistry;

function logIn(password: string): void {
  mkdirSync(DOCKER_CONFIG, { recursive: true });
  const auth = Buffer.from(`${ACCOUNT.username}:${password}`).toString('base64');
  writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths: { [running.host]: { auth } } }));
}

afterEach(() => rmSync(DOCKER_CONFIG, { recursive: true, force: true }));

describe.skipIf(!hasRegistry)('docker-registry', () => {
  beforeAll(async () => {
    running = await RealRegistry.start();
  });
  afterAll(() => running[Symbol.asyncDispose]());

  test.each<LayerCompression>(['gzip', 'zstd', 'none'])(
    'gives the findings that the archive has: layers stored as %s',
    async (compression) => {
      const image = exampleImage('linux/amd64', compression);
      await running.push('acme/api', compression, [image]);
      const report = await auditReference(`${running.host}/acme/api:${compression}`);
      expect(report.subject).toMatchObject({ source: 'registry', digest: image.manifest.digest });
      expect(report.verdict.complete).toBe(true);
      expect(sameFindings(report)).toEqual(sameFindings(await auditImages([image])));
    },
  );

  test('gives every platform of an index', async () => {
    const images = [exampleImage('linux/amd64'), exampleImage('linux/arm64')];
    await running.push('acme/all', '1', images, buildIndex(images));
    const report = await auditReference(`${running.host}/acme/all:1`);
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages(images)));
  });

  test('gives an image by digest', async () => {
    const image = exampleImage();
    await running.push('acme/digest', '1', [image]);
    const report = await auditReference(`${running.host}/acme/digest@${image.manifest.digest}`);
    expect(report.subject.digest).toBe(image.manifest.digest);
  });

  test.each(['acme/nowhere:1', `acme/api@sha256:${'0'.repeat(64)}`])('says that %s is not there', async (name) => {
    await running.push('acme/api', '1', [exampleImage()]);
    await expect(auditReference(`${running.host}/${name}`)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
  });

  test.skipIf(!hasSkopeo).each([
    ['as it is', []],
    ['as a Docker manifest', ['--format', 'v2s2']],
    ['compressed anew', ['--dest-compress', '--dest-compress-format', 'zstd']],
  ])('gives the same findings of what skopeo copied into it %s', async (_, options) => {
    const image = exampleImage('linux/amd64', 'none');
    const file = join(running.folder, 'image.tar');
    writeFileSync(file, archive(ociLayout([image], 'it')));
    const to = `docker://${running.host}/acme/skopeo:it`;
    const common = ['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false', ...options];
    const copied = spawnSync('skopeo', [...common, `oci-archive:${file}:it`, to], { encoding: 'utf8' });
    expect(copied).toMatchObject({ status: 0 });
    const report = await auditReference(`${running.host}/acme/skopeo:it`);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages([image])));
  });
});

describe.skipIf(!hasRegistry)('docker-registry with passwords', () => {
  beforeAll(async () => {
    running = await RealRegistry.start({ passwords: true });
  });
  afterAll(() => running[Symbol.asyncDispose]());

  test('gives the findings that the archive has to whoever has a password', async () => {
    const image = exampleImage();
    await running.push('acme/api', '1', [image]);
    logIn(ACCOUNT.password);
    const report = await auditReference(`${running.host}/acme/api:1`);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages([image])));
    expect(JSON.stringify(report)).not.toContain(ACCOUNT.password);
  });

  test.skipIf(!hasSkopeo).each([
    ['the registry', ''],
    ['a namespace', '/acme'],
    ['the repository', '/acme/api'],
  ])('gives it to whoever logged in to %s with skopeo', async (_, namespace) => {
    await running.push('acme/api', '1', [exampleImage()]);
    const authFile = join(running.folder, 'auth.json');
    const login = ['login', '--authfile', authFile, '--tls-verify=false', '--username', ACCOUNT.username];
    const { status } = spawnSync('skopeo', [...login, '--password-stdin', `${running.host}${namespace}`], {
      input: ACCOUNT.password,
    });
    expect(status).toBe(0);
    const env = { ...process.env, REGISTRY_AUTH_FILE: authFile };
    const report = await auditReference(`${running.host}/acme/api:1`, { registry: { env } });
    expect(report.verdict.complete).toBe(true);
    rmSync(authFile);
  });

  test('gives nothing without a password', async () => {
    await expect(auditReference(`${running.host}/acme/api:1`)).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      hint: expect.stringContaining(`Log in: docker login ${running.host}.`),
    });
  });

  test('gives nothing for a wrong password', async () => {
    logIn('wrong');
    await expect(auditReference(`${running.host}/acme/api:1`)).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      message: expect.stringContaining('refuses the credentials'),
    });
  });
});
