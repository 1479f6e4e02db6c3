import { describe, expect, test } from 'vitest';
import {
  type BuiltBlob,
  type BuiltImage,
  blobsOf,
  buildImage,
  buildIndex,
  descriptor,
  type Files,
  jsonBlob,
  ociLayout,
  sha256,
} from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';
import { onDisk, open } from './open.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

const image = (platform: string, content = platform): BuiltImage =>
  buildImage({ platform, steps: [{ createdBy: 'COPY . /', members: [file('f', content)] }] });
const amd64 = image('linux/amd64');
const arm64 = image('linux/arm64');

/** BuildKit's: an OCI manifest whose layers are in-toto statements. */
const statement = jsonBlob({ _type: 'https://in-toto.io/Statement/v0.1' }, 'application/vnd.in-toto+json');
const attestation = jsonBlob(
  { schemaVersion: 2, mediaType: MANIFEST, config: descriptor(amd64.config), layers: [descriptor(statement)] },
  MANIFEST,
);
const attests = (subject: BuiltBlob) => ({
  'vnd.docker.reference.type': 'attestation-manifest',
  'vnd.docker.reference.digest': subject.digest,
});
const NOWHERE = { os: 'unknown', architecture: 'unknown' };

function layout(manifests: readonly unknown[], blobs: readonly BuiltBlob[]): Files {
  const files: Files = new Map([['index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))]]);
  for (const blob of blobs) files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
  return files;
}
const everything = (...images: BuiltImage[]): BuiltBlob[] => [...blobsOf(images).values()];

describe('an index', () => {
  test('gives all platforms in its order', async () => {
    const { content } = await open(onDisk(ociLayout([arm64, amd64])));
    expect(content.images.map((one) => one.platform)).toEqual([arm64.platform, amd64.platform]);
    expect(content).toMatchObject({ kind: 'oci-layout', mediaType: INDEX, problems: [], gaps: [] });
  });

  test('nested in an index is followed', async () => {
    const inner = buildIndex([amd64, arm64]);
    const outer = jsonBlob({ schemaVersion: 2, mediaType: INDEX, manifests: [descriptor(inner)] }, INDEX);
    const { content } = await open(onDisk(layout([descriptor(outer)], [inner, outer, ...everything(amd64, arm64)])));
    expect(content.images.map((one) => one.manifestDigest)).toEqual([amd64.manifest.digest, arm64.manifest.digest]);
  });

  test('nested deeper than the limit is a gap', async () => {
    const chain = [buildIndex([amd64, arm64])];
    for (let depth = 0; depth < 6; depth += 1) {
      const manifests = [descriptor(chain.at(-1) as BuiltBlob)];
      chain.push(jsonBlob({ schemaVersion: 2, mediaType: INDEX, manifests }, INDEX));
    }
    const roots = [descriptor(chain.at(-1) as BuiltBlob), descriptor(amd64.manifest)];
    const { content } = await open(onDisk(layout(roots, [...chain, ...everything(amd64, arm64)])));
    expect(content.images.length).toBe(1);
    expect(content.gaps).toMatchObject([{ reason: 'budget-exceeded', incomplete: true }]);
  });

  test('that names itself, under a digest that is not its own, comes to an end', async () => {
    const digest = `sha256:${'c'.repeat(64)}`;
    const self = { mediaType: INDEX, digest, size: 1 };
    const bytes = Buffer.from(JSON.stringify({ mediaType: INDEX, manifests: [self, descriptor(amd64.manifest)] }));
    const { content } = await open(onDisk(layout([self], [{ digest, bytes, mediaType: INDEX }, ...everything(amd64)])));
    expect(content.images.length).toBe(1);
    expect(content.problems).toMatchObject([{ kind: 'digest-mismatch' }]);
  });

  test('with more manifests than the limit is followed up to it, and the rest is a gap', async () => {
    const images = Array.from({ length: 5 }, (_, i) => image(`linux/arch${i}`));
    const { content } = await open(onDisk(ociLayout(images)), { limits: { maxManifests: 3 } });
    expect(content.images.length).toBe(2);
    expect(content.gaps.map((gap) => [gap.reason, gap.incomplete])).toEqual(
      Array.from({ length: 3 }, () => ['budget-exceeded', true]),
    );
  });

  test('of which only one manifest is there gives that one, and says so of the other', async () => {
    const files = ociLayout([amd64, arm64]);
    files.delete(`blobs/${arm64.manifest.digest.replace(':', '/')}`);
    const { content } = await open(onDisk(files));
    expect(content.images.map((one) => one.platform)).toEqual([amd64.platform]);
    expect(content.gaps).toMatchObject([{ reason: 'manifest-absent', incomplete: false }]);
    expect(content.gaps[0]?.message).toMatch(/^linux\/arm64 manifest sha256:[a-f0-9]{12} /);
  });

  test('with a broken manifest gives the others, and a gap', async () => {
    const broken = jsonBlob(['no', 'manifest'], MANIFEST);
    const { content } = await open(
      onDisk(layout([descriptor(broken), descriptor(amd64.manifest)], [broken, ...everything(amd64)])),
    );
    expect(content.images.length).toBe(1);
    expect(content.gaps).toMatchObject([{ reason: 'manifest-invalid', incomplete: true }]);
  });

  test('that names one manifest twice gives it once, with all its names', async () => {
    const named = (name: string) => ({
      ...descriptor(amd64.manifest),
      annotations: { 'org.opencontainers.image.ref.name': name },
    });
    const { content } = await open(onDisk(layout([named('a'), named('b'), named('a')], everything(amd64))));
    expect(content.images.map((one) => one.names)).toEqual([['a', 'b']]);
  });
});

describe('attestations', () => {
  test('of BuildKit are attachments and no images, and need not be read', async () => {
    const entry = { ...descriptor(attestation), platform: NOWHERE, annotations: attests(amd64.manifest) };
    const { content } = await open(onDisk(layout([descriptor(amd64.manifest), entry, entry], everything(amd64))));
    expect(content.images.length).toBe(1);
    expect(content.attachments).toEqual([
      {
        kind: 'attestation',
        format: 'buildkit',
        digest: attestation.digest,
        mediaType: MANIFEST,
        subject: amd64.manifest.digest,
        foundBy: 'index',
      },
    ]);
    expect(content.gaps).toEqual([]);
  });

  test('are told by their layers where no annotation says so', async () => {
    const { content } = await open(
      onDisk(layout([descriptor(amd64.manifest), descriptor(attestation)], [attestation, ...everything(amd64)])),
    );
    expect(content.images.length).toBe(1);
    expect(content.attachments).toMatchObject([{ kind: 'attestation', digest: attestation.digest }]);
  });

  test.each([
    ['a platform that runs', amd64.platform],
    ['no platform', undefined],
  ])('are not what an annotation calls one: an image for %s is audited', async (_, platform) => {
    const entry = { ...descriptor(amd64.manifest), platform, annotations: attests(arm64.manifest) };
    const { content } = await open(onDisk(layout([entry], everything(amd64))));
    expect(content.images.map((one) => one.manifestDigest)).toEqual([amd64.manifest.digest]);
    expect(content.attachments).toEqual([]);
  });

  test('do not hide an image of the same digest behind them', async () => {
    const fake = { ...descriptor(amd64.manifest), platform: NOWHERE, annotations: attests(amd64.manifest) };
    const real = { ...descriptor(amd64.manifest), platform: amd64.platform };
    const { content } = await open(onDisk(layout([fake, real], everything(amd64))));
    expect(content.images.map((one) => one.manifestDigest)).toEqual([amd64.manifest.digest]);
  });

  test('with a platform and real statements stay attestations', async () => {
    const entry = { ...descriptor(attestation), platform: amd64.platform, annotations: attests(amd64.manifest) };
    const { content } = await open(
      onDisk(layout([descriptor(amd64.manifest), entry], [attestation, ...everything(amd64)])),
    );
    expect(content.images.length).toBe(1);
    expect(content.attachments).toMatchObject([{ format: 'buildkit', subject: amd64.manifest.digest }]);
  });
});

describe('documents that are not what their descriptor says', () => {
  test('with another digest are read, and reported', async () => {
    const files = ociLayout([amd64]);
    const path = `blobs/${amd64.manifest.digest.replace(':', '/')}`;
    files.set(path, Buffer.concat([amd64.manifest.bytes, Buffer.from(' ')]));
    const { content } = await open(onDisk(files));
    expect(content.images.length).toBe(1);
    expect(content.problems).toMatchObject([{ kind: 'digest-mismatch' }]);
    expect(content.problems[0]?.detail).toContain(sha256(files.get(path) as Buffer));
  });

  test('with another size are read, and reported', async () => {
    const entry = { ...descriptor(amd64.manifest), size: 1 };
    const { content } = await open(onDisk(layout([entry], everything(amd64))));
    expect(content.problems).toMatchObject([{ kind: 'size-mismatch' }]);
  });

  test('a configuration with another digest is read, and reported', async () => {
    const files = ociLayout([amd64]);
    files.set(`blobs/${amd64.config.digest.replace(':', '/')}`, Buffer.from('{"os":"linux","architecture":"s390x"}'));
    const { content } = await open(onDisk(files));
    expect(content.problems).toMatchObject([{ kind: 'digest-mismatch' }]);
    expect(Buffer.from(content.images[0]?.config ?? []).toString()).toContain('s390x');
  });

  test('a configuration that is not there leaves the image', async () => {
    const files = ociLayout([amd64]);
    files.delete(`blobs/${amd64.config.digest.replace(':', '/')}`);
    const { content } = await open(onDisk(files));
    expect(content.images).toMatchObject([{ config: null, configDigest: amd64.config.digest }]);
  });

  test('a configuration larger than any honest one leaves the image, and why, once', async () => {
    const files = ociLayout([amd64]);
    files.set(`blobs/${amd64.config.digest.replace(':', '/')}`, Buffer.alloc(20_000, ' '));
    const { content } = await open(onDisk(files), { limits: { maxDocumentBytes: 10_000 } });
    expect(content.images).toMatchObject([{ config: null, configTrouble: { reason: 'config-invalid' } }]);
    expect(content.images[0]?.configTrouble?.message).toContain('20000 bytes, more than the 10000');
    expect(content.gaps).toEqual([]);
  });

  test('a layer that is not there leaves the image', async () => {
    const files = ociLayout([amd64]);
    const layer = amd64.layers[0] as BuiltBlob;
    files.delete(`blobs/${layer.digest.replace(':', '/')}`);
    const { content } = await open(onDisk(files));
    expect(content.images[0]?.layers).toMatchObject([{ digest: layer.digest, blob: null }]);
  });
});
