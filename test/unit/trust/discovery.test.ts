import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  attach,
  attestation,
  cosignAttestation,
  cosignSignature,
  layoutWith,
  payloadAbout,
  type TestAttachment,
  verifyFiles,
  verifyReference,
} from '../../support/attachments.ts';
import { type BuiltBlob, buildImage, buildIndex, descriptor, jsonBlob } from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { envelopeOf, SigstoreInstance, statementAbout, type TestSigner } from '../../support/sigstore-instance.ts';
import { file } from '../../support/tar-writer.ts';

const AMD = buildImage({ steps: [{ createdBy: 'COPY', members: [file('app', 'amd')] }] });
const ARM = buildImage({ platform: 'linux/arm64', steps: [{ createdBy: 'COPY', members: [file('app', 'arm')] }] });
const INDEX = buildIndex([AMD, ARM]);
const SIGN = 'https://sigstore.dev/cosign/sign/v1';

let instance: SigstoreInstance;
let signer: TestSigner;
beforeAll(async () => {
  instance = await SigstoreInstance.start();
  signer = await instance.certify();
});

const signatureOf = async (blob: BuiltBlob): Promise<TestAttachment> =>
  attach([await cosignSignature(instance, signer, payloadAbout(blob.digest))], { tag: blob.digest, suffix: 'sig' });
const bundleFor = (blob: BuiltBlob, type = SIGN): Promise<TestAttachment> => attestation(instance, signer, blob, type);

describe('in a layout', () => {
  test('by cosign’s tags, by the subject of blobs that nothing names, and as cosign save leaves them', async () => {
    const attachments = [
      await signatureOf(AMD.manifest),
      await bundleFor(AMD.manifest),
      attach([await cosignAttestation(instance, signer, envelopeOf(statementAbout(AMD.manifest.digest), signer))], {
        kind: 'atts',
      }),
    ];
    const { attachments: found } = await verifyFiles(layoutWith([AMD], attachments), instance);
    expect(found.map(({ format, foundBy, verdict }) => `${format} ${foundBy} ${verdict}`).sort()).toEqual([
      'cosign-attestation layout verified',
      'cosign-signature tag verified',
      'sigstore-bundle layout verified',
    ]);
  });

  test('a signature over the index covers every platform', async () => {
    const report = await verifyFiles(layoutWith([AMD, ARM], [await signatureOf(INDEX)]), instance);
    expect(report.images.map(({ verdict, signed }) => [verdict, signed])).toEqual([
      ['verified', [{ digest: INDEX.digest, role: 'index' }]],
      ['verified', [{ digest: INDEX.digest, role: 'index' }]],
    ]);
  });

  test('a signature over one platform covers no other', async () => {
    const report = await verifyFiles(layoutWith([AMD, ARM], [await bundleFor(ARM.manifest)]), instance);
    expect(report.images.map(({ platform, verdict }) => [platform, verdict])).toEqual([
      ['linux/amd64', 'unsigned'],
      ['linux/arm64', 'verified'],
    ]);
    expect(report.verdict).toEqual({ verified: false, exitStatus: 1 });
  });

  test('what cosign save keeps of another image is not about this one', async () => {
    const other = attach([await cosignSignature(instance, signer, payloadAbout(ARM.manifest.digest))], {
      kind: 'sigs',
    });
    const report = await verifyFiles(layoutWith([AMD], [other]), instance);
    expect(report.attachments[0]).toMatchObject({ verdict: 'not-checked', subject: null });
    expect(report.images[0]?.verdict).toBe('unsigned');
  });

  test('what BuildKit attests is nobody’s word, unless its manifest is signed', async () => {
    const statement = {
      bytes: Buffer.from(statementAbout(AMD.manifest.digest)),
      mediaType: 'application/vnd.in-toto+json',
    };
    const built = attach([statement], { kind: 'atts' });
    const entries = [
      { ...descriptor(AMD.manifest), platform: AMD.platform },
      {
        ...descriptor(built.manifest),
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': AMD.manifest.digest,
        },
      },
    ];
    const index = jsonBlob({ schemaVersion: 2, mediaType: INDEX.mediaType, manifests: entries }, INDEX.mediaType);
    const { entry: _, ...unnamed } = built;
    const files = layoutWith([AMD], [unnamed, await bundleFor(built.manifest)]);
    files.set(`blobs/${index.digest.replace(':', '/')}`, index.bytes);
    files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(index)] })));
    const report = await verifyFiles(files, instance);
    expect(report.attachments.map(({ format, verdict, subject }) => [format, verdict, subject])).toEqual([
      ['in-toto-statement', 'unsigned', built.manifest.digest],
      ['sigstore-bundle', 'verified', built.manifest.digest],
    ]);
    // Who signs what is attested has not signed the image.
    expect(report.images[0]?.verdict).toBe('unsigned');
  });

  test('an index that names a thousand attestations is not followed to each of them', async () => {
    const built = Array.from({ length: 300 }, (_, i) =>
      attach([{ bytes: Buffer.from(`{"i":${i}}`), mediaType: 'application/vnd.in-toto+json' }], { kind: 'atts' }),
    );
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': AMD.manifest.digest,
    };
    const entries = [
      { ...descriptor(AMD.manifest), platform: AMD.platform },
      ...built.map(({ manifest }) => ({
        ...descriptor(manifest),
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations,
      })),
    ];
    const index = jsonBlob({ schemaVersion: 2, mediaType: INDEX.mediaType, manifests: entries }, INDEX.mediaType);
    const files = layoutWith(
      [AMD],
      [...built.map(({ manifest, blobs }) => ({ manifest, blobs })), await signatureOf(index)],
    );
    files.set(`blobs/${index.digest.replace(':', '/')}`, index.bytes);
    const { manifests } = JSON.parse((files.get('index.json') as Buffer).toString()) as { manifests: object[] };
    files.set(
      'index.json',
      Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [...manifests, descriptor(index)] })),
    );
    const report = await verifyFiles(files, instance);
    expect(report.searched.filter(({ role }) => role === 'attestation-manifest')).toHaveLength(100);
    expect(report.attachments.filter(({ format }) => format === 'in-toto-statement')).toHaveLength(100);
    expect(report.images[0]?.verdict).toBe('verified');
  });

  test('an unsigned image is unsigned, and that is not verified', async () => {
    const report = await verifyFiles(layoutWith([AMD], []), instance);
    expect(report.images[0]?.verdict).toBe('unsigned');
    expect(report.verdict.exitStatus).toBe(1);
  });
});

describe('in a registry', () => {
  let registry: RegistryServer;
  beforeEach(async () => {
    registry = await RegistryServer.start();
  });
  afterEach(() => registry[Symbol.asyncDispose]());

  /** Pushes the image with attachments that nothing lists yet. */
  function push(attachments: readonly TestAttachment[]): string {
    const blobs = attachments.flatMap(({ manifest, blobs: more }) => [manifest, ...more]);
    const reference = registry.push('acme/api', [AMD], blobs);
    registry.tag('acme/api', 'v1', AMD.manifest);
    return `${reference}:v1`;
  }
  const tagOf = (blob: BuiltBlob): string => blob.digest.replace(':', '-');
  const listOf = (...attachments: readonly TestAttachment[]): BuiltBlob =>
    jsonBlob(
      {
        schemaVersion: 2,
        mediaType: INDEX.mediaType,
        manifests: attachments.map(({ manifest }) => ({ ...descriptor(manifest), artifactType: 'a lie' })),
      },
      INDEX.mediaType,
    );

  test('by cosign’s tag', async () => {
    const signature = await signatureOf(AMD.manifest);
    const reference = push([signature]);
    registry.tag('acme/api', `${tagOf(AMD.manifest)}.sig`, signature.manifest);
    const report = await verifyReference(reference, instance);
    expect(report.images[0]?.verdict).toBe('verified');
    expect(report.attachments[0]?.foundBy).toBe('tag');
  });

  test('by the tag of referrers, where the registry has no list', async () => {
    const bundle = await bundleFor(AMD.manifest);
    const reference = push([bundle]);
    registry.tag('acme/api', tagOf(AMD.manifest), listOf(bundle));
    const report = await verifyReference(reference, instance);
    expect(report.images[0]?.verdict).toBe('verified');
    expect(report.attachments[0]?.foundBy).toBe('fallback-tag');
  });

  test('by the list of referrers, and by the tag as well: neither hides the other', async () => {
    const [listed, tagged] = [await bundleFor(AMD.manifest), await bundleFor(AMD.manifest)];
    const reference = push([listed, tagged]);
    registry.tag('acme/api', tagOf(AMD.manifest), listOf(tagged));
    registry.on(/\/referrers\//, (response) => {
      response.setHeader('content-type', INDEX.mediaType);
      response.end(listOf(listed).bytes);
    });
    const report = await verifyReference(reference, instance);
    expect(report.attachments.map(({ foundBy, verdict }) => `${foundBy} ${verdict}`)).toEqual([
      'referrers-api verified',
      'fallback-tag verified',
    ]);
  });

  test('a manifest that was listed for this image and names another as its subject fails', async () => {
    const bundle = await bundleFor(ARM.manifest);
    const reference = push([bundle]);
    registry.tag('acme/api', tagOf(AMD.manifest), listOf(bundle));
    const report = await verifyReference(reference, instance);
    expect(report.attachments[0]).toMatchObject({ verdict: 'failed' });
    expect(report.verdict.verified).toBe(false);
  });

  test('the tag of referrers may be anything but a list, and is passed over', async () => {
    const reference = push([]);
    registry.tag('acme/api', tagOf(AMD.manifest), AMD.manifest);
    const report = await verifyReference(reference, instance);
    expect(report.verdict.verified).toBe(false);
  });

  test('where it could not be looked nothing is called unsigned', async () => {
    const reference = push([]);
    registry.on(/\.sig$/, (response) => {
      response.statusCode = 403;
      response.end('{"errors":[{"code":"DENIED"}]}');
    });
    const report = await verifyReference(reference, instance);
    expect(report.images[0]?.verdict).toBe('not-checked');
    expect(report.searched[0]?.troubles[0]).toContain('.sig');
    expect(report.verdict.exitStatus).toBe(1);
  });

  test('a signature whose blob is gone is not checked', async () => {
    const signature = await signatureOf(AMD.manifest);
    const reference = push([{ ...signature, blobs: [] }]);
    registry.tag('acme/api', `${tagOf(AMD.manifest)}.sig`, signature.manifest);
    const report = await verifyReference(reference, instance);
    expect(report.images[0]?.verdict).toBe('not-checked');
  });

  test('a blob of other bytes than its digest says fails', async () => {
    const signature = await signatureOf(AMD.manifest);
    const reference = push([signature]);
    registry.tag('acme/api', `${tagOf(AMD.manifest)}.sig`, signature.manifest);
    const digest = signature.blobs[1]?.digest as string;
    registry.on(new RegExp(`/blobs/${digest}$`), (response) => response.end('{}'));
    const report = await verifyReference(reference, instance);
    expect(report.attachments[0]).toMatchObject({ verdict: 'failed' });
  });

  test('CVE-2022-47633: the tag that moves in between changes nothing', async () => {
    const signature = await signatureOf(AMD.manifest);
    const reference = push([signature]);
    registry.push('acme/api', [ARM]);
    registry.tag('acme/api', `${tagOf(AMD.manifest)}.sig`, signature.manifest);
    await verifyReference(reference, instance);
    expect(registry.paths(/\/manifests\/v1$/)).toHaveLength(1);
  });
});
