import { describe, expect, test } from 'vitest';
import { type Digest, type Platform, parsePlatform } from '../../../src/core/index.ts';
import { type Image, selectPlatforms, toImages } from '../../../src/image/index.ts';
import type { SourceImage } from '../../../src/source/index.ts';

const DIFF_ID = `sha256:${'d'.repeat(64)}`;

function source(index: string | null, config: unknown, layers = 1): SourceImage {
  const [os = '', architecture = '', variant] = (index ?? '').split('/');
  const platform: Platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return {
    platform: index === null ? null : platform,
    manifestDigest: null,
    configDigest: `sha256:${'c'.repeat(64)}` as Digest,
    config: config === undefined ? null : Buffer.from(typeof config === 'string' ? config : JSON.stringify(config)),
    annotations: {},
    layers: Array.from({ length: layers }, () => ({
      digest: null,
      sizeBytes: null,
      mediaType: null,
      urls: [],
      blob: null,
    })),
    names: [],
  };
}

/** A configuration for a platform, as builders write it. */
function config(text: string): Record<string, unknown> {
  const [os, architecture, variant] = text.split('/');
  return { os, architecture, ...(variant === undefined ? {} : { variant }), rootfs: { diff_ids: [DIFF_ID] } };
}
const image = (...args: Parameters<typeof source>): Image => toImages([source(...args)])[0] as Image;

describe('the platform of an image', () => {
  test.each([
    ['linux/amd64', 'linux/amd64', 'linux/amd64', null],
    [null, 'linux/arm64/v8', 'linux/arm64', null],
    ['linux/arm64/v8', 'linux/arm64', 'linux/arm64', null],
    ['linux/arm64', 'linux/arm64/v8', 'linux/arm64', null],
    ['linux/arm/v7', 'linux/arm', 'linux/arm/v7', null],
    ['linux/arm', 'linux/arm/v7', 'linux/arm/v7', null],
    ['linux/amd64', 'linux/x86_64', 'linux/amd64', null],
    ['linux/arm/v7', 'linux/arm/v6', 'linux/arm/v6', { index: 'linux/arm/v7', config: 'linux/arm/v6' }],
    ['linux/arm/v7', 'linux/amd64', 'linux/amd64', { index: 'linux/arm/v7', config: 'linux/amd64' }],
    ['linux/amd64', 'windows/amd64', 'windows/amd64', { index: 'linux/amd64', config: 'windows/amd64' }],
  ])('that the index calls %s and the configuration %s is %s', (index, own, expected, conflict) => {
    const { platform, platformConflict } = image(index, config(own));
    expect({ platform, platformConflict }).toEqual({ platform: expected, platformConflict: conflict });
  });

  test('is the index’s where the configuration is absent or broken', () => {
    expect(image('linux/s390x', undefined)).toMatchObject({
      platform: 'linux/s390x',
      config: null,
      configTrouble: { reason: 'config-absent' },
    });
    expect(image('linux/s390x', 'no JSON')).toMatchObject({
      platform: 'linux/s390x',
      config: null,
      configTrouble: { reason: 'config-invalid' },
    });
  });

  test('is unknown where nobody says', () => {
    expect(image(null, {}).platform).toBe('unknown');
  });
});

describe('selecting platforms', () => {
  const images = toImages(
    ['linux/amd64', 'linux/arm/v6', 'linux/arm/v7', 'linux/arm64/v8', 'windows/amd64'].map((text) =>
      source(text, config(text)),
    ),
  );
  const select = (...wanted: string[]) =>
    selectPlatforms(images, wanted.map(parsePlatform), 'x').map(({ platform }) => platform);

  test.each([
    [[], ['linux/amd64', 'linux/arm/v6', 'linux/arm/v7', 'linux/arm64', 'windows/amd64']],
    [['linux/amd64'], ['linux/amd64']],
    [['amd64'], ['linux/amd64']],
    [['linux/x86_64'], ['linux/amd64']],
    [['linux/arm'], ['linux/arm/v6', 'linux/arm/v7']],
    [['linux/arm/v7'], ['linux/arm/v7']],
    [['linux/arm/7'], ['linux/arm/v7']],
    [['armhf'], ['linux/arm/v7']],
    [['linux/arm64'], ['linux/arm64']],
    [['linux/arm64/v8'], ['linux/arm64']],
    [['aarch64'], ['linux/arm64']],
    [
      ['windows/amd64', 'linux/amd64'],
      ['linux/amd64', 'windows/amd64'],
    ],
  ])('%j gives %j, in the order of the index', (wanted, expected) => {
    expect(select(...wanted)).toEqual(expected);
  });

  test.each([[['linux/riscv64']], [['linux/amd64', 'linux/riscv64']], [['linux/arm/v5']], [['linux']]])(
    '%j is one coded error that says what there is',
    (wanted) => {
      expect(() => select(...wanted)).toThrow(
        expect.objectContaining({
          code: 'PLATFORM_ABSENT',
          hint: 'It has: linux/amd64, linux/arm/v6, linux/arm/v7, linux/arm64, windows/amd64.',
        }),
      );
    },
  );

  test('has no image of an unknown platform for a known one', () => {
    expect(() => selectPlatforms(toImages([source(null, {})]), [parsePlatform('amd64')], 'x')).toThrow(
      'no image for linux/amd64',
    );
  });
});

describe('layers of an image', () => {
  test('have their diffIDs by position, only where there are as many', () => {
    const two = { ...config('linux/amd64'), rootfs: { diff_ids: [DIFF_ID, DIFF_ID] } };
    expect(image('linux/amd64', two, 2).layers.map(({ diffId }) => diffId)).toEqual([DIFF_ID, DIFF_ID]);
    expect(image('linux/amd64', two, 3).layers.map(({ diffId }) => diffId)).toEqual([null, null, null]);
    expect(image('linux/amd64', two, 0).layers).toEqual([]);
  });
});
