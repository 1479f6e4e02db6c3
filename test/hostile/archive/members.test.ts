import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { openSource, parseLocation } from '../../../src/source/index.ts';
import {
  archive,
  buildImage,
  descriptor,
  dockerSaveLegacy,
  type Files,
  jsonBlob,
  ociLayout,
} from '../../support/image-builder.ts';
import { file, hardlink, symlink, type TarMemberSpec, writeMember, writeTar } from '../../support/tar-writer.ts';
import { asFile, errorOf, open, openStream } from '../../unit/source/open.ts';

const image = buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('f', 'x')] }] });
const layout = ociLayout([image], 'latest');

function withMembers(files: Files, more: readonly TarMemberSpec[]): Buffer {
  return writeTar([...[...files].map(([name, content]) => ({ name, content })), ...more]);
}

const ways = [
  ['a file', (bytes: Buffer, limits = {}) => open(asFile(bytes), { limits })],
  ['a stream', (bytes: Buffer, limits = {}) => openStream(bytes, limits)],
] as const;

describe.each(ways)('an archive as %s', (_, opening) => {
  test('with more members than the limit says so', async () => {
    const bytes = withMembers(
      layout,
      Array.from({ length: 50 }, (_unused, i) => file(`m${i}`, '')),
    );
    const { content } = await opening(bytes, { maxArchiveMembers: 20 });
    expect(content.gaps).toMatchObject([{ reason: 'tar-damaged', incomplete: true }]);
    expect(content.gaps[0]?.message).toContain('more than 20 members');
  });

  test('with a manifest larger than any honest one says so, and gives the others', async () => {
    const files = new Map(ociLayout([image, buildImage({ platform: 'linux/arm64', steps: [] })]));
    const name = `blobs/${image.manifest.digest.replace(':', '/')}`;
    files.set(name, Buffer.concat([image.manifest.bytes, Buffer.alloc(9000, ' ')]));
    const { content } = await opening(archive(files), { maxDocumentBytes: 8000 });
    expect(content.images.length).toBe(1);
    expect(content.gaps).toMatchObject([{ reason: 'manifest-invalid', incomplete: true }]);
  });

  test('with an index.json larger than any honest one is one coded error', async () => {
    const files = new Map(layout);
    files.set('index.json', Buffer.concat([files.get('index.json') as Buffer, Buffer.alloc(9000, ' ')]));
    expect(await errorOf(opening(archive(files), { maxDocumentBytes: 8000 }))).toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
    });
  });

  test('whose index.json is a layer is one coded error', async () => {
    const files = new Map(layout);
    files.set('index.json', image.tars[0] as Buffer);
    expect(await errorOf(opening(archive(files)))).toMatchObject({ code: 'DOCUMENT_INVALID' });
  });

  test('whose index.json is a device or a folder is no image', async () => {
    for (const type of ['3', '5', '6']) {
      const bytes = writeTar([{ name: 'index.json', type }]);
      expect(await errorOf(opening(bytes))).toMatchObject({ code: 'SOURCE_UNRECOGNISED' });
    }
  });

  test('whose index.json is a link to another member is read', async () => {
    const files = new Map(layout);
    const index = files.get('index.json') as Buffer;
    files.delete('index.json');
    for (const link of [symlink('index.json', './real/index'), hardlink('index.json', 'real/index')]) {
      const { content } = await opening(withMembers(files, [file('real/index', index), link]));
      expect(content.images.length).toBe(1);
    }
  });

  test('whose index.json is a link that goes round in circles is no image', async () => {
    const bytes = writeTar([symlink('index.json', 'b'), symlink('b', 'index.json'), hardlink('c', 'c')]);
    expect(await errorOf(opening(bytes))).toMatchObject({ code: 'SOURCE_UNRECOGNISED' });
  });

  test('with the same index twice takes the later one', async () => {
    const other = buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('g', 'y')] }] });
    const bytes = withMembers(
      layout,
      [...ociLayout([other], 'latest')].map(([name, content]) => ({ name, content })),
    );
    expect((await opening(bytes)).content.images.map(({ configDigest }) => configDigest)).toEqual([
      other.config.digest,
    ]);
  });
});

describe('a stream', () => {
  test('of members that begin like JSON keeps no more of them than it may, and still hands on all', async () => {
    const big = Array.from({ length: 40 }, (_, i) => file(`m${i}`, `{${' '.repeat(3000)}`));
    const { content, passed } = await openStream(withMembers(layout, big), { maxDocumentBytes: 4000 });
    expect(content.images.length).toBe(1);
    expect([...passed.keys()].filter((name) => name.startsWith('m')).length).toBeGreaterThan(25);
  });

  test('hands each blob on to its end before it goes on to the next', async () => {
    const blobs = Array.from({ length: 5 }, (_, i) => file(`b${i}`, Buffer.alloc(200_000, i + 1)));
    const { passed } = await openStream(withMembers(layout, blobs), {}, 10_000);
    for (const [i, { name, content }] of blobs.entries()) {
      expect(passed.get(name as string)?.equals(content as Buffer), `blob ${i}`).toBe(true);
    }
  });

  test('whose taker fails ends with the taker’s error', async () => {
    const failing = (): Promise<unknown> => {
      return openSource(parseLocation('-'), {
        limits: DEFAULT_LIMITS,
        onPassingBlob: (): Promise<void> => Promise.reject(new Error('no room')),
        registry: { env: {} },
        stdin: (async function* () {
          yield await Promise.resolve(withMembers(layout, [file('b', Buffer.alloc(100_000, 1))]));
        })(),
        signal: new AbortController().signal,
      });
    };
    await expect(failing()).rejects.toThrow('no room');
  });

  test('in a compression that is not supported is told how to go on', async () => {
    const lz4 = Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18]), Buffer.alloc(600, 7)]);
    const error = await errorOf(openStream(lz4));
    expect(error).toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
    expect(error.hint).toContain('lz4 -dc');
  });

  test('with a byte changed in its gzip is damaged', async () => {
    const packed = gzipSync(archive(layout));
    packed[packed.byteLength - 6] = (packed[packed.byteLength - 6] as number) ^ 1;
    const { content } = await openStream(packed);
    expect(content.gaps).toMatchObject([{ reason: 'tar-damaged', incomplete: true }]);
  });

  test('with a header whose size is absurd ends', async () => {
    const huge = writeMember({ name: 'blobs/x', content: 'x', size: 8 ** 11 - 1 });
    const error = await errorOf(openStream(Buffer.concat([huge, Buffer.alloc(2048)])));
    expect(error.code).toBe('ARCHIVE_DAMAGED');
  });
});

describe('many images of one large configuration', () => {
  const large = buildImage({ steps: [], document: { padding: 'x'.repeat(9000) } });
  const configs = (content: { images: readonly { config: Uint8Array | null }[] }): number =>
    content.images.filter(({ config }) => config !== null).length;

  test('keep a few of them in an archive of docker save, and say so of the others', async () => {
    const [name = ''] = [...dockerSaveLegacy(large, []).keys()].filter((one) => one.endsWith('.json'));
    const files = new Map(dockerSaveLegacy(large, []));
    const entry = { Config: name, RepoTags: null, Layers: [] };
    files.set('manifest.json', Buffer.from(JSON.stringify(Array.from({ length: 50 }, () => entry))));
    const { content } = await open(asFile(archive(files)), { limits: { maxConfigBytes: 10_000 } });
    expect([content.images.length, configs(content)]).toEqual([50, 8]);
    expect(content.images[49]?.configTrouble?.message).toContain('together have more than 80000');
  });

  test('keep a few of them in a layout, and say so of the others', async () => {
    const base = JSON.parse(large.manifest.bytes.toString()) as object;
    const manifests = Array.from({ length: 50 }, (_, i) =>
      jsonBlob({ ...base, annotations: { i: `${i}` } }, large.manifest.mediaType),
    );
    const files: Files = new Map([
      [`blobs/${large.config.digest.replace(':', '/')}`, large.config.bytes],
      ...manifests.map(({ digest, bytes }): [string, Buffer] => [`blobs/${digest.replace(':', '/')}`, bytes]),
      ['index.json', Buffer.from(JSON.stringify({ manifests: manifests.map(descriptor) }))],
    ]);
    const { content } = await open(asFile(archive(files)), { limits: { maxConfigBytes: 10_000 } });
    expect([content.images.length, configs(content)]).toEqual([50, 8]);
    expect(content.images[49]?.configTrouble?.reason).toBe('config-invalid');
  });
});
