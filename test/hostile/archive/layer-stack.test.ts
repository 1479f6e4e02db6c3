import { describe, expect, test } from 'vitest';
import { foldLayers, measure } from '../../../src/filesystem/index.ts';
import { dir, file, opaque, symlink, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';
import { examineMembers } from '../../unit/filesystem/stack.ts';

async function fold(...layers: readonly (readonly TarMemberSpec[])[]) {
  const columns = [];
  for (const members of layers) columns.push(await examineMembers(members));
  return foldLayers(columns);
}

const many = (count: number, make: (i: number) => TarMemberSpec): TarMemberSpec[] =>
  Array.from({ length: count }, (_, i) => make(i));

// Each of these took time or memory by the square of its size somewhere, or would if it were done naively; a
// test that hangs has failed.
describe('a stack of layers made to be slow', () => {
  test('of one path forty thousand times is folded and measured', async () => {
    const { filesystem, anomalyCounts } = await fold(many(40_000, (i) => file('f', `${i}`)));
    expect(anomalyCounts).toEqual({ 'duplicate-path': 39_999 });
    const sizes = measure(filesystem);
    expect(sizes).toMatchObject({ files: 1, contentBytes: 5 });
    expect(sizes.shadowed[0]).toMatchObject({ deleted: 0, metadataOnly: 0 });
    expect(filesystem.versions('f').length).toBe(40_000);
  });

  test('of long chains of links with long targets comes to an end, and says that it gave up', async () => {
    const target = (i: number): string => `${'././'.repeat(1000)}l${i + 1}`;
    const chain = many(250, (i) => ({ ...symlink(`l${i}`, ''), pax: { linkpath: target(i) } }));
    const entries = many(2000, (i) => file(`l0/${i % 2}/${i}`, ''));
    const { filesystem, anomalyCounts } = await fold([...chain, ...entries]);
    expect(anomalyCounts['link-loop']).toBeGreaterThan(0);
    expect([...filesystem.live()].length).toBe(2250);
  });

  test('of a folder that is filled and emptied again and again is folded', async () => {
    const fill = many(500, (i) => file(`d/${i}`, 'x'));
    const layers = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? fill : [opaque('d')]));
    const { filesystem } = await fold(...layers);
    expect([...filesystem.live()]).toEqual([]);
    expect(measure(filesystem).reclaimableBytes).toBe(30 * 500);
  });

  test('of twenty thousand whiteouts of one large folder is folded', async () => {
    const { filesystem } = await fold(
      many(20_000, (i) => file(`d/${i}`, '')),
      many(20_000, () => whiteout('d')),
    );
    expect([...filesystem.live()]).toEqual([]);
  });

  test('of folders two thousand deep is folded', async () => {
    const deep = 'd/'.repeat(2000);
    const { filesystem } = await fold(
      many(500, (i) => ({ name: 'x', pax: { path: `${deep}${i}` } })),
      [whiteout('d')],
    );
    expect([...filesystem.live()]).toEqual([]);
    expect(filesystem.entry(0, 0).hiddenBy).toEqual({ layerIndex: 1, how: 'whiteout' });
  });

  test('of a path longer than a container can have leaves it out', async () => {
    const { filesystem } = await fold([{ name: 'x', pax: { path: 'd/'.repeat(2100) } }, file('ok', '')]);
    expect([...filesystem.live()].map(({ path }) => path)).toEqual(['ok']);
    expect(filesystem.entry(0, 0).state).toBe('never-effective');
  });

  test('of folders and files that take each other’s place is folded', async () => {
    const { filesystem } = await fold(many(20_000, (i) => (i % 2 === 0 ? dir('x') : file('x', `${i}`))));
    expect(filesystem.lookUp('x')?.kind).toBe('file');
  });

  test('of names of every byte keeps all of them apart', async () => {
    const names = Array.from({ length: 255 }, (_, i) => Buffer.from([0x61, i + 1])).filter((name) => name[1] !== 0x2f);
    const { filesystem } = await fold(names.map((name) => file(name, 'x')));
    expect([...filesystem.live()].length).toBe(254);
  });

  test('called like members of every object is just names', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty/__proto__', 'valueOf'];
    const { filesystem } = await fold(names.map((name) => file(name, 'x')));
    for (const name of names) expect(filesystem.lookUp(name)?.path).toBe(name);
    expect(filesystem.lookUp('isPrototypeOf')).toBeNull();
  });
});
