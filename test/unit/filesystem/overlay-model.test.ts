import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dir, file, opaque, symlink, type TarMemberSpec, whiteout } from '../../support/tar-writer.ts';
import { applyModel, type ModelEntry } from './overlay-model.ts';
import { stack } from './stack.ts';

// Few names, so that entries meet: the same path in several layers, folders that are files and links elsewhere.
const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const target = fc.constantFrom('a', 'b', 'c', '/a/b', '../c', './b/a', '..', 'nowhere');
const entry: fc.Arbitrary<ModelEntry> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('file' as const) },
    { weight: 4, arbitrary: fc.constant('directory' as const) },
    { weight: 1, arbitrary: fc.constant('symlink' as const) },
    { weight: 2, arbitrary: fc.constant('whiteout' as const) },
    { weight: 1, arbitrary: fc.constant('opaque' as const) },
  ),
  path,
  target,
});
const layers = fc.array(fc.array(entry, { maxLength: 8 }), { minLength: 1, maxLength: 5 });

function toMember({ kind, path: name, target: linkTarget }: ModelEntry): TarMemberSpec {
  switch (kind) {
    case 'file':
      return file(name, 'content');
    case 'directory':
      return dir(name);
    case 'symlink':
      return symlink(name, linkTarget);
    case 'whiteout':
      return whiteout(name);
    case 'opaque':
      return opaque(name);
  }
}

describe('folding layers', () => {
  test('gives what a map from path to entry gives, for any layers', async () => {
    await fc.assert(
      fc.asyncProperty(layers, async (recipe) => {
        const expected = applyModel(recipe);
        const { filesystem } = await stack(...recipe.map((entries) => entries.map(toMember)));
        const live = [...filesystem.live()].map((one) => [one.path as string, `${one.layerIndex}:${one.row}`] as const);
        expect(new Map(live)).toEqual(expected.live);
        expect(live.length).toBe(expected.live.size);
        const hidden = new Map<string, string>();
        for (const [layerIndex, entries] of recipe.entries()) {
          for (const row of entries.keys()) {
            const { hiddenBy } = filesystem.entry(layerIndex, row);
            if (hiddenBy !== null) hidden.set(`${layerIndex}:${row}`, `${hiddenBy.layerIndex} ${hiddenBy.how}`);
          }
        }
        expect(hidden).toEqual(expected.hidden);
      }),
      { numRuns: 1500 },
    );
  });

  test('gives the same looked up one by one as listed', async () => {
    await fc.assert(
      fc.asyncProperty(layers, async (recipe) => {
        const { filesystem } = await stack(...recipe.map((entries) => entries.map(toMember)));
        const listed = [...filesystem.live()].filter(({ path: one }) => one !== '').map((one) => one.path as string);
        expect([...filesystem.below('')].map((one) => one.path as string).sort()).toEqual(listed.sort());
        for (const one of listed) {
          const found = filesystem.lookUp(one);
          expect(found?.path).toBe(one);
          expect(filesystem.versions(one).at(-1)).toMatchObject({ layerIndex: found?.layerIndex, row: found?.row });
          expect(filesystem.named(one.slice(one.lastIndexOf('/') + 1)).map((named) => named.path)).toContain(one);
        }
      }),
      { numRuns: 500 },
    );
  });
});
