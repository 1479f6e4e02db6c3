import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/index.ts';
import { auditImages } from '../../support/audit-recipe.ts';
import { type BuiltBlob, buildImage, buildIndex, descriptor, jsonBlob } from '../../support/image-builder.ts';
import {
  type Answer,
  gzipped,
  half,
  hangUp,
  otherBytes,
  RegistryServer,
  redirect,
  refuse,
  silence,
  tooManyRequests,
  tooShortLength,
  webPage,
} from '../../support/registry-server.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { file } from '../../support/tar-writer.ts';
import { auditReference, exampleImage, IMPATIENT, rulesOf } from './example-images.ts';

const AMD64 = exampleImage('linux/amd64');
const ARM64 = exampleImage('linux/arm64');
const INDEX = buildIndex([AMD64, ARM64]);
const LAYER = AMD64.layers[1] as BuiltBlob;
const LAYER_PATH = new RegExp(`/blobs/${LAYER.digest}`);
const CONFIG_PATH = new RegExp(`/blobs/${AMD64.config.digest}`);
const ARM64_PATH = new RegExp(`/manifests/${ARM64.manifest.digest}`);

let server: RegistryServer;
let repository: string;

beforeEach(async () => {
  server = await RegistryServer.start();
  server.tag('acme/api', 'one', AMD64.manifest);
  server.tag('acme/api', 'all', INDEX);
  repository = server.push('acme/api', [AMD64, ARM64], [INDEX]);
});
afterEach(() => server[Symbol.asyncDispose]());

describe('a layer that cannot be had', () => {
  test.each<[string, string, Answer]>([
    ['blob-absent', 'a 404', refuse(404, 'BLOB_UNKNOWN', 'blob unknown')],
    ['blob-unreadable', 'a 401', refuse(401, 'UNAUTHORIZED', 'no')],
    ['blob-unreadable', 'a 403', refuse(403, 'DENIED', 'no')],
    ['blob-unreadable', 'a 429 for ever', tooManyRequests('1')],
    ['blob-unreadable', 'a 500 for ever', refuse(500, '', '')],
    ['blob-unreadable', 'a web page', webPage()],
    ['blob-unreadable', 'a connection that is closed', hangUp],
    ['blob-unreadable', 'silence', silence],
    ['blob-unreadable', 'half of it, then silence', half('silence')],
    ['blob-unreadable', 'a loop of redirects', redirect(({ path }) => path)],
    ['blob-unreadable', 'a redirect to a file', redirect('file:///etc/passwd')],
    [
      'blob-unreadable',
      'a compression that is none',
      otherBytes(LAYER.bytes.subarray(9), { 'content-encoding': 'gzip' }),
    ],
    ['blob-truncated', 'half of it, then the end of the connection', half('breaks')],
    ['blob-truncated', 'half of it, as if that were all', half('ends')],
    ['blob-truncated', 'a length that is too short', tooShortLength],
  ])('is a gap, %s, and status 3: %s', async (reason, _, answer) => {
    server.on(LAYER_PATH, answer);
    const report = await auditReference(`${repository}:one`, { ...IMPATIENT, failOn: 'none' });
    expect(report.gaps).toMatchObject([{ reason, incomplete: true, subject: `layer 1 ${LAYER.digest}` }]);
    expect(report.verdict).toMatchObject({ complete: false, exitStatus: 3 });
    expect(report.images[0]?.layers.map(({ complete }) => complete)).toEqual([true, false, true]);
    expect(report.coverage.layers.examined).toBe(2);
  });

  test('is a gap of every platform that has it, told once', async () => {
    const base = AMD64.layers[0] as BuiltBlob;
    server.on(new RegExp(base.digest), refuse(404, 'BLOB_UNKNOWN', 'blob unknown'));
    const report = await auditReference(`${repository}:all`, { failOn: 'none' });
    expect(report.gaps.map(({ subject }) => subject)).toEqual([`layer 0 ${base.digest}`]);
    expect(report.images.map(({ layers }) => layers[0]?.complete)).toEqual([false, false]);
    expect(server.paths(new RegExp(base.digest))).toHaveLength(1);
  });

  test('does not hide what the other layers have, nor the status of findings', async () => {
    server.on(new RegExp((AMD64.layers[0] as BuiltBlob).digest), refuse(404, 'BLOB_UNKNOWN', 'blob unknown'));
    const report = await auditReference(`${repository}:one`);
    expect(rulesOf(report)).toContain('secrets/github-token');
    expect(report.verdict).toMatchObject({ complete: false, failed: true, exitStatus: 1 });
  });

  test.each<[string, Answer]>([
    ['a 429', tooManyRequests('1')],
    ['a 503', refuse(503, '', '')],
    ['a closed connection', hangUp],
  ])('at first, because of %s, is had in the end', async (_, answer) => {
    server.on(LAYER_PATH, answer, 2);
    expect((await auditReference(`${repository}:one`)).verdict.complete).toBe(true);
  });
});

describe('a layer that is another one', () => {
  test.each<[string, Answer]>([
    ['the bytes of another layer', otherBytes((ARM64.layers[1] as BuiltBlob).bytes)],
    ['bytes behind its end', otherBytes(Buffer.concat([LAYER.bytes, Buffer.alloc(512)]))],
  ])('is found out at its last byte: %s', async (_, answer) => {
    server.on(LAYER_PATH, answer);
    const report = await auditReference(`${repository}:one`);
    expect(rulesOf(report)).toContain('integrity/layer-digest');
    expect(report.verdict.exitStatus).toBe(1);
  });

  test.each(['critical', 'none'] as const)('leaves the audit incomplete: --fail-on %s', async (failOn) => {
    server.on(LAYER_PATH, otherBytes(Buffer.alloc(0)));
    const report = await auditReference(`${repository}:one`, { failOn });
    expect(report.verdict).toMatchObject({ complete: false, exitStatus: 3 });
  });

  test('is not one that was only compressed for the way', async () => {
    server.on(/./, gzipped);
    const report = await auditReference(`${repository}:one`);
    expect(rulesOf(report).filter((rule) => rule.startsWith('integrity/'))).toEqual([]);
    expect(report.verdict.complete).toBe(true);
  });
});

describe('a layer that is large enough for threads of its own', () => {
  const bytes = createHash('shake256', { outputLength: 6 * 1024 * 1024 })
    .update('any')
    .digest();
  const big = buildImage({ steps: [{ createdBy: 'COPY big /big', members: [file('big', bytes)] }] }, 'none');
  const path = new RegExp(`/blobs/${big.layers[0]?.digest}`);

  beforeEach(() => {
    server.push('acme/api', [big]);
    server.tag('acme/api', 'big', big.manifest);
  });

  test('has the findings that the archive has', async () => {
    const report = await auditReference(`${repository}:big`);
    expect(report.verdict.complete).toBe(true);
    expect(sameFindings(report)).toEqual(sameFindings(await auditImages([big])));
  });

  test.each<[string, string, Answer]>([
    ['absent', 'blob-absent', refuse(404, 'BLOB_UNKNOWN', 'blob unknown')],
    ['cut off', 'blob-truncated', half('breaks')],
    ['never sent', 'blob-unreadable', silence],
  ])('and is %s is a gap: %s', async (_, reason, answer) => {
    server.on(path, answer);
    const report = await auditReference(`${repository}:big`, { ...IMPATIENT, failOn: 'none' });
    expect(report.gaps).toMatchObject([{ reason, incomplete: true }]);
    expect(report.verdict.exitStatus).toBe(3);
  });
});

describe('stopping', () => {
  test.each<[string, RegExp]>([
    ['the manifest', /manifests/],
    ['the configuration', CONFIG_PATH],
    ['a layer', LAYER_PATH],
  ])('while the registry is silent about %s ends the audit with the reason', async (_, path) => {
    const controller = new AbortController();
    const reason = new AuditError('INTERRUPTED', 'stopped by the test');
    server.on(path, () => setTimeout(() => controller.abort(reason), 20));
    await expect(auditReference(`${repository}:one`, { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe('a configuration', () => {
  test.each<[string, string, Answer]>([
    ['is not there', 'config-absent', refuse(404, 'BLOB_UNKNOWN', 'blob unknown')],
    ['is a web page', 'config-invalid', webPage()],
    ['is cut off', 'config-invalid', half('ends')],
  ])('that %s is a gap, %s, and the layers are examined all the same', async (_, reason, answer) => {
    server.on(CONFIG_PATH, answer);
    const report = await auditReference(`${repository}:one`, { failOn: 'none' });
    expect(report.gaps).toMatchObject([{ reason, incomplete: true }]);
    expect(report.verdict.exitStatus).toBe(3);
    expect(report.coverage.layers.examined).toBe(3);
  });
});

describe('a platform of an index', () => {
  test.each<[string, string, Answer]>([
    ['is not there', 'manifest-absent', refuse(404, 'MANIFEST_UNKNOWN', 'unknown')],
    ['is other bytes', 'manifest-invalid', otherBytes(Buffer.from('{"config":{}}'))],
    ['is cut off', 'manifest-invalid', half('ends')],
    ['is too large', 'manifest-invalid', otherBytes(Buffer.alloc(9 * 1024 * 1024, ' '))],
    ['is forbidden', 'manifest-invalid', refuse(403, 'DENIED', 'no')],
    ['makes the registry fail', 'manifest-invalid', refuse(500, '', '')],
    ['is a web page', 'manifest-invalid', webPage()],
    ['is somewhere that nobody goes', 'manifest-invalid', redirect('file:///etc/passwd')],
  ])('whose manifest %s is a gap: %s', async (_, reason, answer) => {
    server.on(ARM64_PATH, answer);
    const report = await auditReference(`${repository}:all`, { failOn: 'none' });
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/amd64']);
    expect(report.gaps).toMatchObject([{ reason, incomplete: true }]);
    expect(report.verdict.exitStatus).toBe(3);
  });

  test.each<[string, Answer]>([
    ['REGISTRY_UNAUTHORIZED', refuse(401, 'UNAUTHORIZED', 'no')],
    ['REGISTRY_RATE_LIMITED', tooManyRequests()],
    ['REGISTRY_TIMEOUT', silence],
  ])('that cannot be had because nothing can is an error: %s', async (code, answer) => {
    server.on(ARM64_PATH, answer);
    await expect(auditReference(`${repository}:all`, IMPATIENT)).rejects.toMatchObject({ code });
  });

  test('is not asked for in vain a thousand times: the ninth refusal ends the run', async () => {
    const manifests = Array.from({ length: 50 }, (_, i) => ({
      ...descriptor(jsonBlob({ i }, AMD64.manifest.mediaType)),
      platform: { os: 'linux', architecture: `a${i}` },
    }));
    const index = jsonBlob({ schemaVersion: 2, mediaType: INDEX.mediaType, manifests }, INDEX.mediaType);
    server.tag('acme/api', 'fifty', index);
    server.on(/manifests\/sha256/, refuse(403, 'DENIED', 'no'));
    await expect(auditReference(`${repository}:fifty`)).rejects.toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
    expect(server.paths(/manifests\/sha256/)).toHaveLength(9);
  });

  test('that is the only one and refused is what the registry says of it', async () => {
    const only = buildIndex([ARM64]);
    server.push('acme/api', [], [only]);
    server.tag('acme/api', 'only', only);
    server.on(ARM64_PATH, refuse(403, 'DENIED', 'not yours'));
    await expect(auditReference(`${repository}:only`)).rejects.toMatchObject({
      code: 'REGISTRY_FORBIDDEN',
      message: expect.stringContaining('not yours'),
    });
  });
});

describe('a manifest', () => {
  test.each<[string, string, Answer]>([
    ['DOCUMENT_INVALID', 'no JSON', otherBytes(Buffer.from('manifest'))],
    ['DOCUMENT_INVALID', 'nothing', otherBytes(Buffer.alloc(0))],
    ['DOCUMENT_INVALID', 'a list', otherBytes(Buffer.from('[]'))],
    ['DOCUMENT_INVALID', 'an object without a configuration', otherBytes(Buffer.from('{"layers":[]}'))],
    ['DOCUMENT_TOO_LARGE', 'larger than the limit', otherBytes(Buffer.alloc(9 * 1024 * 1024, ' '))],
    ['REGISTRY_PROTOCOL', 'a web page', webPage()],
    ['BLOB_TRUNCATED', 'cut off', half('breaks')],
    ['REGISTRY_TIMEOUT', 'never sent', silence],
    ['REDIRECT_REFUSED', 'in a loop', redirect(({ path }) => path)],
    ['REGISTRY_RATE_LIMITED', 'refused for now', tooManyRequests()],
  ])('is an error, %s, where it is %s', async (code, _, answer) => {
    server.on(/manifests/, answer);
    const error = await auditReference(`${repository}:one`, IMPATIENT).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(AuditError);
    expect(error).toMatchObject({ code });
  });

  test('of the retired schema 1 is told so', async () => {
    const schema1 = { schemaVersion: 1, name: 'acme/api', tag: 'one', fsLayers: [], history: [] };
    server.on(/manifests/, otherBytes(Buffer.from(JSON.stringify(schema1))));
    await expect(auditReference(`${repository}:one`)).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  });

  test.each(['../../../../etc/passwd', 'sha256:abc', 'sha256:../x', ''])(
    'that names a layer %j asks nobody for it',
    async (digest) => {
      const manifest = jsonBlob(
        { schemaVersion: 2, config: descriptor(AMD64.config), layers: [{ ...descriptor(LAYER), digest }] },
        AMD64.manifest.mediaType,
      );
      server.tag('acme/api', 'evil', manifest);
      const outcome = await auditReference(`${repository}:evil`, { failOn: 'none' }).then(
        (report) => report.verdict.exitStatus,
        (error: AuditError) => error.code,
      );
      expect([3, 'DOCUMENT_INVALID']).toContain(outcome);
      expect(server.paths(/passwd|abc|\/x$/)).toEqual([]);
    },
  );

  test('with two hundred layers does not open two hundred connections at once', async () => {
    const layers = Array.from({ length: 200 }, (_, i) => jsonBlob(`${i}`, LAYER.mediaType));
    const manifest = jsonBlob(
      { schemaVersion: 2, config: descriptor(AMD64.config), layers: layers.map(descriptor) },
      AMD64.manifest.mediaType,
    );
    server.push('acme/api', [], layers);
    server.tag('acme/api', 'many', manifest);
    let open = 0;
    let most = 0;
    server.on(/blobs/, (response, _, blob) => {
      open += 1;
      most = Math.max(most, open);
      response.on('close', () => {
        open -= 1;
      });
      setTimeout(() => response.end(blob?.bytes), 5);
    });
    await auditReference(`${repository}:many`, { jobs: 2 });
    expect(server.paths(/blobs/)).toHaveLength(201);
    expect(most).toBeLessThanOrEqual(16);
  });
});
