import { describe, expect, test } from 'vitest';
import { type Digest, parsePlatform } from '../../../src/core/index.ts';
import { distinguishImages, type Image, selectPlatforms, toImages } from '../../../src/image/index.ts';
import type { SourceImage } from '../../../src/source/index.ts';

interface Sketch {
  readonly platform?: string;
  readonly osVersion?: string;
  /** What the configuration says of the version, where it says another thing. */
  readonly configVersion?: string;
  readonly names?: readonly string[];
  readonly statedBy?: string;
  readonly digest?: string;
}

function source({
  platform = 'windows/amd64',
  osVersion,
  configVersion,
  names = [],
  statedBy,
  digest,
}: Sketch): SourceImage {
  const [os = '', architecture = ''] = platform.split('/');
  const version = configVersion ?? osVersion;
  const config = { os, architecture, ...(version === undefined ? {} : { 'os.version': version }) };
  return {
    platform: { os, architecture, ...(osVersion === undefined ? {} : { osVersion }) },
    manifestDigest: digest === undefined ? null : (`sha256:${digest.repeat(64)}` as Digest),
    configDigest: null,
    config: Buffer.from(JSON.stringify(config)),
    annotations: {},
    layers: [],
    names,
    ...(statedBy === undefined ? {} : { statedBy }),
  };
}
const images = (...sketches: readonly Sketch[]): Image[] => toImages(sketches.map(source));
const labels = (of: readonly Image[]): string[] => of.map(({ platform }) => platform);

describe('the platform that a report calls an image by', () => {
  test('has no version of the operating system where there is one image of it', () => {
    expect(labels(images({ osVersion: '10.0.17763.1' }, { platform: 'linux/amd64' }))).toEqual([
      'windows/amd64',
      'linux/amd64',
    ]);
  });

  test('has it where only the version tells images apart', () => {
    expect(
      labels(images({ osVersion: '10.0.17763.1' }, { osVersion: '10.0.20348.2' }, { platform: 'linux/amd64' })),
    ).toEqual(['windows/amd64:10.0.17763.1', 'windows/amd64:10.0.20348.2', 'linux/amd64']);
  });

  test('has the version that the index says where the configuration says none, and the configuration’s else', () => {
    const of = images({ osVersion: '10.0.1' }, { osVersion: '10.0.2', configVersion: '10.0.3' });
    expect(labels(of)).toEqual(['windows/amd64:10.0.1', 'windows/amd64:10.0.3']);
    expect(of.map(({ platformConflict }) => platformConflict)).toEqual([null, null]);
  });

  test('stays the same for images that nothing tells apart', () => {
    expect(labels(images({}, {}))).toEqual(['windows/amd64', 'windows/amd64']);
  });

  test('has the document that names an image where another one names another', () => {
    expect(labels(images({ platform: 'linux/amd64' }, { platform: 'linux/amd64', statedBy: 'manifest.json' }))).toEqual(
      ['linux/amd64', 'linux/amd64 (manifest.json)'],
    );
  });

  test('takes a version for text, whatever it holds', () => {
    expect(labels(images({ osVersion: '$&$1' }, { osVersion: 'x' }))).toEqual([
      'windows/amd64:$&$1',
      'windows/amd64:x',
    ]);
  });
});

describe('all images of an archive in one report', () => {
  test('are told apart by their names, or by their digests', () => {
    const of = images(
      { platform: 'linux/amd64', names: ['acme/one:1'] },
      { platform: 'linux/amd64', digest: 'a' },
      { platform: 'linux/arm64', names: ['acme/one:1'] },
    );
    expect(labels(distinguishImages(of))).toEqual([
      'linux/amd64 (acme/one:1)',
      'linux/amd64 (sha256:aaaaaaaaaaaa)',
      'linux/arm64',
    ]);
  });

  test('are counted where nothing tells them apart', () => {
    const of = images({ names: ['x'] }, { names: ['x'] }, { names: ['x'] });
    expect(labels(distinguishImages(of))).toEqual(['windows/amd64 (x)', 'windows/amd64 (x) 2', 'windows/amd64 (x) 3']);
    const hostile = images({ names: ['x'] }, { names: ['x'] }, { names: ['x) 2'] }, {}, {});
    expect(new Set(labels(distinguishImages(hostile))).size).toBe(5);
  });
});

describe('selecting platforms by version', () => {
  const of = images(
    { osVersion: '10.0.17763.1234' },
    { osVersion: '10.0.20348.1' },
    { platform: 'linux/amd64', statedBy: 'manifest.json' },
  );
  const select = (text: string): string[] => labels(selectPlatforms(of, [parsePlatform(text)], 'x'));

  test.each([
    ['windows/amd64', ['windows/amd64:10.0.17763.1234', 'windows/amd64:10.0.20348.1']],
    ['windows/amd64:10.0.17763', ['windows/amd64:10.0.17763.1234']],
    ['windows/amd64:10.0.20348.1', ['windows/amd64:10.0.20348.1']],
    ['linux/amd64', ['linux/amd64 (manifest.json)']],
  ])('%s gives %j', (text, expected) => {
    expect(select(text)).toEqual(expected);
  });

  test.each(['windows/amd64:10.0.1776', 'windows/amd64:10.0.20348.12', 'linux/amd64:5'])('%s is not there', (text) => {
    expect(() => select(text)).toThrow(expect.objectContaining({ code: 'PLATFORM_ABSENT' }));
  });
});

describe('an image without a configuration', () => {
  test('lacks none where it is a filesystem only', () => {
    const [image] = toImages([{ ...source({}), config: null, bare: true }]);
    expect(image).toMatchObject({ config: null, configTrouble: null });
  });

  test('says why, once, where its source knows', () => {
    const configTrouble = { reason: 'config-invalid', message: 'too large' } as const;
    const [image] = toImages([{ ...source({}), config: null, configTrouble }]);
    expect(image?.configTrouble).toEqual(configTrouble);
  });
});
