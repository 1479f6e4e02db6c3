import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PackagesReport } from '../../src/report/index.ts';
import { EXAMPLE_SECRETS } from '../support/example-secrets.ts';
import { archive, buildImage, type ImageRecipe, ociLayout } from '../support/image-builder.ts';
import { file } from '../support/tar-writer.ts';
import { runCli, STACK_TRACE } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'layer-audit-packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dpkg = (...names: readonly string[]): string =>
  names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n`).join('\n');

const recipe = (platform: string): ImageRecipe => ({
  platform,
  steps: [
    {
      createdBy: 'ADD rootfs.tar /',
      members: [
        file('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n'),
        file('var/lib/dpkg/status', dpkg('base-files', 'gcc')),
        file('app/package-lock.json', '{"packages":{"node_modules/left-pad":{"version":"1.3.0"}}}'),
      ],
    },
    { createdBy: 'RUN apt-get purge gcc', members: [file('var/lib/dpkg/status', dpkg('base-files'))] },
  ],
});

const image = join(folder, 'image.tar');
const damaged = join(folder, 'damaged.tar');

beforeAll(() => {
  writeFileSync(image, archive(ociLayout([buildImage(recipe('linux/amd64')), buildImage(recipe('linux/arm64'))])));
  const cut = {
    steps: [{ createdBy: 'COPY rpm /', members: [file('var/lib/rpm/rpmdb.sqlite', 'SQLite format 3\0')] }],
  };
  writeFileSync(damaged, archive(ociLayout([buildImage(cut)])));
});

const list = async (...args: readonly string[]): Promise<PackagesReport> => {
  const { stdout, status } = await runCli(['packages', image, '--format', 'json', ...args]);
  expect(status).toBe(0);
  return JSON.parse(stdout) as PackagesReport;
};

test('shows no secret that stands in an instruction', async () => {
  const token = EXAMPLE_SECRETS['github-token']?.secret as string;
  const path = join(folder, 'secret.tar');
  const steps = [{ createdBy: `RUN |1 TOKEN=${token} /bin/sh -c make`, members: [file('a', 'x')] }];
  writeFileSync(path, archive(ociLayout([buildImage({ steps })])));
  for (const format of ['json', 'cyclonedx', 'spdx']) {
    const { stdout } = await runCli(['packages', path, '--format', format]);
    expect(stdout).toContain('"');
    expect(stdout).not.toContain(token);
  }
});

test('names packages in full, although a word in them is a password in the same image', async () => {
  const path = join(folder, 'word.tar');
  const password = 'debian';
  const members = [
    file('app/.env', `DATABASE_URL=postgres://app:${password}@db.internal/app\n`),
    file('var/lib/dpkg/status', dpkg('debianutils')),
  ];
  writeFileSync(path, archive(ociLayout([buildImage({ steps: [{ createdBy: `COPY ${password} /`, members }] })])));
  const { stdout } = await runCli(['packages', path, '--format', 'json']);
  const [listed] = (JSON.parse(stdout) as PackagesReport).images;
  expect(listed?.packages.map(({ name, purl }) => [name, purl])).toEqual([
    ['debianutils', 'pkg:deb/debian/debianutils@1.0?arch=amd64'],
  ]);
  expect(listed?.layers[0]?.instruction).toBe('COPY **** /');
});

describe('audit packages', () => {
  test('shows what is installed on each platform, and exits with 0', async () => {
    const { stdout, stderr, status } = await runCli(['packages', image]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.match(/^linux\/\w+ {2}Debian 13$/gm)).toEqual(['linux/amd64  Debian 13', 'linux/arm64  Debian 13']);
    expect(stdout.match(/^base-files .*$/gm)).toHaveLength(2);
    expect(stdout).not.toMatch(/gcc|left-pad/);
  });

  test('lists one platform, and what lower layers and lock files have where it is asked for', async () => {
    const report = await list('--platform', 'linux/arm64', '--removed', '--declared', '--reproducible');
    expect(report).not.toHaveProperty('startedAt');
    const { images } = report;
    expect(images.map(({ platform }) => platform)).toEqual(['linux/arm64']);
    expect(images[0]?.packages.map(({ name, state, layer, removedIn }) => [name, state, layer, removedIn])).toEqual([
      ['base-files', 'installed', 0, null],
      ['gcc', 'removed', 0, 1],
      ['left-pad', 'declared', 0, null],
    ]);
    expect(images[0]?.packages[0]?.purl).toBe('pkg:deb/debian/base-files@1.0?arch=amd64&distro=debian-13');
  });

  test.each([
    ['csv', /^platform,name,.*\r\nlinux\/amd64,base-files,1\.0,dpkg,amd64,/],
    ['cyclonedx', /"bomFormat": "CycloneDX"/],
    ['spdx', /"spdxVersion": "SPDX-2\.3"/],
  ])('writes %s to a file', async (format, expected) => {
    const path = join(folder, format);
    expect(await runCli(['packages', image, '--format', format, '--output', path])).toMatchObject({
      status: 0,
      stdout: '',
    });
    expect(readFileSync(path, 'utf8')).toMatch(expected);
  });

  test('exits with 3 where a database is damaged, and says which', async () => {
    const { stdout, status } = await runCli(['packages', damaged]);
    expect(status).toBe(3);
    expect(stdout).toContain('var/lib/rpm/rpmdb.sqlite');
    expect((await runCli(['packages', damaged, '--allow-incomplete'])).status).toBe(0);
  });

  test.each([
    [['packages', join(folder, 'nowhere.tar')], /nowhere/],
    [['packages', '--format', 'sarif', 'x'], /--format/],
  ])('exits with 2 where it cannot run: %j', async (args, message) => {
    const { status, stderr } = await runCli(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(STACK_TRACE);
  });
});
