import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  archive,
  type BuiltBlob,
  type BuiltImage,
  blobsOf,
  buildImage,
  descriptor,
  dockerSaveHybrid,
  dockerSaveLegacy,
  type Files,
  jsonBlob,
  ociLayout,
  sha256,
} from '../../support/image-builder.ts';
import { file, symlink, writeTar } from '../../support/tar-writer.ts';
import { asFile, newPath, type Opened, onDisk, open, openStream } from './open.ts';

const image = (content: string, platform = 'linux/amd64'): BuiltImage =>
  buildImage({ platform, steps: [{ createdBy: 'COPY . /', members: [file('f', content)] }] });
const one = image('one');
const two = image('two');
const path = ({ digest }: { digest: string }): string => `blobs/${digest.replace(':', '/')}`;
const blobPath = (bytes: Uint8Array): string => path({ digest: sha256(bytes) });

function withBlobs(files: Files, ...more: readonly Uint8Array[]): Files {
  return new Map([...files, ...more.map((bytes) => [blobPath(bytes), Buffer.from(bytes)] as const)]);
}
const kinds = ({ content }: Opened) => (content.orphans ?? []).map(({ name, kind }) => [name, kind]);

const ways = [
  ['a folder', (files: Files): Promise<Opened> => open(onDisk(files))],
  ['an archive', (files: Files): Promise<Opened> => open(asFile(archive(files)))],
  ['a compressed archive', (files: Files): Promise<Opened> => open(asFile(gzipSync(archive(files))))],
  ['a stream', (files: Files): Promise<Opened> => openStream(archive(files))],
] as const;

describe.each(ways)('what no manifest names, in %s', (_, opening) => {
  test.each<readonly [string, Files]>([
    ['a layout', ociLayout([one], 'latest')],
    ['a layout of two platforms', ociLayout([one, image('arm', 'linux/arm64')])],
    ['docker save before Docker 25', dockerSaveLegacy(one, ['x:1'])],
    ['docker save since Docker 25', dockerSaveHybrid([one], 'x:1')],
  ])('is nothing for %s', async (_name, files) => {
    expect((await opening(files)).content.orphans).toEqual([]);
  });

  test('is told by what it is', async () => {
    const tar = two.tars[0] as Buffer;
    const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v0.1"}');
    const files = withBlobs(
      ociLayout([one]),
      tar,
      gzipSync(tar),
      two.config.bytes,
      two.manifest.bytes,
      statement,
      Buffer.from('{"manifests":[]}'),
      Buffer.from('{"a":1}'),
      Buffer.from('text'),
    );
    const opened = await opening(files);
    expect(Object.fromEntries(kinds(opened))).toEqual({
      [blobPath(tar)]: 'layer',
      [blobPath(gzipSync(tar))]: 'layer',
      [path(two.config)]: 'config',
      [path(two.manifest)]: 'manifest',
      [blobPath(statement)]: 'statement',
      [blobPath(Buffer.from('{"manifests":[]}'))]: 'index',
      [blobPath(Buffer.from('{"a":1}'))]: 'document',
      [blobPath(Buffer.from('text'))]: 'other',
    });
    const orphan = opened.content.orphans?.find(({ name }) => name === blobPath(tar));
    expect(orphan).toMatchObject({ digest: sha256(tar), sizeBytes: tar.byteLength });
    if (orphan?.blob.kind === 'passed') expect(opened.passed.get(orphan.blob.name)?.equals(tar)).toBe(true);
  });

  test('is not what an image names that was not chosen, nor an attestation', async () => {
    const statement = jsonBlob({ _type: 'https://in-toto.io/Statement/v0.1' }, 'application/vnd.in-toto+json');
    const attestation = jsonBlob(
      { schemaVersion: 2, config: descriptor(two.config), layers: [descriptor(statement)] },
      'application/vnd.oci.image.manifest.v1+json',
    );
    const entries = [
      { ...descriptor(one.manifest), annotations: { 'org.opencontainers.image.ref.name': 'v1' } },
      descriptor(two.manifest),
      {
        ...descriptor(attestation),
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
    ];
    const files: Files = new Map([['index.json', Buffer.from(JSON.stringify({ manifests: entries }))]]);
    for (const blob of [...blobsOf([one, two]).values(), attestation, statement]) files.set(path(blob), blob.bytes);
    expect((await opening(files)).content.orphans).toEqual([]);
  });

  test('beyond a thousand blobs is a gap that counts them', async () => {
    const more = Array.from({ length: 1003 }, (_unused, i) => Buffer.from(`blob ${i}`));
    const { content } = await opening(withBlobs(ociLayout([one]), ...more));
    expect(content.orphans?.length).toBe(1000);
    expect(content.gaps).toMatchObject([{ reason: 'budget-exceeded', incomplete: true }]);
    expect(content.gaps[0]?.message).toContain('3 of them were not examined');
  });
});

describe('what is beside the layers of docker save', () => {
  const files = dockerSaveLegacy(one, ['x:1']);
  const folder = [...files.keys()].find((name) => name.endsWith('/json'))?.slice(0, -'json'.length) ?? '';

  test('is an orphan if it is no small document, whatever it is called', async () => {
    const changed = new Map([
      ...files,
      [`${folder}json`, two.tars[0] as Buffer],
      [`${folder}VERSION`, Buffer.alloc(99)],
    ]);
    expect(kinds(await open(asFile(archive(changed))))).toEqual([
      [`${folder}VERSION`, 'other'],
      [`${folder}json`, 'layer'],
    ]);
  });

  test('and in no folder of a layer is an orphan', async () => {
    expect(kinds(await open(asFile(archive(new Map([...files, ['x/json', Buffer.from('{}')]])))))).toEqual([
      ['x/json', 'document'],
    ]);
  });

  test('before Docker 1.10 is named by its chain of parents', async () => {
    const json = (document: unknown): Buffer => Buffer.from(JSON.stringify(document));
    const [base, top, other] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
    const legacy: Files = new Map([
      ['repositories', json({ x: { 1: top } })],
      ...[base, top, other].flatMap((id): [string, Buffer][] => [
        [`${id}/json`, json({ id, ...(id === top ? { parent: base } : {}) })],
        [`${id}/VERSION`, Buffer.from('1.0')],
        [`${id}/layer.tar`, one.tars[0] as Buffer],
      ]),
    ]);
    expect((await open(asFile(archive(legacy)))).content.orphans?.map(({ name }) => name).sort()).toEqual([
      `${other}/VERSION`,
      `${other}/json`,
      `${other}/layer.tar`,
    ]);
  });
});

describe('bytes behind the end of an archive', () => {
  const tar = archive(ociLayout([one]));
  const more = archive(ociLayout([two]));

  test.each([
    ['as a file', (bytes: Buffer) => open(asFile(bytes))],
    ['as a stream', (bytes: Buffer) => openStream(bytes)],
  ])('are kept to be examined, %s', async (_, opening) => {
    const { content, passed } = await opening(Buffer.concat([tar, Buffer.alloc(5000), more]));
    expect(content.images.length).toBe(1);
    expect(content.orphans).toMatchObject([{ kind: 'trailing', digest: null, sizeBytes: more.byteLength }]);
    const blob = content.orphans?.[0]?.blob;
    if (blob?.kind === 'passed') expect(passed.get(blob.name)?.equals(more)).toBe(true);
    else expect(blob).toMatchObject({ kind: 'file', range: { offset: tar.byteLength + 5000 } });
  });

  test('that are zeros are padding', async () => {
    for (const opened of [
      open(asFile(Buffer.concat([tar, Buffer.alloc(600_000)]))),
      openStream(Buffer.concat([tar, Buffer.alloc(600_000)])),
    ]) {
      expect((await opened).content.orphans).toEqual([]);
    }
  });
});

describe('a folder', () => {
  test('is never searched for orphans where its links lead out of it', async () => {
    const outside = newPath('outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), two.tars[0] as Buffer);
    const folder = onDisk(ociLayout([one]));
    symlinkSync(outside, join(folder, 'blobs/linked'));
    symlinkSync(join(outside, 'secret'), join(folder, 'blobs/sha256/linked'));
    expect((await open(folder)).content.orphans).toEqual([]);
  });

  test('may hold anything beside its layout', async () => {
    const files: Files = new Map([
      ...ociLayout([one]),
      ['node_modules/x/a.tar', two.tars[0] as Buffer],
      ['README', Buffer.from('x')],
    ]);
    expect((await open(onDisk(files))).content.orphans).toEqual([]);
  });
});

test('a blob that is a link to a file is named by it', async () => {
  const blob = one.layers[0] as BuiltBlob;
  const files = new Map(ociLayout([one]));
  files.delete(path(blob));
  const members = [...files].map(([name, content]) => ({ name, content }));
  const { content } = await open(
    asFile(writeTar([...members, file('layers/a.tar.gz', blob.bytes), symlink(path(blob), '../../layers/a.tar.gz')])),
  );
  expect(content.orphans).toEqual([]);
});
