import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import { listMembers } from '../../../src/tar/index.ts';
import { archive, buildImage, dockerSaveHybrid, type Files, ociLayout } from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';
import { asFile, open, openStream } from '../../unit/source/open.ts';

const image = (platform: string) =>
  buildImage({ platform, steps: [{ createdBy: 'COPY . /', members: [file('f', platform.repeat(500))] }] }, 'none');
const [amd64, arm64] = [image('linux/amd64'), image('linux/arm64')];

/** Two platforms, those of the first whole in front: what is cut off behind it is the other one. */
function twoPlatforms(files: Files): Files {
  const order = (name: string): number => {
    if (!name.startsWith('blobs/')) return 0;
    const own = [amd64.manifest, amd64.config, ...amd64.layers].map(({ digest }) => digest.slice('sha256:'.length));
    const other = [arm64.manifest, arm64.config, ...arm64.layers].map(({ digest }) => digest.slice('sha256:'.length));
    return own.some((hex) => name.endsWith(hex)) ? 2 : other.some((hex) => name.endsWith(hex)) ? 3 : 1;
  };
  return new Map([...files].sort(([a], [b]) => order(a) - order(b)));
}

/** Where each member ends. */
function boundaries(bytes: Buffer): number[] {
  const { members } = listMembers((offset, length) => bytes.subarray(offset, offset + length), bytes.byteLength, {
    maxMembers: 1000,
    maxExtendedBytes: 1000,
  });
  return members.map(({ offset, sizeBytes }) => offset + Math.ceil(sizeBytes / 512) * 512);
}

async function isIncomplete(opening: ReturnType<typeof open>): Promise<boolean> {
  try {
    const { content } = await opening;
    const layers = content.images.flatMap((one) => one.layers);
    return (
      content.gaps.some(({ incomplete }) => incomplete) ||
      content.images.some(({ config }) => config === null) ||
      layers.some(({ blob }) => blob === null)
    );
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return true;
  }
}

describe.each([
  ['an OCI archive', archive(twoPlatforms(ociLayout([amd64, arm64], 'latest')))],
  ['docker save', archive(twoPlatforms(dockerSaveHybrid([amd64, arm64], 'x:1')))],
])('%s of two platforms', (_, bytes) => {
  test('cut exactly between two members is never whole', async () => {
    const ends = boundaries(bytes);
    for (const end of ends.slice(0, -1)) {
      const cut = bytes.subarray(0, end);
      expect({ end, incomplete: await isIncomplete(open(asFile(cut))) }).toEqual({ end, incomplete: true });
      expect({ end, incomplete: await isIncomplete(openStream(cut)) }).toEqual({ end, incomplete: true });
      expect({ end, incomplete: await isIncomplete(openStream(gzipSync(cut))) }).toEqual({ end, incomplete: true });
    }
  });

  test('without its end marker only is whole: no reader needs it', async () => {
    const end = boundaries(bytes).at(-1) as number;
    expect(await isIncomplete(open(asFile(bytes.subarray(0, end))))).toBe(false);
    expect(await isIncomplete(openStream(bytes.subarray(0, end)))).toBe(false);
  });
});

test('an archive with its end marker, of which one platform was left out, is whole', async () => {
  const files = new Map(ociLayout([amd64, arm64], 'latest'));
  for (const { digest } of [arm64.manifest, arm64.config, ...arm64.layers])
    files.delete(`blobs/${digest.replace(':', '/')}`);
  const { content } = await open(asFile(archive(files)));
  expect(content.gaps).toMatchObject([{ reason: 'manifest-absent', incomplete: false }]);
});

test('an archive cut before any manifest is damaged, and says that it may be cut', async () => {
  const bytes = archive(
    new Map([
      ['blobs/sha256/x', Buffer.from('x')],
      ['y', Buffer.from('y')],
    ]),
  );
  await expect(open(asFile(bytes.subarray(0, 1024)))).rejects.toMatchObject({
    code: 'ARCHIVE_DAMAGED',
    message: expect.stringContaining('no end marker') as string,
  });
});
