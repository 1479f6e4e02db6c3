import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { openSource, type SourceContent } from '../../../src/source/index.ts';
import { archive, type BuiltImage, buildImage, dockerSaveLegacy, ociLayout } from '../../support/image-builder.ts';
import { dir, file, writeTar } from '../../support/tar-writer.ts';
import { asFile, errorOf, newPath, onDisk, open, openStream } from './open.ts';

const rootfs = writeTar([dir('etc'), file('etc/os-release', 'ID=x\n'), file('usr/bin/x', 'x')]);
const image: BuiltImage = buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('f', 'x')] }] });

describe('rootfs:', () => {
  test.each([
    ['plain', rootfs],
    ['in gzip', gzipSync(rootfs)],
    ['in zstd', zstdCompressSync(rootfs)],
  ])('takes a tar, %s, for the only layer of an image without a configuration', async (_, bytes) => {
    const path = asFile(bytes, 'rootfs.bin');
    const { content } = await open(`rootfs:${path}`);
    expect(content).toMatchObject({ kind: 'rootfs', digest: null, gaps: [], problems: [], attachments: [] });
    expect(content.images).toMatchObject([{ config: null, configDigest: null, bare: true, platform: null }]);
    expect(content.images[0]?.layers).toMatchObject([
      { digest: null, sizeBytes: bytes.byteLength, blob: { kind: 'file', range: { path, offset: 0 } } },
    ]);
  });

  test('takes standard input', async () => {
    const { content } = await open('rootfs:-', { stdin: [rootfs] });
    const blob = content.images[0]?.layers[0]?.blob;
    expect(blob).toMatchObject({ kind: 'remote', sizeBytes: null });
    if (blob?.kind !== 'remote') throw new Error('it is no stream');
    const pieces = [];
    for await (const chunk of blob.open(new AbortController().signal)) pieces.push(chunk);
    expect(Buffer.concat(pieces).equals(rootfs)).toBe(true);
  });

  test.each([
    ['a folder', () => open(`rootfs:${onDisk(new Map([['etc/passwd', Buffer.from('x')]]))}`), 'SOURCE_UNRECOGNISED'],
    ['nothing', () => open(`rootfs:${newPath('none')}`), 'SOURCE_NOT_FOUND'],
    ['a text', () => open(`rootfs:${asFile(Buffer.from('text'.repeat(300)))}`), 'SOURCE_UNRECOGNISED'],
    ['an empty file', () => open(`rootfs:${asFile(Buffer.alloc(0))}`), 'SOURCE_UNRECOGNISED'],
  ])('refuses %s', async (_, opening, code) => {
    expect((await errorOf(opening())).code).toBe(code);
  });

  test.each([
    ['a file', (): Promise<unknown> => open(asFile(rootfs, 'layer.tar'))],
    ['a compressed file', (): Promise<unknown> => open(asFile(gzipSync(rootfs), 'layer.tar.gz'))],
    ['a stream', (): Promise<unknown> => openStream(rootfs)],
    ['a file without an end marker', (): Promise<unknown> => open(asFile(rootfs.subarray(0, -1024), 'layer.tar'))],
  ])('is what the hint says where %s holds a filesystem and no manifest', async (_, opening) => {
    const error = await errorOf(opening());
    expect(error).toMatchObject({ code: 'SOURCE_UNRECOGNISED' });
    expect(error.hint).toContain('rootfs:');
  });

  test('is what the hint says before a long stream is read to its end', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => file(`usr/lib/${i}`, Buffer.alloc(2000, i % 256)));
    let chunks = 0;
    const bytes = writeTar(many);
    const stdin = (function* (): Iterable<Uint8Array> {
      for (let at = 0; at < bytes.byteLength; at += 65_536) {
        chunks += 1;
        yield Uint8Array.from(bytes.subarray(at, at + 65_536));
      }
    })();
    const error = await errorOf(open('-', { stdin }));
    expect(error).toMatchObject({ code: 'SOURCE_UNRECOGNISED' });
    expect(error.hint).toContain('rootfs:-');
    expect(chunks).toBeLessThan(5);
  });

  test('is not what is said of an image that has files of a system beside it', async () => {
    const system = Array.from({ length: 50 }, (_, i) => file(`etc/${i}`, 'x'));
    const members = [...ociLayout([image])].map(([name, content]) => ({ name, content }));
    expect((await openStream(writeTar([...members, ...system]))).content.images.length).toBe(1);
  });

  test('is what the hint says for an unpacked filesystem, too', async () => {
    const error = await errorOf(open(onDisk(new Map([['usr/bin/x', Buffer.from('x')]]))));
    expect(error.hint).toContain('audit image rootfs:-');
  });
});

describe('a pipe', () => {
  /** Opens a named pipe that another program writes into. */
  async function throughPipe(bytes: Buffer, scheme = ''): Promise<SourceContent> {
    const pipe = newPath('pipe');
    const full = asFile(bytes);
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', `cat '${full}' > '${pipe}'`]);
    try {
      return (await open(`${scheme}${pipe}`)).content;
    } finally {
      writer.kill();
    }
  }

  test.each([
    ['an archive', archive(ociLayout([image], 'latest')), '', 'oci-archive'],
    ['a compressed archive', gzipSync(archive(dockerSaveLegacy(image, ['x:1']))), '', 'docker-archive'],
    ['an archive with its scheme', archive(ociLayout([image], 'latest')), 'oci-archive:', 'oci-archive'],
  ])('with %s is read as it comes', async (_, bytes, scheme, kind) => {
    const content = await throughPipe(bytes, scheme);
    expect(content).toMatchObject({ kind, gaps: [], problems: [] });
    expect(content.images.map(({ configDigest }) => configDigest)).toEqual([image.config.digest]);
  });

  test('with a filesystem is read when its layer is', async () => {
    const pipe = newPath('pipe');
    execFileSync('mkfifo', [pipe]);
    const { content } = await open(`rootfs:${pipe}`);
    const blob = content.images[0]?.layers[0]?.blob;
    if (blob?.kind !== 'remote') throw new Error('it is no stream');
    const writer = spawn('sh', ['-c', `cat '${asFile(rootfs)}' > '${pipe}'`]);
    const pieces = [];
    for await (const chunk of blob.open(new AbortController().signal)) pieces.push(chunk);
    writer.kill();
    expect(Buffer.concat(pieces).equals(rootfs)).toBe(true);
  });
});

describe('standard input', () => {
  test('with a scheme is read as that', async () => {
    const stdin = [archive(dockerSaveLegacy(image, ['x:1']))];
    expect((await open('docker-archive:-', { stdin })).content.images.length).toBe(1);
    expect(await errorOf(open('oci-archive:-', { stdin }))).toMatchObject({ code: 'SOURCE_UNRECOGNISED' });
  });
});

describe('what is neither a file, a folder nor a pipe', () => {
  test('is one coded error', async () => {
    expect(await errorOf(open('/dev/null'))).toMatchObject({ code: 'SOURCE_UNRECOGNISED' });
  });
});

describe('an archive of several images', () => {
  const two = buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('f', 'two')] }] });
  const hex = (built: BuiltImage): string => built.config.digest.slice('sha256:'.length);
  const first = dockerSaveLegacy(image, []);
  const second = dockerSaveLegacy(two, []);
  const layers = (files: ReadonlyMap<string, Buffer>): string[] =>
    [...files.keys()].filter((name) => name.endsWith('layer.tar'));
  const files = new Map([...first, ...second]);
  files.set(
    'manifest.json',
    Buffer.from(
      JSON.stringify([
        { Config: `${hex(image)}.json`, RepoTags: null, Layers: layers(first) },
        { Config: `${hex(two)}.json`, RepoTags: ['x:1'], Layers: layers(second) },
      ]),
    ),
  );
  const path = newPath('several.tar');
  writeFileSync(path, archive(files));

  test.each([
    ['@0', image],
    ['@1', two],
    [':@1', two],
    [':x:1', two],
    [`@${image.config.digest}`, image],
  ])('gives the one that %s means', async (suffix, expected) => {
    const { content } = await open(`${path}${suffix}`);
    expect(content.images.map(({ configDigest }) => configDigest)).toEqual([expected.config.digest]);
    expect(content.orphans).toEqual([]);
  });

  test.each(['@2', '@-1', '@', '@01', ':y'])('has none that %s means, and lists what there is', async (suffix) => {
    expect(await errorOf(open(`docker-archive:${path}${suffix}`))).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      hint: 'It has: @0, x:1.',
    });
  });
});

test('a layer that may not be distributed is told with the place it can be had from', async () => {
  const files = new Map(dockerSaveLegacy(image, ['x:1']));
  const layer = [...files.keys()].find((name) => name.endsWith('layer.tar')) as string;
  files.delete(layer);
  const diffId = (JSON.parse(image.config.bytes.toString()) as { rootfs: { diff_ids: string[] } }).rootfs.diff_ids[0];
  const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
  const [entry] = JSON.parse((files.get('manifest.json') as Buffer).toString()) as object[];
  const LayerSources = { [diffId as string]: { mediaType: foreign, size: 7, urls: ['https://example.org/layer'] } };
  files.set('manifest.json', Buffer.from(JSON.stringify([{ ...entry, LayerSources }])));
  const { content } = await open(asFile(archive(files)));
  expect(content.images[0]?.layers).toMatchObject([
    { blob: null, mediaType: foreign, sizeBytes: 7, urls: ['https://example.org/layer'] },
  ]);
});

test('a pipe that ends without a byte is one coded error', async () => {
  const pipe = newPath('pipe');
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', `exec 3>'${pipe}'; sleep 0.2`]);
  const opening = openSource(
    { kind: 'path', path: pipe, format: null, wanted: null },
    {
      limits: DEFAULT_LIMITS,
      onPassingBlob: (): Promise<void> => Promise.resolve(),
      registry: { env: {} },
      stdin: (async function* (): AsyncGenerator<Uint8Array> {})(),
      signal: new AbortController().signal,
    },
  );
  expect(await errorOf(opening)).toMatchObject({ code: 'SOURCE_UNRECOGNISED' });
  writer.kill();
});
