import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measure } from '../../../src/filesystem/index.ts';
import { folderTree, largestFiles, measureLayers, reclaimableBytes, sumSizes } from '../../../src/stages/index.ts';
import { arbitraryLayers, fileBytes } from '../../support/size-recipes.ts';
import { dir, file, hardlink, symlink, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';
import { stack } from '../filesystem/stack.ts';

const fold = async (...layers: readonly (readonly TarMemberSpec[])[]) => (await stack(...layers)).filesystem;

describe('the sizes of layers', () => {
  test('add up: what is live, hidden and changed in its metadata is all bytes of all layers, whatever these are', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLayers, async (recipe) => {
        const filesystem = await fold(...recipe);
        const layers = measureLayers(filesystem);
        for (const [i, layer] of layers.entries()) {
          const parts = layer.liveBytes + reclaimableBytes(layer) + layer.unreachedBytes;
          expect(layer.contentBytes).toBe(fileBytes(recipe[i] ?? []));
          expect(parts).toBe(layer.contentBytes);
        }
        const sum = sumSizes(layers);
        const whole = measure(filesystem);
        expect(sum.liveBytes).toBe(whole.contentBytes);
        expect(reclaimableBytes(sum)).toBe(whole.reclaimableBytes);
        expect(folderTree(filesystem, 100).bytes).toBe(whole.contentBytes);
      }),
      { numRuns: 200 },
    );
  });

  test('count entries by what they are', async () => {
    const [layer] = measureLayers(
      await fold([dir('d'), file('d/a', '1'), symlink('s', 'd'), hardlink('h', 'd/a'), whiteout('gone')]),
    );
    expect(layer).toMatchObject({ files: 1, folders: 1, links: 2, whiteouts: 1, contentBytes: 1, liveBytes: 1 });
  });

  test('state the part of the tar that hidden files take, header and padding included', async () => {
    const layers = measureLayers(await fold([file('a', 'x'.repeat(513)), file('b', 'y')], [whiteout('a')]));
    expect(layers.map(({ hiddenTarBytes }) => hiddenTarBytes)).toEqual([512 + 1024, 0]);
  });
});

describe('the largest files', () => {
  test('are of all layers, with what became of them, largest first', async () => {
    const filesystem = await fold([file('old', '12345'), file('a', '1')], [whiteout('old'), file('new', '123')]);
    const largest = largestFiles(filesystem, 2).map(({ entry, fate }) => [entry.path, entry.layerIndex, fate]);
    expect(largest).toEqual([
      ['old', 0, 'deleted'],
      ['new', 1, 'live'],
    ]);
  });

  test('of equals are the first, however many there are', async () => {
    const filesystem = await fold(Array.from({ length: 500 }, (_, i) => file(`f${i}`, 'same')));
    expect(largestFiles(filesystem, 3).map(({ entry }) => entry.path)).toEqual(['f0', 'f1', 'f2']);
    expect(largestFiles(filesystem, 0)).toEqual([]);
  });
});

describe('the tree of folders', () => {
  test('adds up what a container sees, by the layer that holds it', async () => {
    const filesystem = await fold(
      [file('usr/lib/a', '1'.repeat(60)), file('usr/gone', '1'.repeat(500))],
      [file('usr/lib/b', '1'.repeat(40)), whiteout('usr/gone'), hardlink('opt/a', 'usr/lib/a')],
    );
    const tree = folderTree(filesystem, 10);
    expect(tree).toMatchObject({ path: '', bytes: 100, files: 2 });
    expect(tree.folders.map(({ path, bytes }) => [path, bytes])).toEqual([['usr', 100]]);
    expect(tree.folders[0]?.folders[0]).toMatchObject({
      path: 'usr/lib',
      layers: [
        { index: 0, bytes: 60 },
        { index: 1, bytes: 40 },
      ],
    });
  });

  test('leaves folders out that hold less than a hundredth, and keeps as many as it is told', async () => {
    const filesystem = await fold([
      file('big/f', 'x'.repeat(1000)),
      file('middle/f', 'x'.repeat(500)),
      file('small/f', 'x'),
    ]);
    expect(folderTree(filesystem, 9).folders.map(({ path }) => path)).toEqual(['big', 'middle']);
    expect(folderTree(filesystem, 1).folders.map(({ path }) => path)).toEqual(['big']);
  });

  test('does not follow folders into any depth', async () => {
    const deep = `${'d/'.repeat(1000)}f`;
    let folder = folderTree(await fold([file(deep, 'x')]), 5);
    let depth = 0;
    while (folder.folders[0] !== undefined) {
      folder = folder.folders[0];
      depth += 1;
    }
    expect(depth).toBe(8);
  });
});
