/** Files in a layer that expand without end: they stop at the limit, and what stands beside them is examined. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/core/index.ts';
import { auditRecipe } from '../../support/audit-recipe.ts';
import { ZEROS_BZIP2, ZEROS_XZ } from '../../support/compressed-samples.ts';
import { file, writeTar } from '../../support/tar-writer.ts';
import { xzStored } from '../../support/xz-writer.ts';
import { arArchive, cpioArchive, rpmPackage, zipArchive } from '../../unit/examine/nested/archive-writer.ts';
import { gitDelta, gitPack, type PackObject } from '../../unit/examine/nested/git-writer.ts';

const MIB = 1024 * 1024;
const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const many = (bytes: Buffer, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes));

function packBomb(): Buffer {
  const content = Buffer.alloc(8 * MIB);
  const delta = gitDelta(content.byteLength, content.byteLength, [[0, content.byteLength]]);
  const objects: PackObject[] = [{ kind: 'blob', content }];
  for (let i = 0; i < 100; i += 1) objects.push({ kind: 'offset-delta', base: i, delta });
  return gitPack(objects).bytes;
}

describe('a bomb among the files of a layer', () => {
  const limits = { ...DEFAULT_LIMITS, maxNestedBytes: 40 * MIB };

  test.each([
    ['xz', many(ZEROS_XZ, 100)],
    ['bzip2', many(ZEROS_BZIP2, 20)],
    ['xz in xz', xzStored(xzStored(many(ZEROS_XZ, 100)))],
    ['bzip2 in a Debian package', arArchive([['data.tar.bz2', many(ZEROS_BZIP2, 20)]])],
    ['xz as the payload of an RPM package', rpmPackage(many(ZEROS_XZ, 100))],
    ['xz in cpio', cpioArchive([{ name: 'x', content: many(ZEROS_XZ, 100) }])],
    [
      'bzip2 as a member of a zip',
      zipArchive([{ name: 'x', content: many(ZEROS_BZIP2, 20), method: 'stored', methodNumber: 12 }]),
    ],
    ['deltas of git', packBomb()],
  ])('%s', async (_, bomb) => {
    expect(bomb.byteLength).toBeLessThan(200_000);
    const report = await auditRecipe(
      {
        config: { User: '1' },
        steps: [{ createdBy: 'COPY . /', members: [file('a/bomb', bomb), file('etc/token', TOKEN)] }],
      },
      { limits },
    );
    expect(report.gaps.map(({ reason, incomplete }) => [reason, incomplete])).toContainEqual(['budget-exceeded', true]);
    expect(
      report.findings.filter(({ rule }) => rule === 'secrets/github-token').map(({ evidence }) => evidence[0]?.path),
    ).toEqual(['/etc/token']);
  });

  test('that stays below the limit is examined to its end', async () => {
    const tar = writeTar([file('deep', `token=${TOKEN}`)]);
    const report = await auditRecipe(
      {
        config: { User: '1' },
        steps: [
          { createdBy: 'COPY . /', members: [file('zeros.xz', many(ZEROS_XZ, 3)), file('a.tar.xz', xzStored(tar))] },
        ],
      },
      { limits },
    );
    expect(report.gaps).toEqual([]);
    expect(
      report.findings.some(({ evidence }) =>
        evidence.some(({ nestedPath }) => nestedPath.join(' > ') === 'a.tar > deep'),
      ),
    ).toBe(true);
  });
});
