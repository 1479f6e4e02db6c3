import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import {
  type PackagesReport,
  type ReportPackage,
  renderCycloneDx,
  renderJson,
  renderPackagesCsv,
  renderPackagesTable,
  renderSpdx,
} from '../../../src/report/index.ts';

const digest = (character: string): string => `sha256:${character.repeat(64)}`;

function aPackage(more: Partial<ReportPackage> = {}): ReportPackage {
  return {
    name: 'musl',
    version: '1.2.4-r2',
    type: 'apk',
    architecture: 'x86_64',
    license: 'MIT',
    source: { name: 'musl', version: null },
    purl: 'pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64',
    state: 'installed',
    path: '/lib/apk/db/installed',
    nestedPath: [],
    layer: 0,
    removedIn: null,
    ...more,
  };
}

function aReport(packages: readonly ReportPackage[], platforms: readonly string[] = ['linux/amd64']): PackagesReport {
  return {
    schemaVersion: '1.0',
    tool: { name: 'layer-audit', version: '1.2.3', ruleset: digest('0') },
    subject: { reference: 'acme/api:1', source: 'oci-layout', digest: digest('1'), mediaType: null },
    startedAt: '2026-03-04T05:06:07.890Z',
    images: platforms.map((platform) => ({
      platform,
      names: [],
      manifestDigest: digest('2'),
      configDigest: digest('3'),
      created: '2026-01-02T03:04:05Z',
      os: { id: 'alpine', versionId: '3.20.3', prettyName: 'Alpine Linux v3.20' },
      layers: [
        { index: 0, digest: digest('4'), diffId: digest('5'), instruction: 'ADD rootfs /' },
        { index: 1, digest: null, diffId: digest('6'), instruction: null },
      ],
      counts: { apk: packages.length },
      packages,
      unmanaged: { files: 1200, bytes: 3_400_000 },
    })),
    gaps: [],
    complete: true,
  };
}

/** Packages with everything that may be missing or odd. */
const ODD = [
  aPackage(),
  aPackage({ name: 'gcc-libs', license: 'GPL-2.0-or-later AND (LGPL-2.1+ OR MIT)', layer: 1, source: null }),
  aPackage({ name: 'free', license: 'do what you want', version: '', purl: null, architecture: '' }),
  aPackage({ name: 'other', license: null, nestedPath: ['WEB-INF/lib/a.jar'], state: 'removed', removedIn: 1 }),
  aPackage({ name: 'free2', license: 'do what you want' }),
];

describe('the table', () => {
  test('has a line for each package under a line of headings, and ends with the counts', () => {
    const lines = renderPackagesTable(aReport(ODD.slice(0, 2)), { colours: false, width: 200 })
      .trimEnd()
      .split('\n');
    expect(lines[0]).toBe('linux/amd64  Alpine Linux v3.20');
    expect(lines[1]?.split(/\s+/)).toEqual(['name', 'version', 'type', 'arch', 'license', 'layer', 'path']);
    expect(lines[2]).toMatch(/^musl +1\.2\.4-r2 +apk +x86_64 +MIT +0 +\/lib\/apk\/db\/installed$/);
    expect(lines[3]).toMatch(/^gcc-libs .* +1 +\/lib\/apk\/db\/installed$/);
    expect(lines[4]).toBe('2 apk · 1,200 files belong to no package of a database (3.4 MB)');
    expect(lines).toHaveLength(5);
  });

  test('says of what is not there what became of it', () => {
    const text = renderPackagesTable(aReport(ODD), { colours: false, width: 200 });
    expect(text).toMatch(/other .* removed in 1 +\/lib\/apk\/db\/installed > WEB-INF\/lib\/a\.jar/);
  });

  test('tells what could not be examined', () => {
    const gap = {
      subject: 'layer 0',
      reason: 'blob-absent',
      bytes: null,
      message: 'layer 0 is not here',
      incomplete: true,
    } as const;
    const text = renderPackagesTable({ ...aReport([]), gaps: [gap] }, { colours: false, width: 100 });
    expect(text).toContain('no packages');
    expect(text).toContain('blob-absent: layer 0 is not here');
  });

  test('shows no control characters, and no line is wider than the terminal', () => {
    const evil = aPackage({ name: `a\u001b[2Jb\u202ec${'x'.repeat(300)}`, license: 'MIT\nGPL' });
    const text = renderPackagesTable(aReport([evil]), { colours: false, width: 80 });
    for (const character of ['\u001b', '\u202e']) expect(text).not.toContain(character);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('CSV', () => {
  test('has a header, and a line for each package', () => {
    const lines = renderPackagesCsv(aReport(ODD.slice(0, 1))).split('\r\n');
    expect(lines[0]).toBe(
      'platform,name,version,type,architecture,license,state,layer,layer_diff_id,path,source,source_version,purl',
    );
    expect(lines[1]).toBe(
      `linux/amd64,musl,1.2.4-r2,apk,x86_64,MIT,installed,0,${digest('5')},/lib/apk/db/installed,musl,,pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64`,
    );
    expect(lines.slice(2)).toEqual(['']);
  });

  test.each([
    ['=HYPERLINK("https://x","y")', `"'=HYPERLINK(""https://x"",""y"")"`],
    ['@acme/tool', "'@acme/tool"],
    ['-1+1', "'-1+1"],
    ['a,b', '"a,b"'],
    ['a\nb', 'a\\x0ab'],
  ])('makes no formula, cell or line of %j', (name, cell) => {
    expect(renderPackagesCsv(aReport([aPackage({ name })]))).toContain(`linux/amd64,${cell},1.2.4-r2`);
  });
});

describe('JSON', () => {
  test('is valid by the schema that is shipped', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../../schema/packages-1.json', import.meta.url), 'utf8'),
    ) as object;
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(JSON.parse(renderJson(aReport(ODD)))) ? [] : validate.errors).toEqual([]);
    const { complete: _complete, ...without } = aReport(ODD);
    expect(validate(without)).toBe(false);
  });

  test('is the document itself', () => {
    expect(JSON.parse(renderJson(aReport(ODD)))).toEqual(aReport(ODD));
  });
});

describe('CycloneDX', () => {
  const library = dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'));
  const schema = (name: string): object =>
    JSON.parse(readFileSync(join(library, 'res', 'schema', `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(schema('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
  ajv.addSchema(schema('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
  const validate = ajv.compile(schema('bom-1.6'));

  test.each([
    ['of one platform', ['linux/amd64']],
    ['of several', ['linux/amd64', 'linux/arm64/v8']],
    ['of none', []],
  ])('%s is valid by its schema', async (_, platforms) => {
    const document = JSON.parse(await renderCycloneDx(aReport(ODD, platforms))) as unknown;
    expect(validate(document) ? [] : validate.errors).toEqual([]);
  });

  interface Component {
    readonly name: string;
    readonly 'bom-ref': string;
    readonly licenses?: unknown;
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
    readonly components?: readonly Component[];
  }
  const parse = async (
    report: PackagesReport,
  ): Promise<{ components: Component[]; serialNumber: string; metadata: { timestamp: string } }> =>
    JSON.parse(await renderCycloneDx(report)) as never;

  test('has packages with the layer that brought them, their license and where they are', async () => {
    const { components } = await parse(aReport(ODD));
    const named = new Map(components.map((one) => [one.name, one]));
    expect([...named.keys()]).toEqual(['alpine', 'musl', 'gcc-libs', 'free', 'other', 'free2']);
    const properties = Object.fromEntries(
      (named.get('gcc-libs')?.properties ?? []).map(({ name, value }) => [name, value]),
    );
    expect(properties).toMatchObject({ 'layer-audit:layer:index': '1', 'layer-audit:layer:diffId': digest('6') });
    expect(named.get('musl')?.licenses).toEqual([{ license: { id: 'MIT' } }]);
    expect(named.get('gcc-libs')?.licenses).toEqual([{ expression: 'GPL-2.0-or-later AND (LGPL-2.1+ OR MIT)' }]);
    expect(named.get('free')?.licenses).toEqual([{ license: { name: 'do what you want' } }]);
    expect(new Set(components.map((one) => one['bom-ref'])).size).toBe(components.length);
  });

  test('of several platforms has the packages of each in a component of its own', async () => {
    const { components } = await parse(aReport([aPackage()], ['linux/amd64', 'linux/arm64']));
    expect(components.map((one) => one.components?.map(({ name }) => name))).toEqual([
      ['alpine', 'musl'],
      ['alpine', 'musl'],
    ]);
  });

  test('is the same for the same content, and another for any other', async () => {
    const [one, same, other] = await Promise.all([aReport(ODD), aReport(ODD), aReport([])].map(parse));
    expect(one).toEqual(same);
    expect(one?.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(other?.serialNumber).not.toBe(one?.serialNumber);
    expect(one?.metadata.timestamp).toBe('2026-03-04T05:06:07.890Z');
  });
});

describe('SPDX', () => {
  interface Document {
    readonly packages: readonly Record<string, unknown>[];
    readonly relationships: readonly Record<string, string>[];
    readonly hasExtractedLicensingInfos?: readonly Record<string, string>[];
    readonly creationInfo: Record<string, unknown>;
    readonly documentNamespace: string;
  }
  const parse = async (report: PackagesReport): Promise<Document & Record<string, unknown>> =>
    JSON.parse(await renderSpdx(report)) as never;

  test('has what version 2.3 demands of a document', async () => {
    const document = await parse(aReport(ODD));
    expect(document).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      dataLicense: 'CC0-1.0',
      SPDXID: 'SPDXRef-DOCUMENT',
      name: 'acme/api:1',
      creationInfo: { created: '2026-03-04T05:06:07Z', creators: ['Tool: layer-audit-1.2.3'] },
    });
    expect(document.documentNamespace).toMatch(/^https:\/\/layer-audit\.dev\/spdx\/[0-9a-f-]{36}$/);
  });

  test('has every package once, contained in the image that the document describes', async () => {
    const { packages, relationships } = await parse(aReport(ODD, ['linux/amd64', 'linux/arm64']));
    const ids = packages.map((one) => one['SPDXID'] as string);
    expect(new Set(ids).size).toBe(12);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[a-zA-Z0-9.-]+$/);
    expect(relationships.filter(({ relationshipType }) => relationshipType === 'DESCRIBES')).toHaveLength(2);
    const contained = relationships.filter(({ relationshipType }) => relationshipType === 'CONTAINS');
    expect(contained.map((one) => one['relatedSpdxElement']).sort()).toEqual(
      ids.filter((id) => id.includes('Package')).sort(),
    );
  });

  test('gives licenses of the list as they are, and others by their text', async () => {
    const document = await parse(aReport(ODD));
    expect(document.packages.map((one) => one['licenseDeclared'])).toEqual([
      'NOASSERTION',
      'MIT',
      'GPL-2.0-or-later AND (LGPL-2.1+ OR MIT)',
      'LicenseRef-1',
      'NOASSERTION',
      'LicenseRef-1',
    ]);
    expect(document.hasExtractedLicensingInfos).toEqual([
      { licenseId: 'LicenseRef-1', extractedText: 'do what you want' },
    ]);
  });

  test('says which layer brought a package, and its URL', async () => {
    const { packages } = await parse(aReport([aPackage({ layer: 1 })]));
    expect(packages[1]).toMatchObject({
      sourceInfo: expect.stringContaining(`brought by layer 1 ${digest('6')}`),
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64',
        },
      ],
    });
  });
});
