import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { auditImage, auditSbom } from '../../../src/audit/index.ts';
import type { SbomReport, SbomReportComparison } from '../../../src/report/index.ts';
import { attach, DSSE, layoutWith } from '../../support/attachments.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import { elf, PROGRAM_TEXTS } from '../../support/elf-writer.ts';
import {
  type BuiltImage,
  buildImage,
  buildIndex,
  type Files,
  type ImageRecipe,
  ociLayout,
  writeFolder,
} from '../../support/image-builder.ts';
import { RegistryServer } from '../../support/registry-server.ts';
import { attested, deb, SBOM_FORMS, type SbomContent, spdxOf, statementOf } from '../../support/sboms.ts';
import { file, hardlink, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'layer-audit-sbom-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const place = (name: string): string => {
  count += 1;
  return join(folder, `${count}-${name}`);
};

const dpkg = (...names: readonly string[]): string =>
  names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n`).join('\n');
const STATUS = 'var/lib/dpkg/status';
const LIST = 'var/lib/dpkg/info/base-files.list';
const OS = file('etc/os-release', 'ID=debian\nVERSION_ID="13"\n');
const PROGRAM = elf({ texts: ['made by base-files'] });
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const BASE: readonly TarMemberSpec[] = [
  OS,
  file(STATUS, dpkg('base-files', 'gcc')),
  file(LIST, '/.\n/usr\n/usr/bin\n/usr/bin/arch\n'),
  { ...file('usr/bin/arch', ''), content: PROGRAM, mode: 0o755 },
];
const image = (...steps: readonly [string, readonly TarMemberSpec[]][]): ImageRecipe => ({
  steps: [['ADD rootfs.tar /', BASE] as const, ...steps].map(([createdBy, members]) => ({ createdBy, members })),
});

/** What the SBOM of the base says: all that it has. */
const RIGHT: SbomContent = {
  packages: [deb('base-files'), deb('gcc')],
  files: [{ path: '/usr/bin/arch', sha256: sha256(PROGRAM) }],
};

async function audit(files: Files, more: Partial<Parameters<typeof auditSbom>[0]> = {}): Promise<SbomReport> {
  const reference = place('image');
  writeFolder(files, reference);
  const options = { reference, fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true };
  return (await auditSbom({ ...options, ...more })).report;
}

/** Audits an image with the SBOM in a file. */
async function compare(recipe: ImageRecipe, sbom: Uint8Array | object, failOn?: SbomReport['verdict']['failOn']) {
  const path = place('sbom');
  writeFileSync(path, sbom instanceof Uint8Array ? sbom : JSON.stringify(sbom));
  const report = await audit(ociLayout([buildImage(recipe)]), {
    files: [path],
    ...(failOn === undefined ? {} : { failOn }),
  });
  return { report, one: report.images[0]?.comparisons[0] as SbomReportComparison };
}

const differences = ({ packages, files, unexplained }: SbomReportComparison): object => ({
  missing: packages.missing.map(({ name, layer }) => [name, layer]),
  surplus: packages.surplus.map(({ name, removedIn }) => [name, removedIn]),
  otherVersion: packages.otherVersion.map(({ name, version, listedVersion }) => [name, version, listedVersion]),
  absent: files.absent.map(({ path, removedIn }) => [path, removedIn]),
  changed: files.changed.map(({ path, layer }) => [path, layer]),
  unexplained: unexplained.map(({ path, what, layer }) => [path, what, layer]),
});
const NOTHING = { missing: [], surplus: [], otherVersion: [], absent: [], changed: [], unexplained: [] };

describe('an image', () => {
  test.each(SBOM_FORMS)('whose SBOM is right agrees with it: $form', async ({ write }) => {
    const { report, one } = await compare(image(), write(RIGHT));
    expect(differences(one)).toEqual(NOTHING);
    expect(one).toMatchObject({ differs: false, packages: { matched: 2 }, files: { matched: 1 } });
    expect(report.verdict).toEqual({ failOn: 'difference', failed: false, exitStatus: 0 });
  });

  test.each(SBOM_FORMS)('with a package added is told to have it, by which layer: $form', async ({ write }) => {
    const added = image(['RUN apt-get install openssl', [file(STATUS, dpkg('base-files', 'gcc', 'openssl'))]]);
    const { report, one } = await compare(added, write(RIGHT));
    expect(differences(one)).toEqual({ ...NOTHING, missing: [['openssl', 1]] });
    expect(report.images[0]?.layers[1]?.instruction).toBe('RUN apt-get install openssl');
    expect(report.verdict.exitStatus).toBe(1);
  });

  test.each(SBOM_FORMS)('with a package removed is told not to have it, by which layer: $form', async ({ write }) => {
    const { report, one } = await compare(
      image(['RUN apt-get purge gcc', [file(STATUS, dpkg('base-files'))]]),
      write(RIGHT),
    );
    expect(differences(one)).toEqual({ ...NOTHING, surplus: [['gcc', 1]] });
    expect(report.verdict.exitStatus).toBe(1);
  });

  test.each(SBOM_FORMS)('with a program slipped in by a later layer is told so: $form', async ({ write }) => {
    const slipped = image([
      'COPY tool /opt/',
      [{ ...file('opt/tool', ''), content: elf({ texts: ['x'] }), mode: 0o755 }],
    ]);
    const { report, one } = await compare(slipped, write(RIGHT));
    expect(differences(one)).toEqual({ ...NOTHING, unexplained: [['/opt/tool', 'program', 1]] });
    expect(report.verdict.exitStatus).toBe(0);
    expect((await compare(slipped, write(RIGHT), 'unexplained')).report.verdict.exitStatus).toBe(1);
  });

  test.each(SBOM_FORMS)('with a listed file replaced by a later layer is told so: $form', async ({ write }) => {
    const replaced = image([
      'COPY arch /usr/bin/',
      [{ ...file('usr/bin/arch', ''), content: elf({ texts: ['evil'] }), mode: 0o755 }],
    ]);
    const { report, one } = await compare(replaced, write(RIGHT));
    expect(differences(one)).toEqual({ ...NOTHING, changed: [['/usr/bin/arch', 1]] });
    expect(one.files.changed[0]).toMatchObject({ listedDigest: `sha256:${sha256(PROGRAM)}` });
    expect(report.verdict.exitStatus).toBe(1);
  });

  test('with a listed file deleted is told so', async () => {
    const { one } = await compare(image(['RUN rm', [whiteout('usr/bin/arch')]]), spdxOf(RIGHT));
    expect(differences(one)).toEqual({ ...NOTHING, absent: [['/usr/bin/arch', 1]] });
  });

  test('with a package in another version is told so', async () => {
    const { one } = await compare(image(), spdxOf({ packages: [deb('base-files'), deb('gcc', '2.0')] }));
    expect(differences(one)).toEqual({ ...NOTHING, otherVersion: [['gcc', '1.0', '2.0']] });
  });

  test('whose SBOM states no difference fails nothing where nothing is to fail', async () => {
    const { report, one } = await compare(image(), spdxOf({ packages: [] }), 'none');
    expect(one.differs).toBe(true);
    expect(report.verdict).toEqual({ failOn: 'none', failed: false, exitStatus: 0 });
  });
});

describe('no alarm is raised over', () => {
  const npm = (name: string, at: string): TarMemberSpec =>
    file(`${at}/node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0' }));

  test.each<[string, ImageRecipe, SbomContent, RegExp]>([
    [
      'the distribution, the image and its parts',
      image(),
      { ...RIGHT, packages: [...RIGHT.packages, { name: 'acme', version: '1', purl: 'pkg:oci/acme@sha256%3A00' }] },
      /stands for the image itself/,
    ],
    [
      'kinds that no layer tells of',
      image(),
      { ...RIGHT, packages: [...RIGHT.packages, { name: 'node', version: '26', purl: 'pkg:generic/node@26' }] },
      /of a kind that no layer tells of \(generic\)/,
    ],
    [
      'what a lock file names',
      image([
        'COPY . .',
        [file('app/package-lock.json', '{"packages":{"node_modules/left-pad":{"version":"1.3.0"}}}')],
      ]),
      {
        ...RIGHT,
        packages: [...RIGHT.packages, { name: 'left-pad', version: '1.3.0', purl: 'pkg:npm/left-pad@1.3.0' }],
      },
      /named by a lock file/,
    ],
    [
      'programs whose own bytes tell their version',
      image(['COPY . .', [file('usr/local/bin/busybox', elf({ texts: PROGRAM_TEXTS.busybox }), { mode: 0o755 })]]),
      RIGHT,
      /of a kind that tools name each in their own way \(generic\)/,
    ],
    [
      'modules that apko knows nothing of',
      image(['COPY . .', [npm('left-pad', 'app')]]),
      { ...RIGHT, packages: [], tool: 'apko (v1.0)' },
      /of a kind that apko does not list/,
    ],
    [
      'modules that a package of the distribution brought, with Trivy',
      {
        steps: [
          {
            createdBy: 'ADD rootfs.tar /',
            members: [
              ...BASE.slice(0, 2),
              file(LIST, '/usr/share/node_modules/ini/package.json\n'),
              npm('ini', 'usr/share'),
            ],
          },
        ],
      },
      { packages: RIGHT.packages, tool: 'trivy-0.60.0' },
      /belongs to a package of the distribution/,
    ],
    [
      'the source that packages were built from',
      {
        steps: [
          {
            createdBy: 'ADD rootfs.tar /',
            members: [OS, file(STATUS, `${dpkg('libssl3').trimEnd()}\nSource: openssl\n`)],
          },
        ],
      },
      {
        packages: [deb('libssl3'), { name: 'openssl', version: '1.0', purl: 'pkg:deb/debian/openssl@1.0?arch=source' }],
      },
      /the source that installed packages were built from/,
    ],
  ])('%s', async (_, recipe, content, reason) => {
    const { report, one } = await compare(recipe, spdxOf(content));
    expect(one.packages).toMatchObject({ missing: [], surplus: [], otherVersion: [] });
    expect(one.leftOut.map((left) => left.reason)).toContainEqual(expect.stringMatching(reason));
    expect(report.verdict.exitStatus).toBe(0);
  });

  test('files of a build that Microsoft’s tool lists', async () => {
    const { one } = await compare(
      image(),
      spdxOf({ ...RIGHT, tool: 'Microsoft.SBOMTool-4.0.0', files: [{ path: './a.exe' }] }),
    );
    expect(one.differs).toBe(false);
    expect(one.files.notCompared).toMatch(/lists files of a build/);
  });

  test('jars that are called like their file', async () => {
    const jar = { ...file('srv/tool.jar', 'PK'), mode: 0o644 };
    const listedJar = { name: 'tool', version: '1.0', purl: 'pkg:maven/tool/tool@1.0' };
    const sbom = spdxOf({ ...RIGHT, packages: [...RIGHT.packages, listedJar] }) as {
      packages: Record<string, unknown>[];
    };
    const entry = sbom.packages.find(({ name }) => name === 'tool') as Record<string, unknown>;
    entry['sourceInfo'] = 'acquired package info from installed java archive: /srv/tool.jar';
    const { one } = await compare(image(['COPY tool.jar /srv/', [jar]]), sbom);
    expect(one.packages.surplus).toEqual([]);
    expect(one.leftOut.map(({ reason }) => reason)).toContain(
      'is called like the file of a Java archive, which does not say what it is',
    );
    // Where the archive is gone, it is a surplus after all.
    expect((await compare(image(), sbom)).one.packages.surplus).toMatchObject([{ name: 'tool' }]);
  });

  test('files that are of something else altogether', async () => {
    const { one } = await compare(image(), spdxOf({ ...RIGHT, files: [{ path: './src/main.c' }] }));
    expect(one.files).toEqual({
      matched: 0,
      absent: [],
      changed: [],
      notCompared: 'no layer has any of these paths: they are of something else',
    });
  });

  test('programs that are listed as files, by whatever name they go', async () => {
    const tool = { ...file('opt/tool', ''), content: elf({ texts: ['x'] }), mode: 0o755 };
    const recipe = image(['COPY tool /opt/', [tool, hardlink('opt/alias', 'opt/tool')]]);
    const files = [...(RIGHT.files ?? []), { path: 'opt/tool' }];
    expect((await compare(recipe, spdxOf({ ...RIGHT, files }))).one.unexplained).toEqual([]);
    expect((await compare(recipe, spdxOf(RIGHT))).one.unexplained.map(({ path }) => path)).toEqual([
      '/opt/alias',
      '/opt/tool',
    ]);
  });

  test('programs of modules that are listed, and of package managers', async () => {
    const script = { ...file('x', '#!/bin/sh\n'), mode: 0o755 };
    const recipe = image([
      'COPY . .',
      [
        npm('left-pad', 'app'),
        { ...script, name: 'app/node_modules/left-pad/cli.js' },
        { ...script, name: 'var/lib/dpkg/info/gcc.postinst' },
      ],
    ]);
    const packages = [...RIGHT.packages, { name: 'left-pad', version: '1.0.0', purl: 'pkg:npm/left-pad@1.0.0' }];
    expect((await compare(recipe, spdxOf({ ...RIGHT, packages }))).one.unexplained).toEqual([]);
    expect((await compare(recipe, spdxOf(RIGHT))).one.unexplained.map(({ path }) => path)).toEqual([
      '/app/node_modules/left-pad/cli.js',
    ]);
  });
});

describe('an SBOM', () => {
  const built = buildImage(image());
  const other = `sha256:${'9'.repeat(64)}`;

  test('beside the image, by BuildKit, is found and compared; those of stages are not', async () => {
    const report = await audit(
      attested(
        built,
        statementOf(spdxOf(RIGHT), built.manifest.digest),
        statementOf(spdxOf({ packages: [], name: 'sbom-build' })),
      ),
    );
    expect(report.sboms).toMatchObject([
      { foundBy: 'index', attachedTo: built.manifest.digest, predicateType: 'https://spdx.dev/Document', packages: 2 },
      { packages: 0 },
    ]);
    expect(report.images[0]?.comparisons).toMatchObject([
      { sbom: 0, differs: false, notCompared: null },
      { sbom: 1, differs: false, notCompared: 'It is of the build stage build, and not of the image.' },
    ]);
    expect(report.verdict.exitStatus).toBe(0);
  });

  const bytes = Buffer.from(JSON.stringify(spdxOf(RIGHT)));
  const layer = { bytes, mediaType: 'text/spdx+json' };

  test.each<[string, Files]>([
    ['under cosign’s tag', layoutWith([built], [attach([layer], { tag: built.manifest.digest, suffix: 'sbom' })])],
    [
      'as a referrer',
      layoutWith([built], [attach([layer], { subject: built.manifest, artifactType: 'application/spdx+json' })]),
    ],
  ])('%s is found in a layout', async (_, files) => {
    const report = await audit(files);
    expect(report.images[0]?.comparisons).toMatchObject([{ sbom: 0, differs: false }]);
    expect(report.sboms).toMatchObject([{ attachedTo: built.manifest.digest, format: 'spdx' }]);
  });

  test('is found in a registry', async () => {
    await using registry = await RegistryServer.start();
    const { manifest, blobs } = attach([layer], { tag: built.manifest.digest, suffix: 'sbom' });
    registry.push('acme/api', [built], [manifest, ...blobs]);
    registry.tag('acme/api', '1.4', built.manifest);
    registry.tag('acme/api', `${built.manifest.digest.replace(':', '-')}.sbom`, manifest);
    const reference = `${registry.host}/acme/api:1.4`;
    const { report } = await auditSbom({ reference, fingerprintKey: TEST_KEY, version: '0', registry: { env: {} } });
    expect(report.sboms).toMatchObject([{ foundBy: 'tag', format: 'spdx' }]);
    expect(report.verdict.exitStatus).toBe(0);
  });

  test('in a signed envelope is fetched once, searched for secrets, and compared by audit image', async () => {
    await using registry = await RegistryServer.start();
    const statement = statementOf(spdxOf({ packages: [deb('base-files')] }), built.manifest.digest);
    const envelope = {
      payloadType: 'application/vnd.in-toto+json',
      payload: Buffer.from(JSON.stringify(statement)).toString('base64'),
      signatures: [],
    };
    const content = { bytes: Buffer.from(JSON.stringify(envelope)), mediaType: DSSE };
    const { manifest, blobs } = attach([content], { tag: built.manifest.digest, suffix: 'att' });
    registry.push('acme/api', [built], [manifest, ...blobs]);
    registry.tag('acme/api', '1.4', built.manifest);
    registry.tag('acme/api', `${built.manifest.digest.replace(':', '-')}.att`, manifest);
    const report = await auditImage({
      reference: `${registry.host}/acme/api:1.4`,
      fingerprintKey: TEST_KEY,
      version: '0',
      registry: { env: {} },
    });
    const found = report.findings.filter(({ rule }) => rule.startsWith('trust/sbom'));
    expect(found.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'trust/sbom-missing-packages',
        'The attached SBOM does not list one package of this image as installed: gcc 1.0.',
      ],
    ]);
    expect(registry.paths(/\/blobs\//).filter((path) => path.includes(blobs[1]?.digest ?? '-'))).toHaveLength(1);
  });

  test('of one platform that is attached to the index is no alarm for another, asked for alone', async () => {
    const images = ['linux/amd64', 'linux/arm64'].map((platform) => buildImage({ ...image(), platform }));
    const index = buildIndex(images);
    const sbom = {
      ...layer,
      bytes: Buffer.from(JSON.stringify(spdxOf({ ...RIGHT, of: images[0]?.manifest.digest as string }))),
    };
    await using registry = await RegistryServer.start();
    const { manifest, blobs } = attach([sbom], { tag: index.digest, suffix: 'sbom' });
    registry.push('acme/api', images, [manifest, ...blobs, index]);
    registry.tag('acme/api', '1.4', index);
    registry.tag('acme/api', `${index.digest.replace(':', '-')}.sbom`, manifest);
    const options = {
      reference: `${registry.host}/acme/api:1.4`,
      fingerprintKey: TEST_KEY,
      version: '0',
      registry: { env: {} },
    };
    const platforms = [{ os: 'linux', architecture: 'arm64' }];
    const { report } = await auditSbom({ ...options, platforms });
    expect(report.images).toMatchObject([
      { platform: 'linux/arm64', comparisons: [{ subject: { verdict: 'platform' } }] },
    ]);
    const { findings } = await auditImage({ ...options, platforms });
    expect(findings.filter(({ rule }) => /^trust\/sbom-(?!unsigned)/.test(rule))).toEqual([]);
    const { report: both } = await auditSbom(options);
    expect(both.images.map(({ comparisons }) => comparisons[0]?.subject.verdict)).toEqual(['this', 'platform']);
  });

  test.each([
    [1, ['left-pad']],
    [2, []],
  ])(
    'that is attached to an index of %i and names no image may list what is in the others',
    async (platforms, surplus) => {
      const images = ['linux/amd64', 'linux/arm64']
        .slice(0, platforms)
        .map((platform) => buildImage({ ...image(), platform }));
      const index = buildIndex(images);
      const sbom = spdxOf({
        packages: [...RIGHT.packages, { name: 'left-pad', version: '1', purl: 'pkg:npm/left-pad@1' }],
      });
      await using registry = await RegistryServer.start();
      const content = { ...layer, bytes: Buffer.from(JSON.stringify(sbom)) };
      const { manifest, blobs } = attach([content], { tag: index.digest, suffix: 'sbom' });
      registry.push('acme/api', images, [manifest, ...blobs, index]);
      registry.tag('acme/api', '1.4', index);
      registry.tag('acme/api', `${index.digest.replace(':', '-')}.sbom`, manifest);
      const reference = `${registry.host}/acme/api:1.4`;
      const { report } = await auditSbom({ reference, fingerprintKey: TEST_KEY, version: '0', registry: { env: {} } });
      const [first] = report.images;
      expect(first?.comparisons[0]?.packages.surplus.map(({ name }) => name)).toEqual(surplus);
      expect(report.images).toHaveLength(platforms);
    },
  );

  test('that is not there is a failure', async () => {
    const report = await audit(ociLayout([built]));
    expect(report.images).toMatchObject([{ comparisons: [] }]);
    expect(report.verdict.exitStatus).toBe(1);
  });

  test('that cannot be read is a gap', async () => {
    const broken = { bytes: bytes.subarray(0, 300), mediaType: 'text/spdx+json' };
    const files = layoutWith([built], [attach([layer, broken], { tag: built.manifest.digest, suffix: 'sbom' })]);
    const report = await audit(files);
    expect(report.sboms).toMatchObject([{ trouble: null }, { trouble: 'the SBOM is no JSON', format: null }]);
    expect(report.gaps).toMatchObject([{ reason: 'blob-unreadable', incomplete: true }]);
    expect(report.verdict.exitStatus).toBe(3);
  });

  test.each<[string, object, string]>([
    ['names this image', spdxOf({ ...RIGHT, of: built.manifest.digest }), 'this'],
    ['names its configuration', spdxOf({ ...RIGHT, of: built.config.digest }), 'this'],
    ['names none', spdxOf(RIGHT), 'unstated'],
    ['names another', spdxOf({ ...RIGHT, of: other }), 'other'],
    ['names layers of another', spdxOf({ ...RIGHT, files: [{ path: '/usr/bin/arch', layer: other }] }), 'other'],
    ['is attested about this image', statementOf(spdxOf(RIGHT), built.manifest.digest), 'this'],
    [
      'names another, and is attested about this',
      statementOf(spdxOf({ ...RIGHT, of: other }), built.manifest.digest),
      'other',
    ],
    ['is attested about another', statementOf(spdxOf(RIGHT), other), 'other'],
    [
      'names a manifest that Syft made up, and these layers',
      spdxOf({ ...RIGHT, of: other, files: [{ path: '/usr/bin/arch', layer: built.layers[0]?.digest as string }] }),
      'undecided',
    ],
  ])('that %s is told so', async (_, sbom, verdict) => {
    const { report, one } = await compare(image(), sbom);
    expect(one.subject.verdict).toBe(verdict);
    expect(one.subject.why).toMatch(/\.$/);
    expect(report.verdict.exitStatus).toBe(verdict === 'other' ? 1 : 0);
  });

  test('of an index, which lists images alone, is no SBOM of any', async () => {
    const images = [built.manifest.digest, other].map((digest, i) => ({
      SPDXID: `SPDXRef-Image-${i}`,
      name: digest,
      primaryPackagePurpose: 'CONTAINER',
    }));
    const { report, one } = await compare(image(), {
      ...spdxOf({ packages: [], tool: 'apko (v1)' }),
      packages: images,
    });
    expect(one).toMatchObject({ notCompared: 'It lists images, and none of their packages.', differs: false });
    expect(report.verdict.exitStatus).toBe(1);
  });

  test('of one platform is not held against another', async () => {
    const images: BuiltImage[] = ['linux/amd64', 'linux/arm64'].map((platform) => buildImage({ ...image(), platform }));
    const path = place('sbom');
    writeFileSync(path, JSON.stringify(spdxOf({ ...RIGHT, of: images[1]?.manifest.digest as string })));
    const report = await audit(ociLayout(images), { files: [path] });
    expect(report.images.map(({ comparisons }) => comparisons[0]?.subject.verdict)).toEqual(['platform', 'this']);
    expect(report.verdict.exitStatus).toBe(0);
    const alone = await audit(ociLayout(images), {
      files: [path],
      platforms: [{ os: 'linux', architecture: 'amd64' }],
    });
    expect(alone.images.map(({ comparisons }) => comparisons[0]?.subject.verdict)).toEqual(['platform']);
    expect(alone.verdict.exitStatus).toBe(1);
  });
});

describe('a file that is given', () => {
  test.each<[string, string, string]>([
    ['is not there', '', 'PATH_ABSENT'],
    ['is no SBOM', 'hello', 'SBOM_UNRECOGNISED'],
    ['is damaged', '{"bomFormat":', 'SBOM_INVALID'],
  ])('and %s ends the run, and is named', async (_, content, code) => {
    const path = place('given');
    if (content !== '') writeFileSync(path, content);
    await expect(audit(ociLayout([buildImage(image())]), { files: [path] })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(path) as string,
    });
  });
});
