import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SbomReport } from '../../src/report/index.ts';
import { EXAMPLE_SECRETS } from '../support/example-secrets.ts';
import { archive, buildImage, ociLayout } from '../support/image-builder.ts';
import { attested, deb, spdxOf, statementOf } from '../support/sboms.ts';
import { file } from '../support/tar-writer.ts';
import { runCli, STACK_TRACE } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'layer-audit-sbom-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = EXAMPLE_SECRETS['github-token']?.secret as string;
const dpkg = (...names: readonly string[]): string =>
  names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n`).join('\n');
const built = buildImage({
  steps: [
    {
      createdBy: 'ADD rootfs.tar /',
      members: [
        file('etc/os-release', 'ID=debian\nVERSION_ID="13"\n'),
        file('var/lib/dpkg/status', dpkg('base-files')),
      ],
    },
    {
      createdBy: `RUN TOKEN=${TOKEN} apt-get install openssl`,
      members: [
        file('var/lib/dpkg/status', dpkg('base-files', 'openssl')),
        file('app/node_modules/left-pad/package.json', '{"name":"left-pad","version":"1.3.0"}'),
        { ...file('opt/tool', '#!/bin/sh\n'), mode: 0o755 },
      ],
    },
  ],
});
const path = (name: string): string => join(folder, name);
const RIGHT = {
  packages: [deb('base-files'), deb('openssl'), { name: 'left-pad', version: '1.3.0', purl: 'pkg:npm/left-pad@1.3.0' }],
};

beforeAll(() => {
  writeFileSync(path('bare.tar'), archive(ociLayout([built])));
  writeFileSync(path('right.tar'), archive(attested(built, statementOf(spdxOf(RIGHT), built.manifest.digest))));
  writeFileSync(
    path('wrong.tar'),
    archive(attested(built, statementOf(spdxOf({ packages: [deb('base-files'), deb(TOKEN)] })))),
  );
  writeFileSync(path('right.json'), JSON.stringify(spdxOf(RIGHT)));
  writeFileSync(path('broken.json'), '{"spdxVersion":');
});

describe('audit sbom', () => {
  test('tells that an attached SBOM is right, and exits with 0', async () => {
    const { stdout, stderr, status } = await runCli(['sbom', path('right.tar')]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(
      /^SBOM 0 attachment sha256:[0-9a-f]{12} \(index\)\n {2}SPDX 2\.3 \(json\) in a statement, by syft-1\.52\.0, /,
    );
    expect(stdout).toContain('SBOM 0 agrees with the layers: 3 of 3 packages and 0 files as listed');
    expect(stdout).toMatch(/programs that nothing explains \(1\)\n {4}\/opt\/tool {2}script/);
  });

  test('tells what is wrong, with the layer and its instruction, without a secret, and exits with 1', async () => {
    const { stdout, status } = await runCli(['sbom', path('wrong.tar')]);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /in the image and not in the SBOM \(2\)\n(?:.*\n)? {4}openssl +1\.0 +dpkg +\/var\/lib\/dpkg\/status +layer 1: RUN TOKEN=/,
    );
    expect(stdout).toMatch(/in the SBOM and not in the image \(1\)/);
    expect(stdout).not.toContain(TOKEN);
  });

  test('exits with 1 where there is no SBOM, and with 0 where nothing is to fail', async () => {
    const { stdout, status } = await runCli(['sbom', path('bare.tar')]);
    expect(status).toBe(1);
    expect(stdout).toContain('no SBOM is attached to this image');
    expect((await runCli(['sbom', path('bare.tar'), '--fail-on', 'none'])).status).toBe(0);
  });

  test('compares with a file, and writes what its schema says', async () => {
    const out = path('report.json');
    const args = [
      'sbom',
      path('bare.tar'),
      '--sbom',
      path('right.json'),
      '--format',
      'json',
      '--reproducible',
      '-o',
      out,
    ];
    expect(await runCli(args)).toMatchObject({ status: 0, stdout: '' });
    const report = JSON.parse(readFileSync(out, 'utf8')) as SbomReport;
    const schema = JSON.parse(readFileSync(new URL('../../schema/sbom-1.json', import.meta.url), 'utf8')) as object;
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report.images[0]?.comparisons[0]).toMatchObject({ differs: false, subject: { verdict: 'unstated' } });
    expect(report).not.toHaveProperty('startedAt');
  });

  test.each(['cyclonedx', 'spdx'])('writes %s of the layers that agrees with them', async (format) => {
    const out = path(`own.${format}`);
    expect((await runCli(['sbom', path('bare.tar'), '--write', format, '-o', out])).status).toBe(0);
    const { stdout, status } = await runCli(['sbom', path('bare.tar'), '--sbom', out]);
    expect(stdout).toContain('agrees with the layers: 3 of 3 packages');
    expect(stdout).toContain(`which is this image.`);
    expect(status).toBe(0);
  });

  test.each([
    ['cyclonedx', /"bomFormat": "CycloneDX"/],
    ['spdx', /"spdxVersion": "SPDX-2\.3"/],
  ])('converts what is attached to %s, without a secret', async (format, expected) => {
    const { stdout, status } = await runCli(['sbom', path('wrong.tar'), '--convert', format]);
    expect(status).toBe(1);
    expect(stdout).toMatch(expected);
    expect(stdout).toContain('pkg:deb/debian/base-files@1.0');
    expect(stdout).not.toContain(TOKEN);
  });

  test.each<[string[], RegExp]>([
    [['bare.tar', '--convert', 'spdx'], /has no SBOM to convert \[SBOM_ABSENT\]/],
    [['bare.tar', '--sbom', 'broken.json'], /broken\.json: the SBOM is no JSON \[SBOM_INVALID\]/],
  ])('exits with 2 where it cannot run: %j', async ([image = '', ...args], message) => {
    const files = args.map((arg) => (arg.endsWith('.json') ? path(arg) : arg));
    const { status, stderr } = await runCli(['sbom', path(image), ...files]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  test('is part of audit image: what is missing is a finding', async () => {
    const { stdout } = await runCli(['image', path('wrong.tar'), '--format', 'json', '--fail-on', 'none']);
    const rules = (JSON.parse(stdout) as { findings: { rule: string }[] }).findings.map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['trust/sbom-missing-packages', 'trust/sbom-surplus-packages']));
    expect(stdout).not.toContain(TOKEN);
  });
});
