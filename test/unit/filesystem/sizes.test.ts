import { describe, expect, test } from 'vitest';
import { measure } from '../../../src/filesystem/index.ts';
import { dir, file, hardlink, opaque, symlink, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';
import { stack } from './stack.ts';

async function sizes(...layers: readonly (readonly TarMemberSpec[])[]) {
  return measure((await stack(...layers)).filesystem);
}

describe('sizes', () => {
  test('count the regular files that a container sees', async () => {
    const result = await sizes([dir('d'), file('d/a', '123'), symlink('l', 'd/a'), file('empty', '')]);
    expect(result).toEqual({
      files: 2,
      contentBytes: 3,
      reclaimableBytes: 0,
      shadowed: [{ deleted: 0, overwritten: 0, metadataOnly: 0 }],
    });
  });

  test('count the bytes of a file once however many names it has', async () => {
    const result = await sizes([file('a', '12345'), hardlink('b', 'a')], [hardlink('c', 'a')]);
    expect(result).toMatchObject({ files: 3, contentBytes: 5, reclaimableBytes: 0 });
  });

  test('put hidden bytes down to the layer that has them, by cause', async () => {
    const result = await sizes(
      [file('gone', '1'), file('d/gone', '22'), file('over', '4444'), file('chmod', '88888888'), file('typed', '1')],
      [whiteout('gone'), opaque('d'), file('over', 'new'), file('chmod', '88888888', { mode: 0o755 }), dir('typed')],
    );
    expect(result.shadowed).toEqual([
      { deleted: 3, overwritten: 5, metadataOnly: 8 },
      { deleted: 0, overwritten: 0, metadataOnly: 0 },
    ]);
    expect(result.reclaimableBytes).toBe(16);
    expect(result.contentBytes).toBe(11);
  });

  test('take a file for changed in its attributes only where the very next version has its bytes', async () => {
    const result = await sizes([file('f', 'same')], [file('f', 'else')], [file('f', 'same')]);
    expect(result.shadowed.map((layer) => [layer.overwritten, layer.metadataOnly])).toEqual([
      [4, 0],
      [4, 0],
      [0, 0],
    ]);
  });

  test.each([
    ['other', 'first', 'last', { overwritten: 5, metadataOnly: 0 }],
    ['the same', 'equal', 'equal', { overwritten: 0, metadataOnly: 5 }],
  ])('of a path twice in one layer with %s bytes count the first as hidden', async (_, first, last, expected) => {
    const result = await sizes([file('f', first), file('f', last)]);
    expect(result.shadowed[0]).toMatchObject(expected);
    expect(result.contentBytes).toBe(last.length);
  });

  test('do not count bytes as hidden that live on under another name', async () => {
    const result = await sizes([file('a', '12345'), hardlink('b', 'a')], [whiteout('a')]);
    expect(result).toMatchObject({ files: 1, contentBytes: 5, reclaimableBytes: 0 });
  });

  test('deleted and added again with the same bytes count as deleted', async () => {
    const result = await sizes([file('f', '123')], [whiteout('f')], [file('f', '123')]);
    expect(result.shadowed[0]).toEqual({ deleted: 3, overwritten: 0, metadataOnly: 0 });
  });
});
