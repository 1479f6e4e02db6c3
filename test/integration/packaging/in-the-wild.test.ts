import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type AuditImageOptions, auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import { ZEROS_BZIP2 } from '../../support/compressed-samples.ts';
import {
  archive,
  type BuiltImage,
  blobsOf,
  buildImage,
  descriptor,
  dockerSaveHybrid,
  dockerSaveLegacy,
  type Files,
  ociLayout,
} from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { dir, file, type TarMemberSpec, writeTar } from '../../support/tar-writer.ts';
import { xzStored } from '../../support/xz-writer.ts';

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-wild-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
function asFile(bytes: Buffer, name = 'image.tar'): string {
  count += 1;
  const path = join(scratch, `${count}-${name}`);
  writeFileSync(path, bytes);
  return path;
}

const audit = (reference: string, more: Partial<AuditImageOptions> = {}): Promise<Report> =>
  auditImage({ reference, fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true, ...more });

const TOKEN = `ghp_${'W1ldArch1veT0kenForT3stsOnly'.padEnd(36, 'q').slice(0, 36)}`;
const image = (content: string, more = {}): BuiltImage =>
  buildImage(
    {
      steps: [{ createdBy: 'COPY . /', members: [file('f', content)] }],
      config: { User: 'app', Labels: { which: content } },
      ...more,
    },
    'none',
  );
const clean = image('clean');
const evil = image(`token=${TOKEN}`);
const path = ({ digest }: { digest: string }): string => `blobs/${digest.replace(':', '/')}`;
const members = (files: Files): TarMemberSpec[] => [...files].map(([name, content]) => ({ name, content }));
const rulesOf = ({ findings }: Report): string[] => findings.map(({ rule }) => rule);
const platformsOf = ({ images }: Report): string[] => images.map(({ platform }) => platform);

/** What a program makes of some bytes; null where it is not installed. */
function packedBy(program: string, bytes: Buffer): Buffer | null {
  if (!isInstalled(program)) return null;
  return spawnSync(program, ['-c'], { input: bytes, maxBuffer: 1 << 28 }).stdout;
}

/** Docker 25's two manifests, each naming another image. */
function disagreeing(): Files {
  const files = dockerSaveHybrid([clean], 'acme/api:1');
  for (const blob of blobsOf([evil]).values()) files.set(path(blob), blob.bytes);
  const manifest = [{ Config: path(evil.config), RepoTags: ['acme/api:1'], Layers: evil.layers.map(path) }];
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  return files;
}

describe('an archive whose two manifests name different images', () => {
  const reference = asFile(archive(disagreeing()));

  test('has both audited, and a finding', async () => {
    const report = await audit(reference);
    expect(platformsOf(report)).toEqual(['linux/amd64', 'linux/amd64 (manifest.json)']);
    expect(report.findings).toContainEqual(expect.objectContaining({ rule: 'integrity/document', severity: 'high' }));
    const secret = report.findings.find(({ rule }) => rule.startsWith('secrets/'));
    expect(secret?.evidence[0]?.platform).toBe('linux/amd64 (manifest.json)');
    expect(report.verdict.exitStatus).toBe(1);
  });

  describe.skipIf(!isInstalled('skopeo'))('is to skopeo', () => {
    const inspect = async (source: string): Promise<string> => {
      const { stdout } = await run('skopeo', ['--insecure-policy', '--tmpdir', scratch, 'inspect', source], {
        timeout: 30_000,
      });
      return (JSON.parse(stdout) as { Labels: { which: string } }).Labels.which;
    };

    test.each(['docker-archive', 'oci-archive'])('the image that it is here as %s:', async (scheme) => {
      const report = await audit(`${scheme}:${reference}`);
      const taken = (await inspect(`${scheme}:${reference}`)) === 'clean' ? clean : evil;
      expect(report.images.map(({ configDigest }) => configDigest)).toEqual([taken.config.digest]);
      expect(rulesOf(report)).toContain('integrity/document');
    });

    test('the first of two manifests of one name in a Docker archive, and the last in an OCI archive', async () => {
      const docker = writeTar([
        ...members(dockerSaveLegacy(clean, ['x:1'])),
        ...members(dockerSaveLegacy(evil, ['x:1'])),
      ]);
      expect(await inspect(`docker-archive:${asFile(docker)}`)).toBe('clean');
      const oci = writeTar([...members(ociLayout([clean], 'x')), ...members(ociLayout([evil], 'x'))]);
      expect(await inspect(`oci-archive:${asFile(oci)}`)).not.toBe('clean');
    });
  });
});

describe('an archive with a member twice', () => {
  test('is examined with both, and has a finding', async () => {
    for (const [first, last] of [
      [clean, evil],
      [evil, clean],
    ] as const) {
      const bytes = writeTar([
        ...members(dockerSaveLegacy(first, ['x:1'])),
        ...members(dockerSaveLegacy(last, ['x:1'])),
      ]);
      for (const packed of [bytes, gzipSync(bytes)]) {
        const report = await audit(asFile(packed));
        expect(report.images.map(({ configDigest }) => configDigest)).toEqual([last.config.digest]);
        expect(rulesOf(report)).toContain('integrity/document');
        expect(rulesOf(report).some((rule) => rule.startsWith('secrets/'))).toBe(true);
      }
    }
  });
});

describe('an archive with all members twice, the same both times', () => {
  test('is like one with them once', async () => {
    const once = members(dockerSaveLegacy(clean, ['x:1']));
    for (const bytes of [writeTar([...once, ...once]), gzipSync(writeTar([...once, ...once]))]) {
      const report = await audit(asFile(bytes));
      expect(rulesOf(report)).not.toContain('integrity/document');
      expect(report.gaps).toEqual([]);
    }
  });
});

describe('an archive of several images of one platform', () => {
  const files: Files = new Map([
    [
      'index.json',
      Buffer.from(
        JSON.stringify({
          manifests: [clean, evil].map((one, i) => ({
            ...descriptor(one.manifest),
            annotations: { 'org.opencontainers.image.ref.name': `v${i + 1}` },
          })),
        }),
      ),
    ],
  ]);
  for (const blob of blobsOf([clean, evil]).values()) files.set(path(blob), blob.bytes);
  const reference = asFile(archive(files));

  test('is an error that lists them', async () => {
    await expect(audit(reference)).rejects.toMatchObject({
      code: 'IMAGE_AMBIGUOUS',
      hint: expect.stringMatching(/--all-images.*It has: v1, v2\.$/) as string,
    });
  });

  test('is one report with --all-images, and each place says whose it is', async () => {
    const report = await audit(reference, { allImages: true });
    expect(platformsOf(report)).toEqual(['linux/amd64 (v1)', 'linux/amd64 (v2)']);
    const secret = report.findings.find(({ rule }) => rule.startsWith('secrets/'));
    expect(new Set(secret?.evidence.map(({ platform }) => platform))).toEqual(new Set(['linux/amd64 (v2)']));
  });

  test.each(['@1', ':v2', `@${evil.manifest.digest}`])('gives the one that %s means', async (suffix) => {
    const report = await audit(`${reference}${suffix}`);
    expect(report.images.map(({ configDigest }) => configDigest)).toEqual([evil.config.digest]);
  });
});

describe('images for two versions of Windows', () => {
  const windows = (version: string): BuiltImage =>
    buildImage({
      platform: 'windows/amd64',
      steps: [{ createdBy: 'COPY . C:', members: [dir('Files'), file(`Files/${version}.txt`, `token=${TOKEN}`)] }],
      document: { 'os.version': version },
    });

  test('are one report that tells them apart', async () => {
    const built = ['10.0.17763.1234', '10.0.20348.2'].map(windows);
    const manifests = built.map((one) => ({ ...descriptor(one.manifest), platform: one.platform }));
    const files: Files = new Map([['index.json', Buffer.from(JSON.stringify({ manifests }))]]);
    for (const blob of blobsOf(built).values()) files.set(path(blob), blob.bytes);
    const report = await audit(asFile(archive(files)));
    const platforms = ['windows/amd64:10.0.17763.1234', 'windows/amd64:10.0.20348.2'];
    expect(platformsOf(report)).toEqual(platforms);
    const secrets = report.findings.filter(({ rule }) => rule.startsWith('secrets/'));
    expect(secrets.flatMap(({ evidence }) => evidence.map(({ platform }) => platform)).sort()).toEqual(platforms);
  });
});

describe('a filesystem', () => {
  const rootfs = writeTar([dir('etc'), file('etc/os-release', 'ID=x\nVERSION_ID=1\n'), file('app/token', TOKEN)]);

  test.each([
    ['plain', rootfs],
    ['in gzip', gzipSync(rootfs)],
    ['in zstd', zstdCompressSync(rootfs)],
  ])('%s is one layer without a configuration, of which nothing is missing', async (_, bytes) => {
    const report = await audit(`rootfs:${asFile(bytes)}`);
    expect(report.subject).toMatchObject({ source: 'rootfs', digest: null });
    expect(report.images).toMatchObject([{ config: null, configDigest: null, os: { id: 'x' } }]);
    expect(report.images[0]?.layers).toMatchObject([{ index: 0, complete: true }]);
    expect(report.gaps).toEqual([]);
    expect(rulesOf(report).some((rule) => rule.startsWith('secrets/'))).toBe(true);
    expect(rulesOf(report).some((rule) => rule.startsWith('user/'))).toBe(false);
  });

  test('on standard input is the same', async () => {
    const stdin = (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Uint8Array.from(gzipSync(rootfs)));
    })();
    const report = await audit('rootfs:-', { stdin });
    expect(report.gaps).toEqual([]);
    expect(report.images[0]?.layers[0]?.compression).toBe('gzip');
  });

  test('that is no tar inside its compression is a gap', async () => {
    const report = await audit(`rootfs:${asFile(gzipSync('no tar at all'.repeat(100)))}`);
    expect(report.verdict.complete).toBe(false);
  });
});

describe('an image', () => {
  test('of no layers, or of empty steps only, is audited', async () => {
    for (const steps of [[], [{ createdBy: 'CMD ["x"]' }]]) {
      const built = buildImage({ steps, config: { User: 'root' } });
      for (const bytes of [archive(ociLayout([built], 'x')), archive(dockerSaveLegacy(built, ['x:1']))]) {
        const report = await audit(asFile(bytes));
        expect(report.images).toMatchObject([{ layers: [] }]);
        expect(rulesOf(report)).toContain('user/root');
        expect(report.gaps).toEqual([]);
      }
    }
  });

  test('whose configuration is too large says so once', async () => {
    const built = image('x', { document: { padding: 'x'.repeat(20_000) } });
    const { DEFAULT_LIMITS } = await import('../../../src/core/index.ts');
    for (const bytes of [archive(ociLayout([built], 'x')), archive(dockerSaveLegacy(built, ['x:1']))]) {
      const report = await audit(asFile(bytes), { limits: { ...DEFAULT_LIMITS, maxDocumentBytes: 10_000 } });
      expect(report.gaps).toMatchObject([{ reason: 'config-invalid' }]);
    }
  });

  test('whose layers are of unknown media types is audited by what they are', async () => {
    const manifest = JSON.parse(evil.manifest.bytes.toString()) as { layers: { mediaType: string }[] };
    for (const layer of manifest.layers) layer.mediaType = 'application/x-made-up';
    const bytes = Buffer.from(JSON.stringify(manifest));
    const files = new Map(ociLayout([evil]));
    files.set('index.json', Buffer.from(JSON.stringify({ manifests: [{ digest: evil.manifest.digest, size: 1 }] })));
    files.set(path(evil.manifest), bytes);
    const report = await audit(asFile(archive(files)));
    expect(rulesOf(report).some((rule) => rule.startsWith('secrets/'))).toBe(true);
  });

  test('compressed outside with what this program cannot read is an error with a way out', async () => {
    const reference = asFile(Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18]), Buffer.alloc(600, 7)]), 'image.tar');
    await expect(audit(reference)).rejects.toMatchObject({
      code: 'SOURCE_UNSUPPORTED',
      hint: expect.stringContaining(`lz4 -dc ${reference} | audit image -`) as string,
    });
  });

  test.each<[string, (bytes: Buffer) => Buffer | null]>([
    ['xz', (bytes) => packedBy('xz', bytes)],
    ['bzip2', (bytes) => packedBy('bzip2', bytes)],
    ['xz that stores', xzStored],
  ])('compressed outside with %s tells the same as without', async (program, pack) => {
    const plain = archive(ociLayout([evil], 'x'));
    const packed = pack(plain);
    if (packed === null) return;
    const expected = await audit(asFile(plain));
    expect(rulesOf(expected).some((rule) => rule.startsWith('secrets/'))).toBe(true);
    for (const report of [
      await audit(asFile(packed, 'image.tar')),
      await audit(asFile(packed, `image.tar.${program}`)),
    ]) {
      expect(report.gaps).toEqual(expected.gaps);
      expect(rulesOf(report)).toEqual(rulesOf(expected));
    }
  });

  test('whose only layer is in xz is audited, and one in bzip2 that expands without end stops', async () => {
    const tar = writeTar([file('f', `token=${TOKEN}`)]);
    const report = await audit(`rootfs:${asFile(xzStored(tar))}`);
    expect(rulesOf(report)).toContain('secrets/github-token');
    expect(report.gaps).toEqual([]);

    const { DEFAULT_LIMITS } = await import('../../../src/core/index.ts');
    const limits = { ...DEFAULT_LIMITS, ratioGraceBytes: 100_000_000 };
    const bomb = Buffer.concat([...Array.from({ length: 10 }, () => ZEROS_BZIP2)]);
    const stopped = await audit(`rootfs:${asFile(bomb)}`, { limits });
    expect(stopped.gaps).toMatchObject([{ reason: 'budget-exceeded', incomplete: true }]);
    expect(stopped.gaps[0]?.message).toContain('a decompression bomb');
  });

  test('is told from a Helm chart by name', async () => {
    const chart = JSON.stringify({
      config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: clean.config.digest, size: 1 },
      layers: [],
    });
    const files: Files = new Map([
      ['index.json', Buffer.from(JSON.stringify({ manifests: [{ digest: `sha256:${'0'.repeat(64)}`, size: 1 }] }))],
      [`blobs/sha256/${'0'.repeat(64)}`, Buffer.from(chart)],
    ]);
    await expect(audit(asFile(archive(files)))).rejects.toMatchObject({
      code: 'NOT_AN_IMAGE',
      message: expect.stringContaining('Helm chart') as string,
    });
  });

  test('in Docker’s schema 1 is told what became of that', async () => {
    const files: Files = new Map([
      ['index.json', Buffer.from(JSON.stringify({ manifests: [{ digest: `sha256:${'0'.repeat(64)}`, size: 1 }] }))],
      [`blobs/sha256/${'0'.repeat(64)}`, Buffer.from('{"schemaVersion":1,"fsLayers":[]}')],
    ]);
    await expect(audit(asFile(archive(files)))).rejects.toMatchObject({
      message: expect.stringContaining('schema 1') as string,
    });
  });
});
