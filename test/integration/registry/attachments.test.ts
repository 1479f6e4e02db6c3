import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../../src/index.ts';
import { type BuiltBlob, buildIndex, descriptor, jsonBlob } from '../../support/image-builder.ts';
import { type Answer, RegistryServer, redirect, refuse, silence, webPage } from '../../support/registry-server.ts';
import { auditReference, exampleImage, IMPATIENT } from './example-images.ts';

const AMD64 = exampleImage('linux/amd64');
const ARM64 = exampleImage('linux/arm64');
const INDEX = buildIndex([AMD64, ARM64]);
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const NOTATION = 'application/vnd.cncf.notary.signature';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const REFERRERS = new RegExp(`/referrers/${AMD64.manifest.digest}$`);

let server: RegistryServer;
let repository: string;

beforeEach(async () => {
  server = await RegistryServer.start();
  repository = server.push('acme/api', [AMD64, ARM64], [INDEX]);
  server.tag('acme/api', 'one', AMD64.manifest);
  server.tag('acme/api', 'all', INDEX);
});
afterEach(() => server[Symbol.asyncDispose]());

/** An entry of a list of referrers. */
function entry(name: string, artifactType: string): object {
  return { ...descriptor(jsonBlob({ name }, OCI_MANIFEST)), artifactType };
}

/** The digest that an entry has. */
function digestOf(name: string): string {
  return jsonBlob({ name }, OCI_MANIFEST).digest;
}

function list(...manifests: object[]): BuiltBlob {
  return jsonBlob({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX);
}

/** One page of a list, and where it goes on. */
function page(blob: BuiltBlob, next?: string): Answer {
  return (response) => {
    const link = next === undefined ? {} : { link: `<${next}>; rel="next"` };
    response.writeHead(200, { 'content-type': OCI_INDEX, ...link }).end(blob.bytes);
  };
}

function tagOf({ digest }: BuiltBlob, suffix = ''): string {
  return `${digest.replace(':', '-')}${suffix}`;
}

function shown({ attachments }: Report): unknown[] {
  return attachments.map(({ kind, format, digest, subject, foundBy, verdict }) => ({
    kind,
    format,
    digest,
    subject,
    foundBy,
    verdict,
  }));
}

describe('what hangs on an image', () => {
  test('is listed by asking the registry, page by page', async () => {
    server.on(REFERRERS, (response, request, blob) => {
      const last = request.query.get('last');
      if (last === null) page(list(entry('a', NOTATION)), '?last=a')(response, request, blob);
      else page(list(entry('b', BUNDLE), entry('c', 'application/x.unknown')))(response, request, blob);
    });
    const report = await auditReference(`${repository}:one`);
    const common = { subject: AMD64.manifest.digest, foundBy: ['referrers-api'], verdict: 'not-checked' };
    expect(shown(report)).toEqual([
      { kind: 'signature', format: NOTATION, digest: digestOf('a'), ...common },
      { kind: 'signature', format: BUNDLE, digest: digestOf('b'), ...common },
      { kind: 'artifact', format: 'application/x.unknown', digest: digestOf('c'), ...common },
    ]);
    expect(report.verdict.complete).toBe(true);
    expect(report.gaps).toEqual([]);
  });

  test.each<[string, Answer]>([
    ['does not know what referrers are', refuse(404, 'NOT_FOUND', 'page not found')],
    ['does not allow the question', refuse(405, 'UNSUPPORTED', 'no')],
    ['answers with a web page', webPage()],
    ['answers with something else', (response) => response.end('{}')],
  ])('is listed by its tag where the registry %s', async (_, answer) => {
    server.on(/\/referrers\//, answer);
    const { mediaType: _left, ...rest } = entry('a', NOTATION) as { mediaType: string };
    server.tag('acme/api', tagOf(AMD64.manifest), list({ ...rest, mediaType: OCI_MANIFEST }));
    expect(shown(await auditReference(`${repository}:one`))).toEqual([
      {
        kind: 'signature',
        format: NOTATION,
        digest: digestOf('a'),
        subject: AMD64.manifest.digest,
        foundBy: ['fallback-tag'],
        verdict: 'not-checked',
      },
    ]);
    expect(server.paths(/referrers/)).toHaveLength(1);
  });

  test('is found under the tags of cosign', async () => {
    const layer = (mediaType: string): BuiltBlob => {
      const blob = jsonBlob({ mediaType }, mediaType);
      const config = jsonBlob({}, 'application/vnd.oci.image.config.v1+json');
      return jsonBlob(
        { schemaVersion: 2, mediaType: OCI_MANIFEST, config: descriptor(config), layers: [descriptor(blob)] },
        OCI_MANIFEST,
      );
    };
    const signature = layer('application/vnd.dev.cosign.simplesigning.v1+json');
    const attestation = layer('application/vnd.dsse.envelope.v1+json');
    const sbom = layer('text/spdx+json');
    server.tag('acme/api', tagOf(AMD64.manifest, '.sig'), signature);
    server.tag('acme/api', tagOf(AMD64.manifest, '.att'), attestation);
    server.tag('acme/api', tagOf(AMD64.manifest, '.sbom'), sbom);
    const report = await auditReference(`${repository}:one`);
    expect(report.attachments.map(({ kind, format, digest, foundBy }) => [kind, format, digest, foundBy])).toEqual([
      ['signature', 'cosign-signature', signature.digest, ['tag']],
      ['attestation', 'cosign-attestation', attestation.digest, ['tag']],
      ['artifact', 'sbom', sbom.digest, ['tag']],
    ]);
  });

  test('is looked for with the index and with the image of every platform, each once', async () => {
    server.on(/\/referrers\//, (response, request, blob) => {
      const subject = request.path.slice(request.path.lastIndexOf('/') + 1);
      page(list(entry(subject, NOTATION)))(response, request, blob);
    });
    const report = await auditReference(`${repository}:all`);
    const subjects = [INDEX, AMD64.manifest, ARM64.manifest].map(({ digest }) => digest);
    expect(report.attachments.map(({ subject }) => subject)).toEqual(subjects);
    expect(server.paths(/referrers/)).toHaveLength(3);
  });

  test('that nobody has is nothing', async () => {
    const report = await auditReference(`${repository}:one`);
    expect(report.attachments).toEqual([]);
    expect(report.gaps).toEqual([]);
  });
});

describe('what hangs on an image and cannot be listed', () => {
  test.each<[string, string, Answer]>([
    ['a 403', 'does not let you read', refuse(403, 'DENIED', 'no')],
    ['a 500', 'failed with status 500', refuse(500, '', '')],
    ['silence', 'sent nothing', silence],
    ['a redirect to a file', 'was not followed', redirect('file:///etc/passwd')],
    ['a list that goes on at another host', 'goes on elsewhere', page(list(), 'https://elsewhere.invalid/v2/')],
    ['a list that goes on in another scheme', 'goes on elsewhere', page(list(), 'file:///etc/passwd')],
    ['a list that never ends', 'are more than were listed', page(list(entry('a', NOTATION)), '?last=a')],
  ])('is told, and the audit is complete all the same: %s', async (_, message, answer) => {
    server.on(REFERRERS, answer);
    const report = await auditReference(`${repository}:one`, IMPATIENT);
    expect(report.gaps).toMatchObject([{ incomplete: false, message: expect.stringContaining(message) }]);
    expect(report.verdict.complete).toBe(true);
    expect(server.paths(/referrers/).length).toBeLessThanOrEqual(20);
  });

  test('is not asked for with every platform where the registry fails', async () => {
    const many = Array.from({ length: 12 }, (_, i) => exampleImage(`linux/a${i}`));
    const index = buildIndex(many);
    server.push('acme/api', many, [index]);
    server.tag('acme/api', 'many', index);
    server.on(/referrers/, refuse(403, 'DENIED', 'no'));
    const report = await auditReference(`${repository}:many`, { failOn: 'none' });
    expect(report.images).toHaveLength(12);
    expect(server.paths(/referrers/)).toHaveLength(4);
  });
});
