import { describe, expect, test } from 'vitest';
import { imageOf } from '../../../fixtures/rules/fixture.ts';
import { describeRule, describeRules, EXIT } from '../../../src/audit/index.ts';
import { SEVERITIES } from '../../../src/core/index.ts';
import { RULES } from '../../../src/rules/index.ts';
import { auditFiles, auditRecipe } from '../../support/audit-recipe.ts';
import { buildImage, descriptor, type Files, jsonBlob, ociLayout } from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';

const clean = imageOf([file('a', 'a')]);
/** Its only finding is of severity medium. */
const medium = { ...clean, config: {} };

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function without(recipe: typeof clean, choose: (image: ReturnType<typeof buildImage>) => string): Files {
  const image = buildImage(recipe);
  const files = ociLayout([image]);
  files.delete(blobPath(choose(image)));
  return files;
}

const withoutLayer = (recipe: typeof clean): Files => without(recipe, (image) => image.layers[0]?.digest ?? '');

describe('the exit status', () => {
  test.each(SEVERITIES)('with the threshold %s is 1 from that severity on', async (failOn) => {
    const { verdict } = await auditRecipe(medium, { failOn });
    const failed = SEVERITIES.indexOf(failOn) >= SEVERITIES.indexOf('medium');
    expect(verdict).toMatchObject({ failOn, failed, exitStatus: failed ? EXIT.findings : EXIT.passed, complete: true });
  });

  test.each([
    ['0 for nothing found', clean, {}, 0],
    ['0 without a threshold', medium, { failOn: 'none' }, 0],
    ['1 for findings', medium, { failOn: 'medium' }, 1],
  ] as const)('is %s', async (_, recipe, options, status) => {
    expect((await auditRecipe(recipe, options)).verdict.exitStatus).toBe(status);
  });

  test.each([
    ['3 for something that was not examined', clean, {}, 3],
    ['3 for that without a threshold, too', clean, { failOn: 'none' }, 3],
    ['1 for findings, whatever was not examined', medium, { failOn: 'medium' }, 1],
    ['0 where that is allowed', clean, { allowIncomplete: true }, 0],
    ['1 for findings where that is allowed', medium, { failOn: 'medium', allowIncomplete: true }, 1],
  ] as const)('is %s', async (_, recipe, options, status) => {
    const { verdict } = await auditFiles(withoutLayer(recipe), options);
    expect(verdict).toMatchObject({ exitStatus: status, complete: false });
  });
});

describe('gaps', () => {
  test('name an absent layer with its size, which coverage counts', async () => {
    const report = await auditFiles(withoutLayer(clean));
    const size = buildImage(clean).layers[0]?.bytes.byteLength;
    expect(report.gaps).toMatchObject([{ reason: 'blob-absent', bytes: size, incomplete: true }]);
    expect(report.gaps[0]?.subject).toMatch(/^layer 0 sha256:[0-9a-f]{64}$/);
    expect(report.coverage).toMatchObject({
      layers: { examined: 0, partial: 0, absent: 1 },
      entries: 0,
      bytes: { read: 0, examined: 0, notExamined: size },
    });
    expect(report.images[0]?.layers[0]).toMatchObject({ complete: false, entries: null, contentBytes: null });
  });

  test('name an absent layer once, however many platforms share it', async () => {
    const images = [buildImage(clean), buildImage({ ...clean, platform: 'linux/arm64' })];
    const files = ociLayout(images);
    files.delete(blobPath(images[0]?.layers[0]?.digest ?? ''));
    const report = await auditFiles(files);
    expect(report.gaps).toHaveLength(1);
    expect(report.coverage.layers.absent).toBe(1);
  });

  test('name an absent configuration; then nothing is guessed about the user', async () => {
    const report = await auditFiles(without(medium, ({ config }) => config.digest));
    expect(report.gaps.map(({ reason }) => reason)).toEqual(['config-absent']);
    expect(report.images[0]?.config).toBeNull();
    expect(report.findings).toEqual([]);
    expect(report.verdict.exitStatus).toBe(3);
  });

  test('name a broken configuration', async () => {
    const image = buildImage(clean);
    const config = { ...image.config, ...jsonBlob(['no object'], image.config.mediaType) };
    const manifest = jsonBlob(
      { schemaVersion: 2, config: descriptor(config), layers: image.layers.map(descriptor) },
      image.manifest.mediaType,
    );
    const report = await auditFiles(ociLayout([{ ...image, config, manifest }]));
    expect(report.gaps.map(({ reason }) => reason)).toEqual(['config-invalid']);
    expect(report.coverage.layers.examined).toBe(1);
  });

  test('say where a layer that may not be distributed is to be had', async () => {
    const image = buildImage(clean);
    const layer = {
      ...descriptor(image.layers[0] as (typeof image.layers)[number]),
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      urls: ['https://go.microsoft.com/x'],
    };
    const manifest = jsonBlob(
      { schemaVersion: 2, config: descriptor(image.config), layers: [layer] },
      image.manifest.mediaType,
    );
    const files = ociLayout([{ ...image, manifest }]);
    files.delete(blobPath(layer.digest));
    const report = await auditFiles(files);
    expect(report.gaps).toMatchObject([{ reason: 'foreign-layer', incomplete: true }]);
    expect(report.gaps[0]?.message).toContain('https://go.microsoft.com/x');
  });
});

describe('descriptions of rules', () => {
  test('are those of the catalogue, without what judges', () => {
    expect(describeRules().map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    expect(Object.values(describeRule('user/root')).every((value) => typeof value !== 'function')).toBe(true);
  });

  test.each([
    ['a typing error', 'secrets/gitub-token', /^Perhaps one of these: secrets\/github-token, /],
    ['another case', 'User/Root', /^Perhaps one of these: user\/root/],
    ['a part', 'setuid', /^Perhaps one of these: privilege\/setuid$/],
    ['nothing like it', 'zz', /^List all with: audit rules$/],
    ['the empty text', '', /^List all with: audit rules$/],
    ['a very long text', 'x'.repeat(100_000), /^List all with: audit rules$/],
  ])('help with %s', (_, id, hint) => {
    expect(() => describeRule(id)).toThrow(
      expect.objectContaining({ code: 'RULE_UNKNOWN', hint: expect.stringMatching(hint) }),
    );
  });
});
