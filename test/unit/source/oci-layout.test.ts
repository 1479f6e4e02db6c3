import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  archive,
  type BuiltImage,
  blobsOf,
  buildImage,
  descriptor,
  type Files,
  ociLayout,
} from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';
import { asFile, errorOf, newPath, onDisk, open, openStream } from './open.ts';

const image = (content: string): BuiltImage =>
  buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('f', content)] }] });
const one = image('one');
const two = image('two');

/** A layout with two images, each under a name of its own. */
function twoImages(names: readonly [Record<string, string>, Record<string, string>]): Files {
  const manifests = [one, two].map((built, i) => ({ ...descriptor(built.manifest), annotations: names[i] }));
  const files: Files = new Map([['index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))]]);
  for (const blob of blobsOf([one, two]).values()) files.set(`blobs/${blob.digest.replace(':', '/')}`, blob.bytes);
  return files;
}
const REF = 'org.opencontainers.image.ref.name';
const pair = twoImages([
  { [REF]: 'v1', 'io.containerd.image.name': 'docker.io/acme/api:v1' },
  { [REF]: 'v2', 'io.containerd.image.name': 'docker.io/acme/api:v2' },
]);

describe('an OCI layout', () => {
  const files = ociLayout([one], 'latest');
  const tar = archive(files);
  test.each([
    ['a folder', () => open(onDisk(files)), 'oci-layout'],
    ['a folder by its scheme', () => open(`oci:${onDisk(files)}`), 'oci-layout'],
    ['a tar', () => open(asFile(tar)), 'oci-archive'],
    ['a tar by its scheme', () => open(`oci-archive:${asFile(tar)}`), 'oci-archive'],
    ['a tar without an ending in its name', () => open(asFile(tar, 'image')), 'oci-archive'],
    ['a gzipped tar', () => open(asFile(gzipSync(tar), 'image.tgz')), 'oci-archive'],
    ['a gzipped tar that is called .tar', () => open(asFile(gzipSync(tar), 'image.tar')), 'oci-archive'],
    ['a zstd tar', () => open(asFile(zstdCompressSync(tar), 'image.tar.zst')), 'oci-archive'],
    ['standard input', () => openStream(tar), 'oci-archive'],
    ['standard input in tiny chunks', () => openStream(tar, {}, 7), 'oci-archive'],
    ['gzipped standard input', () => openStream(gzipSync(tar), {}, 100), 'oci-archive'],
  ])('is read as %s', async (_, opening, kind) => {
    const { content, cut } = await opening();
    expect(content).toMatchObject({ kind, digest: one.manifest.digest, problems: [], gaps: [] });
    expect(content.images.map(({ names, configDigest }) => [names, configDigest])).toEqual([
      [['latest'], one.config.digest],
    ]);
    expect(content.images[0]?.layers.map(({ digest, blob }) => [digest, blob === null])).toEqual([
      [one.layers[0]?.digest, false],
    ]);
    expect(cut).toEqual([]);
  });

  test('hands on the layer’s bytes where it can be read only once', async () => {
    const { content, passed } = await openStream(tar);
    const layer = content.images[0]?.layers[0];
    const name = layer?.blob?.kind === 'passed' ? layer.blob.name : '';
    expect(passed.get(name)?.equals(one.layers[0]?.bytes as Buffer)).toBe(true);
  });

  test.each([
    [':v2', two],
    [':acme/api:v2', two],
    [':docker.io/acme/api:v1', one],
    [`@${one.manifest.digest}`, one],
  ])('gives the image that %s names', async (suffix, expected) => {
    const { content } = await open(`${onDisk(pair)}${suffix}`);
    expect(content.images.map(({ manifestDigest }) => manifestDigest)).toEqual([expected.manifest.digest]);
    expect(content.digest).toBe(expected.manifest.digest);
  });

  test('gives all images where none is named', async () => {
    expect((await open(onDisk(pair))).content.images.length).toBe(2);
  });

  test.each([':v3', ':1', `@sha256:${'0'.repeat(64)}`])('has no image %s, and says which it has', async (suffix) => {
    const error = await errorOf(open(`${onDisk(pair)}${suffix}`));
    expect(error).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(error.hint).toContain('docker.io/acme/api:v1');
    expect(error.hint).toContain('docker.io/acme/api:v2');
  });
});

describe('an OCI layout whose files are links', () => {
  test('follows them inside the folder', async () => {
    const files = new Map(ociLayout([one]));
    const name = `blobs/${one.layers[0]?.digest.replace(':', '/')}`;
    const bytes = files.get(name) as Buffer;
    files.delete(name);
    const folder = onDisk(files);
    mkdirSync(join(folder, 'shared'));
    writeFileSync(join(folder, 'shared/layer'), bytes);
    symlinkSync('../../shared/layer', join(folder, name));
    const { content } = await open(folder);
    expect(content.images[0]?.layers[0]?.blob).toMatchObject({
      kind: 'file',
      range: { lengthBytes: bytes.byteLength },
    });
  });

  test('reads links that git checked out as text', async () => {
    const files = new Map(ociLayout([one]));
    const name = `blobs/${one.config.digest.replace(':', '/')}`;
    files.set('config/image.json', one.config.bytes);
    files.set(name, Buffer.from('../../config/image.json'));
    const { content } = await open(onDisk(files));
    expect(content).toMatchObject({ problems: [], images: [{ configDigest: one.config.digest }] });
    expect(Buffer.from(content.images[0]?.config ?? []).equals(one.config.bytes)).toBe(true);
  });

  test.each([
    ['a layer', one.layers[0]?.digest],
    ['a configuration', one.config.digest],
    ['a manifest', one.manifest.digest],
  ])('never reads %s that leads out of the folder', async (_, digest) => {
    const files = new Map(ociLayout([one]));
    const name = `blobs/${digest?.replace(':', '/')}`;
    files.delete(name);
    const folder = onDisk(files);
    symlinkSync(asFile(Buffer.from('a file of the auditor')), join(folder, name));
    const error = await errorOf(open(folder));
    expect(error).toMatchObject({ code: 'SOURCE_UNREADABLE' });
    expect(error.message).toContain('links out of the folder');
    expect(error.hint).toBeDefined();
  });

  test('never reads text links that lead out of the folder', async () => {
    const outside = asFile(Buffer.from('secret'), 'outside');
    const files = new Map(ociLayout([one]));
    files.set(
      `blobs/${one.config.digest.replace(':', '/')}`,
      Buffer.from(`../../../${outside.slice(outside.lastIndexOf('/') + 1)}`),
    );
    expect(await errorOf(open(onDisk(files)))).toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });

  test('takes links and text links that go round in circles for files that are not there', async () => {
    const files = new Map(ociLayout([one]));
    const layer = `blobs/${one.layers[0]?.digest.replace(':', '/')}`;
    const config = `blobs/${one.config.digest.replace(':', '/')}`;
    files.delete(layer);
    files.set(config, Buffer.from(`../sha256/${'a'.repeat(64)}`));
    files.set(`blobs/sha256/${'a'.repeat(64)}`, Buffer.from(`../sha256/${one.config.digest.slice(7)}`));
    const folder = onDisk(files);
    symlinkSync(layer.slice(layer.lastIndexOf('/') + 1), join(folder, layer));
    const { content } = await open(folder);
    expect(content.images).toMatchObject([{ config: null, layers: [{ blob: null }] }]);
  });

  test('takes a folder in the place of a blob for a blob that is not there', async () => {
    const files = new Map(ociLayout([one]));
    const layer = `blobs/${one.layers[0]?.digest.replace(':', '/')}`;
    files.delete(layer);
    files.set(`${layer}/file`, Buffer.from('x'));
    expect((await open(onDisk(files))).content.images).toMatchObject([{ layers: [{ blob: null }] }]);
  });
});

describe('what is no image', () => {
  test.each([
    ['a missing path', () => open(`oci:${newPath('missing')}`), 'SOURCE_NOT_FOUND'],
    ['an empty folder', () => open(onDisk(new Map([['x', Buffer.from('')]]))), 'SOURCE_UNRECOGNISED'],
    ['an empty file', () => open(asFile(Buffer.alloc(0))), 'SOURCE_UNRECOGNISED'],
    ['a text file', () => open(asFile(Buffer.from('hello'.repeat(300)))), 'SOURCE_UNRECOGNISED'],
    ['a tar of something else', () => open(asFile(archive(new Map([['a', Buffer.from('b')]])))), 'SOURCE_UNRECOGNISED'],
    ['an empty tar', () => open(asFile(Buffer.alloc(1024))), 'SOURCE_UNRECOGNISED'],
    ['a gzipped text', () => open(asFile(gzipSync('hello'))), 'SOURCE_UNRECOGNISED'],
    ['empty standard input', () => openStream(Buffer.alloc(0)), 'SOURCE_UNRECOGNISED'],
    ['a text on standard input', () => openStream(Buffer.from('hello'.repeat(300))), 'SOURCE_UNRECOGNISED'],
    ['a folder as oci-archive:', () => open(`oci-archive:${onDisk(ociLayout([one]))}`), 'SOURCE_UNRECOGNISED'],
    ['a file as oci:', () => open(`oci:${asFile(archive(ociLayout([one])))}`), 'SOURCE_UNRECOGNISED'],
    [
      'an OCI archive as docker-archive:',
      () => open(`docker-archive:${asFile(archive(ociLayout([one])))}`),
      'SOURCE_UNRECOGNISED',
    ],
    [
      'an index.json that is no JSON',
      () => open(onDisk(new Map([['index.json', Buffer.from('{')]]))),
      'DOCUMENT_INVALID',
    ],
    [
      'an index.json that is a manifest',
      () => open(onDisk(new Map([['index.json', one.manifest.bytes]]))),
      'DOCUMENT_INVALID',
    ],
  ])('%s is one coded error', async (_, opening, code) => {
    const error = await errorOf(opening());
    expect(error.code).toBe(code);
    expect(error.message).not.toBe('');
    if (code === 'SOURCE_UNRECOGNISED') expect(error.hint).toMatch(/^(?:Give|For) an? /);
  });
});
