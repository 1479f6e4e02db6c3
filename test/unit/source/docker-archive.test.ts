import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  archive,
  type BuiltImage,
  buildImage,
  dockerSaveHybrid,
  dockerSaveLegacy,
  type Files,
} from '../../support/image-builder.ts';
import { file, hardlink, symlink, type TarMemberSpec, writeTar } from '../../support/tar-writer.ts';
import { asFile, errorOf, type Opened, onDisk, open, openStream } from './open.ts';

const image = (content: string): BuiltImage =>
  buildImage({
    steps: [
      { createdBy: 'ADD base /', members: [file('a', content)] },
      { createdBy: 'CMD ["a"]' },
      { createdBy: 'COPY . /', members: [file('b', content)] },
    ],
  });
const one = image('one');
const two = image('two');
const hex = (digest: string): string => digest.slice('sha256:'.length);

/** The bytes that each layer of the only image stands for, whichever way it was opened. */
async function layersOf(bytes: Buffer, streamed: boolean): Promise<(string | null)[]> {
  const opened: Opened = streamed ? await openStream(bytes) : await open(asFile(bytes));
  expect(opened.content.images.length).toBe(1);
  return (opened.content.images[0]?.layers ?? []).map(({ blob }) => {
    if (blob === null) return null;
    if (blob.kind === 'passed') return opened.passed.get(blob.name)?.toString('hex') ?? null;
    if (blob.kind === 'remote') return 'remote';
    const { path, offset, lengthBytes } = blob.range;
    return readFileSync(path)
      .subarray(offset, offset + lengthBytes)
      .toString('hex');
  });
}

function members(
  files: Files,
  change: (name: string, content: Buffer) => TarMemberSpec = (name, content) => ({ name, content }),
) {
  return writeTar([...files].map(([name, content]) => change(name, content)));
}

const ways = [
  ['a file', false],
  ['a stream', true],
] as const;

describe.each(ways)('an archive of docker save, as %s', (_, streamed) => {
  const opening = (bytes: Buffer): Promise<Opened> => (streamed ? openStream(bytes) : open(asFile(bytes)));

  test('from before Docker 25 gives layers in the order of its manifest', async () => {
    const bytes = archive(dockerSaveLegacy(one, ['acme/api:1.4']));
    expect(await layersOf(bytes, streamed)).toEqual(one.tars.map((tar) => tar.toString('hex')));
    const { content } = await opening(bytes);
    expect(content).toMatchObject({ kind: 'docker-archive', digest: one.config.digest, problems: [], gaps: [] });
    expect(content.images[0]?.names).toEqual(['acme/api:1.4']);
  });

  test('from Docker 25 and later gives digests of its OCI layout', async () => {
    const { content } = await opening(archive(dockerSaveHybrid([one], 'acme/api:1.4')));
    expect(content).toMatchObject({ kind: 'docker-archive', digest: one.manifest.digest, problems: [], gaps: [] });
    expect(content.images[0]?.layers.map(({ digest }) => digest)).toEqual(one.layers.map(({ digest }) => digest));
  });

  test('with a layer that is a link to an equal layer of another folder gives its bytes', async () => {
    const files = dockerSaveLegacy(one, ['x:1']);
    const layers = [...files.keys()].filter((name) => name.endsWith('/layer.tar'));
    const target = `../${layers[0]}`;
    const linked = members(files, (name, content) => (name === layers[1] ? symlink(name, target) : { name, content }));
    const first = (one.tars[0] as Buffer).toString('hex');
    expect(await layersOf(linked, streamed)).toEqual([first, first]);
  });

  test('with a layer that is a hard link gives its bytes', async () => {
    const files = dockerSaveLegacy(one, ['x:1']);
    const layers = [...files.keys()].filter((name) => name.endsWith('/layer.tar'));
    const linked = members(files, (name, content) =>
      name === layers[1] ? hardlink(name, layers[0] as string) : { name, content },
    );
    expect((await layersOf(linked, streamed))[1]).toBe((one.tars[0] as Buffer).toString('hex'));
  });

  test('with layers that are links to themselves, out of the archive or to nothing says they are not there', async () => {
    const files = dockerSaveLegacy(one, ['x:1']);
    const layers = [...files.keys()].filter((name) => name.endsWith('/layer.tar'));
    const targets = ['layer.tar', '../../../../../etc/passwd'];
    const linked = members(files, (name, content) =>
      layers.includes(name) ? symlink(name, targets[layers.indexOf(name)] as string) : { name, content },
    );
    expect(await layersOf(linked, streamed)).toEqual([null, null]);
  });

  test('of Bazel and kaniko, flat and with compressed layers, is read', async () => {
    const files: Files = new Map([
      ['config.json', one.config.bytes],
      ['a.tar.gz', gzipSync(one.tars[0] as Buffer)],
      ['b.tar.gz', gzipSync(one.tars[1] as Buffer)],
      [
        'manifest.json',
        Buffer.from(JSON.stringify([{ Config: 'config.json', RepoTags: null, Layers: ['a.tar.gz', 'b.tar.gz'] }])),
      ],
    ]);
    const { content } = await opening(archive(files));
    expect(content.images).toMatchObject([{ configDigest: one.config.digest, names: [] }]);
    expect(content.images[0]?.layers.map(({ blob }) => blob === null)).toEqual([false, false]);
  });

  test('of Jib, with keys in lower case, is read', async () => {
    const files = dockerSaveLegacy(one, ['x:1']);
    const text = (files.get('manifest.json') as Buffer).toString();
    files.set('manifest.json', Buffer.from(text.replace('Config', 'config').replace('Layers', 'layers')));
    expect((await opening(archive(files))).content.images).toMatchObject([{ configDigest: one.config.digest }]);
  });

  test('from before Docker 1.10, without a manifest, gives the chain of parents', async () => {
    const top = 'b'.repeat(64);
    const base = 'a'.repeat(64);
    const json = (document: unknown): Buffer => Buffer.from(JSON.stringify(document));
    const files: Files = new Map([
      ['repositories', json({ 'acme/api': { '1.4': top } })],
      [
        `${base}/json`,
        json({ id: base, created: '2014-01-01T00:00:00Z', container_config: { Cmd: ['/bin/sh', '-c', 'x'] } }),
      ],
      [`${base}/layer.tar`, one.tars[0] as Buffer],
      [`${top}/json`, json({ id: top, parent: base, os: 'linux', architecture: 'amd64', config: { User: 'app' } })],
      [`${top}/layer.tar`, one.tars[1] as Buffer],
    ]);
    const bytes = archive(files);
    expect(await layersOf(bytes, streamed)).toEqual(one.tars.map((tar) => tar.toString('hex')));
    expect((await opening(bytes)).content.images[0]?.names).toEqual(['acme/api:1.4']);
  });

  test('whose members lead out of it is read inside itself', async () => {
    const files = dockerSaveLegacy(one, ['x:1']);
    const bytes = writeTar([
      file('../../etc/passwd', 'root'),
      file('/absolute', 'x'),
      ...[...files].map(([name, content]) => ({ name: `./${name}`, content })),
    ]);
    expect(await layersOf(bytes, streamed)).toEqual(one.tars.map((tar) => tar.toString('hex')));
  });

  test('with a member twice takes the later one, as unpacking it would', async () => {
    const files = [...dockerSaveLegacy(one, ['x:1'])].map(([name, content]) => ({ name, content }));
    const layer = files.find(({ name }) => name.endsWith('/layer.tar'))?.name ?? '';
    const bytes = writeTar([...files, { name: layer, content: two.tars[0] as Buffer }]);
    expect((await layersOf(bytes, streamed))[0]).toBe((two.tars[0] as Buffer).toString('hex'));
  });

  test('whose layer begins with a brace, like JSON, is read', async () => {
    const odd = buildImage({ steps: [{ createdBy: 'COPY', members: [file('{name}', 'x'.repeat(5000))] }] });
    const bytes = archive(dockerSaveLegacy(odd, ['x:1']));
    const { content } = streamed
      ? await openStream(bytes, { maxDocumentBytes: 4000 })
      : await open(asFile(bytes), { limits: { maxDocumentBytes: 4000 } });
    expect(content.images[0]?.layers[0]?.blob).not.toBeNull();
  });

  test('whose layer is no tar hands it on all the same: that is for the examination to say', async () => {
    const broken = buildImage({ steps: [{ createdBy: 'COPY', tar: Buffer.alloc(3000, 'garbage ') }] });
    const [bytes] = await layersOf(archive(dockerSaveLegacy(broken, ['x:1'])), streamed);
    expect(bytes).toBe((broken.tars[0] as Buffer).toString('hex'));
  });
});

describe('several images in one archive', () => {
  const files: Files = new Map([...dockerSaveLegacy(one, ['acme/one:1']), ...dockerSaveLegacy(two, ['acme/two:2'])]);
  const layers = (built: BuiltImage): string[] =>
    [...dockerSaveLegacy(built, []).keys()].filter((name) => name.endsWith('layer.tar'));
  files.set(
    'manifest.json',
    Buffer.from(
      JSON.stringify([
        { Config: `${hex(one.config.digest)}.json`, RepoTags: ['acme/one:1', 'acme/one:latest'], Layers: layers(one) },
        { Config: `${hex(two.config.digest)}.json`, RepoTags: ['acme/two:2'], Layers: layers(two) },
      ]),
    ),
  );
  const path = asFile(archive(files));

  test('are all given where none is named', async () => {
    expect((await open(path)).content.images.map(({ names }) => names[0])).toEqual(['acme/one:1', 'acme/two:2']);
  });

  test.each(['acme/two:2', 'two:2', '2'])('are told apart by the name %s', async (name) => {
    const { content } = await open(`${path}:${name}`);
    expect(content.images.map(({ configDigest }) => configDigest)).toEqual([two.config.digest]);
  });

  test('has none of another name, and says which it has', async () => {
    const error = await errorOf(open(`docker-archive:${path}:acme/three:3`));
    expect(error).toMatchObject({ code: 'IMAGE_NOT_FOUND', hint: 'It has: acme/one:1, acme/two:2.' });
  });
});

describe('a broken archive of docker save', () => {
  test.each([
    ['no JSON', '[', 'DOCUMENT_INVALID'],
    ['no list', '{}', 'DOCUMENT_INVALID'],
    ['an empty list', '[]', 'IMAGE_NOT_FOUND'],
    ['a list of no images', '[null]', 'DOCUMENT_INVALID'],
    ['an image without a configuration', '[{"Layers":[]}]', 'DOCUMENT_INVALID'],
  ])('whose manifest.json is %s is one coded error', async (_, text, code) => {
    const error = await errorOf(open(asFile(archive(new Map([['manifest.json', Buffer.from(text)]])))));
    expect(error.code).toBe(code);
  });

  test('whose configuration and layers are not there still has its image', async () => {
    const text = JSON.stringify([{ Config: 'none.json', Layers: ['a/layer.tar', '../../etc/passwd'] }]);
    const { content } = await open(onDisk(new Map([['manifest.json', Buffer.from(text)]])));
    expect(content.images).toMatchObject([
      { config: null, configDigest: null, layers: [{ blob: null }, { blob: null }] },
    ]);
  });
});
