import { describe, expect, test } from 'vitest';
import { type MeasureLayersOptions, measureLayers, parseSizeBudget } from '../../../src/audit/index.ts';
import { type LayersReport, renderLayersCsv, renderLayersTable, toJson } from '../../../src/report/index.ts';
import { TEST_KEY, withLayouts } from '../../support/audit-recipe.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import { file, whiteout } from '../../support/tar-writer.ts';

const recipe: ImageRecipe = {
  steps: [
    { createdBy: 'ADD base.tar /', members: [file('etc/f', '12345'), file('big', 'b'.repeat(5000))] },
    { createdBy: '/bin/sh -c #(nop)  CMD ["sh"]' },
    { createdBy: 'RUN chmod -R 755 /etc # buildkit', members: [file('etc/f', '12345', { mode: 0o755 })] },
    { createdBy: 'RUN rm /big # buildkit', members: [whiteout('big'), file('app', '12')] },
  ],
};

const measure = (one: ImageRecipe, more: Partial<MeasureLayersOptions> = {}): Promise<LayersReport> =>
  withLayouts([one], (reference = '') =>
    measureLayers({ reference, fingerprintKey: TEST_KEY, version: '0.0.0', reproducible: true, ...more }),
  );

describe('measuring layers', () => {
  test('tells of each layer its sizes, its instruction, its origin, and what hides its bytes', async () => {
    const report = await measure(recipe);
    expect(report).toMatchObject({ schema: 'layer-audit/layers-1', verdict: { complete: true, exitStatus: 0 } });
    const [image] = report.images;
    expect(image?.layers).toMatchObject([
      {
        instruction: 'ADD base.tar /',
        origin: 'base',
        contentBytes: 5005,
        hiddenBytes: { deleted: 5000, overwritten: 0, metadataOnly: 5 },
      },
      { instruction: 'RUN chmod -R 755 /etc', origin: 'app', contentBytes: 5, liveBytes: 5 },
      { instruction: 'RUN rm /big', contentBytes: 2, whiteouts: 1 },
    ]);
    expect(image?.totals).toMatchObject({ contentBytes: 5012, liveBytes: 7, reclaimableBytes: 5005 });
    expect(image?.totals.efficiency).toBeCloseTo(7 / 5012);
    expect(image?.layers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(image?.waste.rewrites).toMatchObject([{ layer: 1, files: 1, changed: { mode: 1 } }]);
    expect(image).not.toHaveProperty('tree');
  });

  test('estimates the stored bytes of what is hidden by its share of the tar', async () => {
    const [image] = (await measure(recipe)).images;
    const [layer] = image?.layers ?? [];
    // Two headers, one block and ten: 6656 bytes of a tar of two headers, eleven blocks and its end.
    expect(layer?.tarBytes).toBe(6656 + 1024);
    expect(layer?.reclaimableStoredBytesEstimate).toBe(Math.round(((layer?.storedBytes ?? 0) * 6656) / (6656 + 1024)));
  });

  test('guesses nothing where history and layers do not go together', async () => {
    const [image] = (await measure({ ...recipe, document: { history: [{ created_by: 'RUN lies' }] } })).images;
    expect(image?.historyMismatch).toEqual({ historyLayers: 1, layers: 3 });
    expect(image?.layers.map(({ instruction, origin }) => [instruction, origin])).toEqual(
      Array.from({ length: 3 }, () => [null, 'unknown']),
    );
  });

  test('masks a secret that stands in an instruction', async () => {
    const token = `gh${'p_'}${'Zq3vTr8Kd2Lm9Xs4Bw7Yc1Hn6Jf5Ge0RabU2'}`;
    const text = toJson(
      await measure({
        steps: [{ createdBy: `RUN curl -H "Authorization: token ${token}" x`, members: [file('f', '1')] }],
      }),
    );
    expect(text).toContain('Authorization: token ');
    expect(text).not.toContain(token);
  });

  test.each([
    ['maxSize', '1B', 'size', true],
    ['maxSize', '1MB', 'size', false],
    ['maxLayerSize', '1KiB', 'layer-size', true],
    ['maxLayerSize', '7680', 'layer-size', false],
    ['maxWaste', '50%', 'waste', true],
    ['maxWaste', '99.9%', 'waste', false],
    ['maxWaste', '5004B', 'waste', true],
    ['maxWaste', '5005B', 'waste', false],
  ] as const)('holds %s %s against what it measured', async (name, limit, kind, exceeded) => {
    const report = await measure(recipe, { [name]: parseSizeBudget(limit, '--max', true) });
    expect(report.budgets).toMatchObject([{ kind, limit, exceeded, platform: 'linux/amd64' }]);
    expect(report.verdict).toMatchObject({ failed: exceeded, exitStatus: exceeded ? 1 : 0 });
  });

  test.each(['', 'x', '-1', '5%', '1.MB', '1e9', '10 MiBB'])('takes %j for no size', (text) => {
    expect(() => parseSizeBudget(text, '--max-size')).toThrow(/--max-size is no size/);
  });

  test.each([
    ['250MB', 250e6],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['1024', 1024],
    ['3 kb', 3000],
  ])('takes %s for %i bytes', (text, value) => {
    expect(parseSizeBudget(text, '--max-size')).toMatchObject({ kind: 'bytes', value });
  });
});

describe('what is shown of layers', () => {
  const hostile: ImageRecipe = {
    steps: [
      {
        createdBy: 'RUN \u001b[2J evil\r\nlayer',
        members: [file('a\u001b]0;owned\u0007', 'x'.repeat(900)), file('=1+2', 'y')],
      },
      { createdBy: 'RUN more', members: [file('a\u001b]0;owned\u0007', 'z')] },
    ],
  };

  test('never reaches a terminal as it is in the image', async () => {
    const report = await measure(hostile, { tree: true });
    const table = renderLayersTable(report, { colours: false, width: 200 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
    for (const text of [table, toJson(report)]) expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(table).toContain('/a\\x1b]0;owned\\x07');
  });

  test('is a line for each layer as CSV, with what is no formula', async () => {
    const lines = renderLayersCsv(await measure(hostile)).split('\r\n');
    expect(lines.length).toBe(4);
    expect(lines[0]).toMatch(/^platform,layer,digest,diff_id,compression,stored_bytes,/);
    expect(lines[1]).toMatch(/^linux\/amd64,0,sha256:[0-9a-f]{64},sha256:[0-9a-f]{64},gzip,\d+,\d+,901,1,0,900,0,0,/);
    expect(lines[1]).toContain('\\x1b[2J evil');
  });

  test('names waste, rewrites and dive’s numbers in the table', async () => {
    const table = renderLayersTable(await measure(recipe), { colours: false, width: 200 });
    expect(table).toContain('5.0 kB are hidden by later layers');
    expect(table).toContain('layer 1 holds 1 file (5 B) again with another mode of 1 (chmod)');
    expect(table).toMatch(/as dive counts it \S+, with 5.0 kB wasted/);
  });
});
