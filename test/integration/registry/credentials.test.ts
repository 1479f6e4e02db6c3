import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { type AuditError, renderTable } from '../../../src/index.ts';
import { buildIndex } from '../../support/image-builder.ts';
import { type RegistryAuth, RegistryServer } from '../../support/registry-server.ts';
import { auditReference, exampleImage } from './example-images.ts';

const IMAGES = [exampleImage('linux/amd64'), exampleImage('linux/arm64')];
const INDEX = buildIndex(IMAGES);

describe('credentials', () => {
  const PASSWORD = `correct ${'horse'}`;
  const ENCODED = Buffer.from(`alice:${PASSWORD}`).toString('base64');
  const FOLDER = process.env['DOCKER_CONFIG'] as string;

  afterEach(() => rmSync(FOLDER, { recursive: true, force: true }));

  async function audited(auth: RegistryAuth, tag = 'one'): Promise<{ outcome: unknown; shown: string }> {
    await using registry = await RegistryServer.start(auth);
    const name = registry.push('acme/api', IMAGES, [INDEX]);
    registry.tag('acme/api', 'one', IMAGES[0]?.manifest ?? INDEX);
    registry.tag('acme/api', 'all', INDEX);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth: ENCODED } } }));
    try {
      const report = await auditReference(`${name}:${tag}`, { reveal: true });
      return {
        outcome: report.verdict.complete,
        shown: JSON.stringify(report) + renderTable(report, { colours: false, width: 200 }),
      };
    } catch (error) {
      return { outcome: (error as AuditError).code, shown: inspect(error, { depth: 10, showHidden: true }) };
    }
  }

  test.each<[unknown, string, RegistryAuth, string]>([
    [true, 'a password', { kind: 'basic', username: 'alice', password: PASSWORD }, 'one'],
    [true, 'a token', { kind: 'bearer', account: { username: 'alice', password: PASSWORD } }, 'all'],
    ['REGISTRY_UNAUTHORIZED', 'a wrong password', { kind: 'basic', username: 'alice', password: 'other' }, 'one'],
    [
      'REGISTRY_UNAUTHORIZED',
      'a wrong password for a token',
      { kind: 'bearer', account: { username: 'alice', password: 'other' } },
      'one',
    ],
    ['REGISTRY_NOT_FOUND', 'a tag that is not there', { kind: 'basic', username: 'alice', password: PASSWORD }, 'no'],
  ])('stand neither in reports nor in errors, and give %s with %s', async (expected, _, auth, tag) => {
    const { outcome, shown } = await audited(auth, tag);
    expect(outcome).toBe(expected);
    expect(shown).not.toContain(PASSWORD);
    expect(shown).not.toContain(ENCODED.slice(0, 12));
    expect(shown).not.toMatch(/token-\d\.\d/);
  });
});
