import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  claimedCompression,
  isAttestationDescriptor,
  isForeignLayerType,
  isLayerType,
  type Manifest,
  MEDIA_TYPES,
  manifestPurpose,
  readManifestDocument,
} from '../../../src/oci/index.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const config = { mediaType: MEDIA_TYPES.ociConfig, digest: DIGEST, size: 2 };
const layer = { mediaType: OCI_LAYER, digest: OTHER, size: 3 };

const read = (document: unknown) =>
  readManifestDocument(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), 'the manifest');
const invalid = expect.objectContaining({ code: 'DOCUMENT_INVALID' });

describe('a manifest', () => {
  test.each([
    [MEDIA_TYPES.ociManifest, MEDIA_TYPES.ociConfig, OCI_LAYER],
    [MEDIA_TYPES.dockerManifest, MEDIA_TYPES.dockerConfig, 'application/vnd.docker.image.rootfs.diff.tar.gzip'],
  ])('of type %s is read', (mediaType, configType, layerType) => {
    const document = {
      schemaVersion: 2,
      mediaType,
      config: { ...config, mediaType: configType },
      layers: [{ ...layer, mediaType: layerType }],
    };
    const manifest = read(document) as Manifest;
    expect(manifest).toMatchObject({ kind: 'manifest', mediaType, subject: null, artifactType: null });
    expect(manifest.layers).toMatchObject([{ digest: OTHER, sizeBytes: 3, mediaType: layerType, urls: [] }]);
    expect(manifestPurpose(manifest)).toBe('image');
  });

  test('without a media type is told by its shape', () => {
    expect(read({ config, layers: [layer] })).toMatchObject({ kind: 'manifest', mediaType: MEDIA_TYPES.ociManifest });
    expect(read({ manifests: [config] })).toMatchObject({ kind: 'index', mediaType: MEDIA_TYPES.ociIndex });
    expect(read({ mediaType: 'text/plain', manifests: [] })).toMatchObject({ kind: 'index' });
  });

  test('with null where Go writes an empty list or no pointer is read', () => {
    expect(read({ config, layers: null, subject: null, annotations: null })).toMatchObject({
      layers: [],
      subject: null,
    });
    expect(read({ mediaType: MEDIA_TYPES.ociIndex, manifests: null })).toMatchObject({ kind: 'index', manifests: [] });
  });

  test('with members in another case is read as Go reads it', () => {
    const manifest = read({
      MediaType: MEDIA_TYPES.ociManifest,
      CONFIG: config,
      Layers: [{ ...layer, digest: undefined, Digest: OTHER }],
    });
    expect(manifest).toMatchObject({ kind: 'manifest', layers: [{ digest: OTHER }] });
    expect(read({ config, 'layer\u017f': [layer] })).toMatchObject({ layers: [{ digest: OTHER }] });
  });

  test.each<readonly [string, unknown]>([
    ['with a member twice in different case', { config, layers: [], Layers: [layer] }],
    ['with a descriptor that has a digest twice', { config, layers: [{ ...layer, Digest: DIGEST }] }],
    ['that is an index, too', { config, layers: [layer], manifests: [config] }],
    [
      'that says it is an index and has layers',
      { mediaType: MEDIA_TYPES.ociIndex, layers: [layer], manifests: [config] },
    ],
    ['whose layers are no list', { config, layers: { 0: layer } }],
    ['whose manifests are no list', { manifests: 'none' }],
    ['that has nothing', {}],
    ['without a configuration', { layers: [layer] }],
    ['whose configuration is a list', { config: [config], layers: [] }],
    ['whose layer is null', { config, layers: [null] }],
    ['whose layer is a text', { config, layers: [DIGEST] }],
    ['whose layer has no digest', { config, layers: [{ ...layer, digest: undefined }] }],
    ['whose digest is of an unknown algorithm', { config, layers: [{ ...layer, digest: 'md5:abc' }] }],
    ['whose digest leads out of a folder', { config, layers: [{ ...layer, digest: 'sha256:../../etc/passwd' }] }],
    ['whose digest is in capitals', { config, layers: [{ ...layer, digest: DIGEST.toUpperCase() }] }],
    ['whose subject is broken', { config, layers: [], subject: {} }],
    ['that is an index without manifests', { mediaType: MEDIA_TYPES.dockerManifestList }],
    ['that is null', 'null'],
    ['that is a list', '[]'],
    ['that is a number', '1'],
    ['that is cut', '{"config":'],
    ['that is empty', ''],
    ['nested a hundred thousand deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('%s is one coded error', (_, document) => {
    expect(() => read(document)).toThrow(invalid);
  });

  test('that is an index tells of entries without a valid digest, up to a hundred', () => {
    const entries = (count: number) => ({ manifests: [...Array.from({ length: count }, () => null), config] });
    expect(read(entries(3))).toMatchObject({ manifests: [{ digest: DIGEST }], unreadable: [{}, {}, {}] });
    expect(() => read(entries(101))).toThrow(invalid);
    expect(() => read({ manifests: Array.from({ length: 1_000_000 }, () => null) })).toThrow(invalid);
  });

  test('that is no UTF-8 is one coded error, which shows how it begins', () => {
    expect(() => readManifestDocument(Buffer.from([0xff, 0xfe, 0x41]), 'x')).toThrow(
      'x is no JSON: it begins with "??A"',
    );
  });

  test('of schema 1 is told what became of it', () => {
    for (const document of [{ schemaVersion: 1, fsLayers: [] }, { mediaType: MEDIA_TYPES.dockerSchema1Signed }]) {
      expect(() => read(document)).toThrow(expect.objectContaining({ code: 'SOURCE_UNSUPPORTED' }));
    }
  });

  test.each<readonly [unknown, number | null]>([
    [0, 0],
    [12, 12],
    [-1, null],
    [1.5, null],
    [1e300, null],
    [Number.MAX_SAFE_INTEGER + 1, null],
    ['12', null],
    [null, null],
    [undefined, null],
  ])('whose layer has the size %j has %j bytes', (size, expected) => {
    expect((read({ config, layers: [{ ...layer, size }] }) as Manifest).layers[0]?.sizeBytes).toBe(expected);
  });

  test('with members of the wrong type is read without them', () => {
    const odd = {
      digest: OTHER,
      mediaType: 7,
      urls: ['https://x', 3],
      annotations: { a: 'b', c: 1 },
      platform: { os: 1 },
    };
    expect((read({ config, layers: [odd], annotations: [] }) as Manifest).layers[0]).toEqual({
      digest: OTHER,
      mediaType: '',
      sizeBytes: null,
      urls: ['https://x'],
      annotations: { a: 'b' },
      platform: null,
      artifactType: null,
    });
  });

  test('with __proto__ among its members changes nothing but itself', () => {
    const text = `{"config":${JSON.stringify(config)},"layers":[],"__proto__":{"polluted":1},"annotations":{"__proto__":"x","a":"b"}}`;
    const manifest = read(text) as Manifest;
    expect(Object.entries(manifest.annotations)).toEqual([
      ['__proto__', 'x'],
      ['a', 'b'],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('with fifty thousand layers is read', () => {
    expect((read({ config, layers: Array.from({ length: 50_000 }, () => layer) }) as Manifest).layers.length).toBe(
      50_000,
    );
  });
});

describe('what a manifest is about', () => {
  const purpose = (configType: string, layerTypes: readonly string[], more = {}) =>
    manifestPurpose(
      read({
        config: { ...config, mediaType: configType },
        layers: layerTypes.map((mediaType) => ({ ...layer, mediaType })),
        ...more,
      }) as Manifest,
    );
  const cosign = 'application/vnd.dev.cosign.simplesigning.v1+json';
  test.each([
    ['image', MEDIA_TYPES.ociConfig, [OCI_LAYER], {}],
    ['image', MEDIA_TYPES.ociConfig, [OCI_LAYER, 'application/x-unknown'], {}],
    ['image', MEDIA_TYPES.ociConfig, [], {}],
    ['image', '', [''], {}],
    ['attestation', MEDIA_TYPES.ociConfig, ['application/vnd.in-toto+json'], {}],
    ['image', MEDIA_TYPES.ociConfig, ['application/vnd.in-toto+json', OCI_LAYER], {}],
    ['artifact', MEDIA_TYPES.ociConfig, [cosign], {}],
    ['artifact', 'application/vnd.oci.empty.v1+json', [OCI_LAYER], {}],
    ['artifact', MEDIA_TYPES.ociConfig, [], { artifactType: 'application/x' }],
    ['image', MEDIA_TYPES.ociConfig, ['application/x-made-up'], {}],
    ['image', MEDIA_TYPES.ociConfig, ['application/x-made-up'], { artifactType: 'application/x' }],
    ['image', MEDIA_TYPES.ociConfig, [cosign, 'application/x-made-up'], {}],
    ['attestation', 'application/vnd.oci.empty.v1+json', ['application/vnd.in-toto+json'], {}],
  ])('is an %s: configuration %s, layers %j', (expected, configType, layerTypes, more) => {
    expect(purpose(configType, layerTypes, more)).toBe(expected);
  });

  test('is an artifact where its configuration is empty and no layer is one of a filesystem', () => {
    const digest = `sha256:${createHash('sha256').update('{}').digest('hex')}`;
    expect(purpose(MEDIA_TYPES.ociConfig, ['application/x'], { config: { ...config, digest } })).toBe('artifact');
    expect(purpose(MEDIA_TYPES.ociConfig, [OCI_LAYER], { config: { ...config, digest } })).toBe('image');
  });

  test('an annotation of BuildKit marks attestations', () => {
    const entry = (annotations: unknown) => read({ manifests: [{ ...config, annotations }] });
    const first = (document: ReturnType<typeof read>) =>
      document.kind === 'index' ? document.manifests[0] : undefined;
    expect(
      isAttestationDescriptor(first(entry({ 'vnd.docker.reference.type': 'attestation-manifest' })) as never),
    ).toBe(true);
    expect(isAttestationDescriptor(first(entry({ 'vnd.docker.reference.type': 'other' })) as never)).toBe(false);
  });
});

describe('media types of layers', () => {
  test.each([
    ['application/vnd.oci.image.layer.v1.tar', 'none', false],
    ['application/vnd.oci.image.layer.v1.tar+gzip', 'gzip', false],
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd', false],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'gzip', true],
    ['application/vnd.docker.image.rootfs.diff.tar', 'none', false],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip', false],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'gzip', true],
  ])('%s claims %s', (type, compression, foreign) => {
    expect([isLayerType(type), claimedCompression(type), isForeignLayerType(type)]).toEqual([
      true,
      compression,
      foreign,
    ]);
  });

  test.each([
    '',
    'application/json',
    'application/vnd.oci.image.layer.v1.tar+xz',
    `x${OCI_LAYER}`,
    'application/vnd.foreign',
  ])('%j is none', (type) => {
    expect([isLayerType(type), claimedCompression(type), isForeignLayerType(type)]).toEqual([false, undefined, false]);
  });
});
