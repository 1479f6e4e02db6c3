import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BoltTree, writeBolt } from '../../support/bolt-writer.ts';
import {
  type BuiltImage,
  blobsOf,
  buildImage,
  buildIndex,
  type Files,
  jsonBlob,
  ociLayout,
  writeFolder,
} from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';
import { errorOf, newPath, open } from './open.ts';

const image = (content: string, platform = 'linux/amd64'): BuiltImage =>
  buildImage({ platform, steps: [{ createdBy: 'ADD base /', members: [file('a', content)] }] });
const amd = image('one');
const arm = image('one', 'linux/arm64');
const other = image('other');
const index = buildIndex([amd, arm]);

interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

/** The root folder of a containerd that holds some blobs, and its database. */
function store(blobs: Iterable<Blob>, database: Buffer = Buffer.alloc(4096)): string {
  const root = newPath('containerd');
  const files: Files = new Map([
    ['io.containerd.metadata.v1.bolt/meta.db', database],
    ['io.containerd.content.v1.content/blobs/sha256/.keep', Buffer.alloc(0)],
  ]);
  for (const { digest, bytes } of blobs) {
    files.set(`io.containerd.content.v1.content/blobs/${digest.replace(':', '/')}`, bytes);
  }
  writeFolder(files, root);
  return root;
}
const all = (images: readonly BuiltImage[]): Blob[] => [...blobsOf(images).values()];
const without = (blobs: readonly Blob[], ...digests: string[]): Blob[] =>
  blobs.filter(({ digest }) => !digests.includes(digest));

describe('a content store of containerd', () => {
  test('gives the image of a digest', async () => {
    const { content } = await open(`containerd:${store(all([amd, other]))}@${other.manifest.digest}`);
    expect(content).toMatchObject({ kind: 'containerd', digest: other.manifest.digest, problems: [], gaps: [] });
    expect(content.images).toMatchObject([{ configDigest: other.config.digest, names: [] }]);
    expect(content.images[0]?.layers).toMatchObject([{ digest: other.layers[0]?.digest, blob: { kind: 'file' } }]);
  });

  test('gives all platforms of an index', async () => {
    const { content } = await open(`containerd:${store([...all([amd, arm]), index])}@${index.digest}`);
    expect(content.images.map(({ manifestDigest }) => manifestDigest)).toEqual([
      amd.manifest.digest,
      arm.manifest.digest,
    ]);
  });

  test('of which only one platform was fetched has no gap that matters', async () => {
    const { content } = await open(`containerd:${store([...all([amd]), index])}@${index.digest}`);
    expect(content.images.length).toBe(1);
    expect(content.gaps).toMatchObject([{ reason: 'manifest-absent', incomplete: false }]);
  });

  test('that threw its layers away after unpacking them has the image without their bytes', async () => {
    const layers = amd.layers.map(({ digest }) => digest);
    const { content } = await open(`containerd:${store(without(all([amd]), ...layers))}`);
    expect(content.images[0]?.layers).toMatchObject([{ blob: null }]);
  });

  test.each(['', '/io.containerd.content.v1.content', '/io.containerd.content.v1.content/blobs'])(
    'is found from its root folder%s',
    async (below) => {
      expect((await open(`containerd:${store(all([amd]))}${below}`)).content.digest).toBe(amd.manifest.digest);
    },
  );

  test('with one image needs no digest, whatever else there is', async () => {
    const signature = jsonBlob(
      {
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: index.digest },
        layers: [],
      },
      '',
    );
    const noise = ['{}', '{', '[]', '', '{"manifests":7}'].map((text) => jsonBlob(text, ''));
    const bad = { digest: `sha256:${'0'.repeat(64)}`, bytes: Buffer.from('{"manifests":') };
    const { content } = await open(`containerd:${store([...all([amd, arm]), index, signature, bad, ...noise])}`);
    expect(content.digest).toBe(index.digest);
  });

  test('with several asks which one, and tells them apart', async () => {
    const path = store([...all([amd, arm, other]), index]);
    const error = await errorOf(open(`containerd:${path}`));
    expect(error.code).toBe('IMAGE_AMBIGUOUS');
    expect(error.message).toContain('has 2 images');
    expect(error.hint).toContain(`@${index.digest} (linux/amd64, linux/arm64)`);
    expect(error.hint).toContain(`@${other.manifest.digest} (linux/amd64, created 2026-01-02T03:04:05Z)`);
    expect(error.hint).not.toContain(amd.manifest.digest);
  });

  test('with many lists some of them', async () => {
    const many = Array.from({ length: 30 }, (_, i) => image(`${i}`));
    const { hint } = await errorOf(open(`containerd:${store(all(many))}`));
    expect(hint).toContain('and 10 more');
  });

  test('that changed a manifest under its name is told', async () => {
    const changed = { digest: amd.manifest.digest, bytes: Buffer.concat([amd.manifest.bytes, Buffer.from(' ')]) };
    const blobs = [...without(all([amd]), amd.manifest.digest), changed];
    const { content } = await open(`containerd:${store(blobs)}@${amd.manifest.digest}`);
    expect(content.problems).toMatchObject([{ kind: 'digest-mismatch' }]);
  });
});

describe('a content store of containerd that does not have what is wanted', () => {
  const digest = `sha256:${'f'.repeat(64)}`;

  test('says which images it has', async () => {
    const error = await errorOf(open(`containerd:${store(all([amd]))}@${digest}`));
    expect(error).toMatchObject({ code: 'IMAGE_NOT_FOUND', hint: expect.stringContaining(`@${amd.manifest.digest}`) });
  });

  test('says that it has none', async () => {
    expect(await errorOf(open(`containerd:${store([])}`))).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      hint: 'It has: none.',
    });
  });

  test.each<readonly [string, string, string]>([
    ['is a layer', amd.layers[0]?.digest ?? '', 'DOCUMENT_INVALID'],
    ['is a configuration', amd.config.digest, 'DOCUMENT_INVALID'],
  ])('because the digest %s is one coded error', async (_, wanted, code) => {
    expect((await errorOf(open(`containerd:${store(all([amd]))}@${wanted}`))).code).toBe(code);
  });

  test('because the digest is that of an artifact is one coded error', async () => {
    const artifact = jsonBlob(
      { schemaVersion: 2, config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest }, layers: [] },
      '',
    );
    const error = await errorOf(open(`containerd:${store([artifact])}@${artifact.digest}`));
    expect(error.code).toBe('NOT_AN_IMAGE');
  });

  test.each<readonly [string, () => string, string]>([
    ['a folder of something else', () => dirname(store([])), 'SOURCE_UNRECOGNISED'],
    ['no folder', () => '/no/such/containerd', 'SOURCE_NOT_FOUND'],
    [
      'a file',
      () => {
        const path = newPath('file');
        writeFileSync(path, '');
        return path;
      },
      'SOURCE_UNRECOGNISED',
    ],
    [
      'an image layout',
      () => {
        const path = newPath('empty');
        mkdirSync(path);
        return path;
      },
      'SOURCE_UNRECOGNISED',
    ],
  ])('because it is %s is one coded error', async (_, path, code) => {
    expect((await errorOf(open(`containerd:${path()}`))).code).toBe(code);
  });

  test('does not follow a blob that links out of it', async () => {
    const root = store(all([amd]));
    const blobs = join(root, 'io.containerd.content.v1.content/blobs/sha256');
    const secret = newPath('secret');
    writeFileSync(secret, amd.manifest.bytes);
    symlinkSync(secret, join(blobs, digest.slice(7)));
    expect((await errorOf(open(`containerd:${root}@${digest}`))).code).toBe('SOURCE_UNREADABLE');
  });

  test('is read as a content store too where it is an image layout: both keep blobs by digest', async () => {
    const folder = newPath('layout');
    writeFolder(ociLayout([amd]), folder);
    expect((await open(`containerd:${folder}`)).content).toMatchObject({
      kind: 'containerd',
      digest: amd.manifest.digest,
    });
  });
});

/** A database of names: namespace, name, digest. */
function names(...list: readonly (readonly [string, string, string])[]): Buffer {
  const bucket = (...entries: readonly (readonly [string, Buffer | BoltTree])[]): BoltTree => new Map(entries);
  const image = (digest: string): BoltTree =>
    bucket(
      ['target', bucket(['digest', Buffer.from(digest)], ['mediatype', Buffer.from('x')], ['size', Buffer.of(1)])],
      ['createdat', Buffer.alloc(15)],
    );
  const namespaces = [...Map.groupBy(list, ([namespace]) => namespace)].map(([namespace, own]) => {
    const images = bucket(...own.map(([, name, digest]) => [name, image(digest)] as const));
    return [namespace, bucket(['content', bucket()], ['images', images])] as const;
  });
  return writeBolt(bucket(['v1', bucket(['version', Buffer.of(6)], ...namespaces)]));
}

describe('a content store of containerd with its database of names', () => {
  const database = names(
    ['default', 'docker.io/library/one:latest', amd.manifest.digest],
    ['default', 'ghcr.io/acme/other:2', other.manifest.digest],
    ['k8s.io', 'ghcr.io/acme/other:2', other.manifest.digest],
    ['k8s.io', other.config.digest, other.manifest.digest],
    ['k8s.io', 'ghcr.io/acme/moved:1', other.manifest.digest],
    ['moby', 'ghcr.io/acme/moved:1', amd.manifest.digest],
    ['moby', 'ghcr.io/acme/gone:1', `sha256:${'e'.repeat(64)}`],
    ['moby', 'ghcr.io/acme/bad:1', '../../etc/passwd'],
  );
  const full = (): string => store(all([amd, other]), database);

  test.each([
    ['its name in full', ':docker.io/library/one:latest', amd],
    ['its short name', ':one', amd],
    ['a name in two namespaces', ':ghcr.io/acme/other:2', other],
    ['the ID that Kubernetes calls it by', `@${other.config.digest}`, other],
    ['its digest', `@${other.manifest.digest}`, other],
  ])('gives an image by %s', async (_, wanted, expected) => {
    expect((await open(`containerd:${full()}${wanted}`)).content.digest).toBe(expected.manifest.digest);
  });

  test('gives the image all of its names, each once', async () => {
    const { content } = await open(`containerd:${full()}@${other.manifest.digest}`);
    expect(content.images[0]?.names).toEqual(['ghcr.io/acme/other:2', 'ghcr.io/acme/moved:1']);
  });

  test('lists images by their names', async () => {
    const { hint } = await errorOf(open(`containerd:${full()}`));
    expect(hint).toContain(`@${amd.manifest.digest} (docker.io/library/one:latest, ghcr.io/acme/moved:1, linux/amd64`);
    expect(hint).not.toContain(`(${other.config.digest}`);
  });

  test.each<readonly [string, string, string]>([
    ['a name that is not there', ':two', 'IMAGE_NOT_FOUND'],
    ['a name whose blob is not there', ':ghcr.io/acme/gone:1', 'IMAGE_NOT_FOUND'],
    ['a name whose digest is none', ':ghcr.io/acme/bad:1', 'IMAGE_NOT_FOUND'],
    ['a name for two images in two namespaces', ':ghcr.io/acme/moved:1', 'IMAGE_AMBIGUOUS'],
    ['what is no name', ':A B', 'REFERENCE_INVALID'],
  ])('says of %s what is wrong', async (_, wanted, code) => {
    expect((await errorOf(open(`containerd:${full()}${wanted}`))).code).toBe(code);
  });

  test('names both namespaces where one name stands for two images', async () => {
    const { hint } = await errorOf(open(`containerd:${full()}:ghcr.io/acme/moved:1`));
    expect(hint).toContain(`@${other.manifest.digest} (namespace k8s.io)`);
    expect(hint).toContain(`@${amd.manifest.digest} (namespace moby)`);
  });

  test('that is broken has no names, and its images by digest all the same', async () => {
    const path = store(all([amd]), Buffer.alloc(4096, 'no database '));
    expect((await open(`containerd:${path}@${amd.manifest.digest}`)).content.images[0]?.names).toEqual([]);
    expect((await errorOf(open(`containerd:${path}:one`))).code).toBe('DOCUMENT_INVALID');
  });

  test('that is not beside it says so where a name is wanted', async () => {
    const folder = newPath('store');
    writeFolder(ociLayout([amd]), folder);
    const error = await errorOf(open(`containerd:${folder}:docker.io/library/alpine:3`));
    expect(error).toMatchObject({ code: 'REFERENCE_INVALID', hint: expect.stringContaining('@sha256:') });
  });
});
