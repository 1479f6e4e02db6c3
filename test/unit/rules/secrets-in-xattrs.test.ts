import { describe, expect, test } from 'vitest';
import type { Report } from '../../../src/report/index.ts';
import { auditRecipe } from '../../support/audit-recipe.ts';
import { file, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;

function audit(...layers: TarMemberSpec[][]): Promise<Report> {
  return auditRecipe({
    config: { User: '10001' },
    steps: layers.map((members, i) => ({ createdBy: `COPY ${i} /`, members })),
  });
}

const placesOf = (report: Report): unknown[] =>
  report.findings
    .filter(({ rule }) => rule === 'secrets/github-token')
    .flatMap(({ evidence }) => evidence)
    .map(({ path, field, byteRange, state }) => [path, field, byteRange, state]);

describe('a secret in an extended attribute', () => {
  test.each([
    ['as star and GNU tar write it', { 'SCHILY.xattr.user.note': `k=${TOKEN}` }],
    ['as libarchive writes it', { 'LIBARCHIVE.xattr.user.note': Buffer.from(`k=${TOKEN}`).toString('base64') }],
  ])('%s is told with the file, once', async (_, pax) => {
    const report = await audit([file('a', 'x'), file('etc/b', 'x', { pax })]);
    expect(placesOf(report)).toEqual([['/etc/b', 'xattr:user.note', [2, 42], 'live']]);
    expect(JSON.stringify(report)).not.toContain(TOKEN);
  });

  test('is told where the file was deleted', async () => {
    const report = await audit([file('b', 'x', { pax: { 'SCHILY.xattr.user.note': TOKEN } })], [whiteout('b')]);
    expect(placesOf(report)).toEqual([['/b', 'xattr:user.note', [0, 40], 'deleted']]);
  });

  test('in its name is not shown', async () => {
    const report = await audit([file('b', 'x', { pax: { [`SCHILY.xattr.user.${TOKEN}`]: TOKEN } })]);
    expect(placesOf(report)).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain(TOKEN);
  });
});

test('a secret in another PAX record is told without a file', async () => {
  const report = await audit([file('b', 'x', { pax: { comment: TOKEN, 'SCHILY.xattr.user.note': 'nothing' } })]);
  expect(placesOf(report)).toMatchObject([[null, 'tar:extended-header', expect.anything(), 'metadata']]);
});
