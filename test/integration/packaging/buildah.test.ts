import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acmeApi } from '../../../fixtures/recipes/acme-api.ts';
import { auditImage } from '../../../src/audit/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { TEST_KEY } from '../../support/audit-recipe.ts';
import { buildImage, ociLayout, writeFolder } from '../../support/image-builder.ts';
import { isInstalled } from '../../support/installed-programs.ts';
import { sameFindings } from '../../support/same-findings.ts';

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'layer-audit-buildah-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const inScratch = (name: string): string => join(scratch, name);
const policy = inScratch('policy.json');
writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
const authFile = inScratch('auth.json');
writeFileSync(authFile, '{}');
const OPTIONS = ['--quiet', '--signature-policy', policy, '--authfile', authFile];

const audit = (reference: string): Promise<Report> =>
  auditImage({ reference, fingerprintKey: TEST_KEY, version: '0.0.0-test', reproducible: true });

/** buildah with a store of its own, which unpacks layers and packs them again. */
async function buildah(...args: string[]): Promise<string> {
  const store = ['--root', inScratch('root'), '--runroot', inScratch('run'), '--storage-driver', 'vfs'];
  return (await run('buildah', [...store, ...args], { timeout: 60_000, cwd: scratch })).stdout.trim();
}

// Its store needs the right to change owners.
const works = isInstalled('buildah') && process.getuid?.() === 0;

describe.skipIf(!works)('what buildah pushes of an image it unpacked', () => {
  let expected: unknown;
  let id = '';
  beforeAll(async () => {
    // Without a file twice in one layer: buildah refuses to unpack that.
    writeFolder(ociLayout([buildImage(acmeApi)], '1.4'), inScratch('layout'));
    expected = sameFindings(await audit(inScratch('layout')));
    // It names the image by the path, which must be one that a repository may have: so it runs in the folder.
    id = await buildah('pull', ...OPTIONS, 'oci:layout:1.4');
  });

  test.each([
    ['a docker archive', 'docker-archive', 'docker.tar', ':acme/api:1.4'],
    ['an OCI archive', 'oci-archive', 'oci.tar', ':1.4'],
    ['an OCI layout', 'oci', 'copy', ':1.4'],
  ])('as %s gives the same findings', async (_, transport, name, tag) => {
    await buildah('push', ...OPTIONS, id, `${transport}:${inScratch(name)}${tag}`);
    for (const reference of [`${transport}:${inScratch(name)}`, inScratch(name), `${inScratch(name)}@0`]) {
      const report = await audit(reference);
      expect(sameFindings(report)).toEqual(expected);
      expect(report.orphans).toEqual([]);
    }
  });
});
