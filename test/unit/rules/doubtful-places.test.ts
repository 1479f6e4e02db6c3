import { describe, expect, test } from 'vitest';
import { auditRecipe } from '../../support/audit-recipe.ts';
import { EXAMPLE_SECRETS } from '../../support/example-secrets.ts';
import { file } from '../../support/tar-writer.ts';

/** Severity of the only secret in a file, and whether the report doubts it. */
async function severityOf(
  kind: string,
  ...paths: string[]
): Promise<{ severity: string | undefined; doubted: boolean }> {
  const text = EXAMPLE_SECRETS[kind]?.text ?? '';
  const report = await auditRecipe({
    config: { User: '1000' },
    steps: [{ createdBy: 'COPY . /', members: paths.map((path) => file(path, `${text}\n`)) }],
  });
  const finding = report.findings.find(({ rule }) => rule === `secrets/${kind}`);
  return { severity: finding?.severity, doubted: finding?.message.includes('It may be none') === true };
}

describe('a secret that only its name tells', () => {
  test.each([
    'usr/lib/python3/dist-packages/kubernetes/tests/test_config.py',
    'app/node_modules/client/README.md',
    'app/node_modules/client/lib/client.test.js',
    'usr/local/go/src/crypto/ecdh/ecdh_test.go',
    'usr/share/doc/warehouse/examples/settings',
  ])('is doubted in the tests and manuals of libraries: /%s', async (path) => {
    expect(await severityOf('generic-secret', path)).toEqual({ severity: 'info', doubted: true });
  });

  test.each(['app/tests/.env', 'app/node_modules/client/config.json', 'app/README.md', 'usr/lib/warehouse/settings'])(
    'is one elsewhere: /%s',
    async (path) => {
      expect(await severityOf('generic-secret', path)).toEqual({ severity: 'medium', doubted: false });
    },
  );

  test('is one where it stands in another place, too', async () => {
    const paths = ['app/node_modules/client/README.md', 'app/.env'];
    expect(await severityOf('generic-secret', ...paths)).toEqual({ severity: 'medium', doubted: false });
  });
});

test('a token with a form of its own is one in the manual of a library, too', async () => {
  expect(await severityOf('github-token', 'app/node_modules/client/README.md')).toEqual({
    severity: 'critical',
    doubted: false,
  });
});

test('the key that ssl-cert makes is doubted', async () => {
  expect(await severityOf('private-key', 'etc/ssl/private/ssl-cert-snakeoil.key')).toEqual({
    severity: 'info',
    doubted: true,
  });
  expect(await severityOf('private-key', 'etc/ssl/private/server.key')).toEqual({
    severity: 'critical',
    doubted: false,
  });
});
