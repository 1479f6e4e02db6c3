import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AuditError } from '../../../src/core/index.ts';
import { archive, buildImage, dockerSaveHybrid, dockerSaveLegacy, ociLayout } from '../../support/image-builder.ts';
import { dir, file } from '../../support/tar-writer.ts';
import { asFile, type Opened, open, openStream } from '../../unit/source/open.ts';

const image = buildImage(
  {
    steps: [
      { createdBy: 'ADD base /', members: [dir('etc'), file('etc/passwd', 'root:x:0:0::/root:/bin/sh\n')] },
      { createdBy: 'COPY . /', members: [file('app', 'x'.repeat(3000))] },
    ],
  },
  'none',
);

const hybrid = archive(dockerSaveHybrid([image], 'x:1'));

/** Archives, and how much of each the image needs: behind it stand padding, the end marker, a second manifest. */
const ARCHIVES: readonly (readonly [name: string, bytes: Buffer, needed: (bytes: Buffer) => number])[] = [
  ['an OCI archive', archive(ociLayout([image], 'latest')), ({ byteLength }) => byteLength - 1024 - 511],
  [
    'docker save from before Docker 25',
    archive(dockerSaveLegacy(image, ['x:1'])),
    ({ byteLength }) => byteLength - 1024 - 511,
  ],
  ['docker save since Docker 25', hybrid, (bytes) => bytes.indexOf('manifest.json\0') - 511],
];

/** What a cut archive may end in: the whole image, less of it that says so, or a coded error. */
async function outcome(opening: Promise<Opened>): Promise<'error' | 'gap' | 'cut' | 'none' | 'part' | 'whole'> {
  try {
    const { content, cut } = await opening;
    if (content.gaps.some(({ incomplete }) => incomplete)) return 'gap';
    if (cut.length > 0) return 'cut';
    const [only] = content.images;
    if (only === undefined) return 'none';
    expect(only.layers.length).toBe(2);
    return only.config === null || only.layers.some(({ blob }) => blob === null) ? 'part' : 'whole';
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    expect(error.message).not.toMatch(/undefined|\[object/);
    return 'error';
  }
}

describe.each(ARCHIVES)('%s, cut off', (_, bytes, needed) => {
  test('at every block and beside it, is an error or says what is missing, as a file and as a stream', async () => {
    for (let block = 0; block * 512 < needed(bytes); block += 1) {
      for (const length of [block * 512, block * 512 + 1, block * 512 + 300].filter((one) => one < needed(bytes))) {
        const cut = bytes.subarray(0, length);
        const found = [await outcome(open(asFile(cut))), await outcome(openStream(cut))];
        expect({ length, found: found.includes('whole') }).toEqual({ length, found: false });
      }
    }
  });

  test('only behind what the image needs is whole', async () => {
    expect(await outcome(open(asFile(bytes)))).toBe('whole');
    expect(await outcome(openStream(bytes))).toBe('whole');
  });

  test('in the middle of its compression is an error or says what is missing', async () => {
    for (const packed of [gzipSync(bytes), zstdCompressSync(bytes)]) {
      for (let length = 0; length < packed.byteLength; length += 7) {
        expect({ length, found: await outcome(openStream(packed.subarray(0, length))) }).not.toMatchObject({
          found: 'whole',
        });
      }
    }
  });
});

describe('garbage', () => {
  test('in place of any byte of the headers never ends otherwise', async () => {
    const bytes = archive(ociLayout([image], 'latest'));
    for (let at = 0; at < bytes.byteLength; at += 97) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 0x55;
      await outcomeOrChanged(open(asFile(changed)));
      await outcomeOrChanged(openStream(changed));
    }
  });
});

/** Like {@link outcome}, where the image may also be another one. */
async function outcomeOrChanged(opening: Promise<Opened>): Promise<void> {
  try {
    expect((await opening).content.images.length).toBeLessThanOrEqual(1);
  } catch (error) {
    expect(error).toBeInstanceOf(AuditError);
  }
}
