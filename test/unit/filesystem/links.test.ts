import { describe, expect, test } from 'vitest';
import { dir, file, hardlink, symlink, whiteout } from '../../support/tar-writer.ts';
import { fates, liveTree, stack } from './stack.ts';

describe('a folder that is a link', () => {
  test('puts entries where it leads, however the layer spells their path', async () => {
    const folded = await stack(
      [dir('usr/bin'), symlink('bin', 'usr/bin')],
      [file('bin/sh', '1'), file('/bin/ls', '1')],
    );
    expect(Object.keys(liveTree(folded))).toEqual(['bin', 'usr/bin', 'usr/bin/ls', 'usr/bin/sh']);
    expect(folded.filesystem.entry(1, 0).path).toBe('usr/bin/sh');
  });

  test('overwrites a file that it leads to', async () => {
    const folded = await stack([file('usr/lib/x', 'old'), symlink('lib', '/usr/lib')], [file('lib/x', 'new')]);
    expect(fates(folded, 'usr/lib/x')).toEqual(['0: overwritten by 1, overwrite', '1: live']);
  });

  test.each([
    ['relative', 'a/b/l', '../t', 'a/t/f'],
    ['absolute', 'a/b/l', '/t', 't/f'],
    ['above the root', 'a/b/l', '../../../../../t', 't/f'],
    ['to itself by a dot', 'l', './t/.', 't/f'],
  ])('%s stays inside the image', async (_, name, target, expected) => {
    const folded = await stack([symlink(name, target)], [file(`${name}/f`, '1')]);
    expect(Object.keys(liveTree(folded))).toContain(expected);
  });

  test('and a chain of such is followed to its end', async () => {
    const folded = await stack([symlink('a', 'b'), symlink('b', 'c'), symlink('c', 'd'), file('a/f', '1')]);
    expect(Object.keys(liveTree(folded))).toContain('d/f');
  });

  test('leads elsewhere once a later entry of the layer replaced it', async () => {
    const folded = await stack([symlink('l', 'one'), file('l/a', '1'), symlink('l', 'two'), file('l/b', '1')]);
    expect(Object.keys(liveTree(folded)).sort()).toEqual(['l', 'one/a', 'two/b']);
  });

  test('leads nowhere once it is deleted', async () => {
    const folded = await stack([symlink('l', 'one'), file('l/a', '1')], [whiteout('l'), file('l/b', '1')]);
    expect(Object.keys(liveTree(folded)).sort()).toEqual(['l/b', 'one/a']);
  });

  test('that leads to itself is noted and stops nothing', async () => {
    const folded = await stack([symlink('a', 'b'), symlink('b', 'a')], [file('a/f', '1'), file('g', '1')]);
    expect(folded.anomalyCounts).toEqual({ 'link-loop': 1 });
    expect(folded.filesystem.lookUp('g')?.state).toBe('live');
    expect(folded.filesystem.entry(1, 0).state).toBe('live');
  });

  test('with a target longer than Linux allows is not followed, and noted', async () => {
    const long = { ...symlink('l', ''), pax: { linkpath: `${'./'.repeat(3000)}t` } };
    const folded = await stack([long, file('l/f', '1')]);
    expect(folded.anomalyCounts).toEqual({ 'link-loop': 1 });
    expect(folded.filesystem.entry(0, 1).state).toBe('live');
  });
});

describe('resolving a path', () => {
  test('follows links as a container would', async () => {
    const { filesystem } = await stack([
      file('usr/bin/dash', '1'),
      symlink('usr/bin/sh', 'dash'),
      symlink('bin', 'usr/bin'),
      symlink('up', '../../bin/sh'),
    ]);
    expect(filesystem.resolve('/bin/sh')?.path).toBe('usr/bin/dash');
    expect(filesystem.resolve('up')?.path).toBe('usr/bin/dash');
    expect(filesystem.resolve('bin/../bin/./sh')?.path).toBe('usr/bin/dash');
    expect(filesystem.lookUp('bin/sh')).toBeNull();
  });

  test.each(['missing', 'loop', 'loop/x', 'dangling'])('gives nothing for %s', async (path) => {
    const { filesystem } = await stack([symlink('loop', 'loop'), symlink('dangling', 'nothing')]);
    expect(filesystem.resolve(path)).toBeNull();
  });

  test('sees only what is live', async () => {
    const { filesystem } = await stack([file('a', '1'), symlink('l', 'a')], [whiteout('a')]);
    expect(filesystem.resolve('l')).toBeNull();
  });
});

describe('looking around', () => {
  test('finds live entries by base name, sorted by path', async () => {
    const { filesystem } = await stack(
      [file('z/sh', '1'), file('a/sh', '1'), file('m/sh', '1'), file('sh2', '1')],
      [whiteout('m/sh')],
    );
    expect(filesystem.named('sh').map((entry) => entry.path)).toEqual(['a/sh', 'z/sh']);
    expect(filesystem.named('none')).toEqual([]);
  });

  test('finds live entries below a folder, not the folder itself', async () => {
    const { filesystem } = await stack(
      [dir('d'), file('d/a', '1'), file('d/e/b', '1'), file('dx', '1')],
      [whiteout('d/a')],
    );
    expect([...filesystem.below('d')].map((entry) => entry.path)).toEqual(['d/e/b']);
    expect([...filesystem.below('missing')]).toEqual([]);
  });

  test('keeps two names apart that differ in a byte that is no UTF-8', async () => {
    const { filesystem } = await stack([file(Buffer.from([0x61, 0xff]), '1'), file(Buffer.from([0x61, 0xfe]), '2')]);
    expect(filesystem.lookUp('a\udcff')?.row).toBe(0);
    expect(filesystem.lookUp('a\udcfe')?.row).toBe(1);
    expect(filesystem.entry(0, 0).path).toBe('a\udcff');
  });

  test('reads the bytes of a hard link below a linked folder', async () => {
    const { filesystem } = await stack([symlink('l', 'd'), file('d/f', '1'), hardlink('g', 'l/f')]);
    expect(filesystem.lookUp('g')?.content?.path).toBe('d/f');
  });
});
