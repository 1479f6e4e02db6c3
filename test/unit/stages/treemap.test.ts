import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutTreemap, measureLayers, sumSizes } from '../../../src/stages/index.ts';
import { type Rectangle, squarify } from '../../../src/stages/squarify.ts';
import { arbitraryLayers } from '../../support/size-recipes.ts';
import { file, hardlink, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';
import { stack } from '../filesystem/stack.ts';

const AREA = { x: 10, y: 20, width: 600, height: 400 };
const fold = async (...layers: readonly (readonly TarMemberSpec[])[]) => (await stack(...layers)).filesystem;
const areaOf = ({ width, height }: Rectangle): number => width * height;

/** Whether two rectangles share more than an edge. */
function overlap(a: Rectangle, b: Rectangle): boolean {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return wide > 1e-6 && high > 1e-6;
}

describe('dividing a rectangle', () => {
  test('gives areas as the weights are, within it, and beside each other', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 40 }), (weights) => {
        const parts = squarify(weights, AREA);
        const sum = weights.reduce((total, weight) => total + weight, 0);
        expect(parts.length).toBe(weights.length);
        for (const [i, part] of parts.entries()) {
          expect(areaOf(part)).toBeCloseTo(sum === 0 ? 0 : (areaOf(AREA) * (weights[i] as number)) / sum, 3);
          expect(part.x).toBeGreaterThanOrEqual(AREA.x - 1e-6);
          expect(part.y).toBeGreaterThanOrEqual(AREA.y - 1e-6);
          expect(part.x + part.width).toBeLessThanOrEqual(AREA.x + AREA.width + 1e-6);
          expect(part.y + part.height).toBeLessThanOrEqual(AREA.y + AREA.height + 1e-6);
          for (const other of parts.slice(i + 1)) expect(overlap(part, other)).toBe(false);
        }
      }),
    );
  });

  test('gives the rectangles of the paper for its example', () => {
    const parts = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    expect(
      parts.map(({ x, y, width, height }) => [x, y, width, height].map((one) => Math.round(one * 100) / 100)),
    ).toEqual([
      [0, 0, 3, 2],
      [0, 2, 3, 2],
      [3, 0, 1.71, 2.33],
      [4.71, 0, 1.29, 2.33],
      [3, 2.33, 1.2, 1.67],
      [4.2, 2.33, 1.2, 1.67],
      [5.4, 2.33, 0.6, 1.67],
    ]);
  });

  test('of no area, and of weights that are none, gives parts without area', () => {
    expect(squarify([1, 2], { x: 0, y: 0, width: 0, height: 5 }).map(areaOf)).toEqual([0, 0]);
    expect(squarify([0, -3], AREA).map(areaOf)).toEqual([0, 0]);
    expect(squarify([], AREA)).toEqual([]);
  });
});

describe('a picture of the final filesystem', () => {
  const options = { width: 600, height: 400, maxPaths: 100 };

  test('shows every byte that a container reaches once, whatever layers do, in as many cells as are allowed', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLayers, fc.integer({ min: 1, max: 12 }), async (recipe, maxPaths) => {
        const filesystem = await fold(...recipe);
        const cells = layoutTreemap(filesystem, { ...options, maxPaths });
        const live = sumSizes(measureLayers(filesystem)).liveBytes;
        expect(cells.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(live);
        expect(new Set(cells.map(({ path, kind }) => `${kind} ${path}`)).size).toBeLessThanOrEqual(maxPaths);
        const perLayer = measureLayers(filesystem).map(({ liveBytes }) => liveBytes);
        for (const { layerIndex, bytes } of cells) perLayer[layerIndex] = (perLayer[layerIndex] as number) - bytes;
        expect(perLayer.every((bytes) => bytes === 0)).toBe(true);
        for (const [i, cell] of cells.entries()) {
          expect(areaOf(cell)).toBeCloseTo((600 * 400 * cell.bytes) / live, 3);
          for (const other of cells.slice(i + 1)) expect(overlap(cell, other)).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('takes the largest folders apart, and colours their parts by layer', async () => {
    const filesystem = await fold(
      [file('usr/lib/a', 'a'.repeat(500)), file('usr/lib/b', 'b'.repeat(300)), file('etc/x', 'x'), file('etc/y', 'y')],
      [file('app/run', 'r'.repeat(400)), whiteout('usr/lib/b'), hardlink('app/again', 'app/run')],
    );
    const cells = layoutTreemap(filesystem, { ...options, maxPaths: 3 });
    expect(cells.map(({ path, kind, layerIndex, bytes }) => [path, kind, layerIndex, bytes])).toEqual([
      ['usr/lib/a', 'file', 0, 500],
      ['app/run', 'file', 1, 400],
      ['etc', 'folder', 0, 2],
    ]);
  });

  test('tells layers of one folder apart that is not taken apart', async () => {
    const filesystem = await fold([file('a/x', 'xxx')], [file('a/y', 'y')]);
    const cells = layoutTreemap(filesystem, { ...options, maxPaths: 1 });
    expect(cells.map(({ path, layerIndex, bytes }) => [path, layerIndex, bytes])).toEqual([
      ['a', 0, 3],
      ['a', 1, 1],
    ]);
  });

  test('of nothing has no cells', async () => {
    expect(layoutTreemap(await fold([file('a', '')]), options)).toEqual([]);
  });

  test('of a folder with tens of thousands of files, and of one below forty others, ends at once', async () => {
    const deep = 'd/'.repeat(40);
    const filesystem = await fold([
      ...Array.from({ length: 30_000 }, (_, i) => file(`flat/${i}`, 'x')),
      ...Array.from({ length: 1000 }, (_, i) => file(`${deep}${i}`, 'y')),
    ]);
    const cells = layoutTreemap(filesystem, options);
    expect(cells.length).toBeLessThanOrEqual(100);
    expect(cells.filter(({ kind }) => kind === 'rest').map(({ path }) => path)).toContain('flat');
    expect(cells.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(31_000);
  });
});
