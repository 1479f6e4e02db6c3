import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePlatform } from '../../../src/index.ts';
import { auditFiles, auditImages } from '../../support/audit-recipe.ts';
import {
  type BuiltBlob,
  type BuiltImage,
  buildImage,
  buildIndex,
  descriptor,
  dockerSaveLegacy,
  jsonBlob,
  type LayerCompression,
  ociLayout,
} from '../../support/image-builder.ts';
import { RegistryServer, redirect, refuse } from '../../support/registry-server.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { file } from '../../support/tar-writer.ts';
import { auditReference, exampleImage, rulesOf } from './example-images.ts';

const AMD64 = exampleImage('linux/amd64');
const ARM64 = exampleImage('linux/arm64');
const INDEX = buildIndex([AMD64, ARM64]);
const SHARED = (AMD64.layers[0] as BuiltBlob).digest;
/** Requests that are not about what hangs on images. */
const IMAGES = /^(?!.*\/(?:referrers\/|manifests\/sha256-))/;

let server: RegistryServer;
let repository: string;

beforeEach(async () => {
  server = await RegistryServer.start();
  repository = server.push('acme/api', [AMD64, ARM64], [INDEX]);
  server.tag('acme/api', 'one', AMD64.manifest);
  server.tag('acme/api', 'all', INDEX);
  server.tag('acme/api', 'latest', INDEX);
});
afterEach(() => server[Symbol.asyncDispose]());

describe('an image in a registry', () => {
  test.each<LayerCompression>(['gzip', 'zstd', 'none'])(
    'has the findings that its archive has: layers stored as %s',
    async (compression) => {
      const image = exampleImage('linux/amd64', compression);
      server.push('acme/other', [image]);
      server.tag('acme/other', '1', image.manifest);
      const report = await auditReference(`${server.host}/acme/other:1`);
      expect(rulesOf(report)).toContain('secrets/github-token');
      expect(report.verdict).toMatchObject({ complete: true, failed: true, exitStatus: 1 });
      expect(sameFindings(report)).toEqual(sameFindings(await auditImages([AMD64])));
      expect(sameFindings(report)).not.toEqual(sameFindings(await auditImages([ARM64])));
      expect(sameFindings(report)).toEqual(sameFindings(await auditFiles(dockerSaveLegacy(AMD64, ['acme/other:1']))));
    },
  );

  test('is told by what it resolved to', async () => {
    const report = await auditReference(`${repository}:one`);
    expect(report.subject).toEqual({
      reference: `${repository}:one`,
      source: 'registry',
      digest: AMD64.manifest.digest,
      mediaType: AMD64.manifest.mediaType,
    });
    expect(report.images).toMatchObject([
      { platform: 'linux/amd64', manifestDigest: AMD64.manifest.digest, configDigest: AMD64.config.digest },
    ]);
  });

  test('gives the same report, byte for byte, from one run to the next', async () => {
    const run = async (jobs: number): Promise<string> =>
      JSON.stringify(await auditReference(`${repository}:all`, { reproducible: true, jobs }));
    expect(await run(1)).toBe(await run(3));
  });

  test('may have its blobs on another host', async () => {
    await using storage = await RegistryServer.start();
    storage.push('acme/api', [AMD64, ARM64]);
    server.on(
      /blobs/,
      redirect(({ path }) => `http://${storage.host}${path}`),
    );
    expect(sameFindings(await auditReference(`${repository}:all`))).toEqual(
      sameFindings(await auditImages([AMD64, ARM64])),
    );
  });

  test('without layers is an image', async () => {
    const empty = buildImage({ steps: [], config: { User: '1000' } });
    server.push('acme/empty', [empty]);
    server.tag('acme/empty', '1', empty.manifest);
    const report = await auditReference(`${server.host}/acme/empty:1`);
    expect(report.images[0]?.layers).toEqual([]);
    expect(report.verdict.complete).toBe(true);
  });

  test('shows a secret in an annotation wherever it is packed', async () => {
    const annotated = buildImage({
      annotations: { 'org.example.note': `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}` },
      steps: [{ createdBy: 'COPY a /a', members: [file('a', 'x')] }],
    });
    server.push('acme/note', [annotated]);
    server.tag('acme/note', '1', annotated.manifest);
    const report = await auditReference(`${server.host}/acme/note:1`);
    expect(rulesOf(report)).toContain('secrets/github-token');
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages([annotated])));
  });
});

describe('an index', () => {
  test('gives every platform, with the findings that the archive has', async () => {
    const report = await auditReference(`${repository}:all`);
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages([AMD64, ARM64])));
  });

  test('has each of its documents and layers fetched once, those of several platforms, too', async () => {
    const report = await auditReference(`${repository}:all`);
    const wanted = [AMD64, ARM64].flatMap(({ config, layers, manifest }) => [config, ...layers, manifest]);
    const digests = [...new Set(wanted.map(({ digest }) => digest))];
    const fetched = server.paths(IMAGES).map((path) => path.slice(path.lastIndexOf('/') + 1));
    expect(fetched.toSorted()).toEqual(['all', ...digests].toSorted());
    expect(server.paths(new RegExp(SHARED))).toHaveLength(1);
    expect(report.coverage.layers).toEqual({ examined: digests.length - 4, partial: 0, absent: 0 });
  });

  test('gives only the platforms that were asked for', async () => {
    const report = await auditReference(`${repository}:all`, { platforms: [parsePlatform('arm64')] });
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/arm64']);
    const others = AMD64.layers
      .map(({ digest }) => digest)
      .filter((digest) => !ARM64.layers.some((one) => one.digest === digest));
    for (const digest of [...others, AMD64.manifest.digest, AMD64.config.digest])
      expect(server.paths(new RegExp(digest))).toEqual([]);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages([ARM64])));
  });

  test('that lacks the platform is an error that lists what it has', async () => {
    await expect(
      auditReference(`${repository}:all`, { platforms: [parsePlatform('linux/s390x')] }),
    ).rejects.toMatchObject({
      code: 'PLATFORM_ABSENT',
      hint: 'It has: linux/amd64, linux/arm64.',
    });
  });

  test('in an index is followed', async () => {
    const outer = jsonBlob(
      { schemaVersion: 2, mediaType: INDEX.mediaType, manifests: [descriptor(INDEX)] },
      INDEX.mediaType,
    );
    server.push('acme/api', [], [outer]);
    server.tag('acme/api', 'outer', outer);
    expect((await auditReference(`${repository}:outer`)).images).toHaveLength(2);
  });

  test('shows a secret in its annotations wherever it is packed', async () => {
    const annotations = { 'org.example.note': `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}` };
    const manifests = [{ ...descriptor(AMD64.manifest), platform: AMD64.platform }];
    const index = jsonBlob({ schemaVersion: 2, mediaType: INDEX.mediaType, manifests, annotations }, INDEX.mediaType);
    server.tag('acme/api', 'note', index);
    const files = ociLayout([AMD64]);
    files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(index)] })));
    files.set(`blobs/${index.digest.replace(':', '/')}`, index.bytes);
    expect(sameFindings(await auditReference(`${repository}:note`))).toEqual(sameFindings(await auditFiles(files)));
  });

  test('that names itself ends', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const manifests = [{ mediaType: INDEX.mediaType, digest, size: 1 }, { ...descriptor(AMD64.manifest) }];
    const own = jsonBlob({ schemaVersion: 2, mediaType: INDEX.mediaType, manifests }, INDEX.mediaType);
    server.tag('acme/api', digest, own);
    server.tag('acme/api', 'own', own);
    const report = await auditReference(`${repository}:own`);
    expect(report.gaps).toMatchObject([{ reason: 'manifest-invalid', incomplete: true }]);
    expect(server.paths(IMAGES).filter((path) => path.includes('manifests'))).toHaveLength(3);
  });
});

describe('references', () => {
  test('by digest fetch that digest', async () => {
    const report = await auditReference(`${repository}@${AMD64.manifest.digest}`);
    expect(report.subject.digest).toBe(AMD64.manifest.digest);
    expect(server.paths(IMAGES).filter((path) => path.includes('manifests'))).toEqual([
      `/v2/acme/api/manifests/${AMD64.manifest.digest}`,
    ]);
  });

  test('by tag and digest fetch the digest, wherever the tag points', async () => {
    const report = await auditReference(`${repository}:one@${ARM64.manifest.digest}`);
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/arm64']);
    expect(server.paths(IMAGES).filter((path) => path.includes('manifests'))).toEqual([
      `/v2/acme/api/manifests/${ARM64.manifest.digest}`,
    ]);
  });

  test('without either mean latest', async () => {
    expect((await auditReference(repository)).subject.digest).toBe(INDEX.digest);
  });

  test('are resolved once: a tag that moves in between changes nothing', async () => {
    const moved: BuiltImage = buildImage({ steps: [{ createdBy: 'COPY moved /', members: [file('moved', 'x')] }] });
    server.push('acme/api', [moved]);
    server.on(/manifests\/all$/, (response) => {
      server.tag('acme/api', 'all', moved.manifest);
      response.writeHead(200, { 'content-type': INDEX.mediaType }).end(INDEX.bytes);
    });
    const report = await auditReference(`${repository}:all`);
    expect(report.subject.digest).toBe(INDEX.digest);
    expect(report.images.map(({ manifestDigest }) => manifestDigest)).toEqual([
      AMD64.manifest.digest,
      ARM64.manifest.digest,
    ]);
    expect(server.paths(/manifests\/all$/)).toHaveLength(1);
    expect(server.paths(new RegExp(moved.manifest.digest))).toEqual([]);
  });

  test('to an artifact are told so', async () => {
    const config = jsonBlob({}, 'application/vnd.cncf.helm.config.v1+json');
    const chart = jsonBlob(
      { schemaVersion: 2, mediaType: AMD64.manifest.mediaType, config: descriptor(config), layers: [] },
      AMD64.manifest.mediaType,
    );
    server.push('acme/chart', [], [config, chart]);
    server.tag('acme/chart', '1', chart);
    await expect(auditReference(`${server.host}/acme/chart:1`)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
  });

  test('to what is not there are told so', async () => {
    await expect(auditReference(`${repository}:nope`)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
    server.on(/nowhere/, refuse(404, 'NAME_UNKNOWN', 'repository name not known to registry'));
    await expect(auditReference(`${server.host}/acme/nowhere`)).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      message: expect.stringContaining('NAME_UNKNOWN'),
    });
  });
});
