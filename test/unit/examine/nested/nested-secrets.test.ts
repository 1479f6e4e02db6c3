import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/core/index.ts';
import type { Report } from '../../../../src/report/index.ts';
import { auditRecipe } from '../../../support/audit-recipe.ts';
import type { ImageRecipe } from '../../../support/image-builder.ts';
import { file, hardlink, whiteout, writeTar } from '../../../support/tar-writer.ts';
import { xzStored } from '../../../support/xz-writer.ts';
import { arArchive, zipArchive } from './archive-writer.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const PROPERTIES = `# settings\ntoken=${TOKEN}\n`;
const JAR = zipArchive([{ name: 'c.properties', content: PROPERTIES }]);
const WAR = zipArchive([
  { name: 'index.html', content: '<html></html>' },
  { name: 'WEB-INF/lib/in.jar', content: JAR },
]);

const image = (...layers: Parameters<typeof writeTar>[0][]): ImageRecipe => ({
  config: { User: '10001' },
  steps: layers.map((members, i) => ({ createdBy: `COPY ${i} /`, members })),
});

function places(report: Report): unknown[] {
  return report.findings
    .filter(({ rule }) => rule === 'secrets/github-token')
    .flatMap(({ evidence }) => evidence)
    .map(({ path, nestedPath, line, byteRange, state }) => [path, nestedPath, line, byteRange, state]);
}

const at = PROPERTIES.indexOf(TOKEN);
const range = [at, at + TOKEN.length];

describe('a secret in an archive in the image', () => {
  test('is found with every archive that leads to it', async () => {
    const report = await auditRecipe(image([file('app/outer.war', WAR)]));
    expect(places(report)).toEqual([['/app/outer.war', ['WEB-INF/lib/in.jar', 'c.properties'], 2, range, 'live']]);
    expect(report.gaps).toEqual([]);
  });

  test('is found where the archive was deleted, and under every name of a hard link', async () => {
    const report = await auditRecipe(image([file('a.jar', JAR), hardlink('b.jar', 'a.jar')], [whiteout('a.jar')]));
    expect(places(report)).toEqual([
      ['/a.jar', ['c.properties'], 2, range, 'deleted'],
      ['/b.jar', ['c.properties'], 2, range, 'live'],
    ]);
  });

  test('is found in logs that are compressed, and in objects of git', async () => {
    const object = deflateSync(Buffer.from(`blob ${PROPERTIES.length}\0${PROPERTIES}`));
    const report = await auditRecipe(
      image([
        file('var/log/app.log.1.gz', gzipSync(PROPERTIES)),
        file(`app/.git/objects/ab/${'cd'.repeat(19)}`, object),
      ]),
    );
    expect(places(report).map((place) => (place as unknown[]).slice(0, 2))).toEqual([
      [`/app/.git/objects/ab/${'cd'.repeat(19)}`, [`blob ab${'cd'.repeat(19)}`]],
      ['/var/log/app.log.1.gz', ['app.log.1']],
    ]);
  });

  test('is found in a package, where nothing else in the layer is an archive', async () => {
    const data = xzStored(writeTar([file('./etc/x.conf', PROPERTIES)]));
    const report = await auditRecipe(image([file('opt/x.deb', arArchive([['data.tar.xz', data]]))]));
    expect(places(report)).toContainEqual([
      '/opt/x.deb',
      ['data.tar.xz', 'data.tar', './etc/x.conf'],
      2,
      range,
      'live',
    ]);
  });

  test('is one finding with the same secret elsewhere', async () => {
    const report = await auditRecipe(image([file('a.jar', JAR), file('etc/token', TOKEN)]));
    expect(report.findings.filter(({ rule }) => rule === 'secrets/github-token')).toHaveLength(1);
    expect(places(report)).toHaveLength(2);
  });

  test('in the name of a member is not shown', async () => {
    const zip = zipArchive([{ name: `${TOKEN}/x`, content: PROPERTIES }]);
    const report = await auditRecipe(image([file('a.zip', zip)]));
    expect(JSON.stringify(report)).not.toContain(TOKEN);
  });
});

describe('an archive that cannot be read to its end', () => {
  test('is told, and does not make the audit incomplete: the layer was read', async () => {
    const report = await auditRecipe(image([file('app/broken.gz', gzipSync('text'.repeat(999)).fill(0xff, 12, 30))]));
    expect(report.gaps).toMatchObject([{ reason: 'nested-not-examined', incomplete: false }]);
    expect(report.gaps[0]?.message).toContain('/app/broken.gz');
    expect(report.verdict).toMatchObject({ complete: true, exitStatus: 0 });
  });

  test('for its size is a gap that counts', async () => {
    const bomb = zipArchive([{ name: 'a', content: Buffer.alloc(3_000_000) }]);
    const limits = { ...DEFAULT_LIMITS, maxNestedBytes: 1_000_000 };
    const report = await auditRecipe(image([file('bomb.zip', bomb), file('etc/token', TOKEN)]), { limits });
    expect(report.gaps.map(({ reason, incomplete }) => [reason, incomplete])).toContainEqual(['budget-exceeded', true]);
    expect(places(report)).toHaveLength(1);
  });
});
