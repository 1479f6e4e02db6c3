import { describe, expect, test } from 'vitest';
import { diveEfficiency, findDuplicates, metadataRewrites, wastedPaths } from '../../../src/stages/index.ts';
import { dir, file, hardlink, opaque, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';
import { stack } from '../filesystem/stack.ts';

const fold = async (...layers: readonly (readonly TarMemberSpec[])[]) => (await stack(...layers)).filesystem;

describe('wasted paths', () => {
  test('are those with hidden versions, each version once, with its layer and cause', async () => {
    const filesystem = await fold(
      [file('f', '12345'), file('kept', '1')],
      [file('f', '12345', { mode: 0o755 })],
      [file('f', '123')],
      [whiteout('f')],
    );
    expect(wastedPaths(filesystem, 10)).toEqual([
      {
        path: 'f',
        bytes: 13,
        versions: [
          { layerIndex: 0, bytes: 5, cause: 'metadata-only' },
          { layerIndex: 1, bytes: 5, cause: 'overwritten' },
          { layerIndex: 2, bytes: 3, cause: 'deleted' },
        ],
        liveIn: null,
      },
    ]);
  });

  test('name the layer that a container sees, and the largest come first', async () => {
    const filesystem = await fold([file('a', '1'), file('b', '22')], [file('a', '333'), file('b', '4')]);
    expect(wastedPaths(filesystem, 1)).toMatchObject([{ path: 'b', bytes: 2, liveIn: 1 }]);
  });

  test('are none where a hard link keeps the bytes', async () => {
    const filesystem = await fold([file('a', '12345'), hardlink('b', 'a')], [whiteout('a')]);
    expect(wastedPaths(filesystem, 10)).toEqual([]);
  });
});

describe('rewrites of metadata', () => {
  test('are named by the layer that holds the content again, with what changed', async () => {
    const filesystem = await fold(
      [file('a', 'aa'), file('b', 'bbb'), file('c', 'c'), file('d', 'd')],
      [file('a', 'aa', { mode: 0o755 }), file('b', 'bbb', { uid: 1000, mtime: 5 }), file('c', 'other'), file('d', 'd')],
    );
    expect(metadataRewrites(filesystem)).toEqual([
      { layerIndex: 1, files: 3, bytes: 6, changed: { mode: 1, owner: 1, mtime: 1, nothing: 1 } },
    ]);
  });
});

describe('duplicates', () => {
  test('are the same content in several files, all but one of which are too many', async () => {
    const filesystem = await fold(
      [file('a', 'same'), file('b', 'same'), file('single', 'x')],
      [file('c/d', 'same'), file('e', 'ee'), file('f', 'ee')],
    );
    const duplicates = findDuplicates(filesystem, 10);
    expect(duplicates).toMatchObject({ bytes: 10, contents: 2 });
    expect(duplicates.largest).toMatchObject([
      { sizeBytes: 4, files: 3, places: [{ path: 'a' }, { path: 'b' }, { path: 'c/d', layerIndex: 1 }] },
      { sizeBytes: 2, files: 2 },
    ]);
  });

  test.each([
    ['hard links', [file('a', 'same'), hardlink('b', 'a')], []],
    ['empty files', [file('a', ''), file('b', '')], []],
    ['versions of one path', [file('a', 'same')], [file('a', 'same')]],
    ['files that were deleted', [file('a', 'same'), file('b', 'same')], [whiteout('b')]],
  ] as const)('are not %s', async (_, lower, upper) => {
    expect(findDuplicates(await fold(lower, upper), 10)).toEqual({ bytes: 0, contents: 0, largest: [] });
  });

  test('name the place where a container finds bytes whose first name is gone', async () => {
    const filesystem = await fold([file('a', 'same'), hardlink('b', 'a'), file('c', 'same')], [whiteout('a')]);
    expect(findDuplicates(filesystem, 10).largest[0]?.places.map(({ path }) => path)).toEqual(['b', 'c']);
  });
});

describe('efficiency as dive counts it', () => {
  const of = async (...layers: readonly (readonly TarMemberSpec[])[]) => diveEfficiency(await fold(...layers), 10);

  test('is 1 where nothing occurs twice, and where there is nothing', async () => {
    expect(await of([file('a', '1')], [file('b', '2')])).toMatchObject({ score: 1, wastedBytes: 0, userBytes: 1 });
    expect(await of([])).toMatchObject({ score: 1, wastedBytes: 0, userBytes: 0 });
  });

  test('counts all versions of a changed file as waste, the one that is needed included', async () => {
    expect(await of([file('f', '1234')], [file('f', '12345678')])).toEqual({
      score: 4 / 12,
      wastedBytes: 12,
      userBytes: 8,
      paths: [{ path: 'f', count: 2, bytes: 12 }],
    });
  });

  test('weighs a whiteout of a file with nothing, so that none of the file was needed', async () => {
    expect(await of([file('f', '1234')], [whiteout('f')])).toMatchObject({ score: 0, wastedBytes: 4 });
  });

  test('weighs a whiteout of a folder with what was in it, and calls neither wasted', async () => {
    const lower = [dir('d'), file('d/a', '1234'), file('d/b', '12')];
    expect(await of(lower, [whiteout('d')])).toMatchObject({ score: 1, wastedBytes: 0, paths: [] });
  });

  test('takes no notice of opaque markers and of whiteouts that hide nothing', async () => {
    expect(await of([file('d/a', '1234')], [opaque('d'), whiteout('nothing')])).toMatchObject({ score: 1 });
  });
});
