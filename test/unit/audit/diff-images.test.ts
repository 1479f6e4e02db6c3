import { describe, expect, test } from 'vitest';
import { type DiffImagesOptions, diffImages } from '../../../src/audit/index.ts';
import { parsePlatform } from '../../../src/core/index.ts';
import { type DiffReport, renderDiffTable, toJson } from '../../../src/report/index.ts';
import { TEST_KEY, withLayouts } from '../../support/audit-recipe.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import { file, whiteout } from '../../support/tar-writer.ts';

const TOKEN = `gh${'p_'}${'Zq3vTr8Kd2Lm9Xs4Bw7Yc1Hn6Jf5Ge0RabU2'}`;
const base = { createdBy: 'ADD base.tar /', members: [file('etc/os', 'id'), file('etc/old', '123')] };
const before: ImageRecipe = {
  steps: [base, { createdBy: 'RUN build 1', members: [file('app/run', 'one'), file('app/mode', 'x')] }],
  config: { User: 'app', Env: ['PATH=/bin', 'GONE=1'], Labels: { version: '1' }, Cmd: ['run'] },
};
const after: ImageRecipe = {
  steps: [
    base,
    {
      createdBy: 'RUN build 2',
      members: [
        file('app/run', 'two!'),
        file('app/mode', 'x', { mode: 0o755, pax: { 'SCHILY.xattr.user.a': 'b' } }),
        file('app/key', TOKEN),
        whiteout('etc/old'),
      ],
    },
  ],
  config: { User: 'root', Env: ['PATH=/bin', `TOKEN=${TOKEN}`], Labels: { version: '2' }, Cmd: ['run'], Volumes: {} },
};

function diff(
  recipes: readonly (ImageRecipe | readonly ImageRecipe[])[],
  more: Partial<DiffImagesOptions> = {},
): Promise<DiffReport> {
  return withLayouts(recipes, (reference = '', other = reference) =>
    diffImages({ reference, after: other, fingerprintKey: TEST_KEY, version: '0.0.0', reproducible: true, ...more }),
  );
}

/** An image with packages of dpkg, each brought by a layer of its own. */
const withPackages = (...layers: readonly Readonly<Record<string, string>>[]): ImageRecipe => ({
  steps: layers.map((packages, i) => ({
    createdBy: `RUN apt-get install ${i}`,
    members: [
      file(
        'var/lib/dpkg/status',
        Object.entries(packages)
          .map(
            ([name, version]) =>
              `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: all\n`,
          )
          .join('\n'),
      ),
    ],
  })),
});

describe('comparing packages of two images', () => {
  const old = withPackages({ base: '1', curl: '7.88-1', gone: '1' });
  const now = withPackages({ base: '1' }, { base: '1', curl: '8.5-1', jq: '1.7' });

  test('tells those that came, went and changed, with the layers that brought them', async () => {
    const [pair] = (await diff([old, now])).pairs;
    expect(pair?.packages.counts).toEqual({
      added: 1,
      removed: 1,
      upgraded: 1,
      downgraded: 0,
      changed: 0,
      unchanged: 1,
    });
    expect(pair?.packages.changes).toMatchObject([
      {
        change: 'upgraded',
        type: 'dpkg',
        name: 'curl',
        a: { version: '7.88-1', layer: 0 },
        b: { version: '8.5-1', layer: 1 },
      },
      { change: 'removed', name: 'gone', a: { version: '1', layer: 0, path: '/var/lib/dpkg/status' }, b: null },
      { change: 'added', name: 'jq', a: null, b: { version: '1.7', layer: 1 } },
    ]);
  });

  test('is the mirror image the other way round', async () => {
    const [there, back] = [(await diff([old, now])).pairs[0]?.packages, (await diff([now, old])).pairs[0]?.packages];
    const turned = {
      upgraded: 'downgraded',
      downgraded: 'upgraded',
      added: 'removed',
      removed: 'added',
      changed: 'changed',
    };
    expect(back?.changes).toEqual(
      there?.changes.map(({ change, a, b, ...one }) => ({ ...one, change: turned[change], a: b, b: a })),
    );
  });

  test('lists nothing that went with --only new, and shows the rest in a table', async () => {
    const report = await diff([old, now], { only: 'new' });
    expect(report.pairs[0]?.packages.changes.map(({ change }) => change)).toEqual(['upgraded', 'added']);
    const text = renderDiffTable(report, { colours: false, width: 120, top: 20 });
    expect(text).toContain('1 added, 1 removed, 1 upgraded; 1 are the same');
    expect(text).toMatch(/^upgraded +dpkg +curl +7\.88-1 → 8\.5-1 +1$/m);
  });
});

const pathsOf = (list: readonly { readonly path: string }[] = []): string[] => list.map(({ path }) => path);

describe('comparing two images', () => {
  test('tells files, settings, history, layers and findings', async () => {
    const { pairs, findings, verdict, schema } = await diff([before, after]);
    expect(schema).toBe('layer-audit/diff-1');
    const [pair] = pairs;
    expect(pathsOf(pair?.files.added)).toEqual(['/app/key']);
    expect(pathsOf(pair?.files.removed)).toEqual(['/etc/old']);
    expect(pair?.files.changed.map(({ path, differences }) => [path, differences])).toEqual([
      ['/app/mode', ['mode', 'xattr']],
      ['/app/run', ['content']],
    ]);
    expect(pair?.config).toEqual([
      { field: 'Env.GONE', a: '"1"', b: null },
      { field: 'Env.TOKEN', a: null, b: '"****"' },
      { field: 'Labels.version', a: '"1"', b: '"2"' },
      { field: 'User', a: '"app"', b: '"root"' },
    ]);
    expect(pair?.history).toEqual([
      { change: 'removed', instruction: 'RUN build 1', historyIndex: 1 },
      { change: 'added', instruction: 'RUN build 2', historyIndex: 1 },
    ]);
    expect(pair?.layers).toMatchObject({ shared: [{ a: 0, b: 0 }], onlyA: [{ index: 1 }], onlyB: [{ index: 1 }] });
    expect(findings.new.map(({ rule }) => rule)).toContain('secrets/github-token');
    expect(verdict).toEqual({ complete: true, failOn: 'high', failed: true, exitStatus: 1 });
  });

  test('shows no secret', async () => {
    const report = await diff([before, after]);
    expect(toJson(report)).not.toContain(TOKEN);
    expect(renderDiffTable(report, { colours: false, width: 100, top: 20 })).not.toContain(TOKEN);
  });

  test('is nothing between an image and itself', async () => {
    const { pairs, findings, verdict } = await diff([after, after]);
    expect(pairs[0]).toMatchObject({
      files: { added: [], removed: [], changed: [], counts: { mtimeOnly: 0, unchanged: 4 } },
      folders: [],
      layers: { onlyA: [], onlyB: [] },
      config: [],
      history: [],
    });
    expect(findings).toMatchObject({ new: [], fixed: [] });
    expect(findings.unchanged).toBeGreaterThan(0);
    expect(verdict).toMatchObject({ failed: false, exitStatus: 0 });
  });

  test('is the mirror image the other way round', async () => {
    const [there, back] = [await diff([before, after]), await diff([after, before])];
    const [a, b] = [there.pairs[0], back.pairs[0]];
    expect(pathsOf(b?.files.added)).toEqual(pathsOf(a?.files.removed));
    expect(b?.config).toEqual(a?.config.map(({ field, a: x, b: y }) => ({ field, a: y, b: x })));
    expect(b?.layers.onlyA).toEqual(a?.layers.onlyB);
    const fingerprints = (list: DiffReport['findings']['new']): string[] => list.map(({ fingerprint }) => fingerprint);
    expect(fingerprints(back.findings.fixed)).toEqual(fingerprints(there.findings.new));
    expect(fingerprints(back.findings.new)).toEqual(fingerprints(there.findings.fixed));
  });

  test('fails on new findings only: what was fixed, or was there before, does not', async () => {
    expect((await diff([after, before])).verdict).toMatchObject({ failed: false, exitStatus: 0 });
    expect((await diff([after, after], { failOn: 'info' })).verdict.failed).toBe(false);
    expect((await diff([before, after], { failOn: 'none' })).verdict.exitStatus).toBe(0);
  });

  test('lists with only new what the second has', async () => {
    const { pairs, findings } = await diff([before, after], { only: 'new' });
    expect(pairs[0]?.files).toMatchObject({ removed: [], counts: { removed: { paths: 1 } } });
    expect(pairs[0]?.config.map(({ field }) => field)).toEqual(['Env.TOKEN', 'Labels.version', 'User']);
    expect(pairs[0]?.history.map(({ change }) => change)).toEqual(['added']);
    expect(findings.fixed).toEqual([]);
  });

  test('makes no difference of when an image was built, and of what is empty or absent', async () => {
    const rebuilt = {
      ...before,
      config: { ...before.config, Entrypoint: null, Image: 'sha256:1' },
      document: { created: '2030-01-01T00:00:00Z' },
    };
    expect((await diff([before, rebuilt])).pairs[0]?.config).toEqual([]);
  });
});

describe('comparing within one image', () => {
  const amd64: ImageRecipe = { ...before, platform: 'linux/amd64' };
  const arm64: ImageRecipe = { ...after, platform: 'linux/arm64' };

  test('compares two of its platforms', async () => {
    const { pairs } = await diff([[amd64, arm64]], {
      platformBefore: parsePlatform('linux/amd64'),
      platformAfter: parsePlatform('linux/arm64'),
    });
    expect(pairs.map(({ a, b }) => [a.platform, b.platform])).toEqual([['linux/amd64', 'linux/arm64']]);
    expect(pathsOf(pairs[0]?.files.added)).toEqual(['/app/key']);
  });

  test('compares it before and after some layers', async () => {
    const { pairs } = await diff([after], { layerBefore: 0 });
    expect(pairs[0]).toMatchObject({ a: { upToLayer: 0 }, b: { upToLayer: null }, config: [] });
    expect(pathsOf(pairs[0]?.files.removed)).toEqual(['/etc/old']);
    expect(pathsOf(pairs[0]?.files.added)).toEqual(['/app/key', '/app/mode', '/app/run']);
    expect(pairs[0]?.layers).toMatchObject({ shared: [{ a: 0, b: 0 }], onlyB: [{ index: 1 }] });
  });

  test.each([
    ['a layer that it does not have', [after], { layerAfter: 2 }, 'has no layer 2'],
    ['layers of two platforms', [[amd64, arm64]], { layerAfter: 0 }, 'layers are of one'],
    [
      'nothing in common',
      [
        [amd64, arm64],
        [
          { ...amd64, platform: 'linux/s390x' },
          { ...amd64, platform: 'linux/riscv64' },
        ],
      ],
      {},
      'no platform in common',
    ],
  ] as const)('says of %s what is wrong', async (_, recipes, more, message) => {
    await expect(diff(recipes, more)).rejects.toThrow(message);
  });

  test('pairs platforms, and names those that only one side has', async () => {
    const { pairs, unpaired } = await diff([
      [amd64, arm64],
      [amd64, { ...amd64, platform: 'linux/s390x' }],
    ]);
    expect(pairs.map(({ a }) => a.platform)).toEqual(['linux/amd64']);
    expect(unpaired).toEqual({ a: ['linux/arm64'], b: ['linux/s390x'] });
  });
});
