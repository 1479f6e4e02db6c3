import { describe, expect, test } from 'vitest';
import {
  archive,
  type BuiltImage,
  blobsOf,
  buildImage,
  dockerSaveHybrid,
  type Files,
  jsonBlob,
} from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';
import { asFile, errorOf, type Opened, onDisk, open, openStream } from './open.ts';

const image = (content: string): BuiltImage =>
  buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('f', content)] }] });
const clean = image('clean');
const evil = image('evil');
const path = ({ digest }: { digest: string }): string => `blobs/${digest.replace(':', '/')}`;

/** An archive as Docker 25 writes it, with a manifest.json of its own. */
function hybrid(manifest: unknown): Files {
  const files = dockerSaveHybrid([clean], 'acme/api:1');
  for (const blob of blobsOf([evil]).values()) files.set(path(blob), blob.bytes);
  files.set('manifest.json', Buffer.from(typeof manifest === 'string' ? manifest : JSON.stringify(manifest)));
  return files;
}
const entry = (built: BuiltImage, more = {}) => ({
  Config: path(built.config),
  RepoTags: ['acme/api:1'],
  Layers: built.layers.map(path),
  ...more,
});
const configs = ({ content }: Opened) => content.images.map(({ configDigest }) => configDigest);

const ways = [
  ['a file', '', (bytes: Buffer, suffix = '') => open(`${asFile(bytes)}${suffix}`)],
  ['a stream', '', (bytes: Buffer) => openStream(bytes)],
] as const;

describe.each(ways)('index.json and manifest.json of one archive, as %s', (_way, _suffix, opening) => {
  test('that name the same image give it once', async () => {
    const opened = await opening(archive(hybrid([entry(clean)])));
    expect(configs(opened)).toEqual([clean.config.digest]);
    expect(opened.content).toMatchObject({ problems: [], gaps: [] });
  });

  test('that name different images give both, and that is told', async () => {
    const opened = await opening(archive(hybrid([entry(evil)])));
    expect(configs(opened)).toEqual([clean.config.digest, evil.config.digest]);
    expect(opened.content.images.map(({ statedBy }) => statedBy)).toEqual([undefined, 'manifest.json']);
    expect(opened.content.images[1]?.layers.map(({ blob }) => blob === null)).toEqual([false]);
    expect(opened.content.problems).toMatchObject([{ kind: 'names-disagree' }]);
  });

  test('that name one configuration with different layers give both', async () => {
    const opened = await opening(archive(hybrid([entry(clean, { Layers: evil.layers.map(path) })])));
    expect(opened.content.images.map(({ layers }) => layers[0]?.digest)).toEqual([
      clean.layers[0]?.digest,
      evil.layers[0]?.digest,
    ]);
    expect(opened.content.problems).toMatchObject([{ kind: 'names-disagree' }]);
  });

  test('that name them by links and by other spellings of a path are the same', async () => {
    const opened = await opening(archive(hybrid([entry(clean, { Config: `./${path(clean.config)}` })])));
    expect(opened.content.problems).toEqual([]);
  });

  test.each([['[{'], ['{}'], ['[{"Layers":[]}]']])('of which %s is broken are told', async (text) => {
    const opened = await opening(archive(hybrid(text)));
    expect(configs(opened)).toEqual([clean.config.digest]);
    expect(opened.content.gaps).toMatchObject([{ reason: 'manifest-invalid', incomplete: true }]);
  });

  test('of which the index names signatures only still give the image of the other', async () => {
    const chart = jsonBlob(
      {
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: clean.config.digest, size: 2 },
        layers: [],
      },
      'application/vnd.oci.image.manifest.v1+json',
    );
    const files = hybrid([entry(evil)]);
    files.set(path(chart), chart.bytes);
    files.set('index.json', Buffer.from(JSON.stringify({ manifests: [{ digest: chart.digest, size: 2 }] })));
    expect(configs(await opening(archive(files)))).toEqual([evil.config.digest]);
  });
});

describe('an archive with two manifests that disagree', () => {
  const file = asFile(archive(hybrid([entry(evil)])));

  // skopeo 1.9 inspects such an archive the same way; test/integration/packaging holds the two against each other.
  test.each([
    ['docker-archive', evil],
    ['oci-archive', clean],
  ])('opened as %s: gives the image that programs take by that name, and tells of the other', async (scheme, taken) => {
    const opened = await open(`${scheme}:${file}`);
    expect(configs(opened)).toEqual([taken.config.digest]);
    expect(opened.content.problems).toMatchObject([{ kind: 'names-disagree' }]);
    const other = taken === evil ? clean : evil;
    expect(opened.content.orphans?.map(({ digest }) => digest)).toContain(other.layers[0]?.digest);
  });

  test('gives both where one name is asked for, which both have', async () => {
    const opened = await open(`${file}:1`);
    expect(configs(opened)).toEqual([clean.config.digest, evil.config.digest]);
    expect(opened.content.problems).toMatchObject([{ kind: 'names-disagree' }]);
  });

  test('has nothing that neither of them names but the manifest that nobody points to', async () => {
    expect((await open(file)).content.orphans).toMatchObject([{ kind: 'manifest', digest: evil.manifest.digest }]);
  });

  test('unpacked to a folder is told, too', async () => {
    expect((await open(onDisk(hybrid([entry(evil)])))).content.problems).toMatchObject([{ kind: 'names-disagree' }]);
  });

  test('says which images there are where the wanted one is not', async () => {
    expect(await errorOf(open(`docker-archive:${file}:no`))).toMatchObject({ hint: 'It has: acme/api:1.' });
  });
});
