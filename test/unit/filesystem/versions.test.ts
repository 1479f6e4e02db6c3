import { describe, expect, test } from 'vitest';
import { dir, file, hardlink, symlink, whiteout } from '../../support/tar-writer.ts';
import { fate, fates, liveTree, stack } from './stack.ts';

describe('versions of a path', () => {
  test('are all kept, each with its layer and what became of it', async () => {
    const folded = await stack(
      [file('f', '1')],
      [file('f', '2')],
      [whiteout('f')],
      [],
      [file('f', '5')],
      [dir('f')],
      [file('f', '7')],
    );
    expect(fates(folded, 'f')).toEqual([
      '0: overwritten by 1, overwrite',
      '1: deleted by 2, whiteout',
      '4: overwritten by 5, type-change',
      '5: overwritten by 6, type-change',
      '6: live',
    ]);
    expect(liveTree(folded)).toEqual({ f: '6:file' });
  });

  test('of a path that no layer has are none', async () => {
    const { filesystem } = await stack([file('a/b', '1')]);
    expect(filesystem.versions('a/c')).toEqual([]);
    expect(filesystem.versions('')).toEqual([]);
    expect(filesystem.lookUp('a')).toBeNull();
  });

  test('twice in one layer: the later wins, the earlier is never effective', async () => {
    const folded = await stack([file('f', '0')], [file('f', 'first'), file('f', 'second')]);
    expect(fates(folded, 'f')).toEqual([
      '0: overwritten by 1, overwrite',
      '1: never-effective by 1, overwrite',
      '1: live',
    ]);
    expect(folded.filesystem.lookUp('f')?.row).toBe(1);
    expect(folded.anomalyCounts).toEqual({ 'duplicate-path': 1 });
  });

  test('keeps one anomaly of each kind up to twenty, and counts them all', async () => {
    const folded = await stack(Array.from({ length: 31 }, () => file('f', '1')));
    expect(folded.anomalies.length).toBe(20);
    expect(folded.anomalyCounts).toEqual({ 'duplicate-path': 30 });
  });
});

describe('a change of type', () => {
  test('from directory to file hides everything that was in it', async () => {
    const folded = await stack([dir('d'), file('d/a', '1'), file('d/e/b', '1')], [file('d', 'now a file')]);
    expect(liveTree(folded)).toEqual({ d: '1:file' });
    expect(fates(folded, 'd/e/b')).toEqual(['0: overwritten by 1, type-change']);
  });

  test('from directory to link hides everything that was in it, and later entries go where the link leads', async () => {
    const folded = await stack([dir('d'), file('d/a', '1'), dir('t')], [symlink('d', 't')], [file('d/b', '3')]);
    expect(liveTree(folded)).toEqual({ d: '1:symlink', t: '0:directory', 't/b': '2:file' });
    expect(fates(folded, 'd/a')).toEqual(['0: overwritten by 1, type-change']);
  });

  test('from link to directory replaces the link', async () => {
    const folded = await stack([dir('t'), symlink('d', 't')], [dir('d'), file('d/b', '2')]);
    expect(liveTree(folded)).toEqual({ t: '0:directory', d: '1:directory', 'd/b': '1:file' });
  });

  test('of a file that has something put below it makes it a folder, and is noted', async () => {
    const folded = await stack([file('f', '1')], [file('f/below', '2')]);
    expect(liveTree(folded)).toEqual({ 'f/below': '1:file' });
    expect(fates(folded, 'f')).toEqual(['0: overwritten by 1, type-change']);
    expect(folded.anomalyCounts).toEqual({ 'parent-not-a-directory': 1 });
  });

  test('a directory over a directory changes its attributes and keeps what is in it', async () => {
    const folded = await stack([dir('d', { mode: 0o755 }), file('d/a', '1')], [dir('d', { mode: 0o700, uid: 7 })]);
    expect(liveTree(folded)).toEqual({ d: '1:directory', 'd/a': '0:file' });
    expect(folded.filesystem.lookUp('d')).toMatchObject({ mode: 0o700, uid: 7 });
  });
});

describe('an entry at the root', () => {
  test('that is a directory sets the root’s attributes', async () => {
    const { filesystem } = await stack([dir('.', { mode: 0o700 }), file('a', '1')]);
    expect(filesystem.lookUp('')).toMatchObject({ kind: 'directory', mode: 0o700 });
    expect(filesystem.lookUp('a')?.state).toBe('live');
  });

  test.each([
    ['a file', file('.', 'x')],
    ['a file above the root', file('a/../..', 'x')],
    ['a link', symlink('./', 'elsewhere')],
    ['a device', { name: '/', type: '3', device: [1, 3] as const }],
  ])('that is %s hides nothing', async (_, member) => {
    const folded = await stack([dir('etc'), file('etc/shadow', '1')], [member]);
    expect(liveTree(folded)).toEqual({ etc: '0:directory', 'etc/shadow': '0:file' });
    expect(fate(folded.filesystem.entry(1, 0))).toBe('never-effective');
  });
});

describe('hard links', () => {
  test('share the bytes of a file of their layer', async () => {
    const { filesystem } = await stack([file('a', 'hello'), hardlink('b', 'a')]);
    const link = filesystem.lookUp('b');
    expect(link?.content?.path).toBe('a');
    expect(link?.contentId).toBe(filesystem.lookUp('a')?.contentId);
    expect(filesystem.sharing(filesystem.entry(0, 0)).map((entry) => entry.path)).toEqual(['a', 'b']);
  });

  test('share the bytes of a file of a lower layer', async () => {
    const { filesystem } = await stack([file('d/a', 'hello')], [hardlink('b', './d/a')]);
    expect(filesystem.lookUp('b')?.content).toMatchObject({ layerIndex: 0, row: 0 });
  });

  test('keep a file’s bytes alive when its first name is deleted', async () => {
    const folded = await stack([file('a', 'hello'), hardlink('b', 'a')], [whiteout('a')]);
    const first = folded.filesystem.entry(0, 0);
    expect(fate(first)).toBe('deleted by 1, whiteout');
    expect(folded.filesystem.isContentLive(first)).toBe(true);
  });

  test('let a file’s bytes go when all names are deleted', async () => {
    const { filesystem } = await stack([file('a', 'hello'), hardlink('b', 'a')], [whiteout('a')], [whiteout('b')]);
    expect(filesystem.isContentLive(filesystem.entry(0, 0))).toBe(false);
    expect(filesystem.isContentLive(filesystem.entry(0, 1))).toBe(false);
  });

  test('keep the old bytes when their target is overwritten', async () => {
    const { filesystem } = await stack([file('a', 'old'), hardlink('b', 'a')], [file('a', 'new')]);
    expect(filesystem.lookUp('b')?.content).toMatchObject({ layerIndex: 0, row: 0 });
    expect(filesystem.lookUp('a')?.content).toMatchObject({ layerIndex: 1, row: 0 });
  });

  test('to links are followed to the bytes', async () => {
    const { filesystem } = await stack([file('a', 'x'), hardlink('b', 'a'), hardlink('c', 'b')]);
    expect(filesystem.lookUp('c')?.content?.path).toBe('a');
  });

  test.each([
    ['a file that is nowhere', [hardlink('b', 'a')]],
    ['themselves', [hardlink('b', 'b')]],
    ['a file that comes behind them', [hardlink('b', 'a'), file('a', '1')]],
  ])('to %s have no bytes, and are noted', async (_, members) => {
    const folded = await stack(members);
    expect(folded.filesystem.lookUp('b')?.content).toBeNull();
    expect(folded.anomalyCounts).toEqual({ 'hardlink-target-missing': 1 });
  });

  test('to a file that a lower layer has and this one deletes have no bytes', async () => {
    const folded = await stack([file('a', '1')], [whiteout('a'), hardlink('b', 'a')]);
    expect(folded.anomalyCounts).toEqual({ 'hardlink-target-missing': 1 });
  });
});
