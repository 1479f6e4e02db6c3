import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareFilesystems,
  compareLists,
  type Difference,
  type FilesystemComparison,
} from '../../../src/stages/index.ts';
import { arbitraryLayers } from '../../support/size-recipes.ts';
import { dir, file, hardlink, symlink, type TarMemberSpec } from '../../support/tar-writer.ts';
import { stack } from '../filesystem/stack.ts';

type Layers = readonly (readonly TarMemberSpec[])[];

async function compare(before: Layers, after: Layers, limit = 1000): Promise<FilesystemComparison> {
  const [a, b] = await Promise.all([stack(...before), stack(...after)]);
  return compareFilesystems(
    { filesystem: a.filesystem, records: [] },
    { filesystem: b.filesystem, records: [] },
    limit,
  );
}

const paths = (list: readonly { readonly path: string }[]): string[] => list.map(({ path }) => path);
const changes = ({ changed }: FilesystemComparison): [string, readonly Difference[]][] =>
  changed.map(({ path, differences }) => [path, differences]);

describe('comparing filesystems', () => {
  test('finds nothing between a filesystem and itself, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLayers, async (layers) => {
        const result = await compare(layers, layers);
        expect(result).toMatchObject({ added: [], removed: [], changed: [], omitted: 0, byFolder: new Map() });
        expect(result.counts).toMatchObject({ added: { paths: 0 }, removed: { paths: 0 }, mtimeOnly: 0 });
      }),
      { numRuns: 60 },
    );
  });

  test('gives the mirror image the other way round', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLayers, arbitraryLayers, async (before, after) => {
        const [there, back] = [await compare(before, after), await compare(after, before)];
        expect(paths(back.added)).toEqual(paths(there.removed));
        expect(paths(back.removed)).toEqual(paths(there.added));
        expect(changes(back)).toEqual(changes(there));
        expect(back.counts.added).toEqual(there.counts.removed);
        expect(back.counts.changed.paths).toBe(there.counts.changed.paths);
        expect(back.counts.changed.bytes + there.counts.changed.bytes).toBe(0);
        expect([back.counts.mtimeOnly, back.counts.unchanged]).toEqual([
          there.counts.mtimeOnly,
          there.counts.unchanged,
        ]);
        for (const [folder, bytes] of there.byFolder) expect(back.byFolder.get(folder)).toBe(-bytes);
      }),
      { numRuns: 100 },
    );
  });

  test('tells what was added and what was removed, by path', async () => {
    const result = await compare(
      [[file('b', '1'), file('kept', 'k')]],
      [[file('kept', 'k'), dir('d'), file('d/a', '22')]],
    );
    expect(paths(result.added)).toEqual(['d', 'd/a']);
    expect(paths(result.removed)).toEqual(['b']);
    expect(result.counts).toMatchObject({
      added: { paths: 2, bytes: 2 },
      removed: { paths: 1, bytes: 1 },
      unchanged: 1,
    });
  });

  test.each<[string, TarMemberSpec, TarMemberSpec, Difference[]]>([
    ['content', file('f', 'one'), file('f', 'two'), ['content']],
    ['mode', file('f', 'x'), file('f', 'x', { mode: 0o4755 }), ['mode']],
    ['owner', file('f', 'x'), file('f', 'x', { gid: 7 }), ['owner']],
    ['content and time', file('f', 'x'), file('f', 'y', { mtime: 9 }), ['content', 'mtime']],
    ['type', file('f', 'x', { mode: 0o755 }), dir('f', { mode: 0o755 }), ['type']],
    ['a link’s target', symlink('f', 'a'), symlink('f', 'b'), ['content']],
  ])('tells what changed: %s', async (_, before, after, differences) => {
    expect(changes(await compare([[before]], [[after]]))).toEqual([['f', differences]]);
  });

  test('counts what differs in its time only, and does not list it', async () => {
    const result = await compare([[file('f', 'x', { mtime: 1 })]], [[file('f', 'x', { mtime: 2 })]]);
    expect(result).toMatchObject({ changed: [], counts: { mtimeOnly: 1, changed: { paths: 0 } } });
  });

  test.each<[string, Layers, Layers]>([
    ['the order of entries', [[file('a', '1'), file('b', '2')]], [[file('b', '2'), file('a', '1')]]],
    ['the layers', [[file('a', '1'), file('b', '2')]], [[file('a', '1')], [file('b', '2')]]],
    [
      'which of two hard links is first',
      [[file('a', '1'), hardlink('b', 'a')]],
      [[file('b', '1'), hardlink('a', 'b')]],
    ],
    ['a folder without an entry', [[dir('d'), file('d/f', '1')]], [[file('d/f', '1')]]],
  ])('makes no difference of %s', async (_, before, after) => {
    expect(await compare(before, after)).toMatchObject({ added: [], removed: [], changed: [] });
  });

  test('adds growth up by folder', async () => {
    const result = await compare(
      [[file('usr/lib/x/a', '1'), file('etc/f', '123')]],
      [[file('usr/lib/x/a', '12345'), file('usr/lib/b', '1'), file('etc/f', 'abc')]],
    );
    expect(result.byFolder).toEqual(new Map([['usr/lib', 5]]));
  });

  test('lists no more than it may, and counts the rest', async () => {
    const many = Array.from({ length: 50 }, (_, i) => file(`f${i}`, 'x'));
    const result = await compare([[]], [many], 10);
    expect(result.added.length).toBe(10);
    expect(result).toMatchObject({ omitted: 40, counts: { added: { paths: 50, bytes: 50 } } });
  });
});

describe('comparing lists', () => {
  const show = (before: string[], after: string[]): string[] =>
    compareLists(before, after).map(({ change, text, index }) => `${change === 'added' ? '+' : '-'}${index}${text}`);

  test.each([
    [['a', 'b'], ['a', 'b'], []],
    [['a', 'b', 'c'], ['a', 'c'], ['-1b']],
    [
      ['a', 'c'],
      ['a', 'b', 'c', 'd'],
      ['+1b', '+3d'],
    ],
    [
      ['a', 'x', 'c'],
      ['a', 'y', 'c'],
      ['-1x', '+1y'],
    ],
    [[], ['a'], ['+0a']],
  ])('of %j and %j gives %j', (before, after, expected) => {
    expect(show(before, after)).toEqual(expected);
  });

  test('is the smallest, and the mirror image the other way round', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(list, list, (before, after) => {
        const there = compareLists(before, after);
        const back = compareLists(after, before);
        const swap = { added: 'removed', removed: 'added' } as const;
        const key = ({ change, text, index }: (typeof there)[number]): string => `${change} ${index} ${text}`;
        expect(back.map((one) => key({ ...one, change: swap[one.change] })).sort()).toEqual(there.map(key).sort());
        const kept = before.length - there.filter(({ change }) => change === 'removed').length;
        expect(after.length - there.filter(({ change }) => change === 'added').length).toBe(kept);
        expect(kept).toBe(commonLength(before, after));
      }),
    );
  });

  test('gives up on the smallest where that would take hours', () => {
    const before = Array.from({ length: 3000 }, (_, i) => `b${i}`);
    const after = Array.from({ length: 3000 }, (_, i) => (i === 1500 ? 'b1500' : `a${i}`));
    expect(compareLists(before, after).length).toBe(6000);
  });
});

/** Length of the longest common subsequence, as its definition has it. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a[0] === b[0]) return 1 + commonLength(a.slice(1), b.slice(1));
  return Math.max(commonLength(a.slice(1), b), commonLength(a, b.slice(1)));
}
