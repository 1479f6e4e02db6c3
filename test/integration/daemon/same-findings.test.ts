import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { auditImages, TEST_KEY } from '../../support/audit-recipe.ts';
import {
  type DaemonRecipe,
  type FakeDaemon,
  inPieces,
  type KeptImage,
  keptHybrid,
  keptInContainerd,
  keptLegacy,
  startDaemon,
} from '../../support/docker-daemon.ts';
import { buildImage, type LayerCompression } from '../../support/image-builder.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { richImage } from '../packaging/rich-image.ts';

const NAME = 'acme/api:1.4';
const options = { fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true } as const;
const built = (compression: LayerCompression = 'gzip', platform = 'linux/amd64') =>
  buildImage({ ...richImage, platform }, compression);

let daemon: FakeDaemon | undefined;
afterEach(async () => {
  await daemon?.[Symbol.asyncDispose]();
  daemon = undefined;
});

async function audit(recipe: DaemonRecipe, reference = `docker-daemon:${NAME}`): Promise<Report> {
  daemon = await startDaemon(recipe);
  const env = { DOCKER_HOST: daemon.host, CONTAINER_HOST: daemon.host };
  return auditImage({ ...options, reference, registry: { env } });
}

describe('the same layers', () => {
  let expected: Report;
  beforeAll(async () => {
    expected = await auditImages([built()], options);
  });

  test.each<readonly [string, KeptImage, DaemonRecipe]>([
    ['a daemon before Docker 25', keptLegacy(built(), NAME), {}],
    ['a daemon since Docker 25', keptHybrid(built('none'), NAME), {}],
    ['a daemon with containerd’s store', keptInContainerd([built('zstd')], NAME), {}],
    ['a daemon that sends a few bytes at a time', keptHybrid(built(), NAME), { send: inPieces(997) }],
  ])('out of %s give the same findings', async (_, image, recipe) => {
    const report = await audit({ ...recipe, images: [image] });
    expect(sameFindings(report)).toEqual(sameFindings(expected));
    expect(report.subject).toMatchObject({ reference: `docker-daemon:${NAME}`, source: 'daemon' });
  });

  test('out of Podman give the same findings', async () => {
    const image = { ...keptLegacy(built(), `localhost/${NAME}`), names: [`localhost/${NAME}`] };
    const report = await audit({ images: [image] }, `podman:localhost/${NAME}`);
    expect(sameFindings(report)).toEqual(sameFindings(expected));
    expect(report.subject.source).toBe('daemon');
  });

  test('asked for by ID keep the names that the daemon knows', async () => {
    const image = { ...keptLegacy(built(), NAME), save: keptLegacy(built(), NAME).save };
    const report = await audit({ images: [image] }, `docker-daemon:${image.id}`);
    expect(report.images.map(({ names }) => names)).toEqual([[NAME]]);
    expect(report.subject.digest).toBe(image.id);
  });
});

describe('an image of several platforms in containerd’s store', () => {
  const images = [built('gzip', 'linux/amd64'), built('gzip', 'linux/arm64')];

  test('is audited on every platform that is there', async () => {
    const kept = keptInContainerd(images, NAME);
    const report = await audit({ images: [kept] });
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(report.subject.digest).toBe(kept.id);
    expect(report.verdict.complete).toBe(true);
  });

  test('of which only one was fetched is audited on that one, and is complete', async () => {
    const absent = new Set([images[1]?.manifest.digest]);
    const kept = keptInContainerd(
      images,
      NAME,
      (files) => new Map([...files].filter(([name]) => !absent.has(name.replace('blobs/sha256/', 'sha256:')))),
    );
    const report = await audit({ images: [kept] });
    expect(report.images.map(({ platform }) => platform)).toEqual(['linux/amd64']);
    expect(report.gaps.map(({ reason, incomplete }) => [reason, incomplete])).toContainEqual([
      'manifest-absent',
      false,
    ]);
    expect(report.verdict.complete).toBe(true);
  });

  test('with two tags is one image under both', async () => {
    const two = keptInContainerd(images, NAME, (files) => {
      const index = JSON.parse((files.get('index.json') as Buffer).toString()) as { manifests: object[] };
      const again = { ...index.manifests[0], annotations: { 'org.opencontainers.image.ref.name': 'latest' } };
      return files.set('index.json', Buffer.from(JSON.stringify({ ...index, manifests: [...index.manifests, again] })));
    });
    const report = await audit({ images: [two] });
    expect(report.images.length).toBe(2);
    expect(report.findings.filter(({ rule }) => rule === 'integrity/document')).toEqual([]);
    expect(report.subject.digest).toBe(two.id);
  });
});

describe('an image that is not the one that was asked for', () => {
  const other = buildImage({ steps: [{ createdBy: 'COPY . /', members: [{ name: 'a', content: 'other' }] }] });

  test.each([
    ['before Docker 25', keptLegacy(other, NAME)],
    ['since Docker 25', keptHybrid(other, NAME)],
  ])('out of a daemon %s is audited, and told', async (_, kept) => {
    const asked = built().config.digest;
    const report = await audit({ images: [{ ...kept, id: asked }] });
    const told = report.findings.filter(({ rule }) => rule.startsWith('integrity/'));
    expect(told.map(({ message }) => message).join('\n')).toContain(asked);
    expect(told.map(({ message }) => message).join('\n')).toContain(other.config.digest);
    expect(report.images.map(({ configDigest }) => configDigest)).toEqual([other.config.digest]);
  });
});
