/** Images that the tests of registries share: two platforms on one base, a deleted secret in the second layer. */
import { auditImage } from '../../../src/index.ts';
import type { Report } from '../../../src/report/index.ts';
import { type AuditRecipeOptions, TEST_KEY } from '../../support/audit-recipe.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import { type BuiltImage, buildImage, type LayerCompression } from '../../support/image-builder.ts';
import { dir, file, whiteout } from '../../support/tar-writer.ts';

const SECRET = EXAMPLE_SECRETS['github-token'];

/** An image for a platform; all of them share the lowest layer. */
export function exampleImage(platform = 'linux/amd64', compression: LayerCompression = 'gzip'): BuiltImage {
  return buildImage(
    {
      platform,
      config: { User: '', Cmd: ['/app/run'], Labels: { 'org.example.platform': platform } },
      steps: [
        {
          createdBy: 'ADD base.tar /',
          members: [
            dir('etc'),
            file('etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'),
            file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
            dir('bin'),
            file('bin/sh', '\x7fELF shell', { mode: 0o755 }),
          ],
        },
        {
          createdBy: 'COPY . /app',
          members: [
            dir('app'),
            file('app/run', `run on ${platform}`, { mode: 0o755 }),
            file('app/.env', `# ${platform}\n${SECRET?.text}\n`),
          ],
        },
        { createdBy: 'CMD ["/app/run"]' },
        { createdBy: 'RUN rm /app/.env', members: [whiteout('app/.env')] },
      ],
    },
    compression,
  );
}

/** Audits a reference, without waiting before it tries again. */
export function auditReference(reference: string, more: AuditRecipeOptions = {}): Promise<Report> {
  return auditImage({
    fingerprintKey: TEST_KEY,
    version: '0.0.0-test',
    ...more,
    reference,
    registry: {
      env: process.env,
      http: { sleep: async () => undefined },
      ...more.registry,
    },
  });
}

/** For registries that say nothing. */
export const IMPATIENT: AuditRecipeOptions = {
  registry: { env: process.env, http: { idleTimeoutMs: 600, sleep: async () => undefined } },
};

/** Rules that found something, each once. */
export function rulesOf(report: Report): string[] {
  return [...new Set(report.findings.map(({ rule }) => rule))].sort();
}
