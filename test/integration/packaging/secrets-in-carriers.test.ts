import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import {
  archive,
  type BuiltImage,
  buildImage,
  buildIndex,
  descriptor,
  dockerSaveHybrid,
  dockerSaveLegacy,
  type Files,
  jsonBlob,
  type LayerCompression,
  ociLayout,
  sha256,
  writeFolder,
} from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { file, writeTar } from '../../support/tar-writer.ts';
import { CARRIERS, carrierImage, type ExpectedPlace, secondPlatform, secretFor } from './carriers.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-carriers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const NAME = 'acme/api:1.4';
const options = { fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true, reveal: true } as const;
const MIXED: readonly LayerCompression[] = ['zstd', 'none', 'gzip', 'zstd', 'none'];

let count = 0;
function newPath(name: string): string {
  count += 1;
  return join(scratch, `${count}-${name}`);
}

function fromFile(files: Files): Promise<Report> {
  const path = newPath('image.tar');
  writeFileSync(path, archive(files));
  return auditImage({ ...options, reference: path });
}

function fromFolder(files: Files): Promise<Report> {
  const path = newPath('layout');
  writeFolder(files, path);
  return auditImage({ ...options, reference: path });
}

async function fromRegistry(images: readonly BuiltImage[]): Promise<Report> {
  await using registry = await RegistryServer.start();
  const [first] = images as readonly [BuiltImage, ...BuiltImage[]];
  const root = images.length === 1 ? first.manifest : buildIndex(images);
  const repository = registry.push('acme/api', images, [root]);
  registry.tag('acme/api', '1.4', root);
  return await auditImage({ ...options, reference: `${repository}:1.4`, registry: { env: process.env } });
}

const built = (compression: LayerCompression | readonly LayerCompression[]): BuiltImage =>
  buildImage(carrierImage, compression);

/** Where the secret of a carrier was found, as tests state it; undefined where it was not. */
function placesOf(report: Report, carrier: string): ExpectedPlace[] | undefined {
  const secret = secretFor(carrier);
  const finding = report.findings.find(({ evidence }) => evidence.some((place) => place.secret?.value === secret));
  return finding?.evidence.map(({ state, layer, path, field, nestedPath }) => ({
    ...{ state, layer: layer?.index ?? null, path },
    ...(field === null ? {} : { field }),
    ...(nestedPath.length === 0 ? {} : { nested: nestedPath }),
  }));
}

/** All that was found of secrets, without the digests that a packaging may change. */
function allPlaces(report: Report): unknown[] {
  return report.findings
    .filter(({ rule }) => rule.startsWith('secrets/'))
    .map(({ rule, severity, state, fingerprint, evidence }) => ({
      ...{ rule, severity, state, fingerprint },
      evidence: evidence.map(({ layer, ...place }) => ({ ...place, layer: layer?.index, diffId: layer?.diffId })),
    }));
}

const asStated = ({ nested = [], ...place }: ExpectedPlace): ExpectedPlace => ({
  ...place,
  ...(nested.length === 0 ? {} : { nested }),
});

describe('a secret is found in', () => {
  let report: Report;
  beforeAll(async () => {
    report = await fromFolder(ociLayout([built('gzip')]));
  });

  test.each([...CARRIERS])('%s', (carrier, places) => {
    expect(placesOf(report, carrier)).toEqual(places.map(asStated));
  });

  test('each of them, once, and nothing else', () => {
    const secrets = report.findings.filter(({ rule }) => rule.startsWith('secrets/'));
    expect(secrets.map(({ rule }) => rule)).toEqual([...CARRIERS].map(() => 'secrets/github-token'));
    expect(new Set(secrets.map(({ fingerprint }) => fingerprint)).size).toBe(CARRIERS.size);
    expect(report.gaps).toEqual([]);
  });

  test.each<readonly [string, () => Promise<Report>]>([
    ['an OCI layout, layers in zstd', () => fromFolder(ociLayout([built('zstd')]))],
    ['an OCI layout, layers not compressed', () => fromFolder(ociLayout([built('none')]))],
    ['an OCI layout, each layer otherwise', () => fromFolder(ociLayout([built(MIXED)]))],
    ['an OCI archive', () => fromFile(ociLayout([built('gzip')], '1.4'))],
    ['docker save before Docker 25', () => fromFile(dockerSaveLegacy(built('gzip'), [NAME]))],
    ['docker save since Docker 25', () => fromFile(dockerSaveHybrid([built('none')], NAME))],
    ['a registry, layers in gzip', () => fromRegistry([built('gzip')])],
    ['a registry, each layer otherwise', () => fromRegistry([built(MIXED)])],
  ])('the same places of %s', async (_, audit) => {
    expect(allPlaces(await audit())).toEqual(allPlaces(report));
  });
});

describe('a secret is found, where a packaging can hold it, in', () => {
  const images = [built('gzip'), buildImage(secondPlatform, 'zstd')];

  test.each<readonly [string, () => Promise<Report>]>([
    ['an OCI layout', () => fromFolder(ociLayout(images))],
    ['an OCI archive', () => fromFile(ociLayout(images, '1.4'))],
    ['docker save since Docker 25', () => fromFile(dockerSaveHybrid(images, NAME))],
    ['a registry', () => fromRegistry(images)],
  ])('the second platform and the annotations of %s', async (_, audit) => {
    const report = await audit();
    expect(placesOf(report, 'another platform')).toEqual([{ state: 'live', layer: 0, path: '/app/only' }]);
    expect(placesOf(report, 'an annotation')).toEqual([
      { state: 'metadata', layer: null, path: null, field: 'annotation:org.acme.build' },
    ]);
    for (const carrier of CARRIERS.keys()) expect(placesOf(report, carrier), carrier).toBeDefined();
  });

  test('the annotations of an index, and of what it lists', async () => {
    const image = built('gzip');
    const index = jsonBlob(
      {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        annotations: { 'org.acme.index': secretFor('an annotation of the index') },
        manifests: [
          {
            ...descriptor(image.manifest),
            platform: image.platform,
            annotations: { 'org.acme.descriptor': secretFor('an annotation of a descriptor') },
          },
        ],
      },
      'application/vnd.oci.image.index.v1+json',
    );
    const files = ociLayout([image]);
    files.set(`blobs/${index.digest.replace(':', '/')}`, index.bytes);
    files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(index)] })));
    await using registry = await RegistryServer.start();
    const repository = registry.push('acme/api', [image], [index]);
    registry.tag('acme/api', '1.4', index);
    for (const report of [
      await fromFolder(files),
      await fromFile(files),
      await auditImage({ ...options, reference: `${repository}:1.4`, registry: { env: process.env } }),
    ]) {
      const fields = ['an annotation of the index', 'an annotation of a descriptor'].map(
        (carrier) => placesOf(report, carrier)?.[0]?.field,
      );
      expect(fields).toEqual(['annotation:org.acme.index', 'annotation:org.acme.descriptor']);
    }
  });

  test('a layer that no manifest names', async () => {
    const tar = writeTar([file('root/.env', `TOKEN=${secretFor('an orphan')}\n`)]);
    const files = ociLayout([built('gzip')], '1.4');
    files.set(`blobs/${sha256(tar).replace(':', '/')}`, tar);
    for (const report of [await fromFolder(files), await fromFile(files)]) {
      expect(placesOf(report, 'an orphan')?.map(({ state }) => state)).toEqual(['orphan']);
    }
  });

  test.each<LayerCompression>(['gzip', 'zstd'])('the bytes behind the end of a layer in %s', async (compression) => {
    const image = built(compression);
    const last = image.layers.length - 1;
    const layers = image.layers.map((layer, i) => {
      if (i !== last) return layer;
      const bytes = Buffer.concat([layer.bytes, Buffer.from(`token = "${secretFor('the end')}"\n`)]);
      return { ...layer, bytes, digest: sha256(bytes) };
    });
    const manifest = JSON.parse(image.manifest.bytes.toString()) as { layers: { digest: string; size: number }[] };
    const descriptors = manifest.layers.map((layer, i) => ({
      ...layer,
      digest: layers[i]?.digest,
      size: layers[i]?.bytes.byteLength,
    }));
    const bytes = Buffer.from(JSON.stringify({ ...manifest, layers: descriptors }));
    const changed = { ...image, layers, manifest: { ...image.manifest, bytes, digest: sha256(bytes) } };
    for (const report of [
      await fromFolder(ociLayout([changed])),
      await fromFile(ociLayout([changed], '1.4')),
      await fromRegistry([changed]),
    ]) {
      expect(placesOf(report, 'the end')).toEqual([
        { state: 'trailing', layer: last, path: null, field: 'blob:behind-compression' },
      ]);
    }
  });
});
