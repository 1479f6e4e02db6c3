import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  attach,
  attestation,
  BUNDLE,
  cosignSignature,
  layoutWith,
  payloadAbout,
  SIMPLE_SIGNING,
  type TestAttachment,
  verifyFiles,
  verifyReference,
} from '../../support/attachments.ts';
import { DIGEST, IMAGE, reasonsOf } from '../../support/cosign-layers.ts';
import { descriptor, jsonBlob, sha256 } from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { SigstoreInstance, type TestSigner } from '../../support/sigstore-instance.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const NOTATION = 'application/vnd.cncf.notary.signature';

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

/** What anybody who can push could hang on an image, by the thousands. */
const decoy = (i: number): TestAttachment =>
  attach([{ bytes: Buffer.from('{}'), mediaType: BUNDLE, annotations: { i: String(i) } }], { subject: IMAGE.manifest });

describe('what has no end is not followed to it', () => {
  let registry: RegistryServer;
  beforeEach(async () => {
    registry = await RegistryServer.start();
  });
  afterEach(() => registry[Symbol.asyncDispose]());

  function push(attachments: readonly TestAttachment[]): string {
    const blobs = attachments.flatMap(({ manifest, blobs: more }) => [manifest, ...more]);
    const reference = registry.push('acme/api', [IMAGE], blobs);
    registry.tag('acme/api', 'v1', IMAGE.manifest);
    return `${reference}:v1`;
  }
  const list = (manifests: readonly object[]): Buffer =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  const entry = (i: number): object => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: sha256(Buffer.from(String(i))),
    size: 2,
  });

  test('CVE-2024-45395: a list of referrers whose next page is always another', async () => {
    const bundle = await attestation(instance, signer, IMAGE.manifest, 'https://sigstore.dev/cosign/sign/v1');
    const reference = push([bundle]);
    let pages = 0;
    registry.on(/\/referrers\//, (response) => {
      pages += 1;
      response.setHeader('content-type', INDEX);
      response.setHeader('link', `</v2/acme/api/referrers/${DIGEST}?page=${pages}>; rel="next"`);
      response.end(list([descriptor(bundle.manifest), entry(pages)]));
    });
    const report = await verifyReference(reference, instance);
    expect(pages).toBeLessThan(50);
    expect(report.searched[0]?.troubles.join()).toMatch(/more entries than were read/);
    // What was found counts: whoever can push cannot take it away.
    expect(report.images[0]?.verdict).toBe('verified');
  });

  test('a list of referrers that names itself as the next page', async () => {
    const reference = push([]);
    registry.on(/\/referrers\//, (response) => {
      response.setHeader('content-type', INDEX);
      response.setHeader('link', `</v2/acme/api/referrers/${DIGEST}>; rel="next"`);
      response.end(list([]));
    });
    const report = await verifyReference(reference, instance);
    expect(registry.paths(/\/referrers\//).length).toBeLessThan(50);
    expect(report.images[0]?.verdict).toBe('not-checked');
  });

  test('CVE-2024-29903: ten thousand referrers on one page, of which some are read, and which is said', async () => {
    const reference = push([]);
    registry.on(/\/referrers\//, (response) => {
      response.setHeader('content-type', INDEX);
      response.end(list(Array.from({ length: 10_000 }, (_, i) => entry(i))));
    });
    const report = await verifyReference(reference, instance);
    expect(report.attachments.length).toBeLessThanOrEqual(1000);
    expect(report.searched[0]?.troubles.join()).toMatch(/more entries than were read/);
    expect(report.verdict.verified).toBe(false);
  });

  test('a list of referrers that has itself in it', async () => {
    const own = jsonBlob({ schemaVersion: 2, mediaType: INDEX, manifests: [descriptor(IMAGE.manifest)] }, INDEX);
    const reference = push([{ manifest: own, blobs: [] }]);
    registry.tag('acme/api', DIGEST.replace(':', '-'), own);
    registry.on(/\/referrers\//, (response) => {
      response.setHeader('content-type', INDEX);
      response.end(list([descriptor(own)]));
    });
    const report = await verifyReference(reference, instance);
    expect(report.attachments.map(({ verdict }) => verdict)).not.toContain('verified');
    expect(report.verdict.verified).toBe(false);
  });

  test.each([
    ['says that it has 10 GB', 10_000_000_000],
    ['has another size than it says', 3],
  ])('CVE-2024-29902: a signature that %s is not read', async (_, size) => {
    const signature = attach([{ bytes: Buffer.from('[]'), mediaType: SIMPLE_SIGNING }], { tag: DIGEST, suffix: 'sig' });
    const text = signature.manifest.bytes.toString();
    const [layer] = (JSON.parse(text) as { layers: { digest: string }[] }).layers;
    const of = (bytes: number): string => `"digest":"${layer?.digest}","size":${bytes}`;
    const lie = text.replace(of(2), of(size));
    const manifest = { ...signature.manifest, bytes: Buffer.from(lie), digest: sha256(Buffer.from(lie)) };
    const reference = push([{ manifest, blobs: signature.blobs }]);
    registry.tag('acme/api', `${DIGEST.replace(':', '-')}.sig`, manifest);
    const report = await verifyReference(reference, instance);
    expect(lie).not.toBe(text);
    expect(reasonsOf(report)).toMatch(/too much|another size/);
    if (size > 1000) expect(registry.paths(new RegExp(`/blobs/${layer?.digest}`))).toEqual([]);
    expect(report.verdict.verified).toBe(false);
  });

  test('CVE-2023-25656: an envelope of Notation that is larger than any has to be', async () => {
    const bytes = Buffer.alloc(5 * 1024 * 1024, 0x20);
    const huge = attach([{ bytes, mediaType: 'application/jose+json' }], {
      subject: IMAGE.manifest,
      artifactType: NOTATION,
    });
    const report = await verifyFiles(layoutWith([IMAGE], [huge]), instance);
    expect(report.attachments[0]).toMatchObject({ verdict: 'not-checked', format: 'notation-jws' });
    expect(reasonsOf(report)).toMatch(/too much/);
  });

  test('CVE-2023-33957: thousands of manifests that hang on an image, and the right signature among them', async () => {
    const right = attach([await cosignSignature(instance, signer, payloadAbout(DIGEST))], {
      tag: DIGEST,
      suffix: 'sig',
    });
    const files = layoutWith([IMAGE], [right, ...Array.from({ length: 2_500 }, (_, i) => decoy(i))]);
    const report = await verifyFiles(files, instance);
    expect(report.attachments.length).toBeLessThanOrEqual(2001);
    expect(report.images[0]?.verdict).toBe('verified');
  });
});

describe('a manifest of a signature', () => {
  test('may have two layers of Notation, of which each counts for itself', async () => {
    const layers = [0, 1].map(() => ({ bytes: Buffer.from('{}'), mediaType: 'application/jose+json' }));
    const both = attach(layers, { subject: IMAGE.manifest, artifactType: NOTATION });
    const report = await verifyFiles(layoutWith([IMAGE], [both]), instance);
    expect(report.attachments.map(({ verdict }) => verdict)).toEqual(['failed', 'failed']);
  });

  test('of text with the annotations of a signature is none', async () => {
    const layer = await cosignSignature(instance, signer, payloadAbout(DIGEST));
    const text = attach([{ ...layer, mediaType: 'text/plain' }], { tag: DIGEST, suffix: 'sig' });
    const report = await verifyFiles(layoutWith([IMAGE], [text]), instance);
    expect(report.attachments[0]).toMatchObject({ kind: 'artifact', verdict: 'not-checked' });
    expect(report.images[0]?.verdict).toBe('unsigned');
  });
});
