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
} from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';
import { onDisk, open } from './open.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

const image = (platform: string): BuiltImage =>
  buildImage({ platform, steps: [{ createdBy: 'COPY . /', members: [file('f', platform)] }] });
const amd64 = image('linux/amd64');
const arm64 = image('linux/arm64');
const everything = (...images: BuiltImage[]): BuiltBlob[] => [...blobsOf(images).values()];

function layout(manifests: readonly unknown[], blobs: readonly BuiltBlob[]): Files {
  const files: Files = new Map([['index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))]]);
  for (const blob of blobs) files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
  return files;
}
const index = (manifests: readonly unknown[], annotations = {}): BuiltBlob =>
  jsonBlob({ schemaVersion: 2, mediaType: INDEX, manifests, annotations }, INDEX);

describe('annotations', () => {
  test('of nested indexes and their entries come down to the images', async () => {
    const inner = index([{ ...descriptor(amd64.manifest), annotations: { entry: 'c' } }], { inner: 'b' });
    const outer = index([{ ...descriptor(inner), annotations: { nested: 'a' } }], { outer: 'o' });
    const { content } = await open(onDisk(layout([descriptor(outer)], [inner, outer, ...everything(amd64)])));
    expect({ ...content.images[0]?.annotations }).toEqual({ outer: 'o', nested: 'a', inner: 'b', entry: 'c' });
  });

  test('of an outer document are kept where an inner one hides them', async () => {
    const built = buildImage({ steps: [], annotations: { note: 'harmless' } });
    const outer = index([{ ...descriptor(built.manifest), annotations: { note: 'of the entry' } }], { note: 'outer' });
    const { content } = await open(onDisk(layout([descriptor(outer)], [outer, ...everything(built)])));
    const annotations = content.images[0]?.annotations ?? {};
    expect(annotations['note']).toBe('harmless');
    expect(Object.values(annotations).sort()).toEqual(['harmless', 'of the entry', 'outer']);
  });

  test('of a second way to the same image are kept, and so is its name', async () => {
    const shared = buildIndex([amd64, arm64]);
    const entry = (name: string) => ({
      ...descriptor(shared),
      annotations: { 'org.opencontainers.image.ref.name': name, [name]: name },
    });
    const { content } = await open(onDisk(layout([entry('a'), entry('b')], [shared, ...everything(amd64, arm64)])));
    expect(content.images.map(({ names }) => names)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(content.images[0]?.annotations).toMatchObject({ a: 'a', b: 'b' });
  });

  test('of thousands of ways to the same image come to an end, and that is told', async () => {
    const shared = buildIndex([amd64, arm64]);
    const entries = Array.from({ length: 5000 }, (_, i) => ({
      ...descriptor(shared),
      annotations: { [`k${i}`]: 'x' },
    }));
    const { content } = await open(onDisk(layout(entries, [shared, ...everything(amd64, arm64)])));
    expect(content.images.length).toBe(2);
    expect(content.gaps).toMatchObject([{ reason: 'budget-exceeded', incomplete: true }]);
  });
});

describe('an entry of an index that cannot be followed', () => {
  test.each<readonly [string, unknown]>([
    ['a digest of an unknown algorithm', { mediaType: MANIFEST, digest: `blake3:${'a'.repeat(64)}`, size: 3 }],
    ['no digest', { mediaType: MANIFEST, size: 3 }],
    ['a digest twice', { digest: amd64.manifest.digest, Digest: arm64.manifest.digest }],
    ['nothing', null],
  ])('because it has %s is a gap, and the others are read', async (_, entry) => {
    const outer = index([entry, descriptor(amd64.manifest)]);
    const { content } = await open(onDisk(layout([descriptor(outer)], [outer, ...everything(amd64)])));
    expect(content.images.map(({ manifestDigest }) => manifestDigest)).toEqual([amd64.manifest.digest]);
    expect(content.gaps).toMatchObject([{ reason: 'manifest-invalid', incomplete: true }]);
    expect(content.gaps[0]?.message).toContain('manifests[0]');
  });

  test('is a gap in index.json as well, and names its platform', async () => {
    const entry = { digest: `blake3:${'a'.repeat(64)}`, platform: { os: 'linux', architecture: 's390x' } };
    const { content } = await open(onDisk(layout([entry, descriptor(amd64.manifest)], everything(amd64))));
    expect(content.images.length).toBe(1);
    expect(content.gaps).toMatchObject([{ reason: 'manifest-invalid', incomplete: true }]);
    expect(content.gaps[0]?.message).toMatch(/^linux\/s390x .*blake3/);
  });
});

describe('a manifest that is no image', () => {
  const manifest = (config: string, layers: readonly string[], more = {}): BuiltBlob =>
    jsonBlob(
      {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { ...descriptor(amd64.config), mediaType: config },
        layers: layers.map((mediaType) => ({ ...descriptor(amd64.layers[0] as BuiltBlob), mediaType })),
        ...more,
      },
      MANIFEST,
    );
  const beside = async (blob: BuiltBlob, platform?: unknown) =>
    (
      await open(
        onDisk(
          layout([descriptor(arm64.manifest), { ...descriptor(blob), platform }], [blob, ...everything(arm64, amd64)]),
        ),
      )
    ).content;

  test.each([
    ['application/vnd.cncf.helm.config.v1+json', ['application/vnd.cncf.helm.chart.content.v1.tar+gzip'], 'artifact'],
    ['application/vnd.oci.image.config.v1+json', ['application/vnd.dev.cosign.simplesigning.v1+json'], 'signature'],
    ['application/vnd.oci.image.config.v1+json', ['application/vnd.dsse.envelope.v1+json'], 'attestation'],
    ['application/vnd.oci.empty.v1+json', ['application/vnd.dev.sigstore.bundle.v0.3+json'], 'signature'],
    ['application/x-unknown', ['application/x-unknown'], 'artifact'],
  ])('(%s, %j) is an attachment: %s', async (config, layers, kind) => {
    const content = await beside(manifest(config, layers));
    expect(content.images.length).toBe(1);
    expect(content.attachments).toMatchObject([{ kind }]);
    expect(content.gaps).toEqual([]);
  });

  test('and claims a platform is a gap: runtimes would take it for the image', async () => {
    const chart = manifest('application/vnd.cncf.helm.config.v1+json', []);
    const content = await beside(chart, amd64.platform);
    expect(content.attachments.length).toBe(1);
    expect(content.gaps).toMatchObject([{ reason: 'media-type-unsupported', incomplete: true }]);
    expect(content.gaps[0]?.message).toContain('Helm chart');
    expect(content.gaps[0]?.message).toContain('linux/amd64');
  });

  test('but says so only by layers of unknown types is an image, and is audited', async () => {
    const odd = manifest('application/vnd.oci.image.config.v1+json', ['application/x-made-up']);
    const content = await beside(odd, amd64.platform);
    expect(content.images.map(({ manifestDigest }) => manifestDigest)).toEqual([arm64.manifest.digest, odd.digest]);
    expect(content.images[1]?.layers).toMatchObject([{ mediaType: 'application/x-made-up' }]);
    expect(content.attachments).toEqual([]);
  });
});
