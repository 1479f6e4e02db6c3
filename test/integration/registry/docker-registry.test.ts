/** The real registry of Debian's package docker-registry, filled with plain HTTP calls and by skopeo. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { auditImages } from '../../support/audit-recipe.ts';
import {
  archive,
  type BuiltBlob,
  type BuiltImage,
  buildIndex,
  type LayerCompression,
  ociLayout,
} from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { basicHeader } from '../../support/registry-server.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { auditReference, exampleImage } from './example-images.ts';

const ACCOUNT = { username: 'tester', password: 'for-tests-only' };
/** What htpasswd -B makes of the password. */
const HTPASSWD = 'tester:$2b$04$RZ3I34wiFgc1RTTqM2EaYeQHBmsM2Uq4h9p8Qd1JqNwkZ/MJekks2\n';
const DOCKER_CONFIG = process.env['DOCKER_CONFIG'] as string;

const hasRegistry = isInstalled('docker-registry');
const hasSkopeo = isInstalled('skopeo');

let folder: string;
let running: { process: ChildProcess; host: string };

async function startRegistry(withPasswords: boolean): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'layer-audit-docker-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  const auth = withPasswords ? { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } } : {};
  const config = {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: host },
    ...auth,
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  running = { process: child, host };
  for (let tries = 0; tries < 200; tries += 1) {
    const alive = await fetch(`http://${host}/v2/`).then(
      () => true,
      () => false,
    );
    if (alive) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('docker-registry does not answer');
}

async function stopRegistry(): Promise<void> {
  const exited = new Promise((resolve) => running.process.on('exit', resolve));
  running.process.kill();
  await exited;
  rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Pushes as the distribution specification has it ("Push": POST, then PUT; the manifest last). */
async function push(repository: string, tag: string, images: readonly BuiltImage[], more?: BuiltBlob): Promise<void> {
  const base = `http://${running.host}/v2/${repository}`;
  const headers = { authorization: basicHeader(ACCOUNT.username, ACCOUNT.password) };
  const put = async (url: string | URL, blob: BuiltBlob, type: string): Promise<void> => {
    const answer = await fetch(url, {
      method: 'PUT',
      headers: { ...headers, 'content-type': type },
      body: new Uint8Array(blob.bytes),
    });
    if (answer.status !== 201) throw new Error(`PUT gave ${answer.status}: ${await answer.text()}`);
  };
  for (const blob of images.flatMap(({ config, layers }) => [config, ...layers])) {
    const started = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers });
    const url = new URL(started.headers.get('location') ?? '', base);
    url.searchParams.set('digest', blob.digest);
    await put(url, blob, 'application/octet-stream');
  }
  for (const { manifest } of images) await put(`${base}/manifests/${manifest.digest}`, manifest, manifest.mediaType);
  const root = more ?? (images[0] as BuiltImage).manifest;
  await put(`${base}/manifests/${tag}`, root, root.mediaType);
}

function logIn(password: string): void {
  mkdirSync(DOCKER_CONFIG, { recursive: true });
  const auth = Buffer.from(`${ACCOUNT.username}:${password}`).toString('base64');
  writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths: { [running.host]: { auth } } }));
}

afterEach(() => rmSync(DOCKER_CONFIG, { recursive: true, force: true }));

describe.skipIf(!hasRegistry)('docker-registry', () => {
  beforeAll(() => startRegistry(false));
  afterAll(stopRegistry);

  test.each<LayerCompression>(['gzip', 'zstd', 'none'])(
    'gives the findings that the archive has: layers stored as %s',
    async (compression) => {
      const image = exampleImage('linux/amd64', compression);
      await push('acme/api', compression, [image]);
      const report = await auditReference(`${running.host}/acme/api:${compression}`);
      expect(report.subject).toMatchObject({ source: 'registry', digest: image.manifest.digest });
      expect(report.verdict.complete).toBe(true);
      expect(sameFindings(report)).toEqual(sameFindings(await auditImages([image])));
    },
  );

  test('gives every platform of an index', async () => {
    const images = [exampleImage('linux/amd64'), exampleImage('linux/arm64')];
    await push('acme/all', '1', images, buildIndex(images));
    const report = await auditReference(`${running.host}/acme/all:1`);
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages(images)));
  });

  test('gives an image by digest', async () => {
    const image = exampleImage();
    await push('acme/digest', '1', [image]);
    const report = await auditReference(`${running.host}/acme/digest@${image.manifest.digest}`);
    expect(report.subject.digest).toBe(image.manifest.digest);
  });

  test.each(['acme/nowhere:1', `acme/api@sha256:${'0'.repeat(64)}`])('says that %s is not there', async (name) => {
    await push('acme/api', '1', [exampleImage()]);
    await expect(auditReference(`${running.host}/${name}`)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
  });

  test.skipIf(!hasSkopeo).each([
    ['as it is', []],
    ['as a Docker manifest', ['--format', 'v2s2']],
    ['compressed anew', ['--dest-compress', '--dest-compress-format', 'zstd']],
  ])('gives the same findings of what skopeo copied into it %s', async (_, options) => {
    const image = exampleImage('linux/amd64', 'none');
    const file = join(folder, 'image.tar');
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
  beforeAll(() => startRegistry(true));
  afterAll(stopRegistry);

  test('gives the findings that the archive has to whoever has a password', async () => {
    const image = exampleImage();
    await push('acme/api', '1', [image]);
    logIn(ACCOUNT.password);
    const report = await auditReference(`${running.host}/acme/api:1`);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages([image])));
    expect(JSON.stringify(report)).not.toContain(ACCOUNT.password);
  });

  test('gives nothing without a password', async () => {
    await expect(auditReference(`${running.host}/acme/api:1`)).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      hint: `Log in: docker login ${running.host}`,
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
