import { describe, expect, test } from 'vitest';
import { dir, file, opaque, symlink, whiteout } from '../../support/tar-writer.ts';
import { fates, liveTree, stack } from './stack.ts';

describe('a whiteout', () => {
  test('deletes a file of a lower layer', async () => {
    const folded = await stack([file('a', '1'), file('b', '2')], [whiteout('a')]);
    expect(liveTree(folded)).toEqual({ b: '0:file' });
    expect(fates(folded, 'a')).toEqual(['0: deleted by 1, whiteout']);
  });

  test('of a directory deletes everything beneath it', async () => {
    const folded = await stack([dir('d'), dir('d/e'), file('d/e/f', '1'), file('de', '2')], [whiteout('d')]);
    expect(liveTree(folded)).toEqual({ de: '0:file' });
    expect(fates(folded, 'd/e/f')).toEqual(['0: deleted by 1, whiteout']);
  });

  test('deletes what lies in a directory that has no entry of its own', async () => {
    const folded = await stack([file('d/e/f', '1')], [whiteout('d')]);
    expect(liveTree(folded)).toEqual({});
  });

  test('of a path that is not there does nothing', async () => {
    const folded = await stack([file('a', '1')], [whiteout('missing'), whiteout('no/such/folder')]);
    expect(liveTree(folded)).toEqual({ a: '0:file' });
    expect(folded.anomalies).toEqual([]);
  });

  test('in the lowest layer does nothing', async () => {
    expect(liveTree(await stack([whiteout('a'), opaque('d')]))).toEqual({});
  });

  test.each([
    ['before', [whiteout('a'), file('a', 'new')]],
    ['behind', [file('a', 'new'), whiteout('a')]],
  ])('keeps an entry of its own layer that stands %s it, and notes it', async (_, members) => {
    const folded = await stack([file('a', 'old')], members);
    expect(liveTree(folded)).toEqual({ a: '1:file' });
    expect(fates(folded, 'a')).toEqual(['0: deleted by 1, whiteout', '1: live']);
    expect(folded.anomalyCounts).toEqual({ 'whiteout-of-own-entry': 1 });
  });

  test('keeps what its own layer puts into the deleted directory', async () => {
    const folded = await stack([file('d/old', '1')], [file('d/new', '2'), whiteout('d')]);
    expect(liveTree(folded)).toEqual({ 'd/new': '1:file' });
  });

  test('names a path whose own name begins with .wh.-like text', async () => {
    const folded = await stack([file('d/x.wh.y', '1')], [{ name: 'd/.wh.x.wh.y' }]);
    expect(liveTree(folded)).toEqual({});
  });

  test('goes through a link of a lower layer to the folder that is meant', async () => {
    const folded = await stack(
      [dir('usr/bin'), symlink('bin', 'usr/bin'), file('usr/bin/sh', '1')],
      [whiteout('bin/sh')],
    );
    expect(fates(folded, 'usr/bin/sh')).toEqual(['0: deleted by 1, whiteout']);
  });

  test('of a link deletes the link and not what it names', async () => {
    const folded = await stack([file('d/f', '1'), symlink('l', 'd')], [whiteout('l')]);
    expect(liveTree(folded)).toEqual({ 'd/f': '0:file' });
  });

  test.each(['.wh.', '.wh..', '.wh...', 'd/.wh..'])('called %s deletes nothing', async (name) => {
    const folded = await stack([dir('d'), file('d/f', '1')], [{ name }]);
    expect(liveTree(folded)).toEqual({ d: '0:directory', 'd/f': '0:file' });
  });
});

describe('names that only look like whiteouts', () => {
  test.each(['usr/bin/which', 'usr/.what', 'a.wh.b', 'opt/.who/x', 'x.wh..wh..opq'])('keeps /%s', async (name) => {
    const folded = await stack([file(name, '1'), file('b', '1')], [file(`${name}2`, '2')]);
    expect(liveTree(folded)).toEqual({ b: '0:file', [name]: '0:file', [`${name}2`]: '1:file' });
  });
});

describe('an opaque directory', () => {
  test.each([
    ['first', (own: ReturnType<typeof file>[]) => [opaque('d'), dir('d'), ...own]],
    ['last', (own: ReturnType<typeof file>[]) => [dir('d'), ...own, opaque('d')]],
    ['between', (own: ReturnType<typeof file>[]) => [dir('d'), ...own.slice(0, 1), opaque('d'), ...own.slice(1)]],
  ])('hides what lower layers put into it, and nothing of its own layer, with its marker %s', async (_, order) => {
    const folded = await stack(
      [dir('d'), file('d/old', '1'), file('d/sub/deep', '1'), file('d/both', '1')],
      order([file('d/new', '2'), file('d/both', '2')]),
    );
    expect(liveTree(folded)).toEqual({ d: '1:directory', 'd/new': '1:file', 'd/both': '1:file' });
    expect(fates(folded, 'd/sub/deep')).toEqual(['0: deleted by 1, opaque']);
    expect(fates(folded, 'd/both')).toEqual(['0: deleted by 1, opaque', '1: live']);
  });

  test('stays itself, and higher layers fill it again', async () => {
    const folded = await stack([dir('d'), file('d/a', '1')], [opaque('d')], [file('d/a', '3')]);
    expect(liveTree(folded)).toEqual({ d: '0:directory', 'd/a': '2:file' });
    expect(fates(folded, 'd/a')).toEqual(['0: deleted by 1, opaque', '2: live']);
  });

  test('at the root hides all lower layers', async () => {
    const folded = await stack([file('a', '1'), file('d/b', '1')], [{ name: '.wh..wh..opq' }, file('c', '2')]);
    expect(liveTree(folded)).toEqual({ c: '1:file' });
  });

  test('reached through a link hides the content of the folder behind it', async () => {
    const folded = await stack([file('usr/lib/a', '1'), symlink('lib', 'usr/lib')], [opaque('lib')]);
    expect(liveTree(folded)).toEqual({ lib: '0:symlink' });
  });

  test('that is not there does nothing', async () => {
    expect(liveTree(await stack([file('a', '1')], [opaque('no/such')]))).toEqual({ a: '0:file' });
  });
});

describe('AUFS bookkeeping', () => {
  test.each(['.wh..wh.aufs', '.wh..wh.orph/x', '.wh..wh.plnk', 'd/.wh..wh.anything'])(
    'like %s is in no container and hides nothing',
    async (name) => {
      const folded = await stack([file('a', '1'), file('d/anything', '1')], [file(name, 'x')]);
      const seen = Object.keys(liveTree(folded)).filter((path) => !path.startsWith('.wh..wh.orph'));
      expect(seen).toEqual(['a', 'd/anything']);
    },
  );
});
