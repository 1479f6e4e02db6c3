/**
 * Real daemons, where the environment names some that tests may load images into: `LAYER_AUDIT_TEST_DOCKER_HOST` and
 * `LAYER_AUDIT_TEST_CONTAINER_HOST`. Docker's client is what loads them; it speaks to Podman, too.
 */
import { execFile } from 'node:child_process';
import { warn } from 'node:console';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acmeApi } from '../../../fixtures/recipes/acme-api.ts';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { auditImages, TEST_KEY } from '../../support/audit-recipe.ts';
import { archive, buildImage, dockerSaveLegacy } from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { sameFindings } from '../../support/same-findings.ts';

const run = promisify(execFile);
const options = { fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true } as const;
const built = buildImage(acmeApi);
const NAME = `localhost/layer-audit-test:${process.pid}`;

const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-real-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Whether a variable names a daemon, and its client is there; tells what is skipped. */
function isGiven(variable: string): boolean {
  if (!isInstalled('docker')) return false;
  const given = (process.env[variable] ?? '') !== '';
  if (!given) warn(`SKIPPED: ${variable} names no daemon`);
  return given;
}

describe.each([
  ['docker-daemon', 'LAYER_AUDIT_TEST_DOCKER_HOST'],
  ['podman', 'LAYER_AUDIT_TEST_CONTAINER_HOST'],
])('%s, in truth', (scheme, variable) => {
  const host = process.env[variable] ?? '';
  const audit = (image: string): Promise<Report> =>
    auditImage({
      ...options,
      reference: `${scheme}:${image}`,
      registry: { env: { DOCKER_HOST: host, CONTAINER_HOST: host } },
    });

  describe.skipIf(!isGiven(variable))('a daemon', () => {
    let expected: unknown;
    beforeAll(async () => {
      expected = sameFindings(await auditImages([built], options));
      const path = join(scratch, 'image.tar');
      writeFileSync(path, archive(dockerSaveLegacy(built, [NAME])));
      await run('docker', ['-H', host, 'load', '--input', path], { timeout: 60_000 });
    });
    afterAll(() => run('docker', ['-H', host, 'image', 'rm', NAME], { timeout: 60_000 }));

    test('gives the same findings as the archive that was loaded', async () => {
      const report = await audit(NAME);
      expect(sameFindings(report)).toEqual(expected);
      expect(report.subject.source).toBe('daemon');
      expect(report.images[0]?.names).toContain(NAME);
    });

    test('gives them by the image’s ID, too', async () => {
      const { stdout } = await run('docker', ['-H', host, 'image', 'inspect', '--format', '{{.Id}}', NAME]);
      expect(sameFindings(await audit(stdout.trim()))).toEqual(expected);
    });

    test('does not have what nobody loaded', async () => {
      await expect(audit(`${NAME}-gone`)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    });
  });
});
