import { describe, expect, test } from 'vitest';
import { SbomCollector } from '../../../src/audit/attached-sboms.ts';
import type { Digest } from '../../../src/core/index.ts';
import { compareFiles } from '../../../src/sbom/compare/files.ts';
import { ImageFiles } from '../../../src/sbom/compare/image-files.ts';
import { comparePackages } from '../../../src/sbom/compare/packages.ts';
import { readSbom, type SbomPackage } from '../../../src/sbom/index.ts';
import type { ImagePackage } from '../../../src/system/index.ts';
import { sha256 } from '../../support/image-builder.ts';
import { deb, spdx3Of, spdxOf } from '../../support/sboms.ts';
import { file, symlink } from '../../support/tar-writer.ts';
import { stack } from '../filesystem/stack.ts';

const NO_EXCUSES = { listed: () => null, installed: () => null };

function listed(purl: string, i: number): SbomPackage {
  const nothing = { cpes: [], license: null, supplier: null, checksums: [], kind: null, locations: [] };
  return { id: String(i), role: 'package', name: 'a', version: '', purl, ...nothing };
}

function installed(version: string, architecture: string): ImagePackage {
  return {
    kind: 'dpkg',
    name: 'a',
    version,
    architecture,
    epoch: null,
    source: null,
    state: 'installed',
  } as ImagePackage;
}

describe('a hostile SBOM', () => {
  test('with two hundred thousand versions of one package is compared', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => listed(`pkg:deb/debian/a@${i}`, i));
    const { matched, surplus, otherVersion } = comparePackages(many, [installed('7', '')], NO_EXCUSES);
    expect([matched.length, surplus.length, otherVersion.length]).toEqual([1, 199_999, 0]);
  });

  test('with one version for a hundred thousand architectures is compared', () => {
    const count = 100_000;
    const many = Array.from({ length: count }, (_, i) => listed(`pkg:deb/debian/a@1?arch=x${i}`, i));
    const all = Array.from({ length: 1000 }, (_, i) => installed('1', `y${i}`));
    const { matched, surplus, otherVersion } = comparePackages(many, all, NO_EXCUSES);
    expect([matched.length, surplus.length, otherVersion.length]).toEqual([0, count - 1000, 1000]);
  });

  test('that describes half a million things is read', () => {
    const document = spdx3Of({ packages: [deb('a')] }) as { '@graph': object[] };
    const to = Array.from({ length: 500_000 }, (_, i) => `urn:${i}`);
    document['@graph'].push({ type: 'Relationship', relationshipType: 'describes', from: 'urn:document', to });
    expect(readSbom(Buffer.from(JSON.stringify(document))).document.packages).toHaveLength(2);
  });
});

test('files behind chains of links are looked up until it is enough', async () => {
  const chain = Array.from({ length: 200 }, (_, i) =>
    symlink(`l${i}`, i === 199 ? 'end' : `l${i + 1}/.${'/.'.repeat(100)}`),
  );
  const { filesystem } = await stack([...chain, file('end/x', 'x')]);
  const files = Array.from({ length: 20_000 }, (_, i) => ({ id: '', path: `l0/${i}`, checksums: [], packageId: null }));
  const compared = compareFiles(
    [{ id: '', path: '/end/x', checksums: [], packageId: null }, ...files],
    new ImageFiles(filesystem),
  );
  expect(compared).toEqual({ matched: 1, absent: [], changed: [], notCompared: 'they stand behind too many links' });
});

describe('the SBOMs of one image', () => {
  const place = (i: number): Parameters<SbomCollector['take']>[0] => {
    const bytes = Buffer.from(JSON.stringify(spdxOf({ packages: [], name: String(i) })));
    const digest = sha256(bytes) as Digest;
    return { attachment: digest, blob: digest, mediaType: 'text/spdx+json', annotations: {}, bytes };
  };

  test('are compared up to a number, and it is told how many are not', () => {
    const collector = new SbomCollector(() => undefined);
    for (let i = 0; i < 40; i += 1) collector.take(place(i));
    expect(collector.found).toHaveLength(16);
    expect(collector.gaps()).toMatchObject([{ reason: 'budget-exceeded', message: '24 more SBOMs were not compared' }]);
  });

  test('are one where several manifests hold the same', () => {
    const collector = new SbomCollector(() => undefined);
    collector.take(place(1));
    collector.take({ ...place(1), attachment: `sha256:${'1'.repeat(64)}` as Digest });
    expect(collector.found).toHaveLength(1);
  });

  test('are none where the bytes are not what their digest says, or are something else', () => {
    const collector = new SbomCollector(() => undefined);
    collector.take({ ...place(1), blob: `sha256:${'1'.repeat(64)}` as Digest });
    const other = Buffer.from('{"hello":"world"}');
    collector.take({ ...place(1), blob: sha256(other) as Digest, bytes: other, mediaType: 'application/json' });
    expect(collector.found).toEqual([]);
    expect(collector.gaps()).toEqual([]);
  });
});
