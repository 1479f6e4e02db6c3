import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import { buildImage, ociLayout, writeFolder } from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { sameFindings } from '../../support/same-findings.ts';
import { richImage } from './rich-image.ts';

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-tools-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const inScratch = (name: string): string => join(scratch, name);
const layout = inScratch('layout');

const audit = (reference: string): Promise<Report> =>
  auditImage({ reference, fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true });

/** skopeo without the machine's policy and configuration. */
const skopeo = (...args: string[]): Promise<unknown> =>
  run('skopeo', ['--insecure-policy', '--tmpdir', scratch, ...args], { timeout: 30_000 });

beforeAll(() => {
  writeFolder(ociLayout([buildImage(richImage)], '1.4'), layout);
  writeFolder(ociLayout([buildImage(richImage, 'none')], '1.4'), inScratch('plain'));
});

describe.skipIf(!isInstalled('skopeo'))('what skopeo makes of an image', () => {
  let expected: unknown;
  beforeAll(async () => {
    expected = sameFindings(await audit(layout));
  });

  test.each([
    ['a docker archive', 'docker-archive', 'docker.tar:acme/api:1.4', []],
    ['an OCI archive', 'oci-archive', 'oci.tar:1.4', []],
    ['another OCI layout', 'oci', 'copy:1.4', []],
    [
      'an OCI layout with zstd layers',
      'oci',
      'zstd:1.4',
      ['--dest-compress', '--dest-compress-format', 'zstd'],
      'plain',
    ],
    [
      'an OCI layout with layers not compressed',
      'oci',
      'unpacked:1.4',
      ['--dest-oci-accept-uncompressed-layers'],
      'plain',
    ],
  ])('as %s gives the same findings', async (_, transport, name, options, from = 'layout') => {
    await skopeo('copy', ...options, `oci:${inScratch(from)}:1.4`, `${transport}:${inScratch(name)}`);
    for (const reference of [`${transport}:${inScratch(name)}`, inScratch(name.slice(0, name.indexOf(':')))]) {
      expect(sameFindings(await audit(reference))).toEqual(expected);
    }
  });

  test('does have the layers compressed as it was told to', async () => {
    for (const [name, compression] of [
      ['zstd', 'zstd'],
      ['unpacked', 'none'],
    ] as const) {
      const [image] = (await audit(inScratch(name))).images;
      expect(new Set(image?.layers.map((layer) => layer.compression))).toEqual(new Set([compression]));
    }
  });

  test('as a folder of skopeo’s own, which is no layout, is refused with one coded error', async () => {
    await skopeo('copy', `oci:${layout}:1.4`, `dir:${inScratch('own')}`);
    await expect(audit(inScratch('own'))).rejects.toMatchObject({ name: 'AuditError' });
  });
});

describe.skipIf(!isInstalled('umoci'))('what umoci makes of a layout', () => {
  test('with one more tag still is one image', async () => {
    await run('umoci', ['tag', '--image', `${layout}:1.4`, 'again'], { timeout: 30_000 });
    for (const suffix of ['', ':1.4', ':again']) {
      const report = await audit(`oci:${layout}${suffix}`);
      expect(report.images.length).toBe(1);
      expect(report.gaps).toEqual([]);
    }
  });
});
