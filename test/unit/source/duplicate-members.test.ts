import { describe, expect, test } from 'vitest';
import { type BuiltImage, buildImage, dockerSaveLegacy, ociLayout } from '../../support/image-builder.ts';
import { file, hardlink, symlink, type TarMemberSpec, writeTar } from '../../support/tar-writer.ts';
import { asFile, type Opened, open, openStream } from './open.ts';

const image = (content: string): BuiltImage =>
  buildImage({ steps: [{ createdBy: 'COPY . /', members: [file('f', content)] }] }, 'none');
const one = image('one');
const two = image('two');
const members = (files: ReadonlyMap<string, Buffer>): TarMemberSpec[] =>
  [...files].map(([name, content]) => ({ name, content }));
const layout = members(ociLayout([one], 'latest'));
const layer = `blobs/${one.layers[0]?.digest.replace(':', '/')}`;

const ways = [
  ['a file', (bytes: Buffer): Promise<Opened> => open(asFile(bytes))],
  ['a stream', (bytes: Buffer): Promise<Opened> => openStream(bytes)],
] as const;

describe.each(ways)('an archive as %s, with a member twice', (_, opening) => {
  test('of the same bytes is like one with it once', async () => {
    const { content } = await opening(writeTar([...layout, ...layout]));
    expect(content.images.length).toBe(1);
    expect(content).toMatchObject({ problems: [], gaps: [], orphans: [] });
  });

  test.each([
    ['layers', layer],
    ['documents', 'index.json'],
  ])('of other bytes, among its %s, takes the last and tells', async (_what, name) => {
    const other = name === layer ? (two.tars[0] as Buffer) : Buffer.from('{"manifests":[]}');
    const bytes = writeTar([{ name, content: other }, ...layout]);
    const { content, passed } = await opening(bytes);
    expect(content.images.map(({ configDigest }) => configDigest)).toEqual([one.config.digest]);
    expect(content.problems).toMatchObject([{ kind: 'duplicate-member', subject: `member ${name}` }]);
    expect(content.problems[0]?.detail).toContain('2 times with different bytes');
    expect(content.orphans).toMatchObject([
      { name: `${name} (replaced)`, kind: 'replaced', digest: null, sizeBytes: other.byteLength },
    ]);
    const blob = content.orphans?.[0]?.blob;
    if (blob?.kind === 'passed') expect(passed.get(blob.name)?.equals(other)).toBe(true);
    const used = content.images[0]?.layers[0]?.blob;
    if (used?.kind === 'passed') expect(passed.get(used.name)?.equals(one.tars[0] as Buffer)).toBe(true);
  });

  test('of bytes of the same length is told, too', async () => {
    const other = Buffer.from(one.tars[0] as Buffer).fill(1, 512, 515);
    const { content } = await opening(writeTar([...layout, { name: layer, content: other }]));
    expect(content.problems).toMatchObject([{ kind: 'duplicate-member' }]);
  });

  test('once as a link is told, unless both are the same link', async () => {
    const linked = await opening(writeTar([...layout, symlink(layer, 'oci-layout')]));
    expect(linked.content.problems).toMatchObject([{ kind: 'duplicate-member' }]);
    expect(linked.content.orphans).toMatchObject([{ kind: 'replaced' }]);
    const twice = await opening(writeTar([...layout, hardlink('x', 'oci-layout'), hardlink('x', 'oci-layout')]));
    expect(twice.content.problems).toEqual([]);
  });

  test('in another spelling of its name is the same member', async () => {
    const { content } = await opening(writeTar([...layout, file(`./x/../${layer}`, 'y')]));
    expect(content.problems).toMatchObject([{ kind: 'duplicate-member', subject: `member ${layer}` }]);
  });

  test('of docker save is told by its manifest.json', async () => {
    const both = [...members(dockerSaveLegacy(one, ['x:1'])), ...members(dockerSaveLegacy(two, ['x:1']))];
    const { content } = await opening(writeTar(both));
    expect(content.images.map(({ configDigest }) => configDigest)).toEqual([two.config.digest]);
    expect(content.problems.map(({ subject }) => subject)).toContain('member manifest.json');
    expect(content.orphans?.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['layer', 'config', 'replaced']));
  });

  test('for hundreds of names tells the first hundred, and counts the rest', async () => {
    const many = Array.from({ length: 300 }, (_unused, i) => file(`m${i % 150}`, `${i}`));
    const { content } = await opening(writeTar([...layout, ...many]));
    expect(content.problems.length).toBe(101);
    expect(content.problems.at(-1)?.subject).toBe('50 more members');
  });
});

test('a stream gives no two blobs under one name, whatever members are called', async () => {
  const blobs = ['b', 'b', 'b//2', 'b (copy 2)'].map((name, i) => file(name, Buffer.alloc(1000, i + 1)));
  const { passed } = await openStream(writeTar([...layout, ...blobs, file('end', '')]));
  for (const { content } of blobs) {
    expect([...passed.values()].filter((bytes) => bytes.equals(content as Buffer)).length).toBe(1);
  }
});
